// A newer version while a campaign runs: who began finishes with the old one, and both are read together.
#include <catch2/catch.hpp>

#include "server/services/analyst/campaign_quality.h"
#include "server/services/analyst/option_counts.h"
#include "server/services/columns/column_file_of.h"
#include "server/services/paper/paper_service.h"
#include "server/survey/packed.h"
#include "tests/support/two_versions.h"

using namespace khaosat;
using test::second_version;
using test::TwoVersions;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields as_one(const char* clear) { return {{"used", "yes"}, {"clear", clear}, {"fee", "high"}, {"visits", "2"}}; }
Fields as_two(const char* clear, const char* fast) { return {{"used", "yes"}, {"fast", fast}, {"clear", clear}, {"visits", "3"}}; }

// 24 people answer version 1, 12 of them after version 2 was published; 36 answer version 2.
//   clear: of the 24: 12 low, 12 high; of the 36: 36 high.  fast: 18 low, 12 middle, 6 no answer.
std::string mixed_campaign(TwoVersions& office) {
  const std::string id = office.open_campaign();
  for (int i = 0; i < 12; ++i) REQUIRE(office.send(id, 1, i % 2 == 0 ? "v1" : "v2", as_one("low")));
  REQUIRE(office.campaigns.publish_version(id, second_version(), "lan"));
  for (int i = 0; i < 12; ++i) REQUIRE(office.send(id, 1, i % 2 == 0 ? "v1" : "v2", as_one("high")));
  for (int i = 0; i < 36; ++i) {
    Fields fields = as_two("high", i < 18 ? "low" : "middle");
    if (i >= 30) fields.erase(fields.begin() + 1);
    REQUIRE(office.send(id, 2, i % 2 == 0 ? "v1" : "v2", fields));
  }
  return id;
}

}  // namespace

TEST_CASE("publishing pins the version, writes it into the campaign and the journal") {
  TwoVersions office;
  const std::string id = office.open_campaign();
  CHECK(*office.campaigns.newer_versions(id) == std::vector<int>{2});
  const auto published = office.campaigns.publish_version(id, second_version(), "lan");
  REQUIRE(published);
  CHECK(published->questionnaire.version == 2);
  REQUIRE(published->versions.size() == 2);
  CHECK(published->versions[0].questionnaire.version == 1);
  CHECK(published->versions[1].reason == "Thêm câu về thời gian");
  CHECK(published->versions[1].since == vietnam_date(office.clock.now()));
  CHECK(*office.store.registry().pinned("questionnaire", "form", 2));
  const auto entry = *office.book.find(id);
  CHECK(entry->questionnaire->identity.version == 2);
  CHECK(as_of_version(entry, 1)->questionnaire->identity.version == 1);
  CHECK(as_of_version(entry, 7) == entry);
  bool said = false;
  REQUIRE(office.store.registry().each_journal_entry([&](const JournalEntry& one) {
    if (one.action != "campaign.version") return;
    said = true;
    CHECK(one.account == "lan");
    CHECK(one.detail.find("form/2") != std::string::npos);
    CHECK(one.detail.find("Thêm câu về thời gian") != std::string::npos);
    CHECK(one.detail.find("same meaning: clear") != std::string::npos);
  }));
  CHECK(said);
  CHECK(office.campaigns.newer_versions(id)->empty());
}

TEST_CASE("publishing is refused without a reason, a statement, the version, or an open campaign") {
  TwoVersions office;
  const std::string id = office.open_campaign();
  Faults faults;
  auto request = second_version();
  request.reason = "  ";
  CHECK(office.campaigns.publish_version(id, request, "lan").error().code == ErrorCode::missing_field);
  request = second_version();
  request.same_meaning.clear();
  const auto unstated = office.campaigns.publish_version(id, request, "lan", &faults);
  CHECK(unstated.error().code == ErrorCode::not_comparable);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].place == "clear");
  CHECK(faults[0].message.find("wording_unstated") == 0);
  request.version = 3;
  CHECK(office.campaigns.publish_version(id, request, "lan").error().code == ErrorCode::definition_unknown);
  CHECK((*office.book.find(id))->campaign.versions.empty());
  for (int i = 0; i < 10; ++i) REQUIRE(office.send(id, 1, "v1", as_one("low")));
  REQUIRE(office.campaigns.close(id, "lan"));
  CHECK(office.campaigns.publish_version(id, second_version(), "lan").error().code == ErrorCode::campaign_wrong_state);
}

TEST_CASE("an answer names the version it answered, and sending it again is recognised") {
  TwoVersions office;
  const std::string id = office.open_campaign();
  const auto first = office.send(id, 1, "v1", as_one("low"), "begun-before-the-change");
  REQUIRE(office.campaigns.publish_version(id, second_version(), "lan"));
  const auto again = office.send(id, 1, "v1", as_one("low"), "begun-before-the-change");
  REQUIRE(again);
  CHECK(again->repeated);
  CHECK(again->code == first->code);
  for (int i = 0; i < 11; ++i) REQUIRE(office.send(id, 2, "v1", as_two("high", "low")));
  REQUIRE(office.campaigns.close(id, "lan"));
  std::map<int, int> versions;
  REQUIRE((*office.book.find(id))->answers->each_response([&](const Response& one) { ++versions[one.questionnaire_version]; }));
  CHECK(versions == std::map<int, int>{{1, 1}, {2, 11}});
}

TEST_CASE("no batch holds answers of two versions before closing") {
  TwoVersions office;
  const std::string id = office.open_campaign();
  for (int i = 0; i < 15; ++i) REQUIRE(office.send(id, 1, "v1", as_one("low")));
  REQUIRE(office.campaigns.publish_version(id, second_version(), "lan"));
  for (int i = 0; i < 25; ++i) REQUIRE(office.send(id, 2, "v1", as_two("high", "low")));
  // 40 wait, but of version 1 fewer than twice ten: only version 2 has a batch to spare.
  REQUIRE(office.campaigns.form_batches());
  for (int i = 0; i < 5; ++i) REQUIRE(office.send(id, 1, "v1", as_one("high")));
  REQUIRE(office.campaigns.form_batches());
  REQUIRE(office.campaigns.close(id, "lan"));
  std::map<int, std::map<int, int>> batches;
  REQUIRE((*office.book.find(id))->answers->each_response([&](const Response& one) { ++batches[one.batch][one.questionnaire_version]; }));
  int mixed = 0;
  int all = 0;
  for (const auto& [batch, versions] : batches) {
    if (versions.size() > 1) ++mixed;
    for (const auto& [version, count] : versions) {
      CHECK(count >= 10);
      all += count;
    }
  }
  CHECK(all == 45);
  CHECK(mixed <= 1);  // the last one
  CHECK(batches.size() == 3);
}

TEST_CASE("the index of two versions is what a hand computes") {
  TwoVersions office;
  const std::string id = mixed_campaign(office);
  REQUIRE(office.campaigns.close(id, "lan"));
  const auto entry = *office.book.find(id);
  CHECK(office.index.models_for(entry->campaign).size() == 1);
  const auto run = office.index.compute({id, "form_index", {}, "", nullptr});
  REQUIRE(run);
  const auto& scores = run->units.at(0).scores;
  // clear: 12 × 1 + 12 × 3 + 36 × 3 over 60; fast: 18 × 1 + 12 × 2 over 30. The index is their mean.
  const double clear = (12 * 1 + 12 * 3 + 36 * 3) / 60.0;
  const double fast = (18 * 1 + 12 * 2) / 30.0;
  const auto at = [&](const char* node) { return scores[*run->find_node(node)]; };
  CHECK(at("how_clear").raw == Approx(clear));
  CHECK(at("how_clear").estimate.n == 60);
  CHECK(at("how_fast").raw == Approx(fast));
  CHECK(at("how_fast").estimate.n == 30);
  CHECK(at("how_fast").absent[sums::Absence::not_asked] == 24);
  CHECK(at("how_fast").absent[sums::Absence::blank] == 6);
  CHECK(at("all").estimate.value == Approx((clear + fast) / 2));
  // The model says what it lacked, for how many.
  const auto& steps = run->nodes[*run->find_node("how_fast")].steps;
  REQUIRE_FALSE(steps.empty());
  CHECK(steps[0] == "not asked in version 1 of the questionnaire, answered by at least 20 respondents");
  CHECK(run->nodes[*run->find_node("how_clear")].steps.empty());
  REQUIRE(run->earlier_versions.size() == 1);
  CHECK(run->earlier_versions[0] == entry->campaign.versions[0].questionnaire);
  CHECK(run->questionnaire == entry->campaign.questionnaire);
}

TEST_CASE("response by response and by columns give the same bits, and the column file keeps its places") {
  TwoVersions office;
  const std::string id = mixed_campaign(office);
  REQUIRE(office.campaigns.close(id, "lan"));
  const auto by_columns = office.index.compute({id, "form_index", {}, "", nullptr});
  REQUIRE(by_columns);
  const std::vector<bool> nobody(60, false);
  const auto by_response = office.index.compute({id, "form_index", {}, "", &nobody});
  REQUIRE(by_response);
  CHECK(by_columns->input_hash == by_response->input_hash);
  const auto entry = *office.book.find(id);
  const auto file = column_file_of(*entry);
  REQUIRE(file);
  std::string columns;
  for (const auto& column : file->layout().columns) columns += column.question + " ";
  CHECK(columns == "used clear fee visits fast ");
}

TEST_CASE("the fingerprint of the input names every version") {
  index::IndexInput input;
  input.questionnaire = DefinitionIdentity{"form", 2, "two"};
  const std::string alone = index::hash_of(input, "");
  input.earlier_versions = {{"form", 1, "one"}};
  const std::string both = index::hash_of(input, "");
  CHECK(alone != both);
  input.earlier_versions[0].hash = "another";
  CHECK(index::hash_of(input, "") != both);
}

TEST_CASE("quality and spreads read both versions") {
  TwoVersions office;
  const std::string id = mixed_campaign(office);
  REQUIRE(office.campaigns.close(id, "lan"));
  const auto entry = *office.book.find(id);
  CHECK(campaign_quality(office.store.registry(), office.index, office.catalog, *entry, "form_index"));
  const auto run = office.index.compute({id, "form_index", {}, "", nullptr});
  const auto shown = office.index.publish(*run, entry->campaign);
  REQUIRE(shown);
  const auto spreads = option_spreads(*entry, *shown, shown->units.at(0));
  REQUIRE(spreads);
  REQUIRE(spreads->size() == 2);
  CHECK(entry->whole().questions[(*spreads)[0].question].id == "clear");
  CHECK(entry->whole().questions[(*spreads)[1].question].id == "fast");
}

TEST_CASE("sheets printed before the change are keyed and counted as what they are") {
  TwoVersions office;
  PaperService paper(office.store, office.book, office.submit, office.keys, office.clock);
  const std::string id = office.open_campaign();
  REQUIRE(paper.hand_out(id, {0, "v1", "vi", 0, 10, {0}}, "hoa"));
  REQUIRE(office.campaigns.publish_version(id, second_version(), "hoa"));
  REQUIRE(paper.hand_out(id, {0, "v1", "vi", 0, 10, {0}}, "hoa"));
  const auto entry = *office.book.find(id);
  CHECK(as_of_paper(entry, 1)->questionnaire->identity.version == 1);
  CHECK(as_of_paper(entry, 2)->questionnaire->identity.version == 2);
  REQUIRE(paper.set_second_share(id, 0, "hoa"));
  const auto keyed = [&](int version, Fields answered) {
    const auto& questionnaire = *as_of_version(entry, version)->questionnaire;
    FieldList fields;
    for (const auto& [name, value] : answered) fields.add(name, value);
    return KeyedForm{"", read_answers(questionnaire, fields, {}).answers};
  };
  for (int form = 1; form <= 20; ++form) {
    const auto outcome = paper.enter(id, form, form <= 10 ? keyed(1, as_one("low")) : keyed(2, as_two("high", "low")), "lan");
    REQUIRE(outcome);
    CHECK(*outcome == PaperOutcome::sent);
  }
  REQUIRE(office.campaigns.close(id, "lan"));
  std::map<int, int> versions;
  int fee = 0;
  int fast = 0;
  const Questionnaire& whole = (*office.book.find(id))->whole();
  REQUIRE((*office.book.find(id))->answers->each_response([&](const Response& one) { ++versions[one.questionnaire_version]; }));
  REQUIRE(each_answer(**office.book.find(id), [&](const Cell&, std::string_view packed) {
    const auto answers = unpack(whole, packed);
    REQUIRE(answers);
    fee += is_answered((*answers)[*whole.position_of("fee")]);
    fast += is_answered((*answers)[*whole.position_of("fast")]);
  }));
  CHECK(versions == std::map<int, int>{{1, 10}, {2, 10}});
  CHECK(fee == 10);
  CHECK(fast == 10);
}

TEST_CASE("a second entry of an old sheet is compared by the sheet's version") {
  TwoVersions office;
  PaperService paper(office.store, office.book, office.submit, office.keys, office.clock);
  const std::string id = office.open_campaign();
  REQUIRE(paper.hand_out(id, {0, "v1", "vi", 0, 1, {0}}, "hoa"));
  const auto& questionnaire = *(*office.book.find(id))->questionnaire;
  FieldList fields;
  for (const auto& [name, value] : as_one("low")) fields.add(name, value);
  const KeyedForm sheet{"", read_answers(questionnaire, fields, {}).answers};
  CHECK(*paper.enter(id, 1, sheet, "lan") == PaperOutcome::waits_for_second);
  REQUIRE(office.campaigns.publish_version(id, second_version(), "hoa"));
  CHECK(paper_open(office.store, id)->keyed == 1);
  CHECK(*paper.enter(id, 1, sheet, "cuc") == PaperOutcome::sent);
  CHECK(paper_open(office.store, id)->keyed == 0);
}
