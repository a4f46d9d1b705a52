// From handing out to the inbox: blind second entry, a third person, exactly once, every form accounted for.
#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>

#include "server/services/account_service.h"
#include "server/services/paper/paper_serial.h"
#include "server/services/paper/paper_service.h"
#include "server/survey/packed.h"
#include "server/survey/paper/paper_keys.h"
#include "tests/support/test_app.h"

using namespace khaosat;

namespace {

// An office with a campaign, its forms and what people marked on them.
class PaperOffice {
 public:
  explicit PaperOffice(Admission admission = Admission::open) {
    Campaign draft = TestApp::citizen_draft(admission);
    campaign = app.open_campaign(draft);
    entry = *app.book.find(campaign.id);
    context = paper_context(entry->campaign);
    for (const char* name : {"hoa", "lan", "cuc", "mai"}) {
      REQUIRE(app.store.registry().add_account({name, name, Role::officer, "x", true}));
    }
  }

  PaperBatch hand_out(int forms, const std::string& psu = "v1") {
    const auto batch = paper.hand_out(campaign.id, {0, psu, "vi", 0, forms, {0}}, "hoa");
    REQUIRE(batch);
    return *batch;
  }

  // Marks somebody may have made, each as a clerk reads it rightly.
  KeyedForm marks(std::mt19937& random) const {
    KeyedForm keyed{"", Answers(entry->questionnaire->questions.size())};
    for (std::size_t i = 0; i < keyed.answers.size(); ++i) {
      if (is_on_paper(entry->questionnaire->questions[i], context)) keyed.answers[i] = any_answer(entry->questionnaire->questions[i], random);
    }
    return keyed;
  }

  // The same with errors: each field is keyed as something else with that chance. How many.
  int spoil(KeyedForm& keyed, double chance, std::mt19937& random) const {
    int errors = 0;
    for (std::size_t i = 0; i < keyed.answers.size(); ++i) {
      const Question& question = entry->questionnaire->questions[i];
      if (!is_on_paper(question, context) || std::uniform_real_distribution<>(0, 1)(random) >= chance) continue;
      const Answer other = any_answer(question, random);
      if (to_keys(question, {}, other) == to_keys(question, {}, keyed.answers[i])) continue;
      keyed.answers[i] = other;
      ++errors;
    }
    return errors;
  }

  Answer any_answer(const Question& question, std::mt19937& random) const {
    switch (question.type->answer_kind()) {
      case AnswerKind::none: return Absence::not_asked;
      case AnswerKind::one_option:
      case AnswerKind::options: {
        const std::size_t what = random() % (question.options.size() + question.absences.size() + 2);
        if (what < question.options.size()) return Choice{{static_cast<OptionPosition>(what)}, {}};
        if (what < question.options.size() + question.absences.size()) return question.absences[what - question.options.size()];
        return what % 2 == 0 ? Absence::blank : Absence::invalid;
      }
      case AnswerKind::text: return std::string(random() % 2 == 0 ? "Đường tốt" : "Điện yếu");
      default: return Absence::blank;
    }
  }

  PaperState state(int form) { return (*app.store.paper(campaign.id).value()->form(form))->state; }
  int arrived() { return app.arrived(campaign); }

  TestApp app;
  TestCampaign campaign;
  CampaignEntryPtr entry;
  AnsweringContext context;
  PaperService paper{app.store, app.book, app.submit, app.keys, app.clock};
};

template <typename T>
ErrorCode code_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}

}  // namespace

TEST_CASE("two equal entries settle a form and send it, and nothing keyed is kept") {
  PaperOffice office;
  std::mt19937 random(1);
  office.hand_out(3);
  const auto keyed = office.marks(random);
  CHECK(office.paper.turn(office.campaign.id, 1, "hoa") == PaperTurn::first);
  CHECK(*office.paper.enter(office.campaign.id, 1, keyed, "hoa") == PaperOutcome::waits_for_second);
  CHECK(office.arrived() == 0);
  CHECK(code_of(office.paper.turn(office.campaign.id, 1, "hoa")) == ErrorCode::same_clerk);
  CHECK(code_of(office.paper.enter(office.campaign.id, 1, keyed, "hoa")) == ErrorCode::same_clerk);
  CHECK(office.paper.turn(office.campaign.id, 1, "lan") == PaperTurn::second);
  CHECK(*office.paper.enter(office.campaign.id, 1, keyed, "lan") == PaperOutcome::sent);
  CHECK(office.arrived() == 1);
  CHECK(office.state(1) == PaperState::entered);
  CHECK((*office.app.store.paper(office.campaign.id))->entries(1)->empty());
  CHECK(code_of(office.paper.enter(office.campaign.id, 1, keyed, "cuc")) == ErrorCode::form_accounted);
  CHECK(code_of(office.paper.turn(office.campaign.id, 4, "hoa")) == ErrorCode::serial_wrong);
  const int fields = paper_field_count(*office.entry->questionnaire, office.context, false);
  CHECK(*office.paper.tallies(office.campaign.id) == std::vector<ClerkTally>{{"hoa", 1, fields, fields, 0}, {"lan", 1, fields, fields, 0}});
}

TEST_CASE("what waits cannot be read without the campaign's key, nor moved to another form") {
  PaperOffice office;
  office.hand_out(2);
  KeyedForm keyed{"", Answers(office.entry->questionnaire->questions.size())};
  std::size_t words = 0;
  while (office.entry->questionnaire->questions[words].type->answer_kind() != AnswerKind::text) ++words;
  keyed.answers[words] = std::string("một câu rất riêng");
  REQUIRE(office.paper.enter(office.campaign.id, 1, keyed, "hoa"));
  const auto paper = *office.app.store.paper(office.campaign.id);
  const auto entry = paper->entries(1)->front();
  CHECK(entry.sealed.find("riêng") == std::string::npos);
  CHECK(entry.sealed.size() % 1024 == kSealingOverhead);
  const auto keys = *office.app.keys.campaign(office.campaign.id);
  CHECK(keys.open_paper(1, entry.sealed));
  CHECK_FALSE(keys.open_paper(2, entry.sealed));
  CHECK_FALSE(keys.open_paper(1, entry.sealed.substr(1)));
}

TEST_CASE("whoever keyed a form does not decide it, as long as somebody else can") {
  PaperOffice office;
  std::mt19937 random(2);
  office.hand_out(1);
  auto keyed = office.marks(random);
  REQUIRE(office.paper.enter(office.campaign.id, 1, keyed, "hoa"));
  const auto truth = keyed;
  while (office.spoil(keyed, 0.2, random) == 0) {}
  CHECK(*office.paper.enter(office.campaign.id, 1, keyed, "lan") == PaperOutcome::waits_for_third);
  CHECK(office.state(1) == PaperState::disagreed);
  CHECK(code_of(office.paper.open_case(office.campaign.id, 1, "hoa")) == ErrorCode::same_clerk);
  CHECK(code_of(office.paper.open_case(office.campaign.id, 1, "lan")) == ErrorCode::same_clerk);
  // A small office: the others are away, and the second may decide, never the first.
  for (const char* name : {"cuc", "mai"}) REQUIRE(office.app.store.registry().update_account({name, name, Role::officer, "x", false}));
  CHECK(office.paper.open_case(office.campaign.id, 1, "lan"));
  CHECK(code_of(office.paper.open_case(office.campaign.id, 1, "hoa")) == ErrorCode::same_clerk);
  CHECK(code_of(office.paper.adjudicate(office.campaign.id, 1, truth, "hoa")) == ErrorCode::same_clerk);
  REQUIRE(office.app.store.registry().update_account({"cuc", "cuc", Role::officer, "x", true}));
  const auto open = office.paper.open_case(office.campaign.id, 1, "cuc");
  REQUIRE(open);
  CHECK(open->different.size() == differences(*office.entry->questionnaire, office.context, truth, keyed).size());
  CHECK(*office.paper.adjudicate(office.campaign.id, 1, truth, "cuc") == PaperOutcome::sent);
  CHECK(office.arrived() == 1);
  CHECK(code_of(office.paper.open_case(office.campaign.id, 1, "mai")) == ErrorCode::form_accounted);
}

// What holds: a field comes out right if at least one of two keyed it right and the third person reads the
// paper; it comes out wrong only where both made the same mistake. So wrong fields in the answers are exactly
// those, and every clerk's errors are counted but for these.
TEST_CASE("two entries with errors and a third person give the paper's answers but for equal mistakes") {
  PaperOffice office;
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto& questionnaire = *office.entry->questionnaire;
  const int forms = 60;
  office.hand_out(forms);
  std::vector<Answers> truths;
  int equal_mistakes = 0;
  std::map<std::string, int> counted{{"hoa", 0}, {"lan", 0}};
  for (int form = 1; form <= forms; ++form) {
    const auto truth = office.marks(random);
    auto first = truth;
    auto second = truth;
    // Half of the time careful people; half so careless that both will sometimes make the same mistake.
    office.spoil(first, form % 2 == 0 ? 0.02 : 0.3, random);
    office.spoil(second, form % 2 == 0 ? 0.03 : 0.3, random);
    REQUIRE(office.paper.enter(office.campaign.id, form, first, "hoa"));
    const auto outcome = office.paper.enter(office.campaign.id, form, second, "lan");
    REQUIRE(outcome);
    auto settled = truth;
    for (std::size_t i = 0; i < truth.answers.size(); ++i) {
      const bool same = first.answers[i] == second.answers[i];
      if (same) settled.answers[i] = first.answers[i];
      if (same && !(first.answers[i] == truth.answers[i])) ++equal_mistakes;
      if (!same) {
        counted["hoa"] += first.answers[i] == truth.answers[i] ? 0 : 1;
        counted["lan"] += second.answers[i] == truth.answers[i] ? 0 : 1;
      }
    }
    truths.push_back(settled_answers(questionnaire, office.context, settled.answers));
    if (*outcome == PaperOutcome::waits_for_third) {
      REQUIRE(*office.paper.adjudicate(office.campaign.id, form, settled, "cuc") == PaperOutcome::sent);
    } else {
      CHECK(differences(questionnaire, office.context, first, second).empty());
    }
  }
  CHECK(office.arrived() == forms);
  const auto tallies = *office.paper.tallies(office.campaign.id);
  REQUIRE(tallies.size() == 2);
  for (const auto& tally : tallies) {
    CHECK(tally.forms == forms);
    CHECK(tally.wrong == counted[tally.clerk]);
    CHECK(tally.compared == forms * paper_field_count(questionnaire, office.context, false));
    CHECK(tally.wrong > 0);
  }
  CHECK(equal_mistakes > 0);
  // What arrived is what was settled, each once, on paper, in no order anybody could use.
  REQUIRE(office.app.campaigns.close(office.campaign.id, "hoa"));
  std::multiset<std::string> expected;
  for (const auto& answers : truths) expected.insert(pack(questionnaire, answers));
  std::multiset<std::string> kept;
  REQUIRE((*office.app.store.answers(office.campaign.id))->each_response([&](const Response& response) {
    kept.insert(response.packed);
    CHECK((response.mode == Mode::paper || response.mode == Mode::unknown));
  }));
  CHECK(kept == expected);
}

TEST_CASE("only the share is keyed twice, chosen by number and key, and it is set before anything is keyed") {
  PaperOffice office;
  std::mt19937 random(3);
  office.hand_out(200);
  REQUIRE(office.paper.set_second_share(office.campaign.id, 25, "hoa"));
  int twice = 0;
  for (int form = 1; form <= 200; ++form) {
    const auto outcome = office.paper.enter(office.campaign.id, form, office.marks(random), "hoa");
    REQUIRE(outcome);
    const bool waits = *outcome == PaperOutcome::waits_for_second;
    CHECK(waits == (*office.app.keys.campaign(office.campaign.id)).second_wanted(form, 25));
    twice += waits ? 1 : 0;
  }
  CHECK(twice > 25);
  CHECK(twice < 80);
  CHECK(office.arrived() == 200 - twice);
  CHECK(code_of(office.paper.set_second_share(office.campaign.id, 0, "hoa")) == ErrorCode::campaign_wrong_state);
  const auto keys = *office.app.keys.campaign(office.campaign.id);
  for (int form = 1; form <= 100; ++form) {
    CHECK(keys.second_wanted(form, 100));
    CHECK_FALSE(keys.second_wanted(form, 0));
  }
}

TEST_CASE("every form handed out is entered or accounted for, and the sum never changes") {
  PaperOffice office;
  std::mt19937 random(4);
  office.hand_out(6);
  office.hand_out(4, "v3");
  REQUIRE(office.paper.set_second_share(office.campaign.id, 0, "hoa"));
  CHECK(*office.paper.enter(office.campaign.id, 1, office.marks(random), "hoa") == PaperOutcome::sent);
  REQUIRE(office.paper.account_for(office.campaign.id, {2, 3}, PaperState::returned_blank, "hoa"));
  REQUIRE(office.paper.account_for(office.campaign.id, {4}, PaperState::spoiled, "hoa"));
  REQUIRE(office.paper.account_for(office.campaign.id, {5, 6}, PaperState::missing, "hoa"));
  CHECK(code_of(office.paper.account_for(office.campaign.id, {7, 1}, PaperState::missing, "hoa")) == ErrorCode::form_accounted);
  CHECK(office.state(7) == PaperState::handed_out);
  CHECK(code_of(office.paper.account_for(office.campaign.id, {7}, PaperState::entered, "hoa")) == ErrorCode::bad_request);
  CHECK(code_of(office.paper.enter(office.campaign.id, 5, office.marks(random), "hoa")) == ErrorCode::form_accounted);
  REQUIRE(office.paper.account_for(office.campaign.id, {5}, PaperState::handed_out, "hoa"));
  CHECK(*office.paper.enter(office.campaign.id, 5, office.marks(random), "hoa") == PaperOutcome::sent);
  const auto totals = *office.paper.totals(office.campaign.id);
  REQUIRE(totals.size() == 2);
  for (const auto& row : totals) {
    int sum = 0;
    for (const int count : row.by_state) sum += count;
    CHECK(sum == row.batch.forms);
  }
  CHECK(totals[0].open() == 0);
  CHECK(totals[1].open() == 4);
}

TEST_CASE("a form in a drawn survey counts with a slip that nobody used") {
  PaperOffice office(Admission::slips);
  std::mt19937 random(5);
  office.hand_out(4);
  REQUIRE(office.paper.set_second_share(office.campaign.id, 0, "hoa"));
  auto keyed = office.marks(random);
  CHECK(code_of(office.paper.enter(office.campaign.id, 1, keyed, "hoa")) == ErrorCode::slip_refused);
  CHECK(office.state(1) == PaperState::handed_out);
  keyed.slip_code = office.campaign.slips[0];
  CHECK(*office.paper.enter(office.campaign.id, 1, keyed, "hoa") == PaperOutcome::sent);
  CHECK(office.arrived() == 1);
  // The same slip again: keyed, but not counted, until an officer looks at it.
  CHECK(*office.paper.enter(office.campaign.id, 2, keyed, "hoa") == PaperOutcome::slip_refused);
  CHECK(office.arrived() == 1);
  CHECK(office.state(2) == PaperState::settled);
  CHECK(*office.paper.send_waiting() == 0);
  REQUIRE(office.paper.account_for(office.campaign.id, {2}, PaperState::handed_out, "hoa"));
  keyed.slip_code = office.campaign.slips[1];
  CHECK(*office.paper.enter(office.campaign.id, 2, keyed, "hoa") == PaperOutcome::sent);
  CHECK(office.arrived() == 2);
  // Never more forms out than slips.
  CHECK(code_of(office.paper.hand_out(office.campaign.id, {0, "v1", "vi", 0, 17, {0}}, "hoa")) == ErrorCode::too_many_forms);
  CHECK(office.paper.hand_out(office.campaign.id, {0, "v1", "vi", 0, 16, {0}}, "hoa"));
  CHECK(code_of(office.paper.hand_out(office.campaign.id, {0, "v9", "vi", 0, 1, {0}}, "hoa")) == ErrorCode::unit_not_valid);
  CHECK(code_of(office.paper.hand_out(office.campaign.id, {0, "v2", "vi", 0, 0, {0}}, "hoa")) == ErrorCode::out_of_range);
}

TEST_CASE("sent before a crash and found waiting after it, a form counts once") {
  PaperOffice office;
  std::mt19937 random(6);
  office.hand_out(1);
  REQUIRE(office.paper.set_second_share(office.campaign.id, 0, "hoa"));
  const auto keyed = office.marks(random);
  REQUIRE(office.paper.enter(office.campaign.id, 1, keyed, "hoa"));
  CHECK(office.arrived() == 1);
  // As if the step after the sending had never been written.
  const auto paper = *office.app.store.paper(office.campaign.id);
  const auto keys = *office.app.keys.campaign(office.campaign.id);
  const auto put_back = [&](const KeyedForm& form) {
    REQUIRE(paper->advance({1, PaperState::entered, PaperState::settled, PaperEntry{"hoa", keys.seal_paper(1, keyed_to_bytes(*office.entry->questionnaire, form))}, {}}));
  };
  put_back(keyed);
  CHECK(*office.paper.send_waiting() == 1);
  CHECK(office.state(1) == PaperState::entered);
  // Restored from an older copy and keyed differently: the answer that counted stays.
  auto other = keyed;
  while (office.spoil(other, 0.3, random) == 0) {}
  put_back(other);
  CHECK(*office.paper.send_waiting() == 1);
  CHECK(office.arrived() == 1);
}

TEST_CASE("forms are keyed after the last day, until the survey is closed; then what waits is gone") {
  PaperOffice office;
  std::mt19937 random(7);
  office.hand_out(3);
  REQUIRE(office.paper.enter(office.campaign.id, 1, office.marks(random), "hoa"));
  office.app.clock.advance(30 * 86400);
  const auto keyed = office.marks(random);
  REQUIRE(office.paper.enter(office.campaign.id, 2, keyed, "hoa"));
  CHECK(*office.paper.enter(office.campaign.id, 2, keyed, "lan") == PaperOutcome::sent);
  REQUIRE(office.app.campaigns.close(office.campaign.id, "hoa"));
  const auto paper = *office.app.store.paper(office.campaign.id);
  CHECK(paper->entries(1)->empty());
  CHECK(code_of(office.paper.enter(office.campaign.id, 3, keyed, "hoa")) == ErrorCode::campaign_closed);
  CHECK_FALSE(office.app.keys.has_campaign(office.campaign.id));
  const auto report = office.app.store.registry().record("paper_report", office.campaign.id);
  REQUIRE(report->has_value());
  CHECK((*report)->content.find("\"entered\":1") != std::string::npos);
  CHECK((*report)->content.find("\"first_keyed\":1") != std::string::npos);
  CHECK((*report)->content.find("\"clerk\":\"lan\"") != std::string::npos);
}

TEST_CASE("an answer that contradicts an earlier one is recorded as invalid, and what does not apply as not asked") {
  PaperOffice office;
  const auto campaign = office.app.open_every_type();
  const auto entry = *office.app.book.find(campaign.id);
  const auto& questionnaire = *entry->questionnaire;
  const auto context = paper_context(entry->campaign);
  Answers keyed(questionnaire.questions.size());
  const auto at = [&](const char* id) { return *questionnaire.position_of(id); };
  keyed[at("single")] = Choice{{0}, {}};
  keyed[at("opened")] = std::string("không nên trả lời");
  keyed[at("count")] = 5.0;
  keyed[at("half")] = 6.0;
  const auto settled = settled_answers(questionnaire, context, keyed);
  CHECK(settled[at("opened")] == Answer(Absence::not_asked));
  CHECK(settled[at("half")] == Answer(Absence::invalid));
  CHECK(settled[at("count")] == Answer(5.0));
  CHECK(settled[at("mood")] == Answer(Absence::blank));
  CHECK(settled[at("note")] == Answer(Absence::not_asked));
}
