// The wide table of units and years: published, assessed and administrative values.
#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/index/index_table.h"
#include "analysis/index/table_rows.h"
#include "base/csv.h"
#include "base/text.h"

namespace khaosat::index {
namespace {

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
    unit_ = unit_column(rows_);
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
      for (const std::string& name : node.imputation.on) {
        const bool there = std::any_of(columns.begin(), columns.end(), [&](const auto& column) { return column.name == name; });
        complete = (there || add(node, {name}, year, columns)) && complete;
      }
      const std::string& group = node.imputation.group;
      if (!group.empty() && !rows_.column(group)) {
        complain("there is no column " + group + ", whose groups fill in \"" + node.id + "\"");
        complete = false;
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
    // Beyond that, sums of squares and ratios of ratios leave what a computer can count.
    constexpr double kLargest = 1e60;
    const auto number = rows_.number(cell);
    if (number && std::fabs(*number) > kLargest) {
      rows_.fault(ErrorCode::out_of_range, column.name, "\"" + cell + "\" is larger than any measurement; correct it");
      return {};
    }
    if (!number) {
      rows_.fault(ErrorCode::wrong_type, column.name,
                  no_number_text(cell) + ", leave the cell empty, or write \"withheld\"");
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

}  // namespace

void link_earlier_years(const IndexModel& model, std::map<int, IndexInput>& inputs) {
  const bool wanted = std::any_of(model.nodes.begin(), model.nodes.end(),
                                  [](const Node& node) { return node.imputation.method == "earlier_value"; });
  if (!wanted) return;
  for (auto& [year, input] : inputs) {
    std::map<std::string, UnitInput*> units;
    for (UnitInput& unit : input.units) units[unit.id] = &unit;
    for (const auto& [earlier_year, earlier] : inputs) {
      if (earlier_year >= year) break;
      for (const UnitInput& before : earlier.units)
        if (const auto found = units.find(before.id); found != units.end())
          found->second->earlier[earlier_year] = before.columns;
    }
  }
}

void read_unit_table(const IndexModel& model, const std::string& file, std::string_view text,
                     const TableOptions& options, std::map<int, IndexInput>& inputs, Faults& faults) {
  const auto rows = open_table(file, text, faults);
  UnitTable(model, file, *rows, options, faults).read(inputs);
}

}  // namespace khaosat::index
