#include "server/storage/sqlite/sqlite_answers.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <future>
#include <unordered_map>

#include "base/log.h"
#include "base/number_index.h"
#include "server/storage/file_bytes.h"
#include "server/storage/sqlite/answer_rows.h"
#include "server/storage/sqlite/copy_file.h"
#include "server/storage/sqlite/migrate.h"

namespace khaosat::sqlite {

namespace {
Error read_only() { return {ErrorCode::not_allowed, "the data folder was opened for reading only", {}, {}}; }
}  // namespace

Result<std::unique_ptr<SqliteAnswers>> SqliteAnswers::open(const std::string& path,
                                                           const ConnectionOptions& options,
                                                           WriterLimits limits) {
  auto connection = TRY(Connection::open(path, Access::write, options));
  // A closed file stands alone and must stay so.
  if (TRY(schema_number(*connection)) == 0) TRY_VOID(connection->use_write_ahead_log());
  TRY_VOID(migrate(*connection, FileKind::answers, answers_migrations()));
  std::unique_ptr<SqliteAnswers> answers(new SqliteAnswers(path, options));
  answers->closed_ = TRY(closed_in(*connection));
  if (answers->closed_) {
    if (const auto rebuilt = rebuild(*connection); !rebuilt) {
      log(LogLevel::warning, "storage.rebuild_failed",
          {{"file", path}, {"error", rebuilt.error().message}});
    }
    return answers;
  }
  TRY_VOID(connection->use_write_ahead_log());
  answers->writer_ = std::make_unique<Writer>(std::move(connection), limits);
  return answers;
}

Result<std::unique_ptr<SqliteAnswers>> SqliteAnswers::open_read_only(
    const std::string& path, const ConnectionOptions& options) {
  if (!std::filesystem::exists(path)) {
    return fail(ErrorCode::not_found, "the campaign has no answers here", path);
  }
  std::unique_ptr<SqliteAnswers> answers(new SqliteAnswers(path, options));
  answers->read_only_ = true;
  const auto reader = TRY(answers->readers_.lease());
  TRY_VOID(check_schema(*reader, FileKind::answers, answers_migrations()));
  answers->closed_ = TRY(closed_in(*reader));
  return answers;
}

Result<void> SqliteAnswers::write(Writer::Job job, Writer::Kind kind) {
  if (!writer_) return fail(read_only());
  return writer_->write(std::move(job), kind);
}

Result<void> SqliteAnswers::add_slips(const Cell& cell, const std::vector<Digest>& slips) {
  const auto too_late = [] {
    return fail(ErrorCode::campaign_closed, "slips cannot be added after closing");
  };
  if (closed_) return too_late();
  // In the order of the digests, which says nothing.
  std::vector<Digest> sorted = slips;
  std::sort(sorted.begin(), sorted.end());
  return write([&](Connection& c) -> Result<void> {
    if (TRY(closed_in(c))) return too_late();
    const std::int64_t number = TRY(cell_number(c, cell, false));
    for (const Digest& slip : sorted) {
      TRY_VOID(
          c.run("INSERT INTO slip (digest, cell, spent) VALUES (?1, ?2, 0) ON CONFLICT DO NOTHING",
                slip, number));
      if (c.changes() == 0) {
        return fail(ErrorCode::already_exists, "a slip is known already; none was added", cell.psu);
      }
    }
    return c.run("UPDATE cell SET slips = slips + ?2 WHERE number = ?1", number,
                 static_cast<std::int64_t>(sorted.size()));
  });
}

namespace {

// What a submission that was stored before comes to; `unknown` if it was not.
Result<ArrivalOutcome> known_before(Connection& c, const Arrival& arrival, ArrivalOutcome unknown) {
  auto known = TRY(c.prepare("SELECT content FROM submission WHERE digest = ?1"));
  if (!TRY(known.bind(arrival.submission).step())) return unknown;
  return known.digest(0) == arrival.content ? ArrivalOutcome::repeated : ArrivalOutcome::conflict;
}

// The whole of taking one answer, inside the writer's transaction. Nothing is changed before the last
// reason to refuse. Without RETURNING, for which SQLite sets up a table of its own each time.
Result<ArrivalOutcome> accept_in(Connection& c, const Arrival& arrival) {
  if (TRY(closed_in(c))) return ArrivalOutcome::closed;
  std::int64_t cell = 0;
  if (arrival.slip) {
    auto slip = TRY(c.prepare("SELECT cell FROM slip WHERE digest = ?1 AND spent = 0"));
    if (!TRY(slip.bind(*arrival.slip).step())) return known_before(c, arrival, ArrivalOutcome::slip_refused);
    cell = slip.integer(0);
  }
  TRY_VOID(c.run("INSERT INTO submission (digest, content) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                 arrival.submission, arrival.content));
  if (c.changes() == 0) return known_before(c, arrival, ArrivalOutcome::conflict);
  if (arrival.slip) {
    TRY_VOID(c.run("UPDATE slip SET spent = 1 WHERE digest = ?1", *arrival.slip));
  } else {
    cell = TRY(cell_number(c, arrival.cell, false));
  }
  const std::string key = random_bytes(16);
  TRY_VOID(c.run("INSERT INTO inbox (cell, key, sealed) VALUES (?1, ?2, ?3)", cell, Blob{key},
                 Blob{arrival.sealed}));
  TRY_VOID(c.run("UPDATE cell SET arrived = arrived + 1 WHERE number = ?1", cell));
  return ArrivalOutcome::accepted;
}

}  // namespace

Result<ArrivalOutcome> SqliteAnswers::accept(Arrival arrival) {
  const auto promise = std::make_shared<std::promise<Result<ArrivalOutcome>>>();
  auto outcome = promise->get_future();
  accept_later(std::move(arrival), [promise](Result<ArrivalOutcome> known) { promise->set_value(std::move(known)); });
  return outcome.get();
}

void SqliteAnswers::accept_later(Arrival arrival, ArrivalTold told) {
  if (closed_) return told(ArrivalOutcome::closed);
  if (!writer_) return told(fail(read_only()));
  struct Taking {
    Arrival arrival;
    ArrivalTold told;
    ArrivalOutcome outcome = ArrivalOutcome::closed;
  };
  const auto taking = std::make_shared<Taking>(Taking{std::move(arrival), std::move(told)});
  writer_->post(
      [taking](Connection& c) -> Result<void> {
        taking->outcome = TRY(accept_in(c, taking->arrival));
        return {};
      },
      Writer::Kind::refusing_first,
      [this, taking](Result<void> written) {
        // An error may mean that it was closed while this one waited.
        if (written || closed_) return taking->told(written ? taking->outcome : ArrivalOutcome::closed);
        taking->told(fail(std::move(written.error())));
      });
}

Result<std::vector<PsuCount>> SqliteAnswers::counts() {
  const auto reader = TRY(readers_.lease());
  auto row =
      TRY(reader->prepare("SELECT psu, slips, arrived FROM cell WHERE merged = 0 ORDER BY psu"));
  std::vector<PsuCount> list;
  while (TRY(row.step())) list.push_back({row.text(0), row.number(1), row.number(2)});
  return list;
}

Result<bool> SqliteAnswers::batch_waits(int k) {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare(
      "SELECT 1 FROM cell WHERE merged = 0 AND arrived - batched >= 2 * ?1 LIMIT 1"));
  return TRY(row.bind(k).step());
}

Result<BatchReport> SqliteAnswers::form_batches(const Campaign& campaign, const Unseal& unseal) {
  BatchReport report;
  if (closed_ || campaign.audience == Audience::staff) return report;
  const std::lock_guard border(border_);
  if (closed_ || !TRY(batch_waits(campaign.batch_size))) return report;
  TRY_VOID(write(
      [&](Connection& c) -> Result<void> {
        report = TRY(form_batches_in(c, campaign.batch_size, unseal));
        return {};
      },
      Writer::Kind::truncating));
  return report;
}

Result<ClosingReport> SqliteAnswers::close(const Campaign& campaign, const Unseal& unseal) {
  const std::lock_guard border(border_);
  if (closed_) {
    const auto reader = TRY(readers_.lease());
    return closing_report_in(*reader);
  }
  ClosingReport report;
  TRY_VOID(write(
      [&](Connection& c) -> Result<void> {
        report = TRY(close_in(c, campaign, unseal));
        return {};
      },
      Writer::Kind::truncating));
  closed_ = true;
  retire();
  return report;
}

void SqliteAnswers::retire() {
  const auto rebuilt = readers_.without_readers([this] {
    auto result = writer_->write([](Connection& c) { return rebuild(c); }, Writer::Kind::alone);
    writer_->stop();
    return result;
  });
  if (!rebuilt) {
    // The answers are safe and the campaign is closed; opening the file again tries once more.
    log(LogLevel::warning, "storage.rebuild_failed", {{"error", rebuilt.error().message}});
  }
}

Result<bool> SqliteAnswers::is_closed() { return closed_.load(); }

Result<void> SqliteAnswers::each_response(const std::function<void(const Response&)>& visit) {
  if (!closed_) {
    return fail(ErrorCode::campaign_not_closed,
                "answers can be read after the campaign has closed");
  }
  const auto reader = TRY(readers_.lease());
  std::unordered_map<std::int64_t, Cell> cells;
  auto cell = TRY(reader->prepare("SELECT number, unit, stratum, psu FROM cell"));
  while (TRY(cell.step())) cells[cell.integer(0)] = {cell.text(1), cell.text(2), cell.text(3)};
  auto row = TRY(reader->prepare(
      "SELECT cell, version, mode, language, batch, packed FROM response ORDER BY key"));
  while (TRY(row.step())) {
    const int mode = row.number(2);
    if (mode < 0 || mode > static_cast<int>(Mode::interviewer)) {
      return fail(ErrorCode::storage_failed, "an answer has an unknown mode", reader->path());
    }
    visit({cells[row.integer(0)], row.number(1), static_cast<Mode>(mode), row.text(3),
           row.number(4), row.text(5)});
  }
  return {};
}

Result<void> SqliteAnswers::each_packed(
    const std::function<void(const Cell& cell, std::string_view packed)>& visit) {
  if (!closed_) {
    return fail(ErrorCode::campaign_not_closed,
                "answers can be read after the campaign has closed");
  }
  const auto reader = TRY(readers_.lease());
  std::vector<Cell> cells;
  NumberIndex places;
  auto cell = TRY(reader->prepare("SELECT number, unit, stratum, psu FROM cell"));
  while (TRY(cell.step())) {
    places.add(static_cast<std::uint64_t>(cell.integer(0)), static_cast<std::uint32_t>(cells.size()));
    cells.push_back({cell.text(1), cell.text(2), cell.text(3)});
  }
  auto row = TRY(reader->prepare("SELECT cell, packed FROM response ORDER BY key"));
  while (TRY(row.step())) {
    const auto place = places.find(static_cast<std::uint64_t>(row.integer(0)));
    if (!place) return fail(ErrorCode::storage_failed, "an answer is of no known place", reader->path());
    visit(cells[*place], row.view(1));
  }
  return {};
}

Result<Digest> SqliteAnswers::fingerprint() {
  if (!closed_) {
    return fail(ErrorCode::campaign_not_closed,
                "answers can be read after the campaign has closed");
  }
  // The header of the file counts every change; the first and the last of the random keys tell
  // one campaign's file from another's.
  constexpr std::size_t kHeaderBytes = 100;
  std::array<std::uint8_t, kHeaderBytes> header{};
  TRY_VOID(TRY(FileBytes::open(path_))->read_at(0, header));
  std::string bytes(reinterpret_cast<const char*>(header.data()), header.size());
  const auto reader = TRY(readers_.lease());
  for (const char* sql : {"SELECT key FROM response ORDER BY key LIMIT 1",
                          "SELECT key FROM response ORDER BY key DESC LIMIT 1"}) {
    auto key = TRY(reader->prepare(sql));
    if (TRY(key.step())) bytes += key.text(0);
  }
  return sha256(bytes);
}

std::string SqliteAnswers::columns_path() const {
  return std::filesystem::path(path_).replace_extension(".columns").string();
}

Result<std::shared_ptr<const ByteSource>> SqliteAnswers::columns() {
  if (!std::filesystem::exists(columns_path())) {
    return fail(ErrorCode::not_found, "no column file has been made", columns_path());
  }
  return TRY(FileBytes::open(columns_path()));
}

Result<void> SqliteAnswers::keep_columns(std::string_view bytes) {
  if (read_only_) return fail(read_only());
  if (!closed_) {
    return fail(ErrorCode::campaign_not_closed,
                "answers can be read after the campaign has closed");
  }
  const std::lock_guard border(border_);
  return write_file(columns_path(), bytes);
}

Result<void> SqliteAnswers::copy_to(const std::string& path) {
  const std::lock_guard border(border_);
  const auto reader = TRY(readers_.lease());
  return copy_file(*reader, path);
}

}  // namespace khaosat::sqlite
