#include "analysis/awards/fact_rows.h"
#include "analysis/awards/facts_table.h"
#include "base/csv.h"
#include "base/json_text.h"

namespace khaosat::awards {

namespace {

template <typename Take>
void each_row(const std::string& file, std::string_view text, Faults& faults, const Take& take) {
  CsvLimits limits;
  limits.bytes = 64u << 20;
  limits.rows = 500'000;
  CsvReader reader(file, text, faults, limits);
  if (reader.good()) {
    reader.only_columns(fact_columns());
    reader.require_columns({"record", "subject"});
  }
  std::vector<std::string> cells;
  while (reader.next(cells)) take(reader, cells);
}

// A cell; a number as it is written with a point, however the spreadsheet writes it.
std::string cell_of(CsvReader& reader, const std::vector<std::string>& cells, std::string_view name) {
  const auto column = reader.column(name);
  if (!column) return {};
  const auto type = reader.column("type");
  if ((name == "value" || name == "maximum") && type && cells[*type] == "number" && cells[*column].find(',') != std::string::npos)
    if (const auto number = reader.number(cells[*column])) return json_number(*number);
  return cells[*column];
}

}  // namespace

FactRows read_fact_rows_csv(const std::string& file, std::string_view text, Faults& faults) {
  FactRows rows;
  rows.file = file;
  each_row(file, text, faults, [&](CsvReader& reader, const std::vector<std::string>& cells) {
    FactRowSource row;
    row.where = "row " + std::to_string(reader.row());
    row.cell = [&](std::string_view name) { return cell_of(reader, cells, name); };
    row.fault = [&](ErrorCode code, std::string_view column, std::string message) {
      reader.fault(code, column, std::move(message));
    };
    add_fact_row(row, row.cell("record"), rows);
  });
  return rows;
}

std::vector<FactCellsRow> read_cells_csv(const std::string& file, std::string_view text, Faults& faults) {
  std::vector<FactCellsRow> rows;
  each_row(file, text, faults, [&](CsvReader& reader, const std::vector<std::string>& cells) {
    FactCellsRow row;
    row.where = "row " + std::to_string(reader.row());
    for (std::size_t i = 0; i < cells.size(); ++i) row.cells[reader.header()[i]] = cell_of(reader, cells, reader.header()[i]);
    rows.push_back(std::move(row));
  });
  return rows;
}

FactBook read_facts_csv(const std::string& file, std::string_view text, const Ladders& ladders,
                        Faults& faults) {
  return FactBook::build(read_fact_rows_csv(file, text, faults), ladders, faults);
}

namespace {

using Row = std::map<std::string, std::string, std::less<>>;

Row row_of(const Subject& s) {
  return {{"record", "subject"}, {"subject", s.code}, {"kind", std::string(name_of(s.kind))}, {"title", s.name},
          {"parent", s.parent}, {"valid_from", s.valid_from}, {"valid_to", s.valid_to}};
}

Row row_of(const Fact& f) {
  Row row{{"record", "fact"}, {"subject", f.subject}, {"fact", f.name}, {"type", std::string(name_of(type_of(f.value)))},
          {"period", f.period.text()}, {"source", std::string(name_of(f.source))}, {"publisher", f.publisher},
          {"number", f.number}, {"date", f.date}, {"evidence", f.evidence}, {"vouched_by", f.vouched_by},
          {"note", f.note}};
  for (const auto& [name, value] : f.details) row[name] = value;
  if (const auto* truth = std::get_if<bool>(&f.value)) row["value"] = *truth ? "true" : "false";
  if (const auto* number = std::get_if<NumberValue>(&f.value)) {
    row["value"] = json_number(number->value);
    if (number->maximum) row["maximum"] = json_number(*number->maximum);
  }
  if (const auto* grade = std::get_if<GradeValue>(&f.value)) {
    row["ladder"] = grade->ladder;
    row["value"] = grade->grade;
  }
  if (const auto* rank = std::get_if<RankValue>(&f.value)) {
    row["value"] = std::to_string(rank->rank);
    row["population"] = rank->population;
    row["population_size"] = std::to_string(rank->population_size);
  }
  if (const auto* text = std::get_if<std::string>(&f.value)) row["value"] = *text;
  return row;
}

Row row_of(const RegisterDeclaration& r) {
  return {{"record", "register"}, {"subject", r.subject}, {"fact", r.name}, {"period", r.period.text()},
          {"date", r.date}, {"evidence", r.evidence}, {"vouched_by", r.declared_by}};
}

}  // namespace

std::string to_csv(const FactBook& facts) {
  CsvWriter writer(fact_columns());
  const auto write = [&](const Row& row) {
    for (const auto& column : fact_columns()) {
      const auto cell = row.find(column);
      const auto type = row.find("type");
      const bool numeric = (column == "value" || column == "maximum") && type != row.end() && type->second == "number";
      const auto number = cell == row.end() || !numeric ? std::nullopt : number_from(cell->second);
      if (cell == row.end()) writer.empty();
      else if (number) writer.number(*number);
      else writer.text(cell->second);
    }
    writer.end_row();
  };
  for (const auto& subject : facts.subjects()) write(row_of(subject));
  for (const auto& fact : facts.facts()) write(row_of(fact));
  for (const auto& declaration : facts.registers()) write(row_of(declaration));
  return writer.str();
}

std::string to_json(const FactBook& facts) {
  std::string out = "{";
  bool first_list = true;
  const auto list = [&](const char* name, const auto& items) {
    out += std::string(first_list ? "" : ",") + "\n\"" + name + "\": [";
    first_list = false;
    bool first_item = true;
    for (const auto& item : items) {
      const Row row = row_of(item);
      out += std::string(first_item ? "" : ",") + "\n  {";
      first_item = false;
      bool first_cell = true;
      for (const auto& column : fact_columns()) {
        const auto cell = row.find(column);
        if (column == "record" || cell == row.end() || cell->second.empty()) continue;
        out += std::string(first_cell ? "" : ", ") + json_quoted(column) + ": " + json_quoted(cell->second);
        first_cell = false;
      }
      out += "}";
    }
    out += "]";
  };
  list("subjects", facts.subjects());
  list("facts", facts.facts());
  list("registers", facts.registers());
  return out + "\n}\n";
}

}  // namespace khaosat::awards
