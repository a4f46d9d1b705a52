#include <algorithm>
#include <map>
#include <set>

#include "base/csv.h"
#include "base/text.h"
#include "server/services/field/field_sheet.h"

namespace khaosat {

namespace {

constexpr const char* kFile = "draw.csv";
constexpr std::size_t kLongestId = 32;
constexpr std::size_t kLongestDirection = 400;  // bytes: about 150 Vietnamese letters

bool is_pseudonym(std::string_view id) {
  if (id.empty() || id.size() > kLongestId) return false;
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
  // Nine digits and more: an identity card, a telephone, a dossier.
  const auto digits = std::count_if(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
  return plain && digits < 9;
}

void check_ranks(const std::vector<FieldPerson>& people, Faults& faults) {
  std::map<std::string, std::vector<const FieldPerson*>> by_place;
  for (const auto& person : people) by_place[person.psu].push_back(&person);
  for (auto& [psu, list] : by_place) {
    int expected = 1;
    bool reserves = false;
    for (const auto* person : list) {
      if (person->rank != expected || (person->drawn && reserves)) {
        faults.push_back({kFile, psu, ErrorCode::out_of_range,
                          "rank " + std::to_string(expected) + " of " + psu + " is missing or out of order: give the draw as it was drawn"});
        break;
      }
      ++expected;
      reserves = reserves || !person->drawn;
    }
  }
}

}  // namespace

FieldDraw read_field_draw(std::string_view csv, const std::vector<std::string>& psus) {
  FieldDraw draw;
  CsvReader reader(kFile, csv, draw.faults, {2u << 20, 100'000, 20, 4096, 50});
  if (!reader.good()) return draw;
  reader.only_columns({"psu", "person", "rank", "drawn", "direction"});
  reader.require_columns({"psu", "person", "rank", "drawn"});
  if (!draw.faults.empty()) return draw;
  const std::size_t psu = *reader.column("psu");
  const std::size_t person = *reader.column("person");
  const std::size_t rank = *reader.column("rank");
  const std::size_t drawn = *reader.column("drawn");
  const auto direction = reader.column("direction");
  std::set<std::string, std::less<>> seen;
  for (std::vector<std::string> cells; reader.next(cells);) {
    if (std::find(psus.begin(), psus.end(), cells[psu]) == psus.end()) continue;
    const auto number = integer_from(cells[rank]);
    if (!is_pseudonym(cells[person])) {
      reader.fault(ErrorCode::not_allowed, "person", "write a made-up id of letters and few digits: no name, no identity number, no telephone");
    } else if (!seen.insert(cells[person]).second) {
      reader.fault(ErrorCode::already_exists, "person", "stands twice");
    } else if (!number || *number < 1 || *number > 100'000) {
      reader.fault(ErrorCode::out_of_range, "rank", "ranks are 1, 2, …");
    } else if (cells[drawn] != "0" && cells[drawn] != "1") {
      reader.fault(ErrorCode::unknown_option, "drawn", "1 for drawn, 0 for a reserve");
    } else if (direction && cells[*direction].size() > kLongestDirection) {
      reader.fault(ErrorCode::too_long, "direction", "a short direction how to find the household");
    } else {
      draw.people.push_back({cells[psu], cells[person], static_cast<int>(*number), cells[drawn] == "1",
                             direction ? cells[*direction] : std::string(), {}, 0});
    }
  }
  const auto place_of = [&](const std::string& id) { return std::find(psus.begin(), psus.end(), id) - psus.begin(); };
  std::stable_sort(draw.people.begin(), draw.people.end(), [&](const FieldPerson& a, const FieldPerson& b) {
    const auto first = place_of(a.psu);
    const auto second = place_of(b.psu);
    return first != second ? first < second : a.rank < b.rank;
  });
  if (draw.faults.empty()) check_ranks(draw.people, draw.faults);
  if (draw.faults.empty() && draw.people.empty()) {
    draw.faults.push_back({kFile, "", ErrorCode::missing_field, "the draw holds nobody of these places"});
  }
  return draw;
}

}  // namespace khaosat
