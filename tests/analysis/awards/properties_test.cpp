// What holds for every rule file: monotony, repeatability, the past standing still.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "analysis/awards/select.h"
#include "tests/analysis/awards/award_support.h"

using namespace khaosat;
using namespace khaosat::awards;
using namespace khaosat::awards::test;

namespace {

EvaluationContext context_for(int year, const std::string& date) {
  EvaluationContext context;
  context.year = year;
  context.date = date;
  context.ladders = &shipped_ladders();
  context.program = "khaosat test";
  return context;
}

// One commune with a body and two persons, and a fact for every name that the rules declare.
struct World {
  Facts base;
  std::vector<Fact> facts;
};

World world_for(const RuleSet& rules, int year, std::mt19937& random) {
  World world;
  world.base.unit("tinh", "Tỉnh").unit("xa", "Xã", "tinh").collective("vp", "xa").person("an", "vp").person("binh", "vp");
  const auto pick = [&](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
  for (const auto& [name, spec] : rules.facts) {
    for (const char* subject : {"tinh", "xa", "vp", "an", "binh"}) {
      for (int y = year - 1; y <= year; ++y) {
        const std::string period = std::to_string(y);
        const std::string criterion = "c" + std::to_string(pick(3));
        Facts one;
        switch (spec.type) {
          case FactType::truth: one.truth(subject, name, period, pick(4) != 0); break;
          case FactType::number: {
            const double value = pick(11);
            const bool plain = name == "commune_score" || name.starts_with("count") || name == "yearly_points";
            one.number(subject, name, period, value * (plain ? 10 : 1), plain ? "" : criterion, plain ? 0 : 10, period + "-12-01");
            break;
          }
          case FactType::grade: {
            const auto& grades = shipped_ladders().at(spec.ladder).grades;
            one.grade(subject, name, period, spec.ladder, grades[static_cast<std::size_t>(pick(static_cast<int>(grades.size())))].id, "p", period + "-12-01");
            break;
          }
          case FactType::rank: one.rank(subject, name, period, 1 + pick(5), 5, "q", "p", period + "-12-01"); break;
          case FactType::text: one.role(subject, pick(2) == 0 ? "head" : "member", "vp", period); break;
          case FactType::event: {
            static const char* statuses[] = {"alleged", "examining", "substantiated", "rejected"};
            static const char* qualities[] = {"good", "acceptable", "poor"};
            static const char* spreads[] = {"body", "unit", "beyond"};
            one.event(subject, name, period, {{"criterion", criterion}, {"status", statuses[pick(4)]}, {"quality", qualities[pick(3)]},
                                              {"spread", spreads[pick(3)]}, {"due", period + "-06-30"}, {"done", period + (pick(3) == 0 ? "-07-30" : "-06-01")},
                                              {"achievement", "reform_result"}});
            break;
          }
        }
        Fact fact = one.last();
        fact.source = spec.accept.front();
        fact.publisher = "p";
        fact.date = period + "-12-01";
        world.facts.push_back(std::move(fact));
      }
    }
  }
  std::shuffle(world.facts.begin(), world.facts.end(), random);
  return world;
}

FactBook book_of(const World& world, std::size_t count) {
  FactRows rows = world.base.rows();
  rows.facts.assign(world.facts.begin(), world.facts.begin() + static_cast<std::ptrdiff_t>(count));
  Faults faults;
  return FactBook::build(rows, shipped_ladders(), faults);  // heads that double are left out
}

Readings decided(const RuleSet& rules) {
  Readings readings;
  for (const auto& spec : rules.readings) {
    if (spec.name == "publisher") readings[spec.name] = {"p", "t", "2026-01-01", ""};
    if (spec.name == "population") readings[spec.name] = {"q", "t", "2026-01-01", ""};
    if (spec.name == "cutoff_date") readings[spec.name] = {"2099-01-01", "t", "2026-01-01", ""};
  }
  return readings;
}

struct Case {
  const char* rules;
  int year;
};
const Case kCases[] = {{"thanh_an_2023_32", 2023}, {"binh_phuoc_2018_604", 2019}, {"van_giao_2024_99", 2024},
                       {"thuan_bac_2023_07", 2023}, {"ngan_son_2023_notice", 2023}, {"nghi_dinh_335_2025", 2026}};

}  // namespace

// The clauses that may say otherwise are those that rest on a declaration that nothing is missing
// (no such declaration is made here) and "latest_published" (not the default anywhere).
TEST_CASE("adding a missing fact never turns fail into pass or pass into fail") {
  std::size_t settled = 0;
  for (const auto& [id, year] : kCases) {
    const RuleSet rules = shipped_rules(id);
    for (unsigned seed = 1; seed <= 25; ++seed) {
      std::mt19937 random(seed);
      World world = world_for(rules, year, random);
      // One fact of a kind and subject: adding one to an equal one would be a correction, not an addition.
      std::vector<Fact> first;
      for (const auto& fact : world.facts) {
        const bool taken = std::any_of(first.begin(), first.end(), [&](const Fact& f) {
          return f.name == fact.name && f.subject == fact.subject && f.period == fact.period && f.details == fact.details;
        });
        if (!taken) first.push_back(fact);
      }
      world.facts = first;
      const auto context = context_for(year, std::to_string(year + 1) + "-06-01");
      std::map<std::string, Verdict> known;
      const std::size_t step = std::max<std::size_t>(1, world.facts.size() / 12);
      for (std::size_t count = 0; count <= world.facts.size(); count += step) {
        const Decision decision = evaluate(rules, book_of(world, count), decided(rules), context);
        for (const auto& entry : decision.candidates) {
          const std::string key = entry.award + "/" + entry.subject;
          INFO(id << " seed " << seed << " facts " << count << " " << key);
          if (known.contains(key)) CHECK(name_of(entry.verdict) == name_of(known.at(key)));
          if (entry.verdict != Verdict::undetermined) {
            known[key] = entry.verdict;
            ++settled;
          }
        }
      }
    }
  }
  CHECK(settled > 1000);  // the property is not empty
}

TEST_CASE("the same inputs give the same bytes, whatever the order of the rows") {
  for (const auto& [id, year] : kCases) {
    const RuleSet rules = shipped_rules(id);
    std::mt19937 random(7);
    World world = world_for(rules, year, random);
    std::erase_if(world.facts, [](const Fact& f) { return f.name == "holds_role" && f.subject != "an"; });
    const auto context = context_for(year, std::to_string(year + 1) + "-06-01");
    const Decision first = evaluate(rules, book_of(world, world.facts.size()), decided(rules), context);
    std::shuffle(world.facts.begin(), world.facts.end(), random);
    const Decision second = evaluate(rules, book_of(world, world.facts.size()), decided(rules), context);
    CHECK(to_json(first) == to_json(second));
    CHECK(to_csv(first) == to_csv(second));
    CHECK(explain(first, "vi") == explain(second, "vi"));
  }
}

TEST_CASE("a later fact never changes a past decision, and the difference can be shown") {
  const RuleSet rules = shipped_rules("nghi_dinh_335_2025");
  Facts facts;
  facts.unit("xa", "Xã").person("an", "xa").number("an", "yearly_points", "2026", 95, "", 100, "2026-12-20");
  facts.complete("listed_violation", "xa", "2026", "2026-12-31");
  const auto then = context_for(2026, "2027-01-15");
  const Decision past = evaluate(rules, facts.book(), {}, then);
  CHECK(candidate(past, "xuat_sac", "an").verdict == Verdict::pass);
  facts.number("an", "yearly_points", "2026", 60, "", 100, "2027-02-01");
  const Decision again = evaluate(rules, facts.book(), {}, then);
  CHECK(to_json(past) == to_json(again));
  const Decision now = evaluate(rules, facts.book(), {}, context_for(2026, "2027-03-01"));
  const auto changes = changes_between(past, now);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].subject == "an");
  CHECK(changes[0].after == Verdict::fail);
  CHECK(changes[0].clauses == std::vector<std::string>{"F1"});
}

TEST_CASE("comparing readings names whose verdict moves and at which clause") {
  const RuleSet rules = shipped_rules("nghi_dinh_335_2025");
  const RuleSet thanh_an = shipped_rules("thanh_an_2023_32");
  Facts facts;
  facts.unit("xa", "Xã").collective("vp", "xa").truth("vp", "statutory_conditions_met", "2023", true).complete("award_received", "xa", "2022");
  facts.grade("xa", "par_grade", "2022", "par_commune_5", "yeu", "UBND huyện Hớn Quản", "2023-02-01");
  const auto comparisons = compare_readings(thanh_an, facts.book(), {}, context_for(2023, "2024-01-15"));
  const auto only = std::find_if(comparisons.begin(), comparisons.end(), [](const auto& c) { return c.reading == "exclusion_mode"; });
  REQUIRE(only != comparisons.end());
  REQUIRE(only->changes.size() == 1);
  CHECK(only->changes[0].before == Verdict::undetermined);
  CHECK(only->changes[0].after == Verdict::fail);
  CHECK(only->changes[0].clauses == std::vector<std::string>{"A1"});
  CHECK(explain(comparisons, "vi").find("chưa đủ căn cứ → không đạt (A1)") != std::string::npos);
}

TEST_CASE("the share of 20 percent shows its arithmetic under both denominators") {
  const RuleSet rules = shipped_rules("nghi_dinh_335_2025");
  Facts facts;
  facts.unit("xa", "Xã").complete("listed_violation", "xa", "2026", "2026-12-31");
  facts.number("xa", "count_all", "2026", 12).number("xa", "count_graded_good", "2026", 8);
  for (const auto& [name, points] : std::vector<std::pair<std::string, double>>{{"an", 96}, {"binh", 93}, {"chi", 93}, {"dung", 80}}) {
    facts.person(name, "xa").number(name, "yearly_points", "2026", points, "", 100);
  }
  const auto context = context_for(2026, "2027-01-15");
  const Decision good = evaluate(rules, facts.book(), {}, context);
  CHECK(good.selections[0].seats == 1);
  CHECK(good.selections[0].proposed == std::vector<std::string>{"an"});
  CHECK(good.selections[0].arithmetic.in("en").find("20 % × 8") != std::string::npos);
  CHECK(good.selections[0].arithmetic.in("en").find("= 1.6; rounded down: 1") != std::string::npos);
  const Decision all = evaluate(rules, facts.book(), choose({{"excellent_denominator", "all"}}), context);
  CHECK(all.selections[0].seats == 2);
  CHECK(all.selections[0].tied == std::vector<std::string>{"binh", "chi"});
  CHECK(all.selections[0].proposed == std::vector<std::string>{"an"});
  CHECK(all.selections[0].jury_must_choose);
  const Decision included = evaluate(rules, facts.book(), choose({{"excellent_denominator", "all"}, {"tie_rule", "include"}}), context);
  CHECK(included.selections[0].proposed.size() == 3);
  const Decision excluded = evaluate(rules, facts.book(), choose({{"excellent_denominator", "all"}, {"tie_rule", "exclude"}}), context);
  CHECK(excluded.selections[0].proposed == std::vector<std::string>{"an"});
  CHECK_FALSE(excluded.selections[0].jury_must_choose);
}

TEST_CASE("a share that is whole as a decimal is not lost to binary rounding") {
  CHECK(seats_from_share(0.2, 35, Rounding::down, LocalText("x")).seats == 7);
  CHECK(seats_from_share(0.29, 100, Rounding::down, LocalText("x")).seats == 29);
  CHECK(seats_from_share(0.2, 12, Rounding::down, LocalText("x")).seats == 2);
  CHECK(seats_from_share(0.2, 13, Rounding::half_up, LocalText("x")).seats == 3);
  CHECK(seats_from_share(0.2, 11, Rounding::up, LocalText("x")).seats == 3);
}
