#include "tests/analysis/estimate/papi_data.h"

#include <limits>

namespace khaosat::estimate::fixture {

PapiData::PapiData() : table(Table::read("data/papi_year1.csv")) {
  const Table codebook = Table::read("data/papi_codebook.csv");
  const auto low = codebook.numbers("lo");
  const auto high = codebook.numbers("hi");
  const auto direction = codebook.numbers("direction");
  for (std::size_t row = 0; row < codebook.rows(); ++row)
    items.push_back({codebook.text("item")[row], codebook.text("dimension")[row],
                     codebook.text("subdimension")[row], low[row], high[row], direction[row] < 0,
                     codebook.text("dk_as")[row] == "zero"});
}

std::vector<double> PapiData::answers(const PapiItem& item, DontKnow dont_know) const {
  std::vector<double> result = table.numbers(item.name);
  for (double& answer : result) {
    if (answer == 88 && item.dont_know_is_zero && dont_know == DontKnow::by_codebook) answer = 0;
    if (answer == 77 || answer == 88 || answer == 99)
      answer = std::numeric_limits<double>::quiet_NaN();
  }
  return result;
}

std::vector<double> PapiData::score(const PapiItem& item, DontKnow dont_know) const {
  std::vector<double> result = answers(item, dont_know);
  for (double& answer : result)
    answer = 1 + 9 * (item.reversed ? item.high - answer : answer - item.low) /
                     (item.high - item.low);
  return result;
}

}  // namespace khaosat::estimate::fixture
