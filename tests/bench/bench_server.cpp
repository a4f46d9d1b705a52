// The server as it is, over a store that is held back in one respect, to compare the real one with:
//
//   bench_server keep|discard|one-by-one EXTRA_FLUSH_MICROSECONDS DATA DEFS
//
// keep: as in production · discard: answers are accepted and forgotten · one-by-one: a transaction and
// a flush for each. It listens on a free port of 127.0.0.1 and prints the address like the program.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "server/cli/serve.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/test_disk.h"

using namespace khaosat;

namespace {

// Everything of the real one except that arrivals go nowhere.
class ForgetfulAnswers final : public AnswerStore {
 public:
  explicit ForgetfulAnswers(std::shared_ptr<AnswerStore> real) : real_(std::move(real)) {}

  Result<ArrivalOutcome> accept(Arrival) override { return ArrivalOutcome::accepted; }
  Result<void> add_slips(const Cell& cell, const std::vector<Digest>& slips) override { return real_->add_slips(cell, slips); }
  Result<std::vector<PsuCount>> counts() override { return real_->counts(); }
  Result<BatchReport> form_batches(const Campaign& campaign, const Unseal& unseal) override {
    return real_->form_batches(campaign, unseal);
  }
  Result<ClosingReport> close(const Campaign& campaign, const Unseal& unseal) override { return real_->close(campaign, unseal); }
  Result<bool> is_closed() override { return real_->is_closed(); }
  Result<void> each_response(const std::function<void(const Response&)>& visit) override { return real_->each_response(visit); }
  Result<Digest> fingerprint() override { return real_->fingerprint(); }
  Result<std::shared_ptr<const ByteSource>> columns() override { return real_->columns(); }
  Result<void> keep_columns(std::string_view bytes) override { return real_->keep_columns(bytes); }
  Result<void> copy_to(const std::string& path) override { return real_->copy_to(path); }

 private:
  std::shared_ptr<AnswerStore> real_;
};

class ForgetfulStore final : public Store {
 public:
  explicit ForgetfulStore(std::unique_ptr<Store> real) : real_(std::move(real)) {}

  Registry& registry() override { return real_->registry(); }
  Result<std::shared_ptr<AnswerStore>> answers(std::string_view campaign_id) override {
    std::shared_ptr<AnswerStore> forgetful = std::make_shared<ForgetfulAnswers>(TRY(real_->answers(campaign_id)));
    return forgetful;
  }
  Result<std::vector<std::string>> campaigns_with_answers() override { return real_->campaigns_with_answers(); }
  Result<std::shared_ptr<PaperStore>> paper(std::string_view campaign_id) override { return real_->paper(campaign_id); }
  Result<std::vector<std::string>> campaigns_with_paper() override { return real_->campaigns_with_paper(); }
  StoreMeasures measures() const override { return real_->measures(); }

 private:
  std::unique_ptr<Store> real_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string kind = argc == 5 ? argv[1] : "";
  if (kind != "keep" && kind != "discard" && kind != "one-by-one") {
    std::fputs("usage: bench_server keep|discard|one-by-one EXTRA_FLUSH_MICROSECONDS DATA DEFS\n", stderr);
    return 2;
  }
  SqliteOptions options;
  options.vfs = TestDisk::kName;
  if (kind == "one-by-one") options.group = 1;
  TestDisk::instance().slow_flush(std::atoi(argv[2]));
  Config config;
  config.data = argv[3];
  config.defs = argv[4];
  config.listen = "127.0.0.1:0";
  auto application = Application::create(config, [&](const std::string& folder) -> Result<std::unique_ptr<Store>> {
    std::unique_ptr<Store> store = TRY(SqliteStore::open(folder, options));
    if (kind == "discard") store = std::make_unique<ForgetfulStore>(std::move(store));
    return store;
  });
  if (!application) return cli::report(application.error());
  if (const auto said = cli::announce(**application, config); !said) return cli::report(said.error());
  cli::serve_until_stopped(**application);
  return 0;
}
