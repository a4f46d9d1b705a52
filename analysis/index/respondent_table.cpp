#include "analysis/index/respondent_table.h"

#include <algorithm>
#include <limits>
#include <set>

#include "analysis/index/design_table.h"
#include "analysis/index/table_rows.h"
#include "base/csv.h"
#include "base/text.h"

namespace khaosat::index {

namespace {

using estimate::Respondents;
using estimate::SampleDesign;

constexpr std::size_t kMostFaults = 200;
constexpr std::string_view kReplicate = "replicate_";
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

constexpr std::string_view kTableHelp =
    "The table is CSV (UTF-8, header row; comma, semicolon or tab between cells; decimals with a dot, or with a\n"
    "comma where none separates cells) or a JSON array of flat objects: one row per respondent, drawn from a frame.\n"
    "Columns with a meaning of their own:\n";
constexpr std::string_view kAnswersHelp =
    "  replicate_NAME  with --replicates; complete weights of one replicate each\n"
    "  others     answers and groups. Empty, NA or a word after ~ (~dont_know): no answer; leaves that\n"
    "             statistic only. NaN, infinity, or a text where a number is needed, is refused.\n";

bool is_absent(const std::string& cell) { return cell.empty() || cell == "NA" || cell.front() == '~'; }

// The same rows with some columns under further names.
class AliasedRows final : public TableRows {
 public:
  AliasedRows(TableRows& rows, const std::vector<std::pair<std::string, std::string>>& columns) : rows_(rows), header_(rows.header()) {
    for (const auto& [name, source] : columns) {
      const auto at = rows.column(source);
      if (!at) continue;  // complained of by the reader
      std::replace(header_.begin(), header_.end(), name, std::string());
      header_.push_back(name);
      sources_.push_back(*at);
    }
  }
  bool good() const override { return rows_.good(); }
  const std::vector<std::string>& header() const override { return header_; }
  bool next(std::vector<std::string>& cells) override {
    cells.resize(rows_.header().size());
    if (!rows_.next(cells)) return false;
    for (const std::size_t at : sources_) cells.push_back(cells[at]);
    return true;
  }
  std::optional<double> number(const std::string& cell) override { return rows_.number(cell); }
  // Said with the name that stands in the file.
  void fault(ErrorCode code, const std::string& column, std::string message) override {
    for (std::size_t k = 0; k < sources_.size(); ++k)
      if (header_[rows_.header().size() + k] == column) return rows_.fault(code, rows_.header()[sources_[k]], std::move(message));
    rows_.fault(code, column, std::move(message));
  }

 private:
  TableRows& rows_;
  std::vector<std::string> header_;
  std::vector<std::size_t> sources_;
};

class RespondentTable {
 public:
  RespondentTable(const std::string& file, TableRows& rows, const RespondentTableOptions& options, Faults& faults)
      : file_(file), rows_(rows), options_(options), faults_(faults), design_(file_, rows, table_, faults) {
    table_.drawn = true;
    table_.psu_ids_restart_in_each_stratum = options.psu_ids_restart_in_each_stratum;
    table_.calibration = options.calibration;
  }

  Result<Respondents> read(const std::vector<estimate::Statement>& statements) {
    std::set<std::string> numbers;
    std::set<std::string> texts;
    for (const auto& statement : statements) {
      for (const auto& name : statement.number_columns()) numbers.insert(name);
      for (const auto& name : statement.text_columns()) texts.insert(name);
    }
    if (!rows_.good()) return refused();
    for (const auto& [name, source] : options_.columns) need(source);
    // A column that a statement names is an answer, unless a population stands beside it.
    const bool found = design_.find(
        [&](std::string_view name) {
          return (numbers.contains(std::string(name)) || texts.contains(std::string(name))) && !rows_.column(std::string(name) + "_population");
        },
        false);
    find(numbers, number_columns_, numbers_);
    find(texts, text_columns_, texts_);
    if (options_.replicates) {
      for (std::size_t at = 0; at < rows_.header().size(); ++at)
        if (rows_.header()[at].starts_with(kReplicate)) replicate_columns_.push_back(at);
      replicates_.resize(replicate_columns_.size());
    }
    if (!found || !faults_.empty()) return refused();
    std::vector<std::string> cells;
    while (faults_.size() < kMostFaults && rows_.next(cells)) read_row(cells);
    if (!faults_.empty()) return refused();
    return assembled();
  }

 private:
  static tl::unexpected<Error> refused() { return fail(ErrorCode::bad_csv, "the table was refused"); }

  std::size_t need(const std::string& name) {
    const auto place = rows_.column(name);
    if (!place) {
      const auto near = nearest(name, rows_.header());
      faults_.push_back({file_, "row 1", ErrorCode::missing_field,
                         "there is no column \"" + name + "\"" + (near ? "; did you mean \"" + *near + "\"?" : "")});
    }
    return place.value_or(0);
  }

  template <typename Column>
  void find(const std::set<std::string>& names, std::vector<std::size_t>& at, std::vector<std::pair<std::string, std::vector<Column>>>& columns) {
    for (const auto& name : names) {
      at.push_back(need(name));
      columns.emplace_back(name, std::vector<Column>{});
    }
  }

  void read_row(const std::vector<std::string>& cells) {
    sums::CellKey key;
    const auto weight = design_.read(cells, key);
    for (std::size_t k = 0; k < number_columns_.size(); ++k) numbers_[k].second.push_back(number(cells, number_columns_[k]));
    for (std::size_t k = 0; k < text_columns_.size(); ++k) {
      const std::string& cell = cells[text_columns_[k]];
      texts_[k].second.push_back(is_absent(cell) ? "" : cell);
    }
    for (std::size_t k = 0; k < replicate_columns_.size(); ++k) {
      const auto one = rows_.number(cells[replicate_columns_[k]]);
      if (!one) rows_.fault(ErrorCode::weight_invalid, rows_.header()[replicate_columns_[k]], "a weight of a replicate must be a number");
      replicates_[k].push_back(one.value_or(0));
    }
    if (weight) design_.persons().read(cells, key, *weight, {});
  }

  double number(const std::vector<std::string>& cells, std::size_t at) {
    if (is_absent(cells[at])) return kMissing;
    const auto value = rows_.number(cells[at]);
    if (value) return *value;
    rows_.fault(ErrorCode::wrong_type, rows_.header()[at],
                no_number_text(cells[at]) + ", or leave the cell empty where there is no answer");
    return kMissing;
  }

  Result<SampleDesign> adjusted(const SampleDesign& design, const PersonCalibration& calibration) const {
    SampleDesign result = TRY(calibrated(design, calibration));
    if (options_.trim) result = TRY(estimate::trim_weights(result, options_.trim->first, options_.trim->second));
    return result;
  }

  Result<Respondents> assembled() {
    const PersonColumns columns = design_.persons().take(design_.populations());
    if (columns.weight.empty()) return fail(ErrorCode::no_valid_answers, "the table has no row below its header", file_);
    auto input = TRY(design_input(columns));
    if (!design_.has_psu()) input.psu.clear();
    input.lonely_policy = options_.lonely_policy;
    input.lonely_in_domain = options_.lonely_in_domain;
    for (const auto& [lonely, target] : options_.collapse) {
      std::optional<std::uint32_t> from;
      std::optional<std::uint32_t> to;
      for (const auto& [code, name] : input.stratum_names) {
        if (name == lonely) from = code;
        if (name == target) to = code;
      }
      if (!from || !to) return fail(ErrorCode::usage, "--collapse names a stratum that the table does not have", from ? target : lonely);
      input.collapse_into[*from] = *to;
    }
    const SampleDesign base = TRY(SampleDesign::create(input));
    Respondents result{TRY(adjusted(base, columns.calibration)), {}, {}, std::nullopt};
    for (auto& [name, values] : numbers_) result.numbers.emplace(name, std::move(values));
    for (auto& [name, values] : texts_) result.texts.emplace(name, std::move(values));
    if (!options_.replicates) return result;
    auto weights = TRY(replicate_columns_.empty() ? made(base) : given(base));
    // What made the weights is done again in each.
    if (options_.trim || !result.design.residual_rules().empty())
      weights = TRY(estimate::recalibrated(base, weights, [&](const SampleDesign& one) { return adjusted(one, columns.calibration); }));
    TRY_VOID(estimate::check_replicates(weights));
    result.replicates = std::move(weights);
    return result;
  }

  Result<estimate::ReplicateWeights> made(const SampleDesign& base) const {
    const ReplicateRequest& asked = *options_.replicates;
    Result<estimate::ReplicateWeights> weights = fail(ErrorCode::usage, "replicates of this type need replicate_… columns", "--replicates");
    switch (asked.type) {
      case estimate::ReplicateType::jk1:
      case estimate::ReplicateType::jkn: weights = estimate::jackknife(base, asked.type); break;
      case estimate::ReplicateType::brr: weights = estimate::balanced_repeated(base); break;
      case estimate::ReplicateType::fay: weights = estimate::balanced_repeated(base, asked.rho); break;
      case estimate::ReplicateType::bootstrap: weights = estimate::bootstrap(base, asked.count, asked.seed); break;
      case estimate::ReplicateType::other: break;
    }
    if (weights) weights->centre = asked.centre;
    return weights;
  }

  Result<estimate::ReplicateWeights> given(const SampleDesign& base) {
    const ReplicateRequest& asked = *options_.replicates;
    estimate::ReplicateWeights weights;
    weights.type = asked.type;
    weights.full.assign(base.weights().begin(), base.weights().end());
    weights.replicates = std::move(replicates_);
    const auto count = static_cast<double>(weights.replicates.size());
    weights.rscales.assign(weights.replicates.size(), 1);
    if (asked.rscales.size() == 1) std::fill(weights.rscales.begin(), weights.rscales.end(), asked.rscales.front());
    if (asked.rscales.size() > 1) weights.rscales = asked.rscales;
    switch (asked.type) {
      case estimate::ReplicateType::jk1: weights.scale = (count - 1) / count; break;
      case estimate::ReplicateType::brr: weights.scale = 1 / count; break;
      case estimate::ReplicateType::fay: weights.scale = 1 / (count * (1 - asked.rho) * (1 - asked.rho)); break;
      case estimate::ReplicateType::bootstrap: weights.scale = 1 / (count - 1); break;
      case estimate::ReplicateType::jkn:
        if (asked.rscales.empty())
          return fail(ErrorCode::usage, "jkn with replicate_… columns needs --replicate-rscales: (n-1)/n of the stratum of each", "--replicates");
        break;
      case estimate::ReplicateType::other:
        if (!asked.scale && asked.rscales.empty())
          return fail(ErrorCode::usage, "replicates of another kind need --replicate-scale or --replicate-rscales, which say how far they lie apart", "--replicates");
        break;
    }
    if (asked.scale) weights.scale = *asked.scale;
    weights.centre = asked.centre;
    return weights;
  }

  std::string file_;
  TableRows& rows_;
  const RespondentTableOptions& options_;
  Faults& faults_;
  TableOptions table_;
  DesignTable design_;
  std::vector<std::size_t> number_columns_;
  std::vector<std::size_t> text_columns_;
  std::vector<std::size_t> replicate_columns_;
  std::vector<std::pair<std::string, std::vector<double>>> numbers_;
  std::vector<std::pair<std::string, std::vector<std::string>>> texts_;
  std::vector<std::vector<double>> replicates_;
};

}  // namespace

std::string respondent_table_help() {
  return std::string(kTableHelp) + std::string(design_columns_help()) + std::string(kAnswersHelp);
}

Result<Respondents> read_respondents(const std::string& file, std::string_view text, const std::vector<estimate::Statement>& statements,
                                     const RespondentTableOptions& options, Faults& faults) {
  const auto rows = open_table(file, text, faults);
  AliasedRows aliased(*rows, options.columns);
  return RespondentTable(file, aliased, options, faults).read(statements);
}

}  // namespace khaosat::index
