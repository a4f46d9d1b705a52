#include "analysis/index/index_table.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/index/design_table.h"
#include "analysis/index/survey_items.h"
#include "analysis/index/table_rows.h"
#include "base/csv.h"
#include "base/text.h"

namespace khaosat::index {
namespace {

constexpr std::size_t kMostFaults = 200;

constexpr std::string_view kUnitsHelp =
    "Tables are CSV (UTF-8, header row, comma or semicolon, dot as decimal mark) or a JSON array of\n"
    "flat objects with the same names.\n"
    "\n"
    "Unit table (published, assessed and administrative values): one row per unit and year.\n"
    "  unit       id of the unit; also: unit_code, commune_code, province_code\n"
    "  name       optional; also: unit_name, commune, province\n"
    "  year       four digits; may be left out when --year is given\n"
    "  others     the columns the model names (khaosat index show MODEL lists them). A number; empty\n"
    "             or \"withheld\" in a published column: its publisher keeps it back; empty elsewhere:\n"
    "             not recorded. Neither ever counts as 0. Columns the model does not name are ignored.\n"
    "\n"
    "Survey table: one row per respondent, one year (--year).\n"
    "  unit       id of the unit the answer is about\n";

constexpr std::string_view kQuestionsHelp =
    "  questions  one column per question of the model, named by its id: an option id (several\n"
    "             joined by |), a number, or ~dont_know, ~no_experience, ~declined, ~not_asked;\n"
    "             empty: left blank. Absences are kept out of denominators and reported by kind.\n"
    "Intervals are given only with --sample drawn: people drawn from a frame, not whoever came.\n";

bool too_many(const Faults& faults) { return faults.size() >= kMostFaults; }

std::optional<std::size_t> first_column(const TableRows& rows, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto found = rows.column(name)) return found;
  return std::nullopt;
}

bool is_withheld(std::string_view cell) { return cell == "withheld" || cell == "~withheld"; }

// Columns of one year: where they stand, and whether an empty cell means withheld.
struct WantedColumn {
  std::string name;  // as the model names it
  std::size_t at = 0;
  bool published = false;
};

class UnitTable {
 public:
  UnitTable(const IndexModel& model, std::string file, TableRows& rows, const TableOptions& options,
            Faults& faults)
      : model_(model), file_(std::move(file)), rows_(rows), options_(options), faults_(faults) {}

  void read(std::map<int, IndexInput>& inputs) {
    if (!rows_.good()) return;
    unit_ = first_column(rows_, {"unit", "unit_code", "commune_code", "province_code"});
    name_ = first_column(rows_, {"name", "unit_name", "commune", "province"});
    year_ = first_column(rows_, {"year"});
    if (!unit_) return complain("there is no column \"unit\" (nor unit_code, commune_code, province_code)");
    if (!year_ && !options_.year) return complain("there is no column \"year\"; add it or give the year");
    std::vector<std::string> cells;
    while (!too_many(faults_) && rows_.next(cells)) read_row(cells, inputs);
  }

 private:
  void complain(std::string message) {
    faults_.push_back({file_, "row 1", ErrorCode::missing_field, std::move(message)});
  }

  std::optional<int> year_of(const std::vector<std::string>& cells) {
    if (!year_) return options_.year;
    const auto year = integer_from(cells[*year_]);
    if (!year || *year < 1900 || *year > 2200) {
      rows_.fault(ErrorCode::wrong_type, "year", "must be a year of four digits");
      return std::nullopt;
    }
    return static_cast<int>(*year);
  }

  // Null when the model has no structure in that year or columns are missing; complained once.
  const std::vector<WantedColumn>* wanted(int year) {
    const auto known = wanted_.find(year);
    if (known != wanted_.end()) return known->second ? &*known->second : nullptr;
    auto& slot = wanted_[year];
    const IndexTree tree = model_.tree(year);
    if (tree.places.empty()) {
      rows_.fault(ErrorCode::not_comparable, "year",
                  "the model " + model_.identity.label() + " has no structure for " + std::to_string(year));
      return nullptr;
    }
    std::vector<WantedColumn> columns;
    bool complete = true;
    for (const IndexTree::Place& place : tree.places) {
      const Node& node = model_.nodes[place.node];
      if (!node.leaf || node.leaf->source == LeafSource::survey) continue;
      if (node.leaf->source == LeafSource::administrative) {
        complete = add(node, {node.leaf->numerator}, year, columns) && complete;
        if (!node.leaf->denominator.empty())
          complete = add(node, {node.leaf->denominator}, year, columns) && complete;
      } else {
        complete = add(node, node.leaf->columns, year, columns) && complete;
      }
    }
    if (!complete) return nullptr;
    slot = std::move(columns);
    return &*slot;
  }

  bool add(const Node& node, const std::vector<std::string>& names, int year,
           std::vector<WantedColumn>& columns) {
    for (const std::string& name : names) {
      const auto at = rows_.column(name);
      if (!at) continue;
      columns.push_back({name, *at, node.leaf->source == LeafSource::published});
      return true;
    }
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : " or ") + name;
    const auto near = nearest(names.front(), rows_.header());
    complain("there is no column " + list + ", which \"" + node.id + "\" needs in " + std::to_string(year) +
             (near ? "; did you mean \"" + *near + "\"?" : ""));
    return false;
  }

  Datum read_cell(const WantedColumn& column, const std::string& cell) {
    if (is_withheld(cell)) return Datum::withheld();
    if (cell.empty()) return column.published ? Datum::withheld() : Datum{};
    const auto number = number_from(cell);
    if (!number) {
      rows_.fault(ErrorCode::wrong_type, column.name,
                  "\"" + cell + "\" is not a number; write one with a dot, leave the cell empty, or write "
                                "\"withheld\"");
      return {};
    }
    return Datum::of(*number);
  }

  void read_row(const std::vector<std::string>& cells, std::map<int, IndexInput>& inputs) {
    const std::string& id = cells[*unit_];
    if (id.empty()) return rows_.fault(ErrorCode::missing_field, rows_.header()[*unit_], "the unit is not named");
    const auto year = year_of(cells);
    if (!year) return;
    const std::vector<WantedColumn>* columns = wanted(*year);
    if (columns == nullptr) return;
    if (!seen_.insert({*year, id}).second)
      return rows_.fault(ErrorCode::already_exists, rows_.header()[*unit_],
                         "unit " + id + " stands twice for " + std::to_string(*year) + "; keep one row");
    IndexInput& input = inputs[*year];
    input.year = *year;
    UnitInput unit;
    unit.id = id;
    unit.name = name_ ? cells[*name_] : id;
    for (const WantedColumn& column : *columns) unit.columns[column.name] = read_cell(column, cells[column.at]);
    for (const Node& node : model_.nodes) {
      if (node.imputation.group.empty() || unit.groups.contains(node.imputation.group)) continue;
      if (const auto at = rows_.column(node.imputation.group)) unit.groups[node.imputation.group] = cells[*at];
    }
    input.units.push_back(std::move(unit));
  }

  const IndexModel& model_;
  std::string file_;
  TableRows& rows_;
  const TableOptions& options_;
  Faults& faults_;
  std::optional<std::size_t> unit_;
  std::optional<std::size_t> name_;
  std::optional<std::size_t> year_;
  std::map<int, std::optional<std::vector<WantedColumn>>> wanted_;
  std::set<std::pair<int, std::string>> seen_;
};

class SurveyTable {
 public:
  SurveyTable(const IndexModel& model, const QuestionnaireFacts* questionnaire, std::string file,
              TableRows& rows, const TableOptions& options, Faults& faults)
      : file_(std::move(file)), rows_(rows), options_(options), faults_(faults),
        items_(survey_items(model, options.year.value_or(0), questionnaire)),
        design_(file_, rows, options, faults) {}

  void read(IndexInput& input) {
    if (!rows_.good()) return;
    if (items_.empty())
      return complain("the model reads no survey questions in " +
                      std::to_string(options_.year.value_or(0)));
    if (!find_columns()) return;
    std::vector<std::string> keys;
    for (const SurveyItem& item : items_) keys.push_back(item.key);
    sums::SumsTable table(keys);
    std::vector<std::string> cells;
    while (!too_many(faults_) && rows_.next(cells)) read_row(cells, table);
    input.survey = std::move(table);
    if (design_.persons().wanted()) design_.persons().finish(items_, design_.populations(), input);
    input.design.drawn = options_.drawn;
    input.design.psu_ids_restart_in_each_stratum = options_.psu_ids_restart_in_each_stratum;
    input.design.lonely_policy = options_.lonely_policy;
    input.design.psus_in_population = design_.populations();
  }

 private:
  void complain(std::string message) {
    faults_.push_back({file_, "row 1", ErrorCode::missing_field, std::move(message)});
  }

  bool is_question(std::string_view name) const {
    return std::any_of(items_.begin(), items_.end(), [&](const SurveyItem& item) { return item.question == name; });
  }

  bool find_columns() {
    unit_ = rows_.column("unit");
    bool found = true;
    if (!unit_) {
      complain("there is no column \"unit\"");
      found = false;
    }
    found = design_.find([this](std::string_view name) { return is_question(name); }, options_.drawn) && found;
    for (const SurveyItem& item : items_) {
      const auto at = rows_.column(item.question);
      if (!at) {
        const auto near = nearest(item.question, rows_.header());
        complain("there is no column for question " + item.question +
                 (near ? "; did you mean \"" + *near + "\"?" : ""));
        found = false;
      }
      columns_.push_back(at.value_or(0));
    }
    return found;
  }

  std::optional<sums::Answer> answer(const SurveyItem& item, const std::string& cell) {
    if (cell.empty()) return answer_from_absence(item, sums::Absence::blank);
    if (cell.front() == '~') {
      const auto absence = absence_from(std::string_view(cell).substr(1));
      if (absence) return answer_from_absence(item, *absence);
      rows_.fault(ErrorCode::unknown_option, item.question,
                  "\"" + cell + "\" is no kind of absence; write ~no_experience, ~dont_know, ~declined, "
                                "~not_asked or leave the cell empty");
      return std::nullopt;
    }
    const auto number = item.number ? number_from(cell) : std::nullopt;
    if (number) return checked(answer_from_number(item, *number), item);
    chosen_.clear();
    for (std::string_view rest = cell; !rest.empty();) {
      const std::size_t bar = rest.find('|');
      chosen_.push_back(trim(rest.substr(0, bar)));
      rest = bar == std::string_view::npos ? std::string_view{} : rest.substr(bar + 1);
    }
    return checked(answer_from_options(item, chosen_), item);
  }

  std::optional<sums::Answer> checked(Result<sums::Answer> answer, const SurveyItem& item) {
    if (answer) return *answer;
    rows_.fault(answer.error().code, item.question, answer.error().message);
    return std::nullopt;
  }

  void read_row(const std::vector<std::string>& cells, sums::SumsTable& table) {
    sums::CellKey key{cells[*unit_], "", ""};
    bool sound = true;
    if (key.unit.empty()) {
      rows_.fault(ErrorCode::missing_field, "unit", "this cell may not be empty");
      sound = false;
    }
    const auto row_weight = design_.read(cells, key);
    answers_.clear();
    for (std::size_t k = 0; k < items_.size(); ++k) {
      const auto given = answer(items_[k], cells[columns_[k]]);
      if (!given) {
        sound = false;
        continue;
      }
      answers_.push_back(*given);
    }
    if (!sound || !row_weight) return;
    if (design_.persons().wanted()) return design_.persons().read(cells, key, *row_weight, answers_);
    const auto added = table.add(key, *row_weight, answers_);
    if (!added) rows_.fault(added.error().code, "weight", added.error().message);
  }

  std::string file_;
  TableRows& rows_;
  const TableOptions& options_;
  Faults& faults_;
  std::vector<SurveyItem> items_;
  std::optional<std::size_t> unit_;
  std::vector<std::size_t> columns_;
  DesignTable design_;
  std::vector<std::string_view> chosen_;
  std::vector<sums::Answer> answers_;
};

}  // namespace

std::string_view table_help() {
  static const std::string help = std::string(kUnitsHelp) + std::string(design_columns_help()) + std::string(kQuestionsHelp);
  return help;
}

void read_unit_table(const IndexModel& model, const std::string& file, std::string_view text,
                     const TableOptions& options, std::map<int, IndexInput>& inputs, Faults& faults) {
  const auto rows = open_table(file, text, faults);
  UnitTable(model, file, *rows, options, faults).read(inputs);
}

void read_survey_table(const IndexModel& model, const QuestionnaireFacts* questionnaire,
                       const std::string& file, std::string_view text, const TableOptions& options,
                       IndexInput& input, Faults& faults) {
  input.year = options.year.value_or(0);
  const auto rows = open_table(file, text, faults);
  SurveyTable(model, questionnaire, file, *rows, options, faults).read(input);
}

}  // namespace khaosat::index
