#include "server/survey/questionnaire_json.h"

#include <algorithm>

#include "base/definition_json.h"
#include "base/text.h"
#include "server/survey/completeness.h"
#include "server/survey/condition_json.h"
#include "server/survey/packed.h"
#include "server/survey/question_json.h"
#include "server/survey/question_type.h"
#include "server/survey/scale_json.h"

namespace khaosat {

namespace {

constexpr std::size_t kMaxQuestions = 500;
// Far more than a form can hold; more would only cost time.
constexpr std::size_t kMaxItems = 200;

class QuestionnaireReader {
 public:
  QuestionnaireReader(DefinitionFile& file, const FindScale& find_scale)
      : file_(file), root_(file.root()), find_scale_(find_scale) {}

  Questionnaire read() {
    root_.only_keys({"$schema", "schema", "id", "version", "title", "audience", "source", "languages", "reviewed",
                     "introduction", "consent", "parts", "factors", "sections", "contradictions"});
    result_.identity = read_identity(root_, "khaosat/questionnaire/1", file_.hash());
    result_.title = root_.required_local_text("title");
    result_.source = read_source(root_);
    read_audience();
    read_languages();
    for (const auto& item : items_of("introduction")) result_.introduction.push_back(item.as_local_text());
    for (const auto& item : items_of("consent")) result_.consent.push_back(item.as_local_text());
    read_parts_and_factors();
    collect_question_ids();
    root_.required_items("sections");
    for (const auto& node : items_of("sections")) read_section(node);
    for (const auto& node : items_of("contradictions")) read_contradiction(node);
    check_size();
    result_.questions.shrink_to_fit();  // kept as long as the program runs
    return std::move(result_);
  }

 private:
  std::vector<DefinitionNode> items_of(std::string_view key) {
    auto items = root_.optional_items(key);
    if (items.size() > kMaxItems) {
      root_.member(key).fault(ErrorCode::too_large, "holds more than 200 entries; divide the questionnaire");
      items.erase(items.begin() + kMaxItems, items.end());
    }
    return items;
  }

  void read_audience() {
    const std::string word = root_.required_text("audience");
    const auto audience = audience_named(word);
    if (audience) {
      result_.audience = *audience;
    } else if (!word.empty()) {
      root_.member("audience").fault(ErrorCode::unknown_option,
                                     "must be \"citizen\", \"staff\" or \"rater\"");
    }
  }

  std::vector<std::string> read_language_list(std::string_view key) {
    std::vector<std::string> languages;
    for (const auto& item : items_of(key)) {
      const std::string language = item.as_text().value_or("");
      if (!is_language(language)) {
        item.fault(ErrorCode::wrong_type, "must be a language tag such as \"vi\" or \"en\"");
      } else if (std::find(languages.begin(), languages.end(), language) != languages.end()) {
        item.fault(ErrorCode::duplicate_key, "stands twice; remove one");
      } else {
        languages.push_back(language);
      }
    }
    return languages;
  }

  void read_languages() {
    result_.languages = read_language_list("languages");
    if (!root_.member("languages").exists()) result_.languages = {"vi"};
    const auto offers = [&](const std::string& language) {
      return std::find(result_.languages.begin(), result_.languages.end(), language) !=
             result_.languages.end();
    };
    if (!offers("vi")) {
      root_.member("languages").fault(ErrorCode::missing_field, "every questionnaire has \"vi\"; add it");
    }
    result_.reviewed = read_language_list("reviewed");
    // The original was written by whoever answers for the file; a translation counts once somebody says so.
    if (!root_.member("reviewed").exists() && !result_.languages.empty()) result_.reviewed = {result_.languages.front()};
    for (const auto& language : result_.reviewed) {
      if (offers(language)) continue;
      root_.member("reviewed").fault(ErrorCode::definition_unknown,
                                     "\"" + language + "\" is not one of the languages");
    }
  }

  // True the first time an id is met; complains otherwise.
  bool is_new(const DefinitionNode& node, const std::string& id, std::vector<std::string>& seen,
              const char* what) {
    if (id.empty()) return true;
    if (std::find(seen.begin(), seen.end(), id) != seen.end()) {
      node.member("id").fault(ErrorCode::duplicate_key,
                              "the " + std::string(what) + " id \"" + id + "\" stands twice; rename one");
      return false;
    }
    seen.push_back(id);
    return true;
  }

  void read_parts_and_factors() {
    std::vector<std::string> part_ids;
    for (const auto& node : items_of("parts")) {
      node.only_keys({"id", "title"});
      Part part{node.required_id("id"), node.required_local_text("title")};
      is_new(node, part.id, part_ids, "part");
      result_.parts.push_back(std::move(part));
    }
    std::vector<std::string> factor_ids;
    for (const auto& node : items_of("factors")) {
      node.only_keys({"id", "part", "title"});
      Factor factor{node.required_id("id"), node.optional_id("part"), node.required_local_text("title")};
      is_new(node, factor.id, factor_ids, "factor");
      must_be_known(node, "part", factor.part, part_ids);
      result_.factors.push_back(std::move(factor));
    }
  }

  void must_be_known(const DefinitionNode& node, const char* what, const std::string& id,
                     const std::vector<std::string>& known) {
    if (id.empty() || std::find(known.begin(), known.end(), id) != known.end()) return;
    const auto near = node.may_guess() ? nearest(id, known) : std::nullopt;
    node.member(what).fault(ErrorCode::definition_unknown,
                            "there is no " + std::string(what) + " \"" + id + "\"" +
                                (near ? "; did you mean \"" + *near + "\"?" : ""));
  }

  void collect_question_ids() {
    const DefinitionNode sections = root_.member("sections");
    for (std::size_t i = 0; sections.item(i).exists(); ++i) {
      const DefinitionNode questions = sections.item(i).member("questions");
      for (std::size_t j = 0; questions.item(j).exists(); ++j) {
        if (all_ids_.size() == kMaxQuestions) return;
        if (const auto id = questions.item(j).member("id").as_text()) all_ids_.push_back(*id);
      }
    }
  }

  void read_section(const DefinitionNode& node) {
    node.only_keys({"id", "title", "introduction", "relevant", "questions"});
    Section section;
    section.id = node.required_id("id");
    is_new(node, section.id, section_ids_, "section");
    section.title = node.required_local_text("title");
    section.introduction = node.optional_local_text("introduction");
    section.first_question = result_.questions.size();
    section.relevant = read_relevant(node, result_.questions.size());
    for (const auto& question : node.required_items("questions")) read_one_question(question);
    section.question_count = result_.questions.size() - section.first_question;
    result_.sections.push_back(std::move(section));
  }

  std::optional<Condition> read_relevant(const DefinitionNode& node, std::size_t usable) {
    if (!node.member("relevant").exists()) return std::nullopt;
    return read_condition(node.member("relevant"), {result_.questions, usable, all_ids_});
  }

  void read_one_question(const DefinitionNode& node) {
    if (result_.questions.size() == kMaxQuestions) {
      if (!is_full_) node.fault(ErrorCode::too_large, "more than 500 questions; divide the questionnaire");
      is_full_ = true;
      return;
    }
    const Scale* scale = nullptr;
    Question question = read_question(node, find_scale_, scale);
    if (scale) remember(scale->identity);
    is_new(node, question.id, question_ids_, "question");
    std::vector<std::string> factor_ids;
    for (const auto& factor : result_.factors) factor_ids.push_back(factor.id);
    must_be_known(node, "factor", question.factor, factor_ids);
    question.section = result_.sections.size();
    const std::size_t before = result_.questions.size();
    question.relevant = read_relevant(node, before);
    result_.questions.push_back(std::move(question));
    const DefinitionNode constraint = node.member("constraint");
    if (!constraint.exists()) return;
    constraint.only_keys({"condition", "message"});
    Constraint read{read_condition(constraint.required_object("condition"),
                                   {result_.questions, before + 1, all_ids_}),
                    constraint.required_local_text("message")};
    result_.questions.back().constraint = std::move(read);
  }

  void read_contradiction(const DefinitionNode& node) {
    node.only_keys({"id", "first", "second", "reason", "alone"});
    const ConditionScope everywhere{result_.questions, result_.questions.size(), all_ids_};
    Contradiction pair;
    pair.id = node.required_id("id");
    is_new(node, pair.id, contradiction_ids_, "contradiction");
    for (const char* side : {"first", "second"}) {
      const DefinitionNode condition = node.required_object(side);
      if (condition.exists()) (side == std::string_view("first") ? pair.first : pair.second) = read_condition(condition, everywhere);
    }
    pair.reason = node.required_local_text("reason");
    pair.alone = node.optional_bool("alone", false);
    result_.contradictions.push_back(std::move(pair));
  }

  void remember(const DefinitionIdentity& scale) {
    auto& scales = result_.scales;
    if (std::find(scales.begin(), scales.end(), scale) == scales.end()) scales.push_back(scale);
  }

  void check_size() {
    std::size_t codes = 0;
    for (const auto& question : result_.questions) {
      if (question.type) codes += question.type->slot_count(question);
    }
    if (codes > kMaxPackedCodes) {
      root_.member("sections").fault(ErrorCode::too_large, "too many options in all; divide the questionnaire");
    }
  }

  DefinitionFile& file_;
  DefinitionNode root_;
  const FindScale& find_scale_;
  Questionnaire result_;
  std::vector<std::string> all_ids_;
  std::vector<std::string> section_ids_;
  std::vector<std::string> question_ids_;
  std::vector<std::string> contradiction_ids_;
  bool is_full_ = false;
};

Faults translation_warnings(const Questionnaire& questionnaire, const std::string& file) {
  Faults warnings;
  for (const auto& language : questionnaire.languages) {
    const Completeness completeness = completeness_of(questionnaire, language);
    if (completeness.missing.empty()) continue;
    warnings.push_back({file, completeness.missing.front(), ErrorCode::missing_field,
                        std::to_string(completeness.missing.size()) + " of " +
                            std::to_string(completeness.texts) + " texts have no \"" + language +
                            "\"; this is the first"});
  }
  return warnings;
}

}  // namespace

QuestionnaireReading read_questionnaire(std::string file, std::string_view text,
                                        const FindScale& find_scale) {
  DefinitionFile document = parse_definition(std::move(file), text);
  QuestionnaireReading reading;
  if (document.root().exists()) {
    auto questionnaire = std::make_shared<Questionnaire>(QuestionnaireReader(document, find_scale).read());
    if (document.faults().empty()) {
      reading.warnings = translation_warnings(*questionnaire, document.file());
      reading.questionnaire = std::move(questionnaire);
    }
  }
  reading.faults = std::move(document.faults());
  return reading;
}

}  // namespace khaosat
