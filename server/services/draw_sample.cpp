#include "server/services/draw_sample.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/csv.h"

namespace khaosat {

FrameReading read_frame_csv(const std::string& file, std::string_view text) {
  FrameReading reading;
  CsvReader reader(file, text, reading.faults);
  reader.require_columns({"psu", "person"});
  reader.only_columns({"psu", "person"});
  if (!reader.good() || !reading.faults.empty()) return reading;
  const std::size_t psu = *reader.column("psu");
  const std::size_t person = *reader.column("person");
  std::set<std::pair<std::string, std::string>> seen;
  std::vector<std::string> cells;
  while (reader.next(cells)) {
    if (cells[psu].empty()) reader.fault(ErrorCode::missing_field, "psu", "empty; every person lies in a primary sampling unit");
    if (cells[person].empty()) {
      reader.fault(ErrorCode::missing_field, "person", "empty; give a pseudonym, no name and no number of a card");
    } else if (!seen.emplace(cells[psu], cells[person]).second) {
      reader.fault(ErrorCode::duplicate_key, "person", "\"" + cells[person] + "\" stands twice in " + cells[psu]);
    }
    reading.people.push_back({cells[psu], cells[person]});
  }
  return reading;
}

Result<Draw> draw_sample(const std::string& campaign_title, const std::vector<FramePerson>& frame,
                         const std::string& seed, int per_psu) {
  if (frame.empty()) return fail(ErrorCode::missing_field, "the frame is empty", "frame");
  if (seed.empty()) return fail(ErrorCode::missing_field, "the seed is empty; publish where it comes from", "seed");
  if (per_psu < 1) return fail(ErrorCode::out_of_range, "draw at least one person in each", "per_psu");

  std::vector<std::string> lines;
  for (const auto& member : frame) lines.push_back(member.psu + "\t" + member.person + "\n");
  std::sort(lines.begin(), lines.end());
  std::string list;
  for (const auto& line : lines) list += line;

  Draw draw;
  draw.root = to_hex(view_of(sha256(list)));
  draw.seed = seed;
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::pair<Digest, std::string>>> ranked;
  for (const auto& member : frame) {
    if (ranked.find(member.psu) == ranked.end()) order.push_back(member.psu);
    ranked[member.psu].emplace_back(
        sha256("khaosat-draw/1\n" + campaign_title + "\n" + member.psu + "\n" + draw.root + "\n" + seed +
               "\n" + member.person + "\n"),
        member.person);
  }
  for (const auto& psu : order) {
    auto& people = ranked[psu];
    std::sort(people.begin(), people.end());
    for (std::size_t i = 0; i < people.size(); ++i) {
      const int rank = static_cast<int>(i) + 1;
      draw.people.push_back({psu, people[i].second, rank, rank <= per_psu});
    }
  }
  return draw;
}

}  // namespace khaosat
