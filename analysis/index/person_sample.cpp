#include "analysis/index/person_sample.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/bytes.h"

namespace khaosat::index {

namespace {

Result<estimate::Margin> margin_of(const PersonMargin& named) {
  const auto codes = estimate::code_labels(named.category);
  estimate::Margin margin{codes.codes, {}};
  for (const auto& [code, name] : codes.names) {
    const auto found = named.population.find(name);
    if (found == named.population.end()) {
      return fail(ErrorCode::not_comparable, "the number of people is not known for the category \"" + name + "\"", named.name);
    }
    margin.population[code] = found->second;
  }
  for (const auto& [name, count] : named.population) {
    bool met = false;
    for (const auto& [code, known] : codes.names) met = met || known == name;
    if (!met) return fail(ErrorCode::not_comparable, "nobody answered in the category \"" + name + "\"; join it with another", named.name);
  }
  return margin;
}

// A respondent more or less makes it another digest anyway; in blocks, so that a million need no text of a gigabyte.
constexpr std::size_t kDigestBlock = 4096;

// How text_of() begins.
std::string place_text(const PersonColumns& columns, std::size_t who) {
  std::string bytes;
  for (const auto* column : {&columns.unit, &columns.stratum, &columns.psu}) bytes += std::to_string((*column)[who].size()) + ":" + (*column)[who];
  return bytes;
}

// The bits of numbers as text. There are few different scores and many answers: the last ones are remembered.
class NumberTexts {
 public:
  void put(double value, std::string& bytes) {
    const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
    Known& known = known_[(bits * 0x9E3779B97F4A7C15U) >> 56U];
    if (known.text.empty() || known.bits != bits) known = {bits, std::to_string(bits) + ";"};
    bytes += known.text;
  }

 private:
  struct Known {
    std::uint64_t bits = 0;
    std::string text;
  };
  std::array<Known, 256> known_;
};

// Everything about one respondent, so that equal texts are interchangeable.
std::string text_of(const PersonColumns& columns, std::size_t who, NumberTexts& numbers) {
  std::string bytes;
  const auto text = [&](const std::string& value) {
    bytes += std::to_string(value.size());
    bytes += ':';
    bytes += value;
  };
  const auto number = [&](double value) { numbers.put(value, bytes); };
  for (const auto* column : {&columns.unit, &columns.stratum, &columns.psu}) text((*column)[who]);
  number(columns.weight[who]);
  if (!columns.second_stage_unit.empty()) text(columns.second_stage_unit[who]);
  if (!columns.units_in_population.empty()) number(columns.units_in_population[who]);
  if (columns.calibration.post_strata) text(columns.calibration.post_strata->category[who]);
  for (const auto& margin : columns.calibration.margins) text(margin.category[who]);
  for (const auto& total : columns.calibration.totals) number(total.value[who]);
  const std::size_t items = columns.items.size();
  for (std::size_t item = 0; item < items; ++item) {
    const sums::Answer& answer = columns.answers[who * items + item];
    number(answer.has_score() ? answer.score() : static_cast<double>(answer.absence()));
    bytes += answer.has_score() ? 's' : 'a';
  }
  return bytes;
}

// Rows in the order of what they say: calibration rounds, and the order of a file must not show.
void arrange(PersonColumns& columns) {
  const std::size_t rows = columns.weight.size();
  // A text begins with its place, so that those of one place are enough at a time.
  std::map<std::string, std::vector<std::size_t>> places;
  for (std::size_t who = 0; who < rows; ++who) places[place_text(columns, who)].push_back(who);
  std::vector<std::size_t> order;
  order.reserve(rows);
  std::vector<std::pair<std::string, std::size_t>> texts;
  NumberTexts numbers;
  for (const auto& [place, people] : places) {
    texts.clear();
    for (const std::size_t who : people) texts.emplace_back(text_of(columns, who, numbers), who);
    std::sort(texts.begin(), texts.end());
    for (const auto& [text, who] : texts) order.push_back(who);
  }
  const auto put = [&](auto& column) {
    if (column.empty()) return;
    auto arranged = column;
    for (std::size_t who = 0; who < rows; ++who) arranged[who] = column[order[who]];
    column = std::move(arranged);
  };
  for (auto* column : {&columns.unit, &columns.stratum, &columns.psu, &columns.second_stage_unit}) put(*column);
  put(columns.weight);
  put(columns.units_in_population);
  if (columns.calibration.post_strata) put(columns.calibration.post_strata->category);
  for (auto& margin : columns.calibration.margins) put(margin.category);
  for (auto& total : columns.calibration.totals) put(total.value);
  const std::size_t items = columns.items.size();
  std::vector<sums::Answer> answers;
  answers.reserve(columns.answers.size());
  for (const std::size_t who : order)
    for (std::size_t item = 0; item < items; ++item) answers.push_back(columns.answers[who * items + item]);
  columns.answers = std::move(answers);
}

}  // namespace

Result<estimate::SampleDesignInput> design_input(const PersonColumns& columns) {
  estimate::SampleDesignInput input;
  input.weight = columns.weight;
  const auto strata = estimate::code_labels(columns.stratum);
  input.stratum = strata.codes;
  input.stratum_names = strata.names;
  input.psu = estimate::code_labels(columns.psu).codes;
  input.psu_ids_restart_in_each_stratum = columns.psu_ids_restart_in_each_stratum;
  const bool two_stage = !columns.units_in_population.empty();
  if (two_stage || !columns.psus_in_population.empty()) {
    for (const auto& stratum : columns.stratum) {
      const auto found = columns.psus_in_population.find(stratum);
      if (found == columns.psus_in_population.end()) {
        return fail(ErrorCode::design_invalid, "a second stage counts only beside the number of PSUs in the frame (psu_population)", "stratum " + stratum);
      }
      input.psus_in_population.push_back(found->second);
    }
  }
  if (two_stage) {
    input.units_in_population = columns.units_in_population;
    if (!columns.second_stage_unit.empty()) {
      // Ids may begin anew in each PSU.
      std::vector<std::string> inside;
      for (std::size_t row = 0; row < columns.psu.size(); ++row)
        inside.push_back(columns.stratum[row] + "\n" + columns.psu[row] + "\n" + columns.second_stage_unit[row]);
      input.second_stage_unit = estimate::code_labels(inside).codes;
    }
  }
  return input;
}

Result<estimate::SampleDesign> calibrated(const estimate::SampleDesign& design, const PersonCalibration& asked) {
  const int kinds = (asked.post_strata ? 1 : 0) + (asked.margins.empty() ? 0 : 1) + (asked.totals.empty() ? 0 : 1);
  if (kinds > 1) return fail(ErrorCode::design_invalid, "weights follow post-strata, margins or totals, one of these");
  if (asked.post_strata) return estimate::post_stratify(design, TRY(margin_of(*asked.post_strata)));
  if (!asked.margins.empty()) {
    std::vector<estimate::Margin> margins;
    for (const auto& margin : asked.margins) margins.push_back(TRY(margin_of(margin)));
    estimate::RakingOptions options;
    options.tolerance = 1e-13;
    return estimate::rake(design, margins, options);
  }
  if (!asked.totals.empty()) {
    std::vector<std::vector<double>> values;
    std::vector<double> totals;
    for (const auto& total : asked.totals) {
      values.push_back(total.value);
      totals.push_back(total.total);
    }
    return estimate::calibrate(design, values, totals, asked.options);
  }
  return design;
}

Result<PersonSample> PersonSample::create(PersonColumns columns) {
  arrange(columns);
  auto input = TRY(design_input(columns));
  if (columns.units_in_population.empty()) input.psus_in_population.clear();  // for residuals only
  // Looks at the second stage too: sizes below the sample, sizes that differ within a PSU.
  auto design = TRY(estimate::SampleDesign::create(input));
  design = TRY(index::calibrated(design, columns.calibration));
  PersonSample sample(std::move(columns), std::move(design));
  const auto weights = sample.design_.weights();
  sample.weights_.assign(weights.begin(), weights.end());
  for (const double weight : sample.weights_) {
    if (!(weight >= 0)) return fail(ErrorCode::weight_invalid, "these totals are reached by negative weights only; give bounds, or fewer totals");
  }
  return sample;
}

Result<sums::SumsTable> PersonSample::table() const {
  sums::SumsTable table(columns_.items);
  const std::size_t items = columns_.items.size();
  std::vector<sums::Answer> row;
  for (std::size_t who = 0; who < weights_.size(); ++who) {
    const auto from = columns_.answers.begin() + static_cast<std::ptrdiff_t>(who * items);
    row.assign(from, from + static_cast<std::ptrdiff_t>(items));
    TRY_VOID(table.add({columns_.unit[who], columns_.stratum[who], columns_.psu[who]}, weights_[who], row));
  }
  return table;
}

std::vector<double> PersonSample::influences(std::size_t item, const std::vector<char>& inside, double mean) const {
  const std::size_t items = columns_.items.size();
  double weight = 0;
  for (std::size_t who = 0; who < weights_.size(); ++who)
    if (inside[who] != 0 && columns_.answers[who * items + item].has_score()) weight += weights_[who];
  std::vector<double> influence(weights_.size(), 0);
  if (!(weight > 0)) return influence;
  for (std::size_t who = 0; who < weights_.size(); ++who) {
    const sums::Answer& answer = columns_.answers[who * items + item];
    if (inside[who] != 0 && answer.has_score()) influence[who] = weights_[who] * (answer.score() - mean) / weight;
  }
  for (const auto& rule : design_.residual_rules()) rule->apply(influence);
  return influence;
}

std::string PersonSample::digest() const {
  std::string bytes;
  const auto text = [&](const std::string& value) { bytes += std::to_string(value.size()) + ":" + value; };
  const auto number = [&](double value) { bytes += std::to_string(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value)) + ";"; };
  const bool in_blocks = weights_.size() > kDigestBlock;
  std::string digests;
  NumberTexts numbers;
  for (std::size_t who = 0; who < weights_.size(); ++who) {
    text(text_of(columns_, who, numbers));
    if (!in_blocks || ((who + 1) % kDigestBlock != 0 && who + 1 < weights_.size())) continue;
    digests += view_of(sha256(bytes));
    bytes.clear();
  }
  if (in_blocks) bytes = "blocks" + digests;
  const auto& calibration = columns_.calibration;
  const auto populations = [&](const PersonMargin& margin) {
    text(margin.name);
    for (const auto& [name, count] : margin.population) {
      text(name);
      number(count);
    }
  };
  text("calibration");
  if (calibration.post_strata) populations(*calibration.post_strata);
  for (const auto& margin : calibration.margins) populations(margin);
  for (const auto& total : calibration.totals) {
    text(total.name);
    number(total.total);
  }
  text(std::string(estimate::name_of(calibration.options.function)));
  number(calibration.options.lower);
  number(calibration.options.upper);
  return to_hex(view_of(sha256(bytes)));
}

}  // namespace khaosat::index
