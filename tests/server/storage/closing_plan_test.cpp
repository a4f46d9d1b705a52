#include "server/storage/closing_plan.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "tests/support/answers_sample.h"

using namespace khaosat;
using namespace khaosat::sample;

namespace {

using Answers = std::map<std::string, int>;

ClosingPlan plan(const Answers& answers, const Campaign& of = campaign()) {
  std::vector<CellCount> counts;
  for (const auto& [psu, count] : answers) {
    const auto* found = of.psu(psu);
    counts.push_back({{of.stratum(found->stratum)->unit, found->stratum, psu}, count});
  }
  return plan_closing(of, counts);
}

std::map<std::string, std::string> labels(const ClosingPlan& plan) {
  std::map<std::string, std::string> result;
  for (const auto& [from, to] : plan.moves) {
    result[from.psu] = to.unit + "/" + to.stratum + "/" + to.psu;
  }
  return result;
}

struct Case {
  std::string what;
  Answers answers;
  std::map<std::string, std::string> expected;
};

}  // namespace

TEST_CASE("cells of fewer than k join others step by step") {
  const auto row = GENERATE(
      Case{"large cells stay",
           {{"a", 10}, {"d", 10}, {"e", 30}},
           {{"a", "u1/s1/a"}, {"d", "u1/s2/d"}, {"e", "u2/s3/e"}}},
      Case{"a psu joins its declared neighbour, not the next",
           {{"a", 3}, {"b", 20}, {"c", 12}},
           {{"a", "u1/s1/a+c"}, {"b", "u1/s1/b"}, {"c", "u1/s1/a+c"}}},
      Case{"over an empty neighbour to the neighbour's neighbour",
           {{"a", 3}, {"b", 20}, {"c", 0}},
           {{"a", "u1/s1/a+b"}, {"b", "u1/s1/a+b"}}},
      Case{"without a declared neighbour the next",
           {{"b", 3}, {"c", 12}},
           {{"b", "u1/s1/b+c"}, {"c", "u1/s1/b+c"}}},
      Case{"or the one before", {{"e", 12}, {"f", 3}}, {{"e", "u2/s3/e+f"}, {"f", "u2/s3/e+f"}}},
      Case{"several small ones until there are enough",
           {{"a", 3}, {"b", 4}, {"c", 5}},
           {{"a", "u1/s1/a+b+c"}, {"b", "u1/s1/a+b+c"}, {"c", "u1/s1/a+b+c"}}},
      Case{"a small stratum joins the next; only the nearest psu takes it in",
           {{"a", 15}, {"b", 15}, {"d", 3}},
           {{"a", "u1/s1+s2/a"}, {"b", "u1/s1+s2/b+d"}, {"d", "u1/s1+s2/b+d"}}},
      Case{"a small unit joins the other",
           {{"a", 3}, {"e", 15}, {"f", 15}},
           {{"a", "u1+u2/s1+s3/a+e"}, {"e", "u1+u2/s1+s3/a+e"}, {"f", "u1+u2/s1+s3/f"}}},
      Case{"strata of a joined unit that need no help keep their name",
           {{"a", 15}, {"d", 15}, {"e", 3}},
           {{"a", "u1+u2/s1/a"}, {"d", "u1+u2/s2+s3/d+e"}, {"e", "u1+u2/s2+s3/d+e"}}},
      Case{"the whole campaign in one cell",
           {{"a", 3}, {"d", 4}, {"f", 3}},
           {{"a", "u1+u2/s1+s2+s3/a+d+f"},
            {"d", "u1+u2/s1+s2+s3/a+d+f"},
            {"f", "u1+u2/s1+s2+s3/a+d+f"}}});
  INFO(row.what);
  const auto made = plan(row.answers);
  CHECK_FALSE(made.withheld);
  CHECK(labels(made) == row.expected);
}

TEST_CASE("fewer than k in the whole campaign are withheld; none at all are not") {
  CHECK(plan({{"a", 4}, {"e", 5}}).withheld);
  CHECK_FALSE(plan({{"a", 5}, {"e", 5}}).withheld);
  CHECK_FALSE(plan({}).withheld);
  CHECK(plan({{"a", 0}}).moves.empty());
}

TEST_CASE("neighbours that point at each other in a circle end in a plan") {
  auto circular = campaign();
  circular.psus[1].neighbour = "a";  // a → c → b → a
  CHECK(labels(plan({{"a", 3}, {"d", 12}}, circular)) ==
        std::map<std::string, std::string>{{"a", "u1/s1+s2/a+d"}, {"d", "u1/s1+s2/a+d"}});
}

TEST_CASE("a campaign without psus or strata merges by unit") {
  Campaign open;
  open.batch_size = 10;
  open.units = {"u1", "u2", "u3"};
  const auto made =
      plan_closing(open, {{{"u2", "", ""}, 3}, {{"u1", "", ""}, 20}, {{"u3", "", ""}, 20}});
  REQUIRE(made.moves.size() == 3);
  CHECK(made.moves[0].to == Cell{"u1", "", ""});
  CHECK(made.moves[1].to == Cell{"u2+u3", "", ""});
  REQUIRE(made.merges.size() == 1);
  CHECK(made.merges[0].psus == std::vector<std::string>{"u2", "u3"});
  CHECK(made.merges[0].into == "u2+u3");
}

TEST_CASE("whatever the numbers: every final cell has k, nobody is lost, labels are consistent") {
  const unsigned seed = 20261122;
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    Campaign of;
    of.batch_size = 10;
    std::vector<CellCount> counts;
    int answers = 0;
    const int units = 1 + static_cast<int>(random() % 4);
    for (int u = 0; u < units; ++u) {
      of.units.push_back("u" + std::to_string(u));
      const int strata = 1 + static_cast<int>(random() % 3);
      for (int s = 0; s < strata; ++s) {
        const std::string stratum = of.units.back() + "s" + std::to_string(s);
        of.strata.push_back({stratum, "", of.units.back(), 0});
        const int psus = 1 + static_cast<int>(random() % 5);
        for (int p = 0; p < psus; ++p) {
          const std::string psu = stratum + "p" + std::to_string(p);
          std::string neighbour;
          if (random() % 2 == 0)
            neighbour = stratum + "p" + std::to_string(random() % static_cast<unsigned>(psus));
          of.psus.push_back({psu, "", stratum, 0, 0, neighbour});
          const int count = static_cast<int>(random() % 15) * static_cast<int>(random() % 3) / 2;
          counts.push_back({{of.units.back(), stratum, psu}, count});
          answers += count;
        }
      }
    }
    INFO("seed " << seed << ", round " << round);
    const auto made = plan_closing(of, counts);
    if (answers < 10) {
      CHECK(made.withheld == (answers > 0));
      continue;
    }
    std::map<std::string, int> size;
    std::map<std::string, std::string> stratum_label;
    std::map<std::string, std::string> unit_label;
    int moved = 0;
    for (const auto& [from, to] : made.moves) {
      const auto found = std::find_if(counts.begin(), counts.end(),
                                      [&](const CellCount& c) { return c.cell == from; });
      size[to.unit + "/" + to.stratum + "/" + to.psu] += found->answers;
      moved += found->answers;
      // All cells of one stratum (unit) move to one stratum (unit).
      REQUIRE(stratum_label.emplace(from.stratum, to.stratum).first->second == to.stratum);
      REQUIRE(unit_label.emplace(from.unit, to.unit).first->second == to.unit);
    }
    REQUIRE(moved == answers);
    for (const auto& [label, count] : size) REQUIRE(count >= 10);
  }
}
