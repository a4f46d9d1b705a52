// improved_on: every component assigned to a body must be higher than in the year before. The test
// of change stands beside it as information; the rule, not the interval, decides.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/awards/phrases.h"
#include "analysis/awards/predicate_functions.h"
#include "base/csv.h"
#include "base/json_text.h"

namespace khaosat::awards {

double round_as_printed(double value, int places) {
  std::string text = json_number(std::fabs(value));
  if (text.find_first_of("eE") != std::string::npos) {
    const double scale = std::pow(10.0, places);
    return std::copysign(std::round(std::fabs(value) * scale) / scale, value);
  }
  const auto point = text.find('.');
  if (point == std::string::npos || text.size() - point - 1 <= static_cast<std::size_t>(places)) return value;
  const bool up = text[point + 1 + static_cast<std::size_t>(places)] >= '5';
  text.resize(point + 1 + static_cast<std::size_t>(places));
  if (text.back() == '.') text.pop_back();
  if (up) {
    std::size_t i = text.size();
    while (i > 0) {
      --i;
      if (text[i] == '.') continue;
      if (text[i] != '9') {
        ++text[i];
        break;
      }
      text[i] = '0';
      if (i == 0) text.insert(text.begin(), '1');
    }
  }
  return std::copysign(number_from(text).value_or(value), value);
}

namespace {

struct Terms {
  std::string measure = "score";
  std::string rounding = "stored";
  double tolerance = 0;
  std::string ranks;
  std::string breaks;
  std::string break_policy = "refuse";
  std::string change_test;
};

std::string criterion_of(const Fact& fact) {
  const auto found = fact.details.find("criterion");
  return found == fact.details.end() ? std::string() : found->second;
}

std::string shown(double value, const Terms& terms) {
  return terms.rounding == "stored"
             ? json_number(value)
             : fmt::format("{:.{}f}", round_as_printed(value, std::stoi(terms.rounding)), std::stoi(terms.rounding));
}

// Years y and y−1 of one component, as the time basis says.
int later_year(const Evaluation& evaluation, const Condition& condition, const std::string& fact, const Subject& carrier,
               const std::string& criterion, int year, const std::string& basis) {
  if (basis != "latest_published") return year;
  const int asked = evaluation.context().year;
  for (int y = asked; y > asked - 10; --y) {
    if (evaluation.peek(condition, fact, carrier, y, criterion) && evaluation.peek(condition, fact, carrier, y - 1, criterion)) return y;
  }
  return year;
}

void judge_component(const Evaluation& evaluation, const Condition& condition, const Question& question, const std::string& basis,
                     const Terms& terms, const std::string& criterion, Reason& part) {
  const Subject& carrier = *question.carrier;
  const std::string fact = terms.measure == "rank" ? terms.ranks : condition.fact;
  const int year = later_year(evaluation, condition, fact, carrier, criterion, question.year, basis);
  const Fact* now = evaluation.find(condition, fact, carrier, year, criterion, part);
  const LocalText no_now = part.found;
  const Fact* before = evaluation.find(condition, fact, carrier, year - 1, criterion, part);
  if (now == nullptr && before == nullptr) part.found = join(no_now, part.found);
  else if (now == nullptr) part.found = no_now;
  if (now == nullptr || before == nullptr) return;

  bool broken = false;
  if (!terms.breaks.empty()) {
    for (const Fact* change : evaluation.facts().facts_named(terms.breaks)) {
      if (criterion_of(*change) == criterion && change->period.lies_in_year(year) && change->date <= evaluation.context().date) {
        broken = true;
        part.facts.push_back(evaluation.use(*change));
      }
    }
  }
  if (broken && terms.break_policy == "refuse") {
    part.found = say_with("Cách đo thay đổi năm {}: không so sánh với năm trước.", "The measure changed in {}: not compared with the year before.", year);
    evaluation.miss(fact, carrier, std::to_string(year), say("số liệu hai năm tính theo cùng một cách", "figures of both years by one measure"), part);
    return;
  }
  if (terms.measure == "rank") {
    const auto& new_rank = std::get<RankValue>(now->value);
    const auto& old_rank = std::get<RankValue>(before->value);
    part.verdict = new_rank.rank < old_rank.rank ? Verdict::pass : Verdict::fail;
    part.found = say_with("Hạng {}/{} năm {}, {}/{} năm {}.", "Rank {} of {} in {}, {} of {} in {}.", new_rank.rank,
                          new_rank.population_size, year, old_rank.rank, old_rank.population_size, year - 1);
    if (new_rank.population_size != old_rank.population_size) {
      part.found = join(part.found, say("Số đơn vị được xếp hạng khác nhau.", "The numbers of units ranked differ."));
    }
  } else {
    double high = std::get<NumberValue>(now->value).value;
    double low = std::get<NumberValue>(before->value).value;
    if (terms.rounding != "stored") {
      const int places = std::stoi(terms.rounding);
      high = round_as_printed(high, places);
      low = round_as_printed(low, places);
    }
    // The difference of two decimals, itself as a decimal: 0.3 − 0.2 is to be 0.1.
    const double change = round_as_printed(high - low, 9);
    part.verdict = change > terms.tolerance ? Verdict::pass : Verdict::fail;
    part.found = say_with("{} năm {}, {} năm {}; chênh lệch {}; cần lớn hơn {}.", "{} in {}, {} in {}; difference {}; needed: above {}.",
                          Decimal{shown(high, terms)}, year, Decimal{shown(low, terms)}, year - 1, Decimal{json_number(change)}, Decimal{json_number(terms.tolerance)});
  }
  if (broken) part.found = join(part.found, say("Lưu ý: cách đo thay đổi năm này.", "Note: the measure changed in this year."));
  if (!terms.change_test.empty()) {
    Condition computed = condition;
    computed.accept = {FactSource::computed, FactSource::official};
    if (const Fact* test = evaluation.peek(computed, terms.change_test, carrier, year, criterion)) {
      part.facts.push_back(evaluation.use(*test));
      part.found = join(part.found, say("Kiểm định sự thay đổi (để tham khảo, không phải căn cứ): p = " + value_text(*test).substr(0, value_text(*test).find(';')) + ".",
                                        "Test of change (for information, not a ground): p = " + value_text(*test).substr(0, value_text(*test).find(';')) + "."));
    }
  }
}

}  // namespace

void judge_improved_on(const Evaluation& evaluation, const Condition& condition, const Question& question, Reason& reason) {
  Terms terms;
  bool decided = true;
  const auto take = [&](const char* name, std::string& into) {
    const auto value = evaluation.parameter(condition, name, into, reason);
    if (value) into = *value;
    decided = decided && value.has_value();
  };
  std::string assigned;
  std::string tolerance = "0";
  std::string basis = "same_year";
  take("assigned", assigned);
  take("measure", terms.measure);
  take("rounding", terms.rounding);
  take("tolerance", tolerance);
  take("ranks", terms.ranks);
  take("breaks", terms.breaks);
  take("break_policy", terms.break_policy);
  take("change_test", terms.change_test);
  take("year", basis);
  if (!decided) return;
  terms.tolerance = number_from(tolerance).value_or(0);

  const Period year = Period::of_year(evaluation.context().year);
  const Subject* body = evaluation.carrier_of("own_body", *question.subject);
  if (body == nullptr) return;
  std::set<std::string> components;
  // Sources asked for here are those of the scores; who was assigned what is known from elsewhere.
  Condition assignment = condition;
  assignment.accept.clear();
  for (const Fact* entry : evaluation.entries(assignment, assigned, *body, year)) {
    components.insert(criterion_of(*entry));
    reason.facts.push_back(evaluation.use(*entry));
  }
  std::vector<Verdict> verdicts;
  for (const auto& criterion : components) {
    Reason part;
    part.clause = reason.clause;
    part.predicate = reason.predicate;
    part.verdict = Verdict::undetermined;
    part.condition = say("Chỉ số thành phần " + criterion, "Component " + criterion);
    judge_component(evaluation, condition, question, basis, terms, criterion, part);
    verdicts.push_back(part.verdict);
    reason.children.push_back(std::move(part));
  }
  reason.verdict = all_of(verdicts);
  if (reason.verdict == Verdict::fail) {
    reason.found = say("Có chỉ số thành phần được giao không tăng.", "A component assigned did not rise.");
    return;
  }
  reason.found = components.empty() ? say("Chưa ghi nhận chỉ số thành phần nào được giao.", "No component is on record as assigned.")
                                    : say_with("{} chỉ số thành phần được giao.", "{} components assigned.", components.size());
  if (!evaluation.complete(assigned, *body, year, Evaluation::Entries::laid_down, reason)) {
    reason.verdict = Verdict::undetermined;
  } else if (components.empty()) {
    reason.verdict = Verdict::not_applicable;
  }
}

}  // namespace khaosat::awards
