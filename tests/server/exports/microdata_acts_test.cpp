// Microdata leave by an act of two people, or not at all.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "server/services/published_index.h"
#include "tests/support/answer_body.h"
#include "tests/support/exported_survey.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {

struct Office {
  explicit Office(const test::SurveyShape& shape = {}) : survey(shape) {}
  Result<MicrodataAct> ask(const std::string& who = "lan") { return acts.ask(survey.campaign.id, "Nghiên cứu", "Viện A", {"sex", "age_band"}, who); }
  std::vector<std::string> journal() {
    std::vector<std::string> lines;
    const auto read = survey.store.registry().each_journal_entry([&](const JournalEntry& entry) { lines.push_back(entry.account + " " + entry.action); });
    REQUIRE(read);
    return lines;
  }
  std::size_t folders() const {
    std::size_t count = 0;
    for (const auto& one : std::filesystem::directory_iterator(folder.path())) count += one.is_directory() ? 1 : 0;
    return count;
  }

  test::TemporaryFolder folder;
  test::ExportedSurvey survey;
  FakeClock clock{1'790'000'000};
  MicrodataActs acts{survey.store, survey.catalog, survey.book, survey.index, clock, folder.path()};
};

ErrorCode code_of_error(const auto& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("one asks, another approves, both fetch, and the journal knows") {
  Office office;
  const auto asked = office.ask();
  REQUIRE(asked);
  CHECK(code_of_error(office.acts.fetch(asked->id, "microdata.csv", "lan")) == ErrorCode::campaign_wrong_state);
  const auto made = office.acts.approve(asked->id, "minh");
  REQUIRE(made);
  CHECK(made->state == MicrodataAct::State::ready);
  CHECK(made->report.records == 2000);
  CHECK(made->report.smallest_group >= 5);
  std::set<std::string> names;
  for (const auto& file : made->report.files) names.insert(file.name);
  CHECK(names == std::set<std::string>{"microdata.csv", "microdata.sav", "microdata.dta", "microdata.json", "codebook.xml", "rebuild.R", "SHA256SUMS"});
  for (const char* who : {"lan", "minh"}) CHECK(office.acts.fetch(asked->id, "microdata.sav", who));
  CHECK(code_of_error(office.acts.fetch(asked->id, "microdata.sav", "hoa")) == ErrorCode::not_allowed);
  CHECK(code_of_error(office.acts.fetch(asked->id, "../registry.db", "lan")) == ErrorCode::not_found);
  CHECK(office.journal() == std::vector<std::string>{"lan microdata.ask", "minh microdata.approve", "lan microdata.fetch", "minh microdata.fetch"});
  // Files go after a week, the act stays.
  office.clock.advance(kMicrodataFetchSeconds);
  CHECK(code_of_error(office.acts.fetch(asked->id, "microdata.sav", "lan")) == ErrorCode::campaign_wrong_state);
  CHECK(office.folders() == 1);
  REQUIRE(office.acts.remove_lapsed());
  CHECK(office.folders() == 0);
  CHECK(office.acts.find(asked->id)->state == MicrodataAct::State::over);
}

TEST_CASE("nobody is two people") {
  Office office;
  const auto asked = office.ask("minh");
  REQUIRE(asked);
  CHECK(code_of_error(office.acts.approve(asked->id, "minh")) == ErrorCode::not_allowed);   // the same
  CHECK(code_of_error(office.acts.approve(asked->id, "lan")) == ErrorCode::not_allowed);    // an analyst
  CHECK(code_of_error(office.acts.approve(asked->id, "jury1")) == ErrorCode::not_allowed);  // a jury
  CHECK(code_of_error(office.acts.approve(asked->id, "nobody")) == ErrorCode::not_allowed);
  // A second self, made or switched on since the request.
  REQUIRE(office.survey.store.registry().add_account({"minh2", "Minh", Role::administrator, "", true}));
  REQUIRE(office.survey.store.registry().append_journal({0, 0, "minh", "account.create", "minh2", "", ""}));
  CHECK(code_of_error(office.acts.approve(asked->id, "minh2")) == ErrorCode::not_allowed);
  REQUIRE(office.survey.store.registry().append_journal({0, 0, "minh", "account.activate", "hoa", "", ""}));
  CHECK(code_of_error(office.acts.approve(asked->id, "hoa")) == ErrorCode::not_allowed);
  REQUIRE(office.survey.store.registry().update_account({"hoa", "Hoa", Role::administrator, "", false}));
  CHECK(code_of_error(office.acts.refuse(asked->id, "không", "hoa")) == ErrorCode::not_allowed);
  CHECK(office.folders() == 0);
}

TEST_CASE("a request is decided once, in time") {
  Office office;
  const auto refused = office.ask();
  REQUIRE(office.acts.refuse(refused->id, "Mục đích chưa rõ", "hoa"));
  CHECK(code_of_error(office.acts.approve(refused->id, "minh")) == ErrorCode::campaign_wrong_state);
  const auto late = office.ask();
  office.clock.advance(kMicrodataAnswerSeconds);
  CHECK(office.acts.find(late->id)->state == MicrodataAct::State::lapsed);
  CHECK(code_of_error(office.acts.approve(late->id, "minh")) == ErrorCode::campaign_wrong_state);
  CHECK(code_of_error(office.acts.ask(office.survey.campaign.id, " ", "Viện A", {}, "lan")) == ErrorCode::missing_field);
  CHECK(code_of_error(office.acts.ask(office.survey.campaign.id, "x", std::string(600, 'y'), {}, "lan")) == ErrorCode::too_long);
  CHECK(code_of_error(office.acts.ask(office.survey.campaign.id, "x", "y", {"knows_rights"}, "lan")) == ErrorCode::unknown_option);
  CHECK(code_of_error(office.ask("jury1")) == ErrorCode::not_allowed);
}

TEST_CASE("staff and raters never, nor anybody before closing") {
  Office office;
  for (const auto audience : {Audience::staff, Audience::rater}) {
    office.survey.campaign.audience = audience;
    REQUIRE(office.survey.store.registry().put_campaign(office.survey.campaign));
    office.survey.book.forget(office.survey.campaign.id);
    CHECK(code_of_error(office.ask()) == ErrorCode::not_allowed);
  }
  office.survey.campaign.audience = Audience::citizen;
  office.survey.campaign.state = CampaignState::open;
  REQUIRE(office.survey.store.registry().put_campaign(office.survey.campaign));
  office.survey.book.forget(office.survey.campaign.id);
  CHECK(code_of_error(office.ask()) == ErrorCode::campaign_not_closed);
}

TEST_CASE("a survey that nobody answered has no microdata, and says so") {
  test::SurveyShape shape;
  shape.rows = 0;
  Office office(shape);
  const auto asked = office.ask();
  const auto made = asked ? office.acts.approve(asked->id, "minh") : asked;
  CHECK(code_of_error(made) == ErrorCode::too_few_answers);
  CHECK(office.folders() == 0);
  CHECK(code_of_error(published_index(office.survey.index, office.survey.campaign, "")) == ErrorCode::too_few_answers);
}

TEST_CASE("two exports of the same answers have other codes and another order") {
  Office office;
  std::vector<std::vector<std::string>> tables;
  for (int k = 0; k < 2; ++k) {
    const auto asked = office.ask();
    REQUIRE(office.acts.approve(asked->id, "minh"));
    const auto file = office.acts.fetch(asked->id, "microdata.csv", "lan");
    REQUIRE(file);
    tables.push_back(lines_of(bytes_of(*file->file)));
  }
  REQUIRE(tables[0].size() == 2001);
  CHECK(tables[0][0] == tables[1][0]);
  // Without the recoded columns the rows are the same, but not in the same places.
  std::vector<std::multiset<std::string>> contents(2);
  std::size_t same_place = 0;
  for (std::size_t row = 1; row < tables[0].size(); ++row) {
    std::string rest[2];
    for (std::size_t k = 0; k < 2; ++k) {
      std::size_t at = 0;
      for (int comma = 0; comma < 3; ++comma) at = tables[k][row].find(',', at) + 1;
      rest[k] = tables[k][row].substr(at);
      contents[k].insert(rest[k]);
    }
    same_place += rest[0] == rest[1] ? 1 : 0;
  }
  CHECK(contents[0] == contents[1]);
  CHECK(same_place < 20);
}

TEST_CASE("a file that was changed is not handed out") {
  Office office;
  const auto asked = office.ask();
  const auto made = office.acts.approve(asked->id, "minh");
  REQUIRE(made);
  std::ofstream(office.folder.path() / made->folder / "microdata.csv", std::ios::app) << "1,1,1\n";
  CHECK(code_of_error(office.acts.fetch(asked->id, "microdata.csv", "lan")) == ErrorCode::storage_failed);
}
