#include "server/services/analyst/back_check.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/csv.h"

namespace khaosat {

namespace {

constexpr std::uint32_t kMostPeople = 100'000;

std::optional<std::uint8_t> word_named(std::string_view name) {
  const auto at = std::find(kBackCheckWords.begin(), kBackCheckWords.end(), name);
  if (at == kBackCheckWords.end()) return std::nullopt;
  return static_cast<std::uint8_t>(at - kBackCheckWords.begin());
}

}  // namespace

std::vector<BackCheckRow> read_back_check(std::string_view csv, const Campaign& campaign, Faults& faults) {
  std::vector<BackCheckRow> rows;
  CsvReader reader("back_check", csv, faults, {.bytes = 4u << 20, .rows = 20'000, .columns = 20});
  const std::vector<std::string> names{"psu", "reported", "found", "people"};
  if (!reader.good()) return rows;
  reader.only_columns(names);
  reader.require_columns(names);
  if (!faults.empty()) return rows;
  const std::size_t psu = *reader.column("psu");
  const std::size_t reported = *reader.column("reported");
  const std::size_t found = *reader.column("found");
  const std::size_t people = *reader.column("people");
  std::set<std::tuple<std::string, int, int>> seen;
  std::vector<std::string> cells;
  while (reader.next(cells)) {
    BackCheckRow row;
    row.psu = cells[psu];
    if (!campaign.psu(row.psu)) reader.fault(ErrorCode::definition_unknown, "psu", "there is no place \"" + row.psu + "\" in this survey");
    const auto word = [&](std::size_t column, const char* name) -> std::uint8_t {
      const auto code = word_named(cells[column]);
      if (!code) reader.fault(ErrorCode::unknown_option, name, "must be interviewed, refused or not_met");
      return code.value_or(0);
    };
    row.reported = word(reported, "reported");
    row.found = word(found, "found");
    const std::string& count = cells[people];
    const auto [end, wrong] = std::from_chars(count.data(), count.data() + count.size(), row.people);
    if (wrong != std::errc() || end != count.data() + count.size() || row.people > kMostPeople) {
      reader.fault(ErrorCode::out_of_range, "people", "must be a whole number up to 100000");
    }
    if (!seen.emplace(row.psu, row.reported, row.found).second) reader.fault(ErrorCode::duplicate_key, "psu", "this combination stands twice; add the numbers up");
    rows.push_back(std::move(row));
  }
  if (faults.empty() && std::none_of(rows.begin(), rows.end(), [](const auto& row) { return row.people > 0; })) {
    faults.push_back({"back_check", "people", ErrorCode::no_valid_answers, "nobody was visited again"});
  }
  return rows;
}

Result<void> keep_back_check(Store& store, const Clock& clock, const Campaign& campaign, const std::vector<BackCheckRow>& rows,
                             const std::string& actor) {
  std::string content = to_json(rows);
  Record record{std::string(kBackCheckRecord), to_hex(random_bytes(10)), campaign.id, content, to_hex(view_of(sha256(content))), clock.now(), actor};
  TRY_VOID(store.registry().add_record(record));
  return store.registry().append_journal({0, clock.now(), actor, "campaign.back_check", campaign.id, record.hash, ""});
}

Result<std::vector<BackCheckRow>> back_check_of(Registry& registry, std::string_view campaign_id) {
  const auto records = TRY(registry.records(kBackCheckRecord, campaign_id));
  if (records.empty()) return std::vector<BackCheckRow>();
  return read_back_check_json(records.front().content);
}

Result<quality::BackCheck> assess_back_check(const std::vector<BackCheckRow>& rows) {
  std::map<std::string, std::uint32_t> places;
  std::vector<quality::BackCheckCell> cells;
  for (const auto& row : rows) {
    const auto place = places.try_emplace(row.psu, static_cast<std::uint32_t>(places.size())).first->second;
    cells.push_back({place, row.reported, row.found, row.people});
  }
  return quality::back_check(cells, kBackCheckWords.size());
}

}  // namespace khaosat
