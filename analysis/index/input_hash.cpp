// The fingerprint of everything an index was computed from. Lengths stand in front of texts, so that
// different inputs never share their bytes.
#include <bit>

#include "analysis/index/index_input.h"
#include "base/bytes.h"

namespace khaosat::index {

std::string hash_of(const IndexInput& input, const std::string& survey_digest) {
  std::string bytes;
  const auto put_text = [&](const std::string& text) {
    bytes += std::to_string(text.size()) + ":" + text;
  };
  const auto put_number = [&](double value) {
    put_text(std::to_string(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value)));
  };
  put_text("khaosat/index_input/2");
  put_text(std::to_string(input.year));
  for (const UnitInput& unit : input.units) {
    put_text("unit");
    put_text(unit.id);
    put_text(unit.name);
    const auto put_columns = [&](const std::map<std::string, Datum>& columns) {
      for (const auto& [column, datum] : columns) {
        put_text(column);
        put_text(std::to_string(static_cast<int>(datum.state)));
        put_number(datum.state == Datum::State::number ? datum.number : 0);
      }
    };
    put_columns(unit.columns);
    for (const auto& [year, columns] : unit.earlier) {
      put_text("earlier " + std::to_string(year));
      put_columns(columns);
    }
    put_text("groups");
    for (const auto& [name, group] : unit.groups) {
      put_text(name);
      put_text(group);
    }
  }
  for (const UnitGroup& group : input.groups) {
    put_text("group");
    put_text(group.id);
    for (const std::string& member : group.members) put_text(member);
  }
  put_text("survey");
  put_text(survey_digest);
  const SurveyDesign& design = input.design;
  put_text(design.drawn ? "drawn" : "none");
  put_text(std::to_string(static_cast<int>(design.lonely_policy)));
  put_text(design.psu_ids_restart_in_each_stratum ? "restart" : "");
  for (const auto& [stratum, population] : design.psus_in_population) {
    put_text(stratum);
    put_number(population);
  }
  put_text("weights");
  for (const auto& [cell, weight] : design.cell_weights) {
    put_text(cell.first);
    put_text(cell.second);
    put_number(weight);
  }
  put_text("collapse");
  for (const auto& [from, into] : design.collapse_into) {
    put_text(from);
    put_text(into);
  }
  if (input.persons) {
    put_text("persons");
    put_text(input.persons->digest());
  }
  if (input.calibration) {
    put_text("population");
    put_text(input.calibration->source);
    put_text(input.calibration->applied ? "" : input.calibration->refused);
  }
  put_text(input.questionnaire ? input.questionnaire->label() + input.questionnaire->hash : "");
  for (const auto& version : input.earlier_versions) put_text("version " + version.label() + version.hash);
  const Digest digest = sha256(bytes);
  return to_hex(view_of(digest));
}

}  // namespace khaosat::index
