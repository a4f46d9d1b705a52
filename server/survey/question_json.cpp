#include "server/survey/question_json.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "server/survey/question_types.h"
#include "server/survey/scale_json.h"

namespace khaosat {

namespace {

constexpr int kMaxDecimals = 6;
constexpr int kMaxLetters = 4000;  // within kMaxPackedText for any Vietnamese text

const QuestionType* read_type(const DefinitionNode& node) {
  const std::string name = node.required_text("type");
  const QuestionType* type = question_type_named(name);
  if (name.empty() || type) return type;
  std::vector<std::string> names;
  for (const auto* known : question_types()) names.emplace_back(known->name());
  const auto near = nearest(name, names);
  std::string known;
  for (const auto& one : names) known += (known.empty() ? "" : ", ") + one;
  node.member("type").fault(ErrorCode::definition_unknown,
                            "there is no question type \"" + name + "\"" +
                                (near ? "; did you mean \"" + *near + "\"?" : "; known are " + known));
  return nullptr;
}

// Keys that mean nothing for the type would be believed by whoever wrote them.
void refuse_useless_keys(const DefinitionNode& node, const QuestionType& type) {
  const QuestionKeys keys = type.keys();
  const struct {
    std::string_view key;
    bool meant;
  } table[] = {{"options", keys.options},         {"scale", keys.scale},
               {"minimum", keys.bounds},          {"maximum", keys.bounds},
               {"decimals", keys.decimals},       {"max_letters", keys.max_letters},
               {"max_choices", keys.max_choices}, {"absences", keys.answer},
               {"required", keys.answer},         {"constraint", keys.answer},
               {"factor", keys.answer}};
  for (const auto& row : table) {
    if (row.meant || !node.member(row.key).exists()) continue;
    node.member(row.key).fault(ErrorCode::unknown_field, "\"" + std::string(row.key) +
                                                             "\" means nothing for a question of type " +
                                                             std::string(type.name()) + "; remove it");
  }
}

void read_scale_reference(const DefinitionNode& node, const FindScale& find_scale, Question& question,
                          const Scale*& scale_used) {
  const std::string name = node.required_text("scale");
  if (name.empty()) return;
  // "satisfaction_5" is version 1 for ever, so that a file means the same whatever is added later.
  const auto slash = name.find('/');
  int version = 1;
  if (slash != std::string::npos) {
    const char* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + slash + 1, end, version);
    if (error != std::errc() || stop != end) version = 0;
  }
  const std::string id = name.substr(0, slash);
  const Scale* scale = find_scale ? find_scale(id, version) : nullptr;
  if (!scale) {
    node.member("scale").fault(ErrorCode::definition_unknown,
                               "there is no scale \"" + id + "\" version " + std::to_string(version) +
                                   "; see survey_defs/scales, and write \"id/version\" for a later one");
    return;
  }
  question.scale = scale->identity.label();
  question.options = scale->options;
  scale_used = scale;
  const auto kind = question.type->answer_kind();
  const bool scored = std::all_of(scale->options.begin(), scale->options.end(),
                                  [](const Option& option) { return option.score.has_value(); });
  if (kind == AnswerKind::one_option && !question.type->keys().options && !scored) {
    node.member("scale").fault(ErrorCode::definition_invalid,
                               "scale \"" + id + "\" gives no score to some option; a " +
                                   std::string(question.type->name()) + " needs them all");
  }
}

void check_own_options(const DefinitionNode& node, Question& question) {
  const QuestionKeys keys = question.type->keys();
  const auto items = node.optional_items("options");
  bool has_other = false;
  for (std::size_t i = 0; i < question.options.size(); ++i) {
    const Option& option = question.options[i];
    if (option.exclusive && !keys.exclusive) {
      items[i].member("exclusive").fault(ErrorCode::unknown_field,
                                         "\"exclusive\" means nothing for a question of type " +
                                             std::string(question.type->name()));
    }
    if (option.other_text && (!keys.other_text || has_other)) {
      items[i].member("other_text").fault(ErrorCode::definition_invalid,
                                          has_other ? "only one option may open a field for own words"
                                                    : "\"other_text\" means nothing for this type");
    }
    has_other = has_other || option.other_text;
    if (question.type->answer_kind() == AnswerKind::ranking && option.id == "absence") {
      items[i].member("id").fault(ErrorCode::definition_invalid,
                                  "\"absence\" is the name of a form field; rename the option");
    }
  }
}

void read_choices(const DefinitionNode& node, const FindScale& find_scale, Question& question,
                  const Scale*& scale_used) {
  const QuestionKeys keys = question.type->keys();
  const bool has_scale = node.member("scale").exists();
  const bool has_options = node.member("options").exists();
  if (keys.scale && keys.options && has_scale && has_options) {
    node.fault(ErrorCode::definition_invalid, "has both \"options\" and \"scale\"; keep one");
  } else if (keys.scale && (has_scale || !keys.options)) {
    read_scale_reference(node, find_scale, question, scale_used);
  } else if (keys.options) {
    question.options = read_options(node, false);
    check_own_options(node, question);
  }
  question.max_choices = static_cast<int>(node.optional_integer("max_choices", 0, 1, kMaxOptions));
  if (!question.options.empty() && question.max_choices > static_cast<int>(question.options.size())) {
    node.member("max_choices").fault(ErrorCode::out_of_range, "larger than the number of options");
  }
}

void read_absences(const DefinitionNode& node, Question& question) {
  for (const auto& item : node.optional_items("absences")) {
    const auto absence = absence_named(item.as_text().value_or(""));
    if (!absence || !can_be_offered(*absence)) {
      item.fault(ErrorCode::unknown_option, "must be \"no_experience\", \"dont_know\" or \"declined\"");
    } else if (question.offers(*absence)) {
      item.fault(ErrorCode::duplicate_key, "stands twice; remove one");
    } else {
      question.absences.push_back(*absence);
    }
  }
}

void read_limits(const DefinitionNode& node, Question& question) {
  const auto [low, high] = question.type->widest_bounds();
  if (node.member("minimum").exists()) question.minimum = node.optional_number("minimum", low, low, high);
  if (node.member("maximum").exists()) question.maximum = node.optional_number("maximum", high, low, high);
  if (question.minimum && question.maximum && *question.minimum > *question.maximum) {
    node.member("minimum").fault(ErrorCode::out_of_range, "\"minimum\" is larger than \"maximum\"");
  }
  question.decimals = static_cast<int>(node.optional_integer("decimals", 0, 0, kMaxDecimals));
  question.max_letters = static_cast<int>(
      node.optional_integer("max_letters", question.type->default_max_letters(), 1, kMaxLetters));
}

}  // namespace

Question read_question(const DefinitionNode& node, const FindScale& find_scale, const Scale*& scale_used) {
  Question question;
  scale_used = nullptr;
  node.only_keys({"id", "type", "text", "hint", "factor", "scale", "options", "absences", "required",
                  "relevant", "constraint", "minimum", "maximum", "decimals", "max_letters",
                  "max_choices", "topic"});
  question.id = node.required_id("id");
  question.type = read_type(node);
  question.text = node.required_local_text("text");
  question.hint = node.optional_local_text("hint");
  question.factor = node.optional_id("factor");
  question.topic = node.optional_id("topic");
  question.required = node.optional_bool("required", false);
  read_absences(node, question);
  if (question.type) {
    refuse_useless_keys(node, *question.type);
    read_choices(node, find_scale, question, scale_used);
    read_limits(node, question);
  }
  return question;
}

}  // namespace khaosat
