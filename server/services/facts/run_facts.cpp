#include "server/services/facts/run_facts.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "analysis/disclosure/published_run_json.h"
#include "base/json_text.h"
#include "server/services/keep_records.h"
#include "server/survey/campaign.h"

namespace khaosat {

namespace {

using disclosure::PublishedRun;
using disclosure::PublishedState;

constexpr const char* kKind = "component_score";
constexpr std::size_t kDeepest = 2;  // the whole, its parts, their parts

std::size_t depth_of(const PublishedRun& run, std::size_t node) {
  std::size_t depth = 0;
  while (run.nodes[node].parent) {
    node = *run.nodes[node].parent;
    ++depth;
  }
  return depth;
}

// What makes two entries speak of the same figure: subject, criterion, period.
using Place = std::tuple<std::string, std::string, std::string>;

class FactsOfRun {
 public:
  FactsOfRun(const FactRegister& facts, const Record& record, const PublishedRun& run) : facts_(facts), record_(record), run_(run) {}

  std::map<Place, FactCells> rows(RunFacts& out) const {
    std::map<Place, FactCells> rows;
    for (const auto& unit : run_.units) {
      if (unit.group) continue;
      const auto known = std::find_if(facts_.units().begin(), facts_.units().end(), [&](const auto& one) { return one.where == unit.id; });
      if (known == facts_.units().end()) {
        out.faults.push_back({"run", "column subject", ErrorCode::unit_not_valid, "the definitions know no unit \"" + unit.id + "\" (" + unit.name + ")"});
        continue;
      }
      for (std::size_t node = 0; node < run_.nodes.size(); ++node) {
        if (node >= unit.scores.size() || depth_of(run_, node) > kDeepest) continue;
        const auto& score = unit.scores[node];
        // A bound is no score; what is kept back stays so in the register too.
        if (score.state != PublishedState::value || !score.value) {
          ++out.withheld;
          continue;
        }
        FactCells cells = row(known->key, node, *score.value);
        const Place place{known->key, cells["criterion"], cells["period"]};
        rows[place] = std::move(cells);
      }
    }
    return rows;
  }

 private:
  FactCells row(const std::string& unit, std::size_t node, double value) const {
    const bool whole = !run_.nodes[node].parent;
    const std::string day = vietnam_date(record_.created);
    FactCells cells{{"subject", unit}, {"fact", kKind}, {"type", "number"}, {"period", std::to_string(run_.year)}, {"value", json_number(value)},
                    {"criterion", whole ? run_.model.id : run_.model.id + "." + run_.nodes[node].id}, {"source", "computed"},
                    {"number", record_.id}, {"date", day}, {"evidence", record_.hash}};
    if (!record_.author.empty()) cells["vouched_by"] = record_.author;
    const double most = run_.nodes[node].maximum.value_or(run_.scale_high);
    if (run_.scale_low >= 0 && most >= value) cells["maximum"] = json_number(most);
    return cells;
  }

  const FactRegister& facts_;
  const Record& record_;
  const PublishedRun& run_;
};

}  // namespace

Result<RunFacts> give_index_run(FactRegister& facts, Store& store, const std::string& campaign_id, const std::string& record_id,
                                const std::string& account) {
  const auto campaign = TRY(store.registry().campaign(campaign_id));
  const auto record = TRY(store.registry().record("index_run", record_id));
  if (!campaign || !record || record->subject != campaign_id) return fail(ErrorCode::not_found, "the campaign has no such kept run", record_id);
  if (campaign->state != CampaignState::closed) return fail(ErrorCode::campaign_not_closed, "facts come of a closed campaign", campaign_id);
  if (!is_intact(*record)) return fail(ErrorCode::storage_failed, "the kept run is not what was written", record_id);
  const PublishedRun run = TRY(disclosure::read_published_run(record->content));

  RunFacts out;
  auto rows = FactsOfRun(facts, *record, run).rows(out);
  if (!out.faults.empty()) return out;
  std::vector<Revision> revisions;
  for (const auto& entry : TRY(facts.entries())) {
    if (entry.superseded_by != 0 || entry.removed != 0 || entry.record != "fact" || entry.cell("fact") != kKind || entry.cell("source") != "computed") continue;
    const auto found = rows.find({entry.cell("subject"), entry.cell("criterion"), entry.cell("period")});
    if (found != rows.end() && found->second == entry.cells) {
      ++out.known;
      rows.erase(found);
      continue;
    }
    const auto earlier = TRY(store.registry().record("index_run", entry.cell("number")));
    const bool of_these = earlier && earlier->subject == campaign_id &&
                          (entry.cell("criterion") == run.model.id || entry.cell("criterion").starts_with(run.model.id + "."));
    if (found != rows.end() && !of_these) {
      return fail(ErrorCode::already_exists, "entry " + std::to_string(entry.number) + " gives this figure from elsewhere", entry.cell("criterion"));
    }
    if (!of_these) continue;
    if (earlier->id != record->id && earlier->created > record->created) {
      return fail(ErrorCode::fact_superseded, "a newer run of this model was given", earlier->id);
    }
    const std::string day = vietnam_date(record->created);
    if (found != rows.end()) {
      revisions.push_back({"fact", std::move(found->second), entry.number, "Lần tính mới, lưu ngày " + day + " (" + record->id + ")"});
      rows.erase(found);
      ++out.corrected;
    } else {
      revisions.push_back({"withdrawn", {}, entry.number, "Lần tính mới không công bố điểm này (" + record->id + ")"});
      ++out.withdrawn;
    }
  }
  for (auto& [place, cells] : rows) {
    revisions.push_back({"fact", std::move(cells), 0, ""});
    ++out.added;
  }
  if (revisions.empty()) return out;
  Written written = TRY(facts.revise(std::move(revisions), "index_run " + record->id, account));
  out.faults = std::move(written.faults);
  return out;
}

}  // namespace khaosat
