#include "server/storage/sqlite/answer_rows.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "server/storage/batch.h"
#include "server/storage/closing_plan.h"

namespace khaosat::sqlite {

namespace {

Result<bool> state_is_set(Connection& c, const char* name) {
  auto row = TRY(c.prepare("SELECT 1 FROM state WHERE name = ?1 AND value = '1'"));
  return TRY(row.bind(name).step());
}

// 0 if it was never set.
Result<int> state_number(Connection& c, const char* name) {
  auto row = TRY(c.prepare("SELECT CAST(value AS INTEGER) FROM state WHERE name = ?1"));
  if (!TRY(row.bind(name).step())) return 0;
  return row.number(0);
}

Result<void> set_state(Connection& c, const char* name, const std::string& value) {
  return c.run(
      "INSERT INTO state (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
      name, value);
}

struct StoredCell {
  std::int64_t number = 0;
  Cell cell;
  int arrived = 0;
  int batched = 0;
};

Result<std::vector<StoredCell>> stored_cells(Connection& c) {
  auto row =
      TRY(c.prepare("SELECT number, unit, stratum, psu, arrived, batched FROM cell "
                    "WHERE merged = 0 ORDER BY number"));
  std::vector<StoredCell> cells;
  while (TRY(row.step())) {
    cells.push_back(
        {row.integer(0), {row.text(1), row.text(2), row.text(3)}, row.number(4), row.number(5)});
  }
  return cells;
}

// An answer in the inbox.
struct Waiting {
  std::int64_t cell = 0;
  std::string key;
  bool operator<(const Waiting& other) const {
    return std::tie(cell, key) < std::tie(other.cell, other.key);
  }
};

Result<void> add_waiting(Connection& c, std::int64_t cell, std::vector<Waiting>& waiting) {
  auto row = TRY(c.prepare("SELECT key FROM inbox WHERE cell = ?1"));
  row.bind(cell);
  while (TRY(row.step())) waiting.push_back({cell, row.text(0)});
  return {};
}

// Rows that leave the inbox and rows that become readable, collected over all batches of one
// transaction: both are then written in the order of their keys, so that neither the layout of the
// pages nor their order tells which belongs to which.
class Move {
 public:
  Move(Connection& connection, int batches) : connection_(connection), batches_(batches) {}

  // What waits, opened; in the same order.
  Result<std::vector<Response>> opened(const std::vector<Waiting>& waiting, const Unseal& unseal) {
    std::vector<Response> responses;
    auto row = TRY(connection_.prepare("SELECT sealed FROM inbox WHERE cell = ?1 AND key = ?2"));
    for (const auto& one : waiting) {
      row.reset();
      if (!TRY(row.bind(one.cell, Blob{one.key}).step())) {
        return fail(ErrorCode::storage_failed, "an answer has left the inbox", connection_.path());
      }
      responses.push_back(TRY(unseal(row.text(0))));
    }
    return responses;
  }

  void add_batch(const std::vector<Waiting>& waiting, std::vector<Response> batch, std::int64_t to_cell, int k) {
    leaving_.insert(leaving_.end(), waiting.begin(), waiting.end());
    coarsen(batch, k);
    ++batches_;
    for (auto& response : batch) {
      response.batch = batches_;
      rows_.push_back({random_bytes(16), to_cell, std::move(response)});
    }
  }

  Result<void> write() {
    std::sort(leaving_.begin(), leaving_.end());
    for (const auto& one : leaving_) {
      TRY_VOID(connection_.run("DELETE FROM inbox WHERE cell = ?1 AND key = ?2", one.cell,
                               Blob{one.key}));
      TRY_VOID(
          connection_.run("UPDATE cell SET batched = batched + 1 WHERE number = ?1", one.cell));
    }
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.key < b.key; });
    for (const auto& [key, cell, response] : rows_) {
      const std::string salt = random_bytes(32);
      TRY_VOID(connection_.run(
          "INSERT INTO response (key, cell, version, mode, language, batch, salt, packed) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
          Blob{key}, cell, response.questionnaire_version, static_cast<int>(response.mode),
          response.language, response.batch, Blob{salt}, Blob{response.packed}));
    }
    return set_state(connection_, "batches", std::to_string(batches_));
  }

  int batches() const { return batches_; }

 private:
  struct Row {
    std::string key;
    std::int64_t cell = 0;
    Response response;
  };
  Connection& connection_;
  int batches_;
  std::vector<Waiting> leaving_;
  std::vector<Row> rows_;
};

// Relabels what earlier batches hold, and numbers all batches anew, as their old numbers tell when
// their people came.
Result<void> relabel(Connection& c, const std::map<std::int64_t, std::int64_t>& moved_cells,
                     int batches) {
  TRY_VOID(c.run("CREATE TEMP TABLE new_cell (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)"));
  TRY_VOID(c.run("CREATE TEMP TABLE new_batch (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)"));
  for (const auto& [old_number, new_number] : moved_cells) {
    TRY_VOID(c.run("INSERT INTO temp.new_cell (old, new) VALUES (?1, ?2)", old_number, new_number));
  }
  const auto order = random_order(static_cast<std::size_t>(batches));
  for (int batch = 1; batch <= batches; ++batch) {
    TRY_VOID(c.run("INSERT INTO temp.new_batch (old, new) VALUES (?1, ?2)", batch,
                   static_cast<int>(order[static_cast<std::size_t>(batch - 1)]) + 1));
  }
  TRY_VOID(set_state(c, "moving", "1"));
  TRY_VOID(
      c.run("UPDATE response SET "
            "cell = coalesce((SELECT new FROM temp.new_cell WHERE old = response.cell), cell), "
            "batch = (SELECT new FROM temp.new_batch WHERE old = response.batch)"));
  TRY_VOID(c.run("DELETE FROM state WHERE name = 'moving'"));
  TRY_VOID(c.run("DROP TABLE temp.new_cell"));
  return c.run("DROP TABLE temp.new_batch");
}

Result<void> keep_report(Connection& c, const ClosingReport& report) {
  TRY_VOID(set_state(c, "responses", std::to_string(report.responses)));
  TRY_VOID(set_state(c, "withheld", std::to_string(report.withheld)));
  int number = 0;
  for (const auto& merge : report.merges) {
    ++number;
    TRY_VOID(c.run("INSERT INTO closing_merge (number, label, responses) VALUES (?1, ?2, ?3)",
                   number, merge.into, merge.responses));
    for (std::size_t i = 0; i < merge.psus.size(); ++i) {
      TRY_VOID(c.run("INSERT INTO closing_merge_psu (merge, position, psu) VALUES (?1, ?2, ?3)",
                     number, static_cast<int>(i), merge.psus[i]));
    }
  }
  return {};
}

}  // namespace

Result<bool> closed_in(Connection& connection) {
  return state_is_set(connection, "closed");
}

Result<std::int64_t> cell_number(Connection& c, const Cell& cell, bool merged) {
  auto known = TRY(c.prepare(
      "SELECT number FROM cell WHERE unit = ?1 AND stratum = ?2 AND psu = ?3 AND merged = ?4"));
  if (TRY(known.bind(cell.unit, cell.stratum, cell.psu, merged).step())) return known.integer(0);
  auto taken = TRY(c.prepare("SELECT 1 FROM cell WHERE number = ?1"));
  std::int64_t number = 0;
  do {
    std::uint32_t drawn = 0;
    std::memcpy(&drawn, random_bytes(sizeof drawn).data(), sizeof drawn);
    number = drawn >> 1;
    taken.reset();
  } while (TRY(taken.bind(number).step()));
  TRY_VOID(
      c.run("INSERT INTO cell (number, unit, stratum, psu, merged, slips, arrived, batched) "
            "VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0)",
            number, cell.unit, cell.stratum, cell.psu, merged));
  return number;
}

Result<BatchReport> form_batches_in(Connection& c, int k, const Unseal& unseal) {
  BatchReport report;
  if (TRY(closed_in(c))) return report;
  const int before = TRY(state_number(c, "batches"));
  Move move(c, before);
  for (const auto& cell : TRY(stored_cells(c))) {
    if (batches_ready(cell.arrived - cell.batched, k) == 0) continue;
    std::vector<Waiting> waiting;
    TRY_VOID(add_waiting(c, cell.number, waiting));
    auto responses = TRY(move.opened(waiting, unseal));
    std::vector<int> versions;
    for (const auto& response : responses) versions.push_back(response.questionnaire_version);
    for (const auto& indices : batches_of_one_version(versions, k)) {
      std::vector<Waiting> chosen;
      std::vector<Response> batch;
      for (const std::size_t index : indices) {
        chosen.push_back(waiting[index]);
        batch.push_back(std::move(responses[index]));
      }
      move.add_batch(chosen, std::move(batch), cell.number, k);
    }
  }
  report.batches = move.batches() - before;
  report.responses = report.batches * k;
  if (report.batches > 0) TRY_VOID(move.write());
  return report;
}

Result<ClosingReport> close_in(Connection& c, const Campaign& campaign, const Unseal& unseal) {
  if (TRY(closed_in(c))) return closing_report_in(c);
  ClosingReport report;
  const auto cells = TRY(stored_cells(c));
  std::vector<CellCount> counts;
  for (const auto& cell : cells) {
    counts.push_back({cell.cell, cell.arrived});
    report.responses += cell.arrived;
  }
  const ClosingPlan plan = plan_closing(campaign, counts);
  if (plan.withheld) {
    report.withheld = std::exchange(report.responses, 0);
  } else {
    report.merges = plan.merges;
    std::map<std::int64_t, std::int64_t> moved_cells;
    Move move(c, TRY(state_number(c, "batches")));
    std::size_t i = 0;
    while (i < plan.moves.size()) {
      // All that go to the same place stand side by side and become one batch.
      const Cell& to = plan.moves[i].to;
      const std::int64_t to_number = TRY(cell_number(c, to, to != plan.moves[i].from));
      std::vector<Waiting> waiting;
      for (; i < plan.moves.size() && plan.moves[i].to == to; ++i) {
        const std::int64_t from_number = TRY(cell_number(c, plan.moves[i].from, false));
        moved_cells[from_number] = to_number;
        TRY_VOID(add_waiting(c, from_number, waiting));
      }
      if (!waiting.empty())
        move.add_batch(waiting, TRY(move.opened(waiting, unseal)), to_number, campaign.batch_size);
    }
    TRY_VOID(move.write());
    TRY_VOID(relabel(c, moved_cells, move.batches()));
  }
  TRY_VOID(c.run("DELETE FROM inbox"));
  TRY_VOID(c.run("DELETE FROM slip"));
  TRY_VOID(c.run("DELETE FROM submission"));
  TRY_VOID(c.run("DELETE FROM state WHERE name = 'batches'"));
  TRY_VOID(keep_report(c, report));
  TRY_VOID(set_state(c, "closed", "1"));
  return report;
}

Result<ClosingReport> closing_report_in(Connection& c) {
  ClosingReport report;
  report.responses = TRY(state_number(c, "responses"));
  report.withheld = TRY(state_number(c, "withheld"));
  auto merge = TRY(c.prepare("SELECT number, label, responses FROM closing_merge ORDER BY number"));
  auto psu = TRY(c.prepare("SELECT psu FROM closing_merge_psu WHERE merge = ?1 ORDER BY position"));
  while (TRY(merge.step())) {
    ClosingReport::Merge one{{}, merge.text(1), merge.number(2)};
    psu.reset();
    psu.bind(merge.integer(0));
    while (TRY(psu.step())) one.psus.push_back(psu.text(0));
    report.merges.push_back(std::move(one));
  }
  return report;
}

Result<void> rebuild(Connection& c) {
  if (!TRY(state_is_set(c, "compact"))) {
    TRY_VOID(c.run("VACUUM"));
    TRY_VOID(set_state(c, "compact", "1"));
  }
  if (!TRY(c.checkpoint(true))) {
    return fail(ErrorCode::storage_busy, "somebody still reads the file", c.path());
  }
  return c.use_single_file();
}

}  // namespace khaosat::sqlite
