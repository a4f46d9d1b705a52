// The program dies between any two steps in the life of a paper form. Afterwards the form is taken up
// where it stands, and counts once.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "server/catalog/catalog.h"
#include "server/services/campaign_service.h"
#include "server/services/paper/paper_service.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {

int advances = 0;
int die_at = 0;
bool die_before = false;

// Dies around the n-th step; everything else goes through.
class DyingPaper final : public PaperStore {
 public:
  explicit DyingPaper(std::shared_ptr<PaperStore> real) : real_(std::move(real)) {}
  Result<PaperBatch> add_batch(PaperBatch batch) override { return real_->add_batch(std::move(batch)); }
  Result<std::vector<PaperBatch>> batches() override { return real_->batches(); }
  Result<std::optional<PaperForm>> form(int number) override { return real_->form(number); }
  Result<std::vector<PaperForm>> forms() override { return real_->forms(); }
  Result<std::vector<PaperEntry>> entries(int number) override { return real_->entries(number); }
  Result<void> advance(const PaperStep& step) override { return advance(std::vector{step}); }
  Result<void> advance(const std::vector<PaperStep>& steps) override {
    if (++advances == die_at && die_before) ::_exit(9);
    auto result = real_->advance(steps);
    if (advances == die_at) ::_exit(9);
    return result;
  }
  Result<std::vector<ClerkTally>> tallies() override { return real_->tallies(); }
  Result<int> second_share() override { return real_->second_share(); }
  Result<void> set_second_share(int percent) override { return real_->set_second_share(percent); }
  Result<void> forget_entries() override { return real_->forget_entries(); }
  Result<void> copy_to(const std::string& path) override { return real_->copy_to(path); }

 private:
  std::shared_ptr<PaperStore> real_;
};

class DyingStore final : public Store {
 public:
  explicit DyingStore(Store& real) : real_(real) {}
  Registry& registry() override { return real_.registry(); }
  Result<std::shared_ptr<AnswerStore>> answers(std::string_view id) override { return real_.answers(id); }
  Result<std::vector<std::string>> campaigns_with_answers() override { return real_.campaigns_with_answers(); }
  Result<std::shared_ptr<PaperStore>> paper(std::string_view id) override {
    auto real = real_.paper(id);
    if (!real) return real;
    return std::shared_ptr<PaperStore>(std::make_shared<DyingPaper>(*real));
  }
  Result<std::vector<std::string>> campaigns_with_paper() override { return real_.campaigns_with_paper(); }

 private:
  Store& real_;
};

// One run of the program over a data folder.
struct Run {
  explicit Run(const std::string& folder)
      : disk(std::move(*SqliteStore::open(folder + "/data"))), store(*disk), keys(*KeyFolder::open(folder + "/data/keys")) {}

  std::unique_ptr<SqliteStore> disk;
  DyingStore store;
  Catalog catalog = Catalog::load(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs");
  KeyFolder keys;
  FakeClock clock{1795312800};
  CampaignBook book{store};
  SubmitResponse submit{book, keys, clock};
  CampaignService campaigns{store, catalog, book, submit, keys, clock};
  PaperService paper{store, book, submit, keys, clock};
};

KeyedForm keyed(const Questionnaire& questionnaire, OptionPosition mark) {
  KeyedForm form{"", Answers(questionnaire.questions.size())};
  for (std::size_t i = 0; i < form.answers.size(); ++i) {
    const bool one = questionnaire.questions[i].type->answer_kind() == AnswerKind::one_option;
    form.answers[i] = one ? Answer(Choice{{static_cast<OptionPosition>(i == 2 ? mark : 0)}, {}}) : Answer(Absence::blank);
  }
  return form;
}

// Does what is still to be done for the form, as its people would.
void live_on(Run& run, const std::string& campaign, int form) {
  const auto entry = *run.book.find(campaign);
  const auto state = [&] { return (*(*run.store.paper(campaign))->form(form))->state; };
  const auto must = [](const auto& result) { if (!result) ::_exit(8); };
  if (state() == PaperState::handed_out) must(run.paper.enter(campaign, form, keyed(*entry->questionnaire, 0), "hoa"));
  if (state() == PaperState::first_keyed) must(run.paper.enter(campaign, form, keyed(*entry->questionnaire, 1), "lan"));
  if (state() == PaperState::disagreed) must(run.paper.adjudicate(campaign, form, keyed(*entry->questionnaire, 1), "cuc"));
  if (state() == PaperState::settled) must(run.paper.send_waiting());
}

}  // namespace

TEST_CASE("killed between any two steps, a paper form counts exactly once") {
  test::TemporaryFolder folder(test::quick_parent());
  std::string campaign;
  constexpr int kSteps = 4;  // keyed, keyed again, settled, entered
  {
    Run run(folder.path());
    Campaign draft;
    draft.title = LocalText("Thử");
    draft.office = "UBND xã Nà Phặc";
    draft.questionnaire = {"citizen_satisfaction", 1, ""};
    draft.opens_on = "2026-11-01";
    draft.closes_on = "2026-11-30";
    draft.admission = Admission::open;
    draft.units = {"xa_na_phac_2025"};
    draft.strata = {{"a", "A", "xa_na_phac_2025", 0}};
    draft.psus = {{"v1", "Thôn", "a", 0, 0, ""}};
    const auto made = run.campaigns.create(draft, "test");
    REQUIRE(made);
    campaign = made->id;
    REQUIRE(run.campaigns.open(campaign, "test"));
    REQUIRE(run.paper.hand_out(campaign, {0, "v1", "vi", 0, 2 * (kSteps + 1) + 4, {0}}, "test"));
  }
  int form = 0;
  for (int step = 1; step <= kSteps + 1; ++step) {
    for (const bool before : {true, false}) {
      ++form;
      const pid_t child = ::fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        Run run(folder.path());
        advances = 0;
        die_at = step;
        die_before = before;
        live_on(run, campaign, form);
        ::_exit(0);
      }
      int status = 0;
      REQUIRE(::waitpid(child, &status, 0) == child);
      INFO("step " << step << (before ? " before" : " after"));
      REQUIRE(WIFEXITED(status));
      // The last round dies nowhere and shows that the steps before were all there are.
      CHECK(WEXITSTATUS(status) == (step <= kSteps ? 9 : 0));
      Run run(folder.path());
      live_on(run, campaign, form);
      CHECK((*(*run.store.paper(campaign))->form(form))->state == PaperState::entered);
      CHECK((*(*run.store.paper(campaign))->entries(form)).empty());
    }
  }
  Run run(folder.path());
  CHECK((*(*run.store.answers(campaign))->counts()).front().arrived == form);
  const auto tallies = *run.paper.tallies(campaign);
  REQUIRE(tallies.size() == 2);
  // Every form was settled once, so every clerk is counted once a form: all first entries were wrong.
  CHECK(tallies[0].forms == form);
  CHECK(tallies[0].wrong == form);
  CHECK(tallies[1].wrong == 0);
  const auto closed = run.campaigns.close(campaign, "test");
  REQUIRE(closed);
  CHECK(closed->responses + closed->withheld == form);
}
