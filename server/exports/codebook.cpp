#include "server/exports/codebook.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "server/exports/variable_names.h"

namespace khaosat::exports {

namespace {

LocalText words(const char* vietnamese, const char* english) {
  LocalText text(vietnamese);
  text.set("en", english);
  return text;
}

// The text of both, language by language: "Question: option".
LocalText joined(const LocalText& first, const LocalText& second) {
  LocalText text;
  for (const auto& [language, part] : first.all()) text.set(language, part + " – " + second.in(language));
  return text;
}

bool is_whole(double value) { return value == std::floor(value) && std::abs(value) < 1e6; }

// The scores of a scale where they can serve as codes, the places of the options otherwise.
std::vector<double> option_codes(const std::vector<Option>& options) {
  std::vector<double> scores;
  std::set<double> distinct;
  for (const auto& option : options) {
    if (!option.score || !is_whole(*option.score) || *option.score < 0) break;
    scores.push_back(*option.score);
    distinct.insert(*option.score);
  }
  if (!options.empty() && distinct.size() == options.size()) return scores;
  scores.clear();
  for (std::size_t k = 0; k < options.size(); ++k) scores.push_back(static_cast<double>(k + 1));
  return scores;
}

std::vector<CodedValue> coded_options(const std::vector<Option>& options) {
  const auto codes = option_codes(options);
  std::vector<CodedValue> values;
  for (std::size_t k = 0; k < options.size(); ++k) values.push_back({codes[k], options[k].id, options[k].text});
  return values;
}

class Builder {
 public:
  Builder(Codebook& book, const Questionnaire& questionnaire, const RatedUnits& rated_units)
      : book_(book), questionnaire_(questionnaire), rated_units_(rated_units) {}

  void design() {
    const auto add = [&](const char* name, LocalText label, bool is_code, int decimals) -> Variable& {
      Variable variable;
      variable.name = names_.take(name);
      variable.label = std::move(label);
      variable.role = VariableRole::design;
      variable.is_code = is_code;
      variable.decimals = decimals;
      book_.variables.push_back(std::move(variable));
      return book_.variables.back();
    };
    add("unit", words("Đơn vị (mã mới, không theo thứ tự)", "Unit (recoded, in no order)"), true, 0);
    add("stratum", words("Lớp (mã mới)", "Stratum (recoded)"), true, 0);
    add("cluster", words("Địa bàn chọn mẫu cấp một (mã mới)", "Primary sampling unit (recoded)"), true, 0);
    add("weight", words("Quyền số mẫu", "Sampling weight"), false, 6);
    add("fpc", words("Số địa bàn của lớp trong khung mẫu", "Primary sampling units of the stratum in the frame"), false, 0).may_lack = true;
  }

  void question(std::size_t position, VariableRole role) {
    const Question& question = questionnaire_.questions[position];
    switch (question.type->answer_kind()) {
      case AnswerKind::none: return;
      case AnswerKind::text: book_.left_out.push_back(question.id); return;
      case AnswerKind::one_option:
        code(position, role, question.id, question.text).values = coded_options(question.options);
        return;
      case AnswerKind::number: number(position, role); return;
      case AnswerKind::options:
        for (const auto& option : question.options) {
          Variable& variable = code(position, role, question.id + "_" + option.id, joined(question.text, option.text));
          variable.values = {{0, "", words("không chọn", "not chosen")}, {1, option.id, words("chọn", "chosen")}};
        }
        return;
      case AnswerKind::ranking:
        for (const auto& option : question.options) {
          Variable& variable = code(position, role, question.id + "_" + option.id, joined(question.text, option.text));
          variable.values = {{0, "", words("không xếp", "not ranked")}};
        }
        return;
      case AnswerKind::ratings:
        for (const auto& unit : rated_units_) {
          code(position, role, question.id + "_" + unit, joined(question.text, LocalText(unit))).values = coded_options(question.options);
        }
        return;
    }
  }

 private:
  Variable& add(std::size_t position, VariableRole role, const std::string& wish, LocalText label) {
    Variable variable;
    variable.name = names_.take(wish);
    variable.label = std::move(label);
    variable.role = role;
    variable.question = position;
    variable.question_id = questionnaire_.questions[position].id;
    variable.may_lack = true;
    book_.variables.push_back(std::move(variable));
    return book_.variables.back();
  }
  Variable& code(std::size_t position, VariableRole role, const std::string& wish, LocalText label) {
    Variable& variable = add(position, role, wish, std::move(label));
    variable.is_code = true;
    return variable;
  }
  void number(std::size_t position, VariableRole role) {
    const Question& question = questionnaire_.questions[position];
    Variable& variable = add(position, role, question.id, question.text);
    variable.decimals = question.decimals;
    const auto [least, most] = question.type->widest_bounds();
    const double low = question.minimum.value_or(least);
    const double high = question.maximum.value_or(most);
    // Bands of numbers may begin below the least number.
    if (low < 0 && high > -200) variable.first_missing_code = -9'999'999'999'991.0;
  }

  Codebook& book_;
  const Questionnaire& questionnaire_;
  const RatedUnits& rated_units_;
  VariableNames names_;
};

bool decides_for_others(const Questionnaire& questionnaire, std::size_t question) {
  const auto names = [&](const std::optional<Condition>& condition) {
    if (!condition) return false;
    const auto named = questions_named(*condition);
    return std::find(named.begin(), named.end(), question) != named.end();
  };
  const auto& sections = questionnaire.sections;
  const auto& questions = questionnaire.questions;
  return std::any_of(sections.begin(), sections.end(), [&](const Section& section) { return names(section.relevant); }) ||
         std::any_of(questions.begin(), questions.end(), [&](const Question& other) { return names(other.relevant); });
}

}  // namespace

std::string_view name_of(NoValue kind) {
  constexpr std::array kNames = {"dont_know", "declined", "no_experience", "not_asked", "blank", "withheld", "invalid"};
  return kNames[static_cast<std::size_t>(kind)];
}

char letter_of(NoValue kind) { return static_cast<char>('a' + static_cast<int>(kind)); }

NoValue no_value_for(Absence absence) {
  switch (absence) {
    case Absence::not_asked: return NoValue::not_asked;
    case Absence::blank: return NoValue::blank;
    case Absence::no_experience: return NoValue::no_experience;
    case Absence::dont_know: return NoValue::dont_know;
    case Absence::declined: return NoValue::declined;
    case Absence::invalid: return NoValue::invalid;
  }
  return NoValue::blank;
}

std::optional<std::size_t> Codebook::find(std::string_view variable) const {
  for (std::size_t k = 0; k < variables.size(); ++k) {
    if (variables[k].name == variable) return k;
  }
  return std::nullopt;
}

bool is_trait(const Questionnaire& questionnaire, std::size_t position) {
  const Question& question = questionnaire.questions[position];
  if (!question.factor.empty() || !question.scale.empty()) return false;
  const AnswerKind kind = question.type->answer_kind();
  if (kind != AnswerKind::one_option && kind != AnswerKind::number) return false;
  return !question.topic.empty() || !decides_for_others(questionnaire, position);
}

Codebook make_codebook(const Campaign& campaign, const Questionnaire& questionnaire,
                       const std::vector<std::size_t>& traits, const RatedUnits& rated_units) {
  Codebook book;
  book.title = campaign.title;
  book.office = campaign.office;
  book.questionnaire_title = questionnaire.title;
  book.questionnaire = questionnaire.identity;
  book.first_day = campaign.opens_on;
  book.last_day = campaign.closes_on;
  book.drawn = campaign.sample == SampleKind::drawn;
  book.demo = campaign.demo;
  book.program = "khaosat " KHAOSAT_VERSION;
  Builder builder(book, questionnaire, rated_units);
  builder.design();
  for (std::size_t position = 0; position < questionnaire.questions.size(); ++position) {
    const bool trait = is_trait(questionnaire, position);
    if (trait && std::find(traits.begin(), traits.end(), position) == traits.end()) {
      book.left_out.push_back(questionnaire.questions[position].id);
      continue;
    }
    builder.question(position, trait ? VariableRole::trait : VariableRole::answer);
  }
  return book;
}

std::vector<Cell> cells_of(const Question& question, const Answer& answer, const RatedUnits& rated_units) {
  const AnswerKind kind = question.type->answer_kind();
  std::size_t count = 1;
  if (kind == AnswerKind::none || kind == AnswerKind::text) return {};
  if (kind == AnswerKind::options || kind == AnswerKind::ranking) count = question.options.size();
  if (kind == AnswerKind::ratings) count = rated_units.size();
  if (const auto* absence = std::get_if<Absence>(&answer)) {
    return std::vector<Cell>(count, Cell::without(no_value_for(*absence)));
  }
  std::vector<Cell> cells(count, Cell::of(0));
  if (const auto* choice = std::get_if<Choice>(&answer)) {
    const auto codes = option_codes(question.options);
    for (const auto option : choice->options) {
      if (kind == AnswerKind::one_option) {
        cells[0] = Cell::of(codes[option]);
      } else {
        cells[option] = Cell::of(1);
      }
    }
  } else if (const auto* number = std::get_if<double>(&answer)) {
    cells[0] = Cell::of(*number);
  } else if (const auto* ranking = std::get_if<Ranking>(&answer)) {
    for (std::size_t k = 0; k < count; ++k) cells[k] = Cell::of(ranking->ranks[k]);
  } else if (const auto* ratings = std::get_if<UnitRatings>(&answer)) {
    const auto codes = option_codes(question.options);
    for (std::size_t k = 0; k < count; ++k) {
      cells[k] = Cell::without(NoValue::not_asked);
      for (const auto& rated : ratings->units) {
        if (rated.unit != rated_units[k]) continue;
        const auto* option = std::get_if<OptionPosition>(&rated.rating);
        cells[k] = option ? Cell::of(codes[*option]) : Cell::without(no_value_for(std::get<Absence>(rated.rating)));
      }
    }
  }
  return cells;
}

}  // namespace khaosat::exports
