// The ASEM connectivity index (JRC ASEM portal data shipped with COINr) as a model, and its runs.
#pragma once

#include <cctype>
#include <map>
#include <string>

#include "analysis/index/index_engine.h"
#include "analysis/index/index_table.h"
#include "tests/support/index_files.h"

namespace khaosat::test {

inline std::string node_id(const std::string& code) {
  std::string id = "n_";
  for (const char c : code) id += static_cast<char>(std::tolower(c));
  return id;
}

struct Variant {
  std::string scoring;  // of indicators, without braces
  std::string aggregate = "mean";
};

inline index::IndexModel asem_model(const CsvTable& meta, const Variant& variant, const std::string& without = "") {
  std::string nodes;
  const auto add = [&](const std::vector<std::string>& row) {
    const std::string& type = meta.at(row, "Type");
    const std::string& code = meta.at(row, "iCode");
    const std::string& parent = meta.at(row, "Parent");
    if (code == without || parent == without + "-") return;
    if (!without.empty() && parent == without) return;
    nodes += (nodes.empty() ? "" : ",");
    nodes += R"({"id": ")" + node_id(code) + R"(", "title": {"vi": ")" + code + "\"}";
    if (!parent.empty()) nodes += R"(, "parent": ")" + node_id(parent) + "\"";
    if (type == "Aggregate") {
      nodes += R"(, "aggregate": ")" + variant.aggregate + "\", \"weights\": \"equal\"}";
      return;
    }
    nodes += R"(, "direction": )" + meta.at(row, "Direction") + R"(, "source": {"administrative": {"numerator": ")" +
             code + "\"" +
             (meta.at(row, "Denominator").empty() ? "" : R"(, "denominator": ")" + meta.at(row, "Denominator") + "\"") +
             R"(}}, "impute": {"method": "group_mean", "group": "EurAsia_group"}, "outliers": {"most_points": 5},
                "scoring": {)" + variant.scoring + R"(, "reason": "as the ASEM index was built"}})";
  };
  for (const auto& row : meta.rows) {
    const std::string& type = meta.at(row, "Type");
    if (type == "Indicator" || type == "Aggregate") add(row);
  }
  return model_from(R"({"schema": "khaosat/index_model/1", "id": "asem", "version": 1,
    "title": {"vi": "ASEM"}, "source": {"issuer": "JRC"}, "scale": [0, 100], "nodes": [)" + nodes + "]}");
}

inline index::IndexRun asem_run(const index::IndexModel& model, const CsvTable& data) {
  std::map<int, index::IndexInput> inputs;
  Faults faults;
  index::TableOptions options;
  options.year = 2018;
  std::string text = data.text;
  text.replace(0, std::string("uName,uCode").size(), "name,unit");
  index::read_unit_table(model, "asem_idata.csv", text, options, inputs, faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  const auto run = index::compute(model, inputs.at(2018));
  if (!run) FAIL(run.error().message << " " << run.error().where);
  return *run;
}

}  // namespace khaosat::test
