// A large closed survey is exported while people answer another one: each answer is on the disk as quickly as before,
// none is refused, and the export is what it would have been.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "server/services/campaign_service.h"
#include "server/services/exports/make_microdata.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/exported_survey.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {

constexpr UnixSeconds kNow = 1795312800;  // 2026-11-22 02:00 UTC

// A survey that people answer, on a real disk with every answer flushed.
struct Collecting {
  explicit Collecting(const Catalog& catalog)
      : store(std::move(SqliteStore::open(folder.file("data")).value())),
        keys(KeyFolder::open(folder.file("keys")).value()),
        book(*store),
        submit(book, keys, clock),
        campaigns(*store, catalog, book, submit, keys, clock) {
    Campaign draft;
    draft.title = LocalText("Đợt đang mở");
    draft.office = "UBND xã Ngân Sơn";
    draft.questionnaire = {"exit_one_minute", 1, ""};
    draft.opens_on = "2026-11-01";
    draft.closes_on = "2026-11-30";
    draft.admission = Admission::open;
    draft.units = {"xa_na_phac_2025"};
    draft.strata = {{"na_phac", "Xã Nà Phặc", "xa_na_phac_2025", 0}};
    draft.psus = {{"v1", "Thôn Suối Bạc", "na_phac", 0, 0, ""}};
    Faults faults;
    const auto created = campaigns.create(draft, "an", &faults);
    INFO(to_text(faults));
    REQUIRE(created);
    campaign = created->id;
    REQUIRE(campaigns.open(campaign, "an"));
    questionnaire = book.find(campaign).value()->questionnaire;
  }

  // Milliseconds until the receipt.
  double answer(int number) {
    Submission one{"beside-an-export-" + std::to_string(100000 + number), "", "v1", Mode::phone, "vi", Answers(questionnaire->questions.size())};
    for (std::size_t k = 0; k < questionnaire->questions.size(); ++k) one.answers[k] = Choice{{static_cast<OptionPosition>(number % 3)}, ""};
    const auto begun = std::chrono::steady_clock::now();
    const auto receipt = submit.submit(campaign, one);
    INFO((receipt ? std::string() : receipt.error().message));
    CHECK(receipt);
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
  }

  test::TemporaryFolder folder;
  FakeClock clock{kNow};
  std::unique_ptr<SqliteStore> store;
  KeyFolder keys;
  CampaignBook book;
  SubmitResponse submit;
  CampaignService campaigns;
  std::string campaign;
  std::shared_ptr<const Questionnaire> questionnaire;
};

double quantile(std::vector<double> times, double share) {
  std::sort(times.begin(), times.end());
  return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
}

}  // namespace

TEST_CASE("an export of a closed survey does not hold up answers to another") {
  test::SurveyShape shape;
  shape.rows = 40'000;
  shape.units = 10;
  test::ExportedSurvey closed(shape);
  Collecting open(closed.catalog);
  std::vector<double> alone;
  int number = 0;
  while (alone.size() < 60) alone.push_back(open.answer(number++));

  const auto entry = closed.book.find(closed.campaign.id);
  REQUIRE(entry);
  const test::TemporaryFolder folder;
  std::atomic<bool> done = false;
  Result<MicrodataReport> made = fail(ErrorCode::not_found, "not made yet");
  std::thread exporting([&] {
    made = make_microdata(**entry, {{"sex", "age_band"}, "vi", "2026-11-22"}, folder.path(), std::string(32, 's'), nullptr, nullptr);
    done = true;
  });
  std::vector<double> beside;
  while (!done && beside.size() < 20'000) beside.push_back(open.answer(number++));
  exporting.join();

  REQUIRE(made);
  CHECK(made->records == shape.rows);
  REQUIRE(beside.size() >= 20);
  WARN("alone: median " << quantile(alone, 0.5) << " ms; beside the export: " << beside.size() << " answers, median " << quantile(beside, 0.5)
                        << ", 95 % " << quantile(beside, 0.95) << ", worst " << quantile(beside, 1) << " ms");
  // A processor is shared, a lock is not: waiting for the export would take as long as the export.
  CHECK(quantile(beside, 0.5) < 10 * quantile(alone, 0.5) + 20);
  CHECK(quantile(beside, 1) < 3000);
  // All of them are there.
  int arrived = 0;
  for (const auto& count : open.book.find(open.campaign).value()->answers->counts().value()) arrived += count.arrived;
  CHECK(arrived == number);

  // The same seed without anybody answering: the same bytes.
  const test::TemporaryFolder again;
  const auto quiet = make_microdata(**entry, {{"sex", "age_band"}, "vi", "2026-11-22"}, again.path(), std::string(32, 's'), nullptr, nullptr);
  REQUIRE(quiet);
  REQUIRE(quiet->files.size() == made->files.size());
  // (SPSS and Stata files say when they were written.)
  for (std::size_t k = 0; k < quiet->files.size(); ++k)
    if (quiet->files[k].name == "microdata.csv") CHECK(quiet->files[k].sha256 == made->files[k].sha256);
}
