#include "server/storage/sqlite/sqlite_paper.h"

#include "base/text.h"
#include "server/storage/sqlite/copy_file.h"
#include "server/storage/sqlite/migrate.h"

namespace khaosat::sqlite {

namespace {

std::string numbers_text(const std::vector<std::size_t>& numbers) {
  std::string text;
  for (const auto number : numbers) text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

std::vector<std::size_t> numbers_in(const std::string& text) {
  std::vector<std::size_t> numbers;
  for (const auto& word : split(text, ' ')) {
    if (!word.empty()) numbers.push_back(static_cast<std::size_t>(std::strtoul(word.c_str(), nullptr, 10)));
  }
  return numbers;
}

Result<PaperForm> form_of(Connection& c, int number, int batch, int state) {
  PaperForm form{number, batch, static_cast<PaperState>(state), {}};
  auto clerk = TRY(c.prepare("SELECT clerk FROM entry WHERE form = ?1 ORDER BY place"));
  clerk.bind(number);
  while (TRY(clerk.step())) form.clerks.push_back(clerk.text(0));
  return form;
}

Result<void> advance_in(Connection& c, const PaperStep& step) {
  auto row = TRY(c.prepare("SELECT state FROM form WHERE number = ?1"));
  if (!TRY(row.bind(step.form).step())) {
    return fail(ErrorCode::serial_wrong, "no such form", std::to_string(step.form));
  }
  const auto state = static_cast<PaperState>(row.number(0));
  row.reset();
  if (state != step.from) {
    return fail(ErrorCode::form_accounted, "the form is " + std::string(name_of(state)), std::to_string(step.form));
  }
  TRY_VOID(c.run("UPDATE form SET state = ?2 WHERE number = ?1", step.form, static_cast<int>(step.to)));
  if (is_end(step.to) || step.to == PaperState::settled || step.to == PaperState::handed_out) {
    TRY_VOID(c.run("DELETE FROM entry WHERE form = ?1", step.form));
  }
  if (step.entry) {
    TRY_VOID(c.run("INSERT INTO entry (form, place, clerk, sealed) VALUES (?1, "
                   "(SELECT coalesce(max(place), 0) + 1 FROM entry WHERE form = ?1), ?2, ?3)",
                   step.form, step.entry->clerk, Blob{step.entry->sealed}));
  }
  for (const auto& tally : step.tallies) {
    TRY_VOID(c.run("INSERT INTO tally (clerk, forms, fields, compared, wrong) VALUES (?1, ?2, ?3, ?4, ?5) "
                   "ON CONFLICT (clerk) DO UPDATE SET forms = forms + ?2, fields = fields + ?3, "
                   "compared = compared + ?4, wrong = wrong + ?5",
                   tally.clerk, tally.forms, tally.fields, tally.compared, tally.wrong));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SqlitePaper>> SqlitePaper::open(const std::string& path, const ConnectionOptions& options,
                                                       WriterLimits limits) {
  auto connection = TRY(Connection::open(path, Access::write, options));
  TRY_VOID(connection->use_write_ahead_log());
  TRY_VOID(migrate(*connection, FileKind::paper, paper_migrations()));
  std::unique_ptr<SqlitePaper> paper(new SqlitePaper(path, options));
  paper->writer_ = std::make_unique<Writer>(std::move(connection), limits);
  return paper;
}

Result<std::unique_ptr<SqlitePaper>> SqlitePaper::open_read_only(const std::string& path,
                                                                 const ConnectionOptions& options) {
  std::unique_ptr<SqlitePaper> paper(new SqlitePaper(path, options));
  const auto reader = TRY(paper->readers_.lease());
  TRY_VOID(check_schema(*reader, FileKind::paper, paper_migrations()));
  return paper;
}

Result<void> SqlitePaper::write(Writer::Job job, Writer::Kind kind) {
  if (!writer_) return fail(ErrorCode::not_allowed, "the data folder was opened for reading only");
  return writer_->write(std::move(job), kind);
}

Result<PaperBatch> SqlitePaper::add_batch(PaperBatch batch) {
  if (batch.forms < 1) return fail(ErrorCode::out_of_range, "a batch holds at least one form", "forms");
  const auto written = write([&](Connection& c) -> Result<void> {
    auto next = TRY(c.prepare("SELECT (SELECT coalesce(max(number), 0) + 1 FROM batch), "
                              "(SELECT coalesce(max(number), 0) + 1 FROM form)"));
    TRY(next.step());
    batch.number = next.number(0);
    batch.first_form = next.number(1);
    next.reset();
    TRY_VOID(c.run("INSERT INTO batch (number, psu, language, first_form, forms, page_starts) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   batch.number, batch.psu, batch.language, batch.first_form, batch.forms, numbers_text(batch.page_starts)));
    for (int i = 0; i < batch.forms; ++i) {
      TRY_VOID(c.run("INSERT INTO form (number, batch, state) VALUES (?1, ?2, 0)", batch.first_form + i, batch.number));
    }
    return {};
  });
  if (!written) return fail(written.error());
  return batch;
}

Result<std::vector<PaperBatch>> SqlitePaper::batches() {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare("SELECT number, psu, language, first_form, forms, page_starts FROM batch ORDER BY number"));
  std::vector<PaperBatch> list;
  while (TRY(row.step())) {
    list.push_back({row.number(0), row.text(1), row.text(2), row.number(3), row.number(4), numbers_in(row.text(5))});
  }
  return list;
}

Result<std::optional<PaperForm>> SqlitePaper::form(int number) {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare("SELECT batch, state FROM form WHERE number = ?1"));
  if (!TRY(row.bind(number).step())) return std::nullopt;
  return TRY(form_of(*reader, number, row.number(0), row.number(1)));
}

Result<std::vector<PaperForm>> SqlitePaper::forms() {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare("SELECT number, batch, state FROM form ORDER BY number"));
  std::vector<PaperForm> list;
  while (TRY(row.step())) list.push_back(TRY(form_of(*reader, row.number(0), row.number(1), row.number(2))));
  return list;
}

Result<std::vector<PaperEntry>> SqlitePaper::entries(int number) {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare("SELECT clerk, sealed FROM entry WHERE form = ?1 ORDER BY place"));
  row.bind(number);
  std::vector<PaperEntry> list;
  while (TRY(row.step())) list.push_back({row.text(0), row.text(1)});
  return list;
}

Result<void> SqlitePaper::advance(const std::vector<PaperStep>& steps) {
  return write(
      [&](Connection& c) -> Result<void> {
        for (const auto& step : steps) TRY_VOID(advance_in(c, step));
        return {};
      },
      Writer::Kind::truncating);
}

Result<std::vector<ClerkTally>> SqlitePaper::tallies() {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare("SELECT clerk, forms, fields, compared, wrong FROM tally ORDER BY clerk"));
  std::vector<ClerkTally> list;
  while (TRY(row.step())) {
    list.push_back({row.text(0), row.number(1), row.number(2), row.number(3), row.number(4)});
  }
  return list;
}

Result<int> SqlitePaper::second_share() {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare("SELECT value FROM setting WHERE name = 'second_share'"));
  return TRY(row.step()) ? row.number(0) : 100;
}

Result<void> SqlitePaper::set_second_share(int percent) {
  if (percent < 0 || percent > 100) return fail(ErrorCode::out_of_range, "a share is 0 to 100 percent", "share");
  return write([&](Connection& c) -> Result<void> {
    return c.run("INSERT INTO setting (name, value) VALUES ('second_share', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1", percent);
  });
}

Result<void> SqlitePaper::forget_entries() {
  return write([](Connection& c) -> Result<void> { return c.run("DELETE FROM entry"); },
                        Writer::Kind::truncating);
}

Result<void> SqlitePaper::copy_to(const std::string& path) {
  const auto reader = TRY(readers_.lease());
  return copy_file(*reader, path);
}

}  // namespace khaosat::sqlite
