// What every Registry must do, whatever is underneath.
#include <catch2/catch.hpp>

#include "server/storage/fact_entries.h"
#include "server/storage/journal_chain.h"
#include "tests/contracts/store_makers.h"
#include "tests/support/answers_sample.h"

using namespace khaosat;
using khaosat::sample::digest;

#define FOR_EVERY_REGISTRY                                 \
  const auto maker = GENERATE(from_range(store_makers())); \
  INFO("store: " << maker.name);                           \
  auto under_test = maker.make();                          \
  auto& registry = under_test.store->registry()

namespace {
Account account(std::string name) {
  return {std::move(name), "Nguyễn Thị A", Role::analyst, "$scrypt$…", true};
}
template <typename T>
ErrorCode code_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}
}  // namespace

TEST_CASE("accounts are added once and changed by name") {
  FOR_EVERY_REGISTRY;
  CHECK_FALSE(registry.account("an")->has_value());
  REQUIRE(registry.add_account(account("binh")));
  REQUIRE(registry.add_account(account("an")));
  CHECK(code_of(registry.add_account(account("an"))) == ErrorCode::already_exists);
  CHECK(code_of(registry.update_account(account("chi"))) == ErrorCode::not_found);
  auto changed = account("an");
  changed.display_name = "O'Brien; --";
  changed.role = Role::jury;
  changed.password_hash = "other";
  changed.active = false;
  REQUIRE(registry.update_account(changed));
  const auto read = registry.account("an");
  REQUIRE(read->has_value());
  CHECK((*read)->display_name == changed.display_name);
  CHECK((*read)->role == Role::jury);
  CHECK((*read)->password_hash == "other");
  CHECK_FALSE((*read)->active);
  const auto all = registry.accounts();
  REQUIRE(all->size() == 2);
  CHECK((*all)[0].name == "an");
  CHECK((*all)[1].role == Role::analyst);
}

TEST_CASE("sessions belong to an account, are replaced, found and removed") {
  FOR_EVERY_REGISTRY;
  REQUIRE(registry.add_account(account("an")));
  Session session{digest("t", 1), "an", "csrf", 1000, 1000};
  REQUIRE(registry.put_session(session));
  session.last_seen = 2000;
  REQUIRE(registry.put_session(session));
  REQUIRE(registry.put_session({digest("t", 2), "an", "other", 1500, 1500}));
  CHECK(code_of(registry.put_session({digest("t", 3), "nobody", "", 0, 0})) ==
        ErrorCode::not_found);
  const auto read = registry.session(digest("t", 1));
  REQUIRE(read->has_value());
  CHECK((*read)->last_seen == 2000);
  CHECK((*read)->created == 1000);
  CHECK((*read)->csrf == "csrf");
  CHECK((*read)->account == "an");
  REQUIRE(registry.remove_sessions_before(2000));
  CHECK(registry.session(digest("t", 1))->has_value());
  CHECK_FALSE(registry.session(digest("t", 2))->has_value());
  REQUIRE(registry.remove_session(digest("t", 1)));
  REQUIRE(registry.remove_session(digest("t", 1)));
  CHECK_FALSE(registry.session(digest("t", 1))->has_value());
}

TEST_CASE("a setup token works once, in time, before there is an account") {
  FOR_EVERY_REGISTRY;
  CHECK_FALSE(*registry.spend_setup_token(digest("s", 1), 10));
  REQUIRE(registry.put_setup_token(digest("s", 1), 100));
  REQUIRE(registry.put_setup_token(digest("s", 2), 100));
  CHECK_FALSE(*registry.spend_setup_token(digest("s", 1), 10));
  CHECK_FALSE(*registry.spend_setup_token(digest("s", 2), 100));
  CHECK(*registry.spend_setup_token(digest("s", 2), 99));
  CHECK_FALSE(*registry.spend_setup_token(digest("s", 2), 99));
  REQUIRE(registry.put_setup_token(digest("s", 3), 100));
  REQUIRE(registry.add_account(account("an")));
  CHECK_FALSE(*registry.spend_setup_token(digest("s", 3), 10));
}

TEST_CASE("campaigns are stored and replaced by id") {
  FOR_EVERY_REGISTRY;
  auto campaign = sample::campaign();
  REQUIRE(registry.put_campaign(campaign));
  campaign.state = CampaignState::open;
  REQUIRE(registry.put_campaign(campaign));
  auto other = campaign;
  other.id = "another";
  REQUIRE(registry.put_campaign(other));
  const auto read = registry.campaign("test000001");
  REQUIRE(read->has_value());
  CHECK((*read)->state == CampaignState::open);
  CHECK((*read)->psus.size() == campaign.psus.size());
  const auto all = registry.campaigns();
  REQUIRE(all->size() == 2);
  CHECK((*all)[0].id == "another");
  CHECK_FALSE(registry.campaign("none")->has_value());
}

TEST_CASE("a pinned definition cannot change its content") {
  FOR_EVERY_REGISTRY;
  PinnedDefinition definition{"questionnaire", {"q", 1, "aa"}, "{\"a\":1}"};
  REQUIRE(registry.pin_definition(definition));
  REQUIRE(registry.pin_definition(definition));
  auto changed = definition;
  changed.identity.hash = "bb";
  CHECK(code_of(registry.pin_definition(changed)) == ErrorCode::definition_changed);
  changed.identity.version = 2;
  REQUIRE(registry.pin_definition(changed));
  changed.kind = "scale";
  REQUIRE(registry.pin_definition(changed));
  const auto read = registry.pinned("questionnaire", "q", 1);
  REQUIRE(read->has_value());
  CHECK((*read)->content == definition.content);
  CHECK((*read)->identity == definition.identity);
  CHECK_FALSE(registry.pinned("questionnaire", "q", 3)->has_value());
}

TEST_CASE("records are added, never replaced, and listed newest first") {
  FOR_EVERY_REGISTRY;
  for (int i = 1; i <= 3; ++i) {
    REQUIRE(registry.add_record({"index_run", "r" + std::to_string(i), i == 2 ? "other" : "c1",
                                 "{\"n\":" + std::to_string(i) + "}", "hash", 500, "an"}));
  }
  REQUIRE(registry.add_record({"decision", "r1", "c1", "{}", "h", 7, ""}));
  CHECK(code_of(registry.add_record({"index_run", "r1", "", "", "", 0, ""})) ==
        ErrorCode::already_exists);
  const auto read = registry.record("index_run", "r2");
  REQUIRE(read->has_value());
  CHECK((*read)->content == "{\"n\":2}");
  CHECK((*read)->subject == "other");
  CHECK((*read)->created == 500);
  CHECK((*read)->author == "an");
  CHECK((*read)->hash == "hash");
  CHECK_FALSE(registry.record("decision", "r2")->has_value());
  const auto all = registry.records("index_run", "");
  REQUIRE(all->size() == 3);
  CHECK((*all)[0].id == "r3");
  const auto some = registry.records("index_run", "c1");
  REQUIRE(some->size() == 2);
  CHECK((*some)[1].id == "r1");
}

TEST_CASE("the journal is one chain that anybody can compute again") {
  FOR_EVERY_REGISTRY;
  REQUIRE(registry.append_journal({0, 100, "an", "campaign.open", "c1", "chi tiết", ""}));
  REQUIRE(registry.append_journal({77, 101, "", "backup.made", "", "", "made up"}));
  std::vector<JournalEntry> entries;
  REQUIRE(registry.each_journal_entry([&](const JournalEntry& e) { entries.push_back(e); }));
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].number == 1);
  CHECK(entries[1].number == 2);
  CHECK(entries[0].detail == "chi tiết");
  CHECK(entries[0].chain == journal_chain("", entries[0]));
  CHECK(entries[1].chain == journal_chain(entries[0].chain, entries[1]));
  auto moved = entries[0];
  moved.account = "anc";
  moved.action = "ampaign.open";
  CHECK(journal_chain("", moved) != entries[0].chain);
  CHECK(*verify_journal(registry) == entries[1].chain);
}

TEST_CASE("entries of the register of facts are added and superseded, and lose only their content") {
  FOR_EVERY_REGISTRY;
  const auto entry = [](const std::string& content, std::int64_t supersedes = 0) {
    return FactEntry{0, content, to_hex(view_of(sha256(content))), supersedes, 300, "an", 0};
  };
  const JournalEntry act{0, 300, "an", "facts.add", "", "par_grade", ""};
  REQUIRE(*registry.append_fact_entries({entry("{\"a\":1}"), entry("{\"b\":2}")}, act) == 1);
  REQUIRE(*registry.append_fact_entries({entry("{\"c\":3}", 2)}, act) == 3);
  // One place, one successor; and nothing stays of an attempt that failed half-way.
  CHECK(code_of(registry.append_fact_entries({entry("{}"), entry("{}", 2)}, act)) == ErrorCode::fact_superseded);
  CHECK(code_of(registry.append_fact_entries({entry("{}", 9)}, act)) == ErrorCode::not_found);
  CHECK(*verify_facts(registry) == 3);

  REQUIRE(registry.remove_fact_contents({1, 3}, {0, 400, "binh", "facts.remove", "", "", ""}));
  CHECK(code_of(registry.remove_fact_contents({1}, act)) == ErrorCode::not_found);
  CHECK(code_of(registry.remove_fact_contents({2, 7}, act)) == ErrorCode::not_found);
  CHECK(code_of(registry.append_fact_entries({entry("{}", 3)}, act)) == ErrorCode::fact_superseded);
  std::vector<FactEntry> all;
  REQUIRE(registry.each_fact_entry(0, [&](const FactEntry& one) { all.push_back(one); }));
  REQUIRE(all.size() == 3);
  CHECK((all[0].content.empty() && all[0].removed == 400 && all[0].hash == entry("{\"a\":1}").hash));
  CHECK((all[1].content == "{\"b\":2}" && all[1].removed == 0 && all[1].author == "an"));
  CHECK(all[2].supersedes == 2);
  std::vector<FactEntry> later;
  REQUIRE(registry.each_fact_entry(2, [&](const FactEntry& one) { later.push_back(one); }));
  CHECK(later.size() == 1);
  CHECK(*verify_facts(registry) == 3);
  CHECK(verify_journal(registry));
  std::vector<JournalEntry> journal;
  REQUIRE(registry.each_journal_entry([&](const JournalEntry& one) { journal.push_back(one); }));
  REQUIRE(journal.size() == 3);
  CHECK(journal[0].subject == "facts/1-2");
  CHECK(journal[0].detail.starts_with("par_grade "));
  CHECK(journal[2].subject == "facts/1,3");

  // Written past the journal: found.
  REQUIRE(registry.append_journal({0, 500, "", "facts.add", "facts/4", fact_digest({"x"}), ""}));
  CHECK(code_of(verify_facts(registry)) == ErrorCode::storage_failed);
}

TEST_CASE("numbers of entries read back as they were written") {
  const std::vector<std::int64_t> numbers = GENERATE(std::vector<std::int64_t>{7}, std::vector<std::int64_t>{1, 2, 3},
                                                     std::vector<std::int64_t>{1, 3, 4, 5, 9});
  CHECK(fact_numbers_in(fact_numbers(numbers)) == numbers);
  for (const char* damaged : {"facts/", "facts/0", "facts/5-1", "facts/1-99999999999", "facts/a", "record/1", "facts/1,,2"}) {
    CHECK(fact_numbers_in(damaged).empty());
  }
}
