// Influences by place from classes are those that every respondent's residual adds up to.
#include <catch2/catch.hpp>

#include <map>
#include <random>

#include "analysis/index/person_influences.h"

using namespace khaosat;
using namespace khaosat::index;

namespace {

PersonColumns people(std::mt19937& random, const std::string& kind, bool within_units) {
  PersonColumns columns;
  columns.items = {"a", "b"};
  std::map<std::string, double> sexes;
  std::map<std::string, double> ages;
  for (int who = 0; who < 240; ++who) {
    const std::string unit = "u" + std::to_string(who % 3);
    columns.unit.push_back(unit);
    columns.stratum.push_back(unit);
    columns.psu.push_back(unit + "v" + std::to_string(who / 3 % 5));
    columns.weight.push_back(1 + static_cast<double>(random() % 7));
    const std::string area = within_units ? unit + " " : "";
    const std::string sex = area + (random() % 3 == 0 ? "f" : "m");
    const std::string age = area + std::to_string(random() % 3);
    if (kind == "post") {
      if (!columns.calibration.post_strata) columns.calibration.post_strata = PersonMargin{"p", {}, {}};
      columns.calibration.post_strata->category.push_back(sex + age);
      columns.calibration.post_strata->population[sex + age] += 5;
    }
    if (kind == "raked") {
      if (columns.calibration.margins.empty()) columns.calibration.margins = {{"sex", {}, {}}, {"age", {}, {}}};
      columns.calibration.margins[0].category.push_back(sex);
      columns.calibration.margins[1].category.push_back(age);
      columns.calibration.margins[0].population[sex] += 5;
      columns.calibration.margins[1].population[age] += 5;
    }
    if (kind == "totals") {
      if (columns.calibration.totals.empty()) columns.calibration.totals = {{"one", {}, 1200}, {"x", {}, 900}};
      columns.calibration.totals[0].value.push_back(1);
      columns.calibration.totals[1].value.push_back(static_cast<double>(random() % 2) + 0.25);
    }
    for (int item = 0; item < 2; ++item)
      columns.answers.push_back(random() % 10 == 0 ? sums::Answer::absent(sums::Absence::dont_know) : sums::Answer::scored(static_cast<double>(random() % 5)));
  }
  return columns;
}

}  // namespace

TEST_CASE("influences by class are the sums of everybody's residuals, in one stage and in two") {
  std::mt19937 random(42);
  for (const std::string kind : {"plain", "post", "raked", "totals"}) {
    for (const bool within_units : {true, false}) {
      const auto sample = PersonSample::create(people(random, kind, within_units));
      REQUIRE(sample);
      const auto& columns = sample->columns();
      for (const bool two_stages : {false, true}) {
        PersonPlaces places;
        std::map<std::string, std::uint32_t> psus;
        for (const auto& psu : columns.psu) places.psu.push_back(psus.emplace(psu, static_cast<std::uint32_t>(psus.size())).first->second);
        places.count = psus.size();
        for (std::size_t row = 0; two_stages && row < columns.psu.size(); ++row) {
          places.second_stage_unit.push_back(static_cast<std::uint32_t>(places.count++));
          places.root.push_back(0.5 + 0.1 * static_cast<double>(row % 3));
        }
        const PersonPlaces where = places;
        const PersonInfluences influences(*sample, std::move(places));
        for (const auto& units : std::vector<std::vector<std::string>>{{"u0"}, {"u1", "u2"}, {"nowhere"}}) {
          INFO(kind << " within units " << within_units << " two stages " << two_stages << " " << units.front());
          std::vector<char> inside;
          for (const auto& unit : columns.unit) inside.push_back(std::find(units.begin(), units.end(), unit) != units.end() ? 1 : 0);
          for (std::size_t item = 0; item < 2; ++item) {
            const auto each = sample->influences(item, inside, 1.7);
            std::vector<double> sums(where.count, 0);
            for (std::size_t row = 0; row < each.size(); ++row) {
              sums[where.psu[row]] += each[row];
              if (two_stages) sums[where.second_stage_unit[row]] += where.root[row] * each[row];
            }
            std::vector<double> found(where.count, 0);
            for (const auto& entry : influences.of_mean(item, units, 1.7)) found[entry.psu] = entry.influence;
            for (std::size_t place = 0; place < sums.size(); ++place) CHECK(found[place] == Approx(sums[place]).margin(1e-12));
          }
        }
      }
    }
  }
}
