// Traits in microdata: nobody is found among fewer than the minimum, whoever the respondents are.
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "analysis/disclosure/k_anonymity.h"
#include "analysis/disclosure/trait_guard.h"

using khaosat::disclosure::count_keys;
using khaosat::disclosure::TraitGuard;
using khaosat::disclosure::TraitKind;

TEST_CASE("in random files every group of equal shown traits has the minimum or more") {
  std::mt19937_64 random(71);
  for (int round = 0; round < 300; ++round) {
    const std::uint64_t minimum = 2 + random() % 9;
    const std::size_t traits = 1 + random() % 4;
    const std::uint64_t places = 1 + random() % 6;
    std::vector<std::pair<std::uint64_t, std::vector<double>>> people;
    for (std::uint64_t place = 0; place < places; ++place) {
      for (std::uint64_t k = 0; k < minimum + random() % 80; ++k) {
        std::vector<double> values;
        for (std::size_t t = 0; t < traits; ++t) {
          values.push_back(t == 1 ? static_cast<double>(random() % 90) : static_cast<double>(std::min(random() % 7, random() % 7)));
          if (random() % 9 == 0) values.back() = TraitGuard::kNoAnswer - static_cast<double>(random() % 3);
        }
        people.emplace_back(place, values);
      }
    }
    TraitGuard guard(minimum, 0.6);
    for (std::size_t t = 0; t < traits; ++t) {
      guard.begin(t == 1 ? TraitKind{{0, 5, 10, 20, 50}} : TraitKind{});
      for (const auto& [place, values] : people) guard.count(place, std::span(values).first(t + 1));
      guard.decide();
    }
    std::vector<std::string> keys;
    std::map<std::string, std::uint64_t> group_of_key;
    std::vector<std::uint64_t> withheld(traits);
    for (const auto& [place, values] : people) {
      std::vector<std::optional<double>> shown(traits);
      guard.show(place, values, shown);
      std::string key = std::to_string(place);
      for (std::size_t t = 0; t < traits; ++t) {
        key += shown[t] ? "|" + std::to_string(*shown[t]) : "|-";
        if (!shown[t]) ++withheld[t];
        // What is shown is true: the value, or the band it lies in.
        const double width = guard.outcomes()[t].width;
        if (shown[t]) CHECK((width == 0 || values[t] <= TraitGuard::kNoAnswer ? *shown[t] == values[t] : *shown[t] <= values[t] && values[t] < *shown[t] + width));
      }
      keys.push_back(key);
      CHECK(group_of_key.emplace(key, guard.group_of(place, values)).first->second == guard.group_of(place, values));
    }
    std::map<std::string, std::uint64_t> sizes;
    for (const auto& key : keys) ++sizes[key];
    for (const auto& [key, size] : sizes) {
      INFO("round " << round << " " << key);
      CHECK(size >= minimum);
    }
    if (minimum >= 5) CHECK(count_keys(keys).below_five == 0);
    for (std::size_t t = 0; t < traits; ++t) CHECK(withheld[t] == guard.outcomes()[t].withheld);
  }
}

TEST_CASE("what is common is shown, what is rare is withheld, what would be mostly withheld is left out") {
  TraitGuard guard(5, 0.5);
  guard.begin({});
  for (int k = 0; k < 100; ++k) {
    const double value = k < 60 ? 1 : k < 98 ? 2 : 3;
    guard.count(0, std::vector{value});
  }
  const auto outcome = guard.decide();
  CHECK(outcome.kept);
  // Two people of the third kind cannot stand alone, nor can "withheld" with two: the smallest other goes too.
  CHECK(outcome.withheld == 40);
  // More than a quarter of all would be withheld.
  TraitGuard strict(5, 0.25);
  strict.begin({});
  for (int k = 0; k < 100; ++k) strict.count(0, std::vector{static_cast<double>(k)});
  CHECK_FALSE(strict.decide().kept);
  std::vector<std::optional<double>> shown(1);
  strict.show(0, std::vector{3.0}, shown);
  CHECK_FALSE(shown[0]);
}
