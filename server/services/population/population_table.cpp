#include "server/services/population/population_table.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/csv.h"
#include "base/text.h"
#include "server/exports/codebook.h"
#include "server/survey/question_type.h"

namespace khaosat {

namespace {

constexpr std::int64_t kMostPeople = 100'000'000;
constexpr std::size_t kMostMargins = 5;
constexpr std::size_t kMostQuestions = 4;
constexpr double kFrameTolerance = 0.1;
constexpr std::size_t kMostFaults = 50;

using index::Population;
using index::PopulationCount;
using index::PopulationMargin;

bool may_be_named(const Campaign& campaign, const Questionnaire& questionnaire, std::size_t position) {
  const Question& question = questionnaire.questions[position];
  if (question.type->answer_kind() != AnswerKind::one_option || !exports::is_trait(questionnaire, position)) return false;
  if (question.topic.empty()) return true;
  return std::any_of(campaign.stated_needs.begin(), campaign.stated_needs.end(), [&](const auto& need) { return need.topic == question.topic; });
}

// One margin while it is read: by unit and options as places in their lists, so that it ends up in their order.
struct Gathered {
  std::vector<std::size_t> questions;  // columns of questions that the rows name
  bool by_unit = false;
  std::map<std::pair<std::size_t, std::vector<std::size_t>>, std::uint64_t> people;
  std::set<std::tuple<std::size_t, std::vector<std::size_t>, std::string>> seen;  // and the place
  std::map<std::pair<std::size_t, std::vector<std::size_t>>, std::set<std::string>> places;
};

class PopulationReading {
 public:
  PopulationReading(std::string_view csv, const Campaign& campaign, const Questionnaire& questionnaire, const UnitRegister& units, Faults& faults)
      : campaign_(campaign), questionnaire_(questionnaire), units_(units), faults_(faults),
        reader_("population", csv, faults, {.bytes = 4u << 20, .rows = 50'000, .columns = 20, .faults = kMostFaults}) {}

  Population read() {
    if (!reader_.good() || !find_columns()) return {};
    std::vector<std::string> cells;
    while (reader_.next(cells)) read_row(cells);
    if (!faults_.empty()) return {};
    if (margins_.empty()) complain(ErrorCode::missing_field, "the table has no counts");
    if (margins_.size() > kMostMargins) complain(ErrorCode::too_large, "more than five tables of counts in one");
    for (const auto& [named, margin] : margins_) {
      check_places(margin);
      check_complete(margin);
    }
    if (!faults_.empty()) return {};
    Population population;
    for (const auto& [named, margin] : margins_) population.margins.push_back(finished(margin));
    check_totals(population);
    return population;
  }

 private:
  void complain(ErrorCode code, std::string message, std::string place = {}) {
    if (faults_.size() < kMostFaults) faults_.push_back({"population", std::move(place), code, std::move(message)});
  }

  bool find_columns() {
    const auto allowed = population_questions(campaign_, questionnaire_);
    std::vector<std::string> names{"unit", "psu", "people"};
    names.insert(names.end(), allowed.begin(), allowed.end());
    reader_.only_columns(names);
    reader_.require_columns({"people"});
    if (!faults_.empty()) return false;
    people_ = *reader_.column("people");
    unit_ = reader_.column("unit");
    psu_ = reader_.column("psu");
    for (const auto& name : reader_.header()) {
      if (name == "unit" || name == "psu" || name == "people") continue;
      columns_.push_back(*reader_.column(name));
      questions_.push_back(questionnaire_.question(name));
    }
    if (columns_.empty()) complain(ErrorCode::missing_field, "name at least one question whose answers are the categories", "row 1");
    if (columns_.size() > kMostQuestions) complain(ErrorCode::too_large, "more than four questions", "row 1");
    return faults_.empty();
  }

  std::optional<std::size_t> unit_named(const std::string& cell) const {
    for (std::size_t k = 0; k < campaign_.units.size(); ++k) {
      if (campaign_.units[k] == cell) return k;
      const Unit* unit = units_.find(campaign_.units[k]);
      if (unit && search_key(unit->name.in("vi")) == search_key(cell)) return k;
    }
    return std::nullopt;
  }

  const PrimarySamplingUnit* psu_named(const std::string& cell) const {
    if (const auto* psu = campaign_.psu(cell)) return psu;
    const PrimarySamplingUnit* found = nullptr;
    for (const auto& psu : campaign_.psus) {
      if (search_key(psu.title) != search_key(cell)) continue;
      if (found) return nullptr;  // two of the name: only their ids tell
      found = &psu;
    }
    return found;
  }

  std::optional<std::size_t> option_named(const Question& question, const std::string& cell) const {
    if (const auto position = question.option_position(cell)) return *position;
    for (std::size_t k = 0; k < question.options.size(); ++k)
      if (search_key(question.options[k].text.in("vi")) == search_key(cell)) return k;
    return std::nullopt;
  }

  void read_row(const std::vector<std::string>& cells) {
    const std::size_t before = faults_.size();
    std::vector<std::size_t> named;
    std::vector<std::size_t> options;
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      const std::string& cell = cells[columns_[k]];
      if (cell.empty()) continue;
      named.push_back(k);
      const auto option = option_named(*questions_[k], cell);
      if (!option) reader_.fault(ErrorCode::unknown_option, questions_[k]->id, "\"" + cell + "\" is no answer of this question");
      options.push_back(option.value_or(0));
    }
    if (named.empty()) reader_.fault(ErrorCode::missing_field, questions_.front()->id, "say which people are counted");
    const std::string unit_cell = unit_ ? cells[*unit_] : std::string();
    const std::string psu_cell = psu_ ? cells[*psu_] : std::string();
    // Of the only unit, whether it is named or not.
    std::optional<std::size_t> unit = campaign_.units.size() == 1 ? std::optional<std::size_t>(0) : std::nullopt;
    if (!unit_cell.empty()) {
      unit = unit_named(unit_cell);
      if (!unit) reader_.fault(ErrorCode::unit_not_valid, "unit", "\"" + unit_cell + "\" is no unit of this survey");
    }
    std::string place;
    if (!psu_cell.empty()) {
      const auto* psu = psu_named(psu_cell);
      if (!psu) {
        reader_.fault(ErrorCode::definition_unknown, "psu", "there is no place \"" + psu_cell + "\" in this survey, or two of that name");
      } else {
        place = psu->id;
        const auto of_place = unit_named(campaign_.stratum(psu->stratum)->unit);
        if (!unit_cell.empty() && unit && of_place != unit) reader_.fault(ErrorCode::unit_not_valid, "psu", psu->id + " does not lie in " + unit_cell);
        unit = of_place;
      }
    }
    const auto people = integer_from(cells[people_]);
    if (!people || *people < 0 || *people > kMostPeople) reader_.fault(ErrorCode::wrong_type, "people", "must be a whole number of people");
    if (faults_.size() > before) return;
    Gathered& margin = margins_[named];
    if (margin.people.empty()) {
      margin.questions = named;
      margin.by_unit = unit.has_value();
    } else if (margin.by_unit != unit.has_value()) {
      reader_.fault(ErrorCode::missing_field, "unit", "rows that name the same questions name a unit all of them, or none");
      return;
    }
    const std::pair key{unit.value_or(0), options};
    if (!margin.seen.emplace(key.first, options, place).second) reader_.fault(ErrorCode::duplicate_key, "people", "this combination stands twice; add the numbers up");
    margin.people[key] += static_cast<std::uint64_t>(*people);
    margin.places[key].insert(place);
  }

  std::string in_words(const Gathered& margin, std::size_t unit, const std::vector<std::size_t>& options) const {
    std::string words = margin.by_unit ? campaign_.units[unit] : std::string();
    for (std::size_t k = 0; k < options.size(); ++k) {
      const Question& question = *questions_[margin.questions[k]];
      words += (words.empty() ? "" : ", ") + question.id + " = " + question.options[options[k]].id;
    }
    return words;
  }

  // Counts by place stand for their unit only if every place of its frame is there, each for every combination.
  void check_places(const Gathered& margin) {
    std::map<std::size_t, std::set<std::string>> of_unit;
    for (const auto& [key, places] : margin.places) of_unit[key.first].insert(places.begin(), places.end());
    for (const auto& [unit, places] : of_unit) {
      if (places == std::set<std::string>{""}) continue;
      const std::string& id = campaign_.units[unit];
      if (places.contains("")) {
        complain(ErrorCode::missing_field, id + ": some rows name a place and some do not", "column psu");
        continue;
      }
      if (!frame_is_complete(id)) {
        complain(ErrorCode::design_invalid, id + ": only some of its places are in the sample; count its people as a whole", "column psu");
        continue;
      }
      for (const auto& psu : campaign_.psus)
        if (campaign_.stratum(psu.stratum)->unit == id && !places.contains(psu.id)) complain(ErrorCode::missing_field, id + ": the place " + psu.id + " has no counts", "column psu");
      for (const auto& [key, here] : margin.places)
        if (key.first == unit && here != places) complain(ErrorCode::missing_field, in_words(margin, unit, key.second) + ": not counted in every place", "column psu");
    }
  }

  void check_complete(const Gathered& margin) {
    std::vector<std::set<std::size_t>> met(margin.questions.size());
    std::set<std::size_t> areas;
    for (const auto& [key, people] : margin.people) {
      areas.insert(key.first);
      for (std::size_t k = 0; k < met.size(); ++k) met[k].insert(key.second[k]);
    }
    for (std::size_t unit = 0; margin.by_unit && unit < campaign_.units.size(); ++unit)
      if (!areas.contains(unit)) complain(ErrorCode::missing_field, "no counts for the unit " + campaign_.units[unit]);
    for (std::size_t k = 0; k < met.size(); ++k)
      if (met[k].size() < 2) complain(ErrorCode::missing_field, "only one answer of " + questions_[margin.questions[k]]->id + " is counted");
    for (const std::size_t area : areas) {
      std::vector<std::size_t> options;
      check_combinations(margin, met, area, options);
    }
  }

  void check_combinations(const Gathered& margin, const std::vector<std::set<std::size_t>>& met, std::size_t area, std::vector<std::size_t>& options) {
    if (options.size() == met.size()) {
      if (!margin.people.contains({area, options})) complain(ErrorCode::missing_field, "no count for " + in_words(margin, area, options));
      return;
    }
    for (const std::size_t option : met[options.size()]) {
      options.push_back(option);
      check_combinations(margin, met, area, options);
      options.pop_back();
    }
  }

  PopulationMargin finished(const Gathered& gathered) const {
    PopulationMargin margin;
    for (const std::size_t question : gathered.questions) margin.questions.push_back(questions_[question]->id);
    margin.by_unit = gathered.by_unit;
    for (const auto& [key, people] : gathered.people) {
      PopulationCount count{gathered.by_unit ? campaign_.units[key.first] : std::string(), {}, people};
      for (std::size_t k = 0; k < key.second.size(); ++k) count.options.push_back(questions_[gathered.questions[k]]->options[key.second[k]].id);
      margin.counts.push_back(std::move(count));
    }
    return margin;
  }

  bool frame_is_complete(const std::string& unit) const {
    for (const auto& stratum : campaign_.strata) {
      if (stratum.unit != unit || stratum.psu_population == 0) continue;
      const auto inside = std::count_if(campaign_.psus.begin(), campaign_.psus.end(), [&](const auto& psu) { return psu.stratum == stratum.id; });
      if (inside != stratum.psu_population) return false;
    }
    return true;
  }

  void check_totals(const Population& population) {
    std::map<std::string, std::uint64_t> of_unit;
    std::optional<std::uint64_t> of_all;
    for (const auto& margin : population.margins) {
      std::map<std::string, std::uint64_t> sums;
      std::uint64_t sum = 0;
      for (const auto& count : margin.counts) {
        sums[count.unit] += count.people;
        sum += count.people;
      }
      if (of_all && *of_all != sum)
        complain(ErrorCode::not_comparable, "the counts by " + margin.name() + " have " + std::to_string(sum) + " people together, others " + std::to_string(*of_all));
      of_all = sum;
      for (const auto& [unit, people] : sums) {
        if (people == 0) complain(ErrorCode::out_of_range, (unit.empty() ? margin.name() : unit) + " has no people");
        if (!margin.by_unit) continue;
        const auto [known, fresh] = of_unit.emplace(unit, people);
        if (!fresh && known->second != people)
          complain(ErrorCode::not_comparable, unit + ": the counts by " + margin.name() + " have " + std::to_string(people) + " people together, others " + std::to_string(known->second));
        if (fresh) check_frame(unit, people);
      }
    }
  }

  void check_frame(const std::string& unit, std::uint64_t people) {
    if (!frame_is_complete(unit)) return;
    double frame = 0;
    for (const auto& psu : campaign_.psus)
      if (campaign_.stratum(psu.stratum)->unit == unit) frame += psu.population;
    const auto counted = static_cast<double>(people);
    if (counted < (1 - kFrameTolerance) * frame || counted > (1 + kFrameTolerance) * frame)
      complain(ErrorCode::not_comparable, unit + ": " + std::to_string(people) + " people are counted and " + std::to_string(static_cast<long>(frame)) +
                                              " stand in the frame; these are different populations");
  }

  const Campaign& campaign_;
  const Questionnaire& questionnaire_;
  const UnitRegister& units_;
  Faults& faults_;
  CsvReader reader_;
  std::size_t people_ = 0;
  std::optional<std::size_t> unit_;
  std::optional<std::size_t> psu_;
  std::vector<std::size_t> columns_;
  std::vector<const Question*> questions_;  // of columns_
  std::map<std::vector<std::size_t>, Gathered> margins_;
};

}  // namespace

Population read_population(std::string_view csv, const Campaign& campaign, const Questionnaire& questionnaire, const UnitRegister& units, Faults& faults) {
  if (campaign.sample != SampleKind::drawn) {
    faults.push_back({"population", "", ErrorCode::design_invalid, "without a probability sample weights mean nothing, and counts of the population cannot mend that"});
    return {};
  }
  auto population = PopulationReading(csv, campaign, questionnaire, units, faults).read();
  if (!faults.empty()) return {};
  return population;
}

std::vector<std::string> population_questions(const Campaign& campaign, const Questionnaire& questionnaire) {
  std::vector<std::string> ids;
  for (std::size_t k = 0; k < questionnaire.questions.size(); ++k)
    if (may_be_named(campaign, questionnaire, k)) ids.push_back(questionnaire.questions[k].id);
  return ids;
}

std::string population_csv(const Population& population) {
  std::vector<std::string> header{"unit"};
  for (const auto& margin : population.margins)
    for (const auto& question : margin.questions)
      if (std::find(header.begin(), header.end(), question) == header.end()) header.push_back(question);
  std::vector<std::string> named(header.begin() + 1, header.end());
  header.emplace_back("people");
  CsvWriter writer(header);
  for (const auto& margin : population.margins) {
    for (const auto& count : margin.counts) {
      writer.text(count.unit);
      for (const auto& question : named) {
        const auto at = std::find(margin.questions.begin(), margin.questions.end(), question);
        writer.text(at == margin.questions.end() ? std::string() : count.options[static_cast<std::size_t>(at - margin.questions.begin())]);
      }
      writer.integer(static_cast<std::int64_t>(count.people));
      writer.end_row();
    }
  }
  return writer.str();
}

std::string population_template(const Campaign& campaign, const Questionnaire& questionnaire) {
  const auto allowed = population_questions(campaign, questionnaire);
  std::vector<const Question*> chosen;
  for (const char* wanted : {"sex", "age_band"})
    if (std::find(allowed.begin(), allowed.end(), wanted) != allowed.end()) chosen.push_back(questionnaire.question(wanted));
  const bool others = chosen.empty();
  for (std::size_t k = 0; others && k < allowed.size() && k < 2; ++k) chosen.push_back(questionnaire.question(allowed[k]));
  std::vector<std::string> header{"unit"};
  for (const auto* question : chosen) header.push_back(question->id);
  header.emplace_back("people");
  CsvWriter writer(header);
  std::vector<std::size_t> at(chosen.size(), 0);
  for (const auto& unit : campaign.units) {
    for (bool more = !chosen.empty(); more;) {
      writer.text(unit);
      for (std::size_t k = 0; k < chosen.size(); ++k) writer.text(chosen[k]->options[at[k]].id);
      writer.empty();
      writer.end_row();
      more = false;
      for (std::size_t k = chosen.size(); k-- > 0 && !more;) {
        if (++at[k] < chosen[k]->options.size()) {
          more = true;
        } else {
          at[k] = 0;
        }
      }
    }
  }
  return writer.str();
}

}  // namespace khaosat
