// Knowing more settles what was open; it never turns a pass into a fail or back unless a clause says so:
// a clause that now rests on the very fact that was added. Facts of every kind of THE LIST, registers
// declared complete or not, any readings.
#include <algorithm>
#include <map>
#include <catch2/catch.hpp>
#include <random>

#include "analysis/awards/fact_kind.h"
#include "tests/analysis/awards/award_support.h"

using namespace khaosat;
using namespace khaosat::awards;
using namespace khaosat::awards::test;

namespace {

using Random = std::mt19937;
int pick(Random& random, std::size_t limit) { return static_cast<int>(random() % limit); }
template <typename T>
const T& one_of(Random& random, const std::vector<T>& values) {
  return values[static_cast<std::size_t>(pick(random, values.size()))];
}

Fact random_fact(const FactKind& kind, const std::string& subject, int year, Random& random) {
  Fact fact;
  fact.subject = subject;
  fact.name = kind.name;
  fact.period = Period::of_year(year);
  fact.source = one_of(random, kind.accept);
  fact.publisher = "p";
  fact.date = std::to_string(year) + "-" + (pick(random, 2) == 0 ? "11" : "12") + "-01";
  switch (kind.type) {
    case FactType::truth: fact.value = pick(random, 3) != 0; break;
    case FactType::number: fact.value = NumberValue{static_cast<double>(pick(random, 11)), 10.0}; break;
    case FactType::grade: {
      std::vector<std::string> ladders = kind.ladders;
      if (ladders.empty()) ladders.push_back(shipped_ladders().begin()->first);
      const std::string ladder = one_of(random, ladders);
      fact.value = GradeValue{ladder, one_of(random, shipped_ladders().at(ladder).grades).id};
      break;
    }
    case FactType::rank: fact.value = RankValue{1 + pick(random, 5), 5, "q"}; break;
    case FactType::text: fact.value = kind.words.empty() ? std::string("x") : one_of(random, kind.words); break;
    case FactType::event: fact.value = EventValue{}; break;
  }
  for (const auto& detail : kind.details) {
    const auto values = values_of_detail(detail);
    if (!values.empty()) fact.details[detail] = one_of(random, values);
    else if (detail == "criterion") fact.details[detail] = "c" + std::to_string(pick(random, 3));
    else if (detail == "due") fact.details[detail] = std::to_string(year) + "-06-30";
    else if (detail == "done" && pick(random, 3) != 0) fact.details[detail] = std::to_string(year) + (pick(random, 3) == 0 ? "-07-30" : "-06-01");
    else if (detail == "achievement") fact.details[detail] = "reform_result";
    else if (detail == "body" && kind.name == "holds_role") fact.details[detail] = "vp";
  }
  return fact;
}

Readings random_readings(const RuleSet& rules, Random& random) {
  Readings readings;
  for (const auto& spec : rules.readings) {
    if (!spec.choices.empty() && pick(random, 2) == 0) readings[spec.name] = {one_of(random, spec.choices).value, "t", "2026-01-01", ""};
    if (spec.name == "publisher") readings[spec.name] = {"p", "t", "2026-01-01", ""};
    if (spec.name == "population") readings[spec.name] = {"q", "t", "2026-01-01", ""};
  }
  return readings;
}

FactBook book_of(const FactRows& base, const std::vector<Fact>& facts, std::size_t count) {
  FactRows rows = base;
  rows.facts.assign(facts.begin(), facts.begin() + static_cast<std::ptrdiff_t>(count));
  Faults faults;
  return FactBook::build(rows, shipped_ladders(), faults);  // what doubles or contradicts is left out
}

bool uses(const Reason& reason, const std::string& line) {
  const bool here = std::any_of(reason.facts.begin(), reason.facts.end(), [&](const FactUse& use) { return canonical_line(use.fact) == line; });
  return here || std::any_of(reason.children.begin(), reason.children.end(), [&](const Reason& child) { return uses(child, line); });
}

bool flipped(Verdict before, Verdict after) {
  return (before == Verdict::pass && after == Verdict::fail) || (before == Verdict::fail && after == Verdict::pass);
}

bool names_missing(const Reason& reason) {
  return !reason.missing.empty() || std::any_of(reason.children.begin(), reason.children.end(), names_missing);
}

struct Turning {
  std::size_t compared = 0;
  std::size_t turned = 0;  // because a clause says so
  std::map<std::string, std::size_t> of_rules;  // compared, by directive
  std::size_t closed = 0;                       // registers declared complete along the way
  std::vector<std::string> faults;
};

// Every condition by itself, since what is joined follows from Kleene's tables. One that turned must be of a
// clause, must have been settled before with nothing missing, and must now rest on the fact that was added.
void compare(const Reason& before, const Reason& after, const std::string& line, const std::string& place, Turning& turning) {
  ++turning.compared;
  const bool same_shape = before.children.size() == after.children.size();
  for (std::size_t i = 0; same_shape && i < after.children.size(); ++i) compare(before.children[i], after.children[i], line, place, turning);
  if (!flipped(before.verdict, after.verdict) || (same_shape && !after.children.empty())) return;
  if (!after.clause.empty() && !names_missing(before) && uses(after, line)) ++turning.turned;
  else turning.faults.push_back(place + " " + after.clause + " " + after.predicate + " after " + line + ": " + before.found.in("vi") + " | " + after.found.in("vi"));
}

// What a careless evaluation would do: not known is no.
void forget_what_is_open(Reason& reason) {
  if (reason.verdict == Verdict::undetermined) reason.verdict = Verdict::fail;
  for (auto& child : reason.children) forget_what_is_open(child);
}
Decision careless(Decision decision) {
  for (auto& candidate : decision.candidates) {
    forget_what_is_open(candidate.reason);
    if (candidate.verdict == Verdict::undetermined) candidate.verdict = Verdict::fail;
  }
  return decision;
}
// And one that tells nobody which fact it used.
void forget_facts(Reason& reason) {
  reason.facts.clear();
  for (auto& child : reason.children) forget_facts(child);
}
Decision silent(Decision decision) {
  for (auto& candidate : decision.candidates) forget_facts(candidate.reason);
  return decision;
}

template <typename Change>
Turning grow_registers(unsigned seeds, Change change) {
  struct Case {
    const char* rules;
    int year;
  };
  Turning outcome;
  for (const auto& [id, year] : {Case{"thanh_an_2023_32", 2023}, Case{"binh_phuoc_2018_604", 2019}, Case{"van_giao_2024_99", 2024},
                                 Case{"thuan_bac_2023_07", 2023}, Case{"ngan_son_2023_notice", 2023}, Case{"nghi_dinh_335_2025", 2026}}) {
    const RuleSet rules = shipped_rules(id);
    const auto kinds = fact_kinds({&rules});
    for (unsigned seed = 1; seed <= seeds; ++seed) {
      Random random(seed);
      Facts base;
      base.unit("tinh", "Tỉnh").unit("xa", "Xã", "tinh").collective("vp", "xa").person("an", "vp").person("binh", "vp");
      FactRows rows = base.rows();
      std::vector<Fact> facts;
      for (const auto& kind : kinds) {
        // A register may be declared complete although a fact comes later: then its clause may turn.
        if (kind.is_register && pick(random, 2) == 0) {
          ++outcome.closed;
          for (int y = year - 1; y <= year; ++y) rows.registers.push_back({kind.name, "tinh", Period::of_year(y), std::to_string(year + 1) + "-01-10", "", "x", ""});
        }
        for (const char* subject : {"tinh", "xa", "vp", "an", "binh"}) {
          const SubjectKind subject_kind = subject == std::string("tinh") || subject == std::string("xa") ? SubjectKind::unit : subject == std::string("vp") ? SubjectKind::collective : SubjectKind::person;
          if (std::find(kind.subjects.begin(), kind.subjects.end(), subject_kind) == kind.subjects.end()) continue;
          for (int y = year - 1; y <= year; ++y) {
            if (pick(random, 2) == 0) facts.push_back(random_fact(kind, subject, y, random));
          }
        }
      }
      std::shuffle(facts.begin(), facts.end(), random);
      EvaluationContext context{year, std::to_string(year + 1) + "-06-01", &shipped_ladders(), {}, "khaosat test"};
      const Readings readings = random_readings(rules, random);
      std::size_t count = static_cast<std::size_t>(pick(random, facts.size()));
      Decision before = change(evaluate(rules, book_of(rows, facts, count), readings, context));
      for (int step = 0; step < 12 && count < facts.size(); ++step, ++count) {
        const Decision after = change(evaluate(rules, book_of(rows, facts, count + 1), readings, context));
        const std::string line = canonical_line(facts[count]);
        const std::size_t earlier = outcome.compared;
        for (std::size_t i = 0; i < after.candidates.size() && i < before.candidates.size(); ++i) {
          compare(before.candidates[i].reason, after.candidates[i].reason, line, std::string(id) + " seed " + std::to_string(seed) + " " + after.candidates[i].subject, outcome);
        }
        outcome.of_rules[id] += outcome.compared - earlier;
        before = after;
      }
    }
  }
  return outcome;
}

}  // namespace

TEST_CASE("a fact that was missing turns no verdict unless a clause rests on it") {
  const Turning outcome = grow_registers(60, [](Decision decision) { return decision; });
  CAPTURE(outcome.faults);
  CHECK(outcome.faults.empty());
  CHECK(outcome.compared > 10'000);
  CHECK(outcome.of_rules.size() == 6);
  for (const auto& [rules, count] : outcome.of_rules) {
    INFO(rules);
    CHECK(count > 300);
  }
  CHECK(outcome.closed > 100);
  CHECK(outcome.turned > 0);  // some clauses do say so, and are let through
}

TEST_CASE("the property finds an evaluation that takes not known for no, or hides what it used") {
  CHECK_FALSE(grow_registers(60, silent).faults.empty());
  CHECK_FALSE(grow_registers(60, careless).faults.empty());
}
