// What every AnswerStore must do, whatever is underneath.
#include <algorithm>
#include <catch2/catch.hpp>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "server/storage/accept_later.h"
#include "tests/contracts/store_makers.h"
#include "tests/support/generated_answers.h"
#include "tests/support/answers_sample.h"

using namespace khaosat;
using namespace khaosat::sample;

namespace {

struct Fixture {
  explicit Fixture(const StoreMaker& maker) : under_test(maker.make()) {
    auto opened = under_test.store->answers("test000001");
    REQUIRE(opened);
    answers = *opened;
  }
  // `count` persons of the psu, numbered from `first`, each with a slip.
  void arrive(const std::string& psu, int first, int count) {
    REQUIRE(answers->add_slips(cell_of(psu), slips(first, count)));
    for (int i = first; i < first + count; ++i) {
      const auto outcome = answers->accept(arrival(i, psu));
      REQUIRE(outcome);
      REQUIRE(*outcome == ArrivalOutcome::accepted);
    }
  }
  std::vector<Response> responses() {
    std::vector<Response> list;
    REQUIRE(answers->each_response([&](const Response& r) { list.push_back(r); }));
    return list;
  }
  StoreUnderTest under_test;
  std::shared_ptr<AnswerStore> answers;
};

std::map<std::string, int> by_label(const std::vector<Response>& list) {
  std::map<std::string, int> counts;
  for (const auto& r : list) ++counts[r.cell.unit + "/" + r.cell.stratum + "/" + r.cell.psu];
  return counts;
}

ArrivalOutcome outcome_of(AnswerStore& answers, Arrival a) {
  const auto outcome = answers.accept(std::move(a));
  REQUIRE(outcome);
  return *outcome;
}

}  // namespace

#define FOR_EVERY_STORE                                    \
  const auto maker = GENERATE(from_range(store_makers())); \
  INFO("store: " << maker.name);                           \
  Fixture f(maker)

TEST_CASE("a submission sent again is recognised and never counts twice") {
  FOR_EVERY_STORE;
  REQUIRE(f.answers->add_slips(cell_of("a"), slips(1, 3)));
  CHECK(outcome_of(*f.answers, arrival(1)) == ArrivalOutcome::accepted);
  CHECK(outcome_of(*f.answers, arrival(1)) == ArrivalOutcome::repeated);

  auto other_content = arrival(1);
  other_content.content = digest("content", 99);
  CHECK(outcome_of(*f.answers, other_content) == ArrivalOutcome::conflict);

  // Somebody else with the same slip, and a slip nobody printed: one and the same refusal.
  auto same_slip = arrival(2);
  same_slip.slip = digest("slip", 1);
  CHECK(outcome_of(*f.answers, same_slip) == ArrivalOutcome::slip_refused);
  CHECK(outcome_of(*f.answers, arrival(77)) == ArrivalOutcome::slip_refused);
  // A refused submission leaves no trace: it may come back with a good slip.
  CHECK(outcome_of(*f.answers, arrival(2)) == ArrivalOutcome::accepted);

  const auto counts = f.answers->counts();
  REQUIRE(counts);
  REQUIRE(counts->size() == 1);
  CHECK((*counts)[0].psu == "a");
  CHECK((*counts)[0].slips == 3);
  CHECK((*counts)[0].arrived == 2);
}

TEST_CASE("slips are added all or none") {
  FOR_EVERY_STORE;
  REQUIRE(f.answers->add_slips(cell_of("a"), slips(1, 3)));
  const auto again = f.answers->add_slips(cell_of("b"), slips(3, 3));
  REQUIRE_FALSE(again);
  CHECK(again.error().code == ErrorCode::already_exists);
  auto twice = slips(10, 1);
  twice.push_back(twice[0]);
  CHECK_FALSE(f.answers->add_slips(cell_of("b"), twice));
  CHECK(outcome_of(*f.answers, arrival(4)) == ArrivalOutcome::slip_refused);
  CHECK(outcome_of(*f.answers, arrival(10)) == ArrivalOutcome::slip_refused);
}

TEST_CASE("a slip decides the cell, whatever the sender says") {
  FOR_EVERY_STORE;
  REQUIRE(f.answers->add_slips(cell_of("a"), slips(1, 1)));
  auto liar = arrival(1, "d");
  CHECK(outcome_of(*f.answers, liar) == ArrivalOutcome::accepted);
  const auto counts = f.answers->counts();
  REQUIRE(counts->size() == 1);
  CHECK((*counts)[0].psu == "a");
}

TEST_CASE("with open admission the sender's cell holds") {
  FOR_EVERY_STORE;
  CHECK(outcome_of(*f.answers, arrival(1, "d", false)) == ArrivalOutcome::accepted);
  CHECK(outcome_of(*f.answers, arrival(2, "b", false)) == ArrivalOutcome::accepted);
  const auto counts = f.answers->counts();
  REQUIRE(counts->size() == 2);
  CHECK((*counts)[0].psu == "b");
  CHECK((*counts)[1].psu == "d");
}

TEST_CASE("batches leave k behind in every cell") {
  FOR_EVERY_STORE;
  const int waiting = GENERATE(0, 9, 19, 20, 29, 30, 45);
  const int expected = waiting < 20 ? 0 : waiting / 10 - 1;
  if (waiting > 0) f.arrive("a", 1, waiting);
  f.arrive("b", 1000, 9);
  const auto report = f.answers->form_batches(campaign(), unseal);
  REQUIRE(report);
  CHECK(report->batches == expected);
  CHECK(report->responses == expected * 10);
  // Again: nothing more, as fewer than 2k wait now.
  CHECK(f.answers->form_batches(campaign(), unseal)->batches == 0);
}

TEST_CASE("staff answers wait for closing") {
  FOR_EVERY_STORE;
  auto staff = campaign();
  staff.audience = Audience::staff;
  f.arrive("a", 1, 45);
  CHECK(f.answers->form_batches(staff, unseal)->batches == 0);
  REQUIRE(f.answers->close(staff, unseal));
  std::set<int> batches;
  for (const auto& r : f.responses()) batches.insert(r.batch);
  CHECK(batches.size() == 1);
}

TEST_CASE("an answer that cannot be opened stops the batch and loses nothing") {
  FOR_EVERY_STORE;
  f.arrive("a", 1, 30);
  int opened = 0;
  const auto failing = [&](std::string_view sealed) -> Result<Response> {
    if (++opened == 15) return fail(ErrorCode::storage_failed, "wrong key");
    return unseal(sealed);
  };
  CHECK_FALSE(f.answers->form_batches(campaign(), failing));
  opened = 0;
  CHECK_FALSE(f.answers->close(campaign(), failing));
  CHECK_FALSE(*f.answers->is_closed());
  CHECK(f.answers->form_batches(campaign(), unseal)->responses == 20);
  CHECK(f.answers->close(campaign(), unseal)->responses == 30);
}

TEST_CASE("answers can be read after closing, and none is lost or changed") {
  FOR_EVERY_STORE;
  f.arrive("a", 1, 35);
  f.arrive("d", 100, 12);
  const auto early = f.answers->each_response([](const Response&) {});
  REQUIRE_FALSE(early);
  CHECK(early.error().code == ErrorCode::campaign_not_closed);
  REQUIRE(f.answers->form_batches(campaign(), unseal));
  CHECK_FALSE(*f.answers->is_closed());

  const auto report = f.answers->close(campaign(), unseal);
  REQUIRE(report);
  CHECK(report->responses == 47);
  CHECK(report->withheld == 0);
  CHECK(report->merges.empty());
  CHECK(*f.answers->is_closed());

  const auto list = f.responses();
  std::set<std::string> words;
  std::map<int, std::set<std::string>> cells_of_batch;
  std::map<int, int> size_of_batch;
  for (const auto& r : list) {
    words.insert(r.packed);
    cells_of_batch[r.batch].insert(r.cell.psu);
    ++size_of_batch[r.batch];
    CHECK(r.mode == Mode::phone);
    CHECK(r.language == "vi");
    CHECK(r.questionnaire_version == 1);
  }
  std::set<std::string> expected;
  for (int i = 1; i <= 35; ++i) expected.insert("person-" + std::to_string(i) + ".");
  for (int i = 100; i < 112; ++i) expected.insert("person-" + std::to_string(i) + ".");
  CHECK(words == expected);
  CHECK(list.size() == 47);
  CHECK(size_of_batch.size() == 4);
  for (const auto& [batch, size] : size_of_batch) CHECK(size >= 10);
  for (const auto& [batch, cells] : cells_of_batch) CHECK(cells.size() == 1);
  CHECK(by_label(list) == std::map<std::string, int>{{"u1/s1/a", 35}, {"u1/s2/d", 12}});
}

TEST_CASE("a closed campaign takes nothing more and says the same again") {
  FOR_EVERY_STORE;
  f.arrive("a", 1, 12);
  f.arrive("b", 50, 4);
  const auto first = f.answers->close(campaign(), unseal);
  REQUIRE(first);
  const auto second = f.answers->close(campaign(), unseal);
  REQUIRE(second);
  CHECK(second->responses == first->responses);
  CHECK(second->withheld == first->withheld);
  REQUIRE(second->merges.size() == 1);
  CHECK(second->merges[0].psus == first->merges[0].psus);
  CHECK(second->merges[0].into == first->merges[0].into);
  CHECK(second->merges[0].responses == first->merges[0].responses);

  CHECK(outcome_of(*f.answers, arrival(1)) == ArrivalOutcome::closed);
  CHECK(outcome_of(*f.answers, arrival(500, "a", false)) == ArrivalOutcome::closed);
  const auto slips_late = f.answers->add_slips(cell_of("a"), slips(600, 1));
  REQUIRE_FALSE(slips_late);
  CHECK(slips_late.error().code == ErrorCode::campaign_closed);
  CHECK(f.answers->form_batches(campaign(), unseal)->batches == 0);
  // Participation is still known.
  const auto counts = f.answers->counts();
  REQUIRE(counts->size() == 2);
  CHECK((*counts)[0].arrived == 12);
  CHECK((*counts)[1].slips == 4);
}

TEST_CASE("small cells are merged in every answer of theirs, also in those batched before") {
  FOR_EVERY_STORE;
  f.arrive("a", 1, 4);     // joins its neighbour c
  f.arrive("c", 100, 35);  // partly batched before
  f.arrive("d", 200, 11);
  REQUIRE(f.answers->form_batches(campaign(), unseal)->batches == 2);
  const auto report = f.answers->close(campaign(), unseal);
  REQUIRE(report);
  CHECK(by_label(f.responses()) == std::map<std::string, int>{{"u1/s1/a+c", 39}, {"u1/s2/d", 11}});
  REQUIRE(report->merges.size() == 1);
  CHECK(report->merges[0].psus == std::vector<std::string>{"a", "c"});
  CHECK(report->merges[0].into == "a+c");
  CHECK(report->merges[0].responses == 39);
  std::map<int, int> size_of_batch;
  for (const auto& r : f.responses()) ++size_of_batch[r.batch];
  for (const auto& [batch, size] : size_of_batch) CHECK(size >= 10);
}

TEST_CASE("a campaign with fewer than k answers keeps them shut") {
  FOR_EVERY_STORE;
  f.arrive("a", 1, 5);
  f.arrive("e", 100, 4);
  int opened = 0;
  const auto report = f.answers->close(campaign(), [&](std::string_view sealed) {
    ++opened;
    return unseal(sealed);
  });
  REQUIRE(report);
  CHECK(report->withheld == 9);
  CHECK(report->responses == 0);
  CHECK(opened == 0);
  CHECK(f.responses().empty());
  CHECK(f.answers->close(campaign(), unseal)->withheld == 9);
}

TEST_CASE("a campaign nobody answered can be closed") {
  FOR_EVERY_STORE;
  REQUIRE(f.answers->add_slips(cell_of("a"), slips(1, 5)));
  const auto report = f.answers->close(campaign(), unseal);
  REQUIRE(report);
  CHECK(report->responses == 0);
  CHECK(report->withheld == 0);
  CHECK(f.responses().empty());
}

TEST_CASE("mode and language stay only where k of the batch share them") {
  FOR_EVERY_STORE;
  for (int i = 0; i < 25; ++i) {
    const Mode mode = i < 12 ? Mode::paper : i < 16 ? Mode::kiosk : Mode::phone;
    REQUIRE(outcome_of(*f.answers, arrival(i, "a", false, mode, i == 3 ? "en" : "vi")) ==
            ArrivalOutcome::accepted);
  }
  REQUIRE(f.answers->close(campaign(), unseal));
  std::map<Mode, int> modes;
  std::map<std::string, int> languages;
  for (const auto& r : f.responses()) {
    ++modes[r.mode];
    ++languages[r.language];
  }
  CHECK(modes == std::map<Mode, int>{{Mode::unknown, 13}, {Mode::paper, 12}});
  CHECK(languages == std::map<std::string, int>{{"", 1}, {"vi", 24}});
}

TEST_CASE("an answer may hold any bytes") {
  FOR_EVERY_STORE;
  const std::string packed = std::string("\0\x01\xFF'--", 6) + std::string(70000, 'x') + '\0';
  const auto raw = [&](std::string_view) -> Result<Response> { return response(packed); };
  for (int i = 0; i < 10; ++i) {
    auto a = arrival(i, "a", false);
    a.sealed = i == 0 ? std::string() : std::string(static_cast<std::size_t>(i) * 9000, '\0');
    REQUIRE(outcome_of(*f.answers, a) == ArrivalOutcome::accepted);
  }
  REQUIRE(f.answers->close(campaign(), raw));
  for (const auto& r : f.responses()) CHECK(r.packed == packed);
}

TEST_CASE("many senders at once: each slip admits one, each submission counts once") {
  FOR_EVERY_STORE;
  constexpr int kSlips = 40;
  REQUIRE(f.answers->add_slips(cell_of("a"), slips(0, kSlips)));
  std::atomic<int> accepted{0};
  std::atomic<int> repeated{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 8; ++sender) {
    senders.emplace_back([&, sender] {
      for (int i = 0; i < kSlips; ++i) {
        auto a = arrival(i);
        // Half of the senders are the same person sending again, the others thieves of the slip.
        if (sender % 2 == 1) {
          a.submission = digest("thief", sender * 1000 + i);
        }
        const auto outcome = f.answers->accept(a);
        if (!outcome) continue;
        if (*outcome == ArrivalOutcome::accepted) ++accepted;
        if (*outcome == ArrivalOutcome::repeated) ++repeated;
        if (*outcome == ArrivalOutcome::slip_refused) ++refused;
      }
    });
  }
  for (auto& sender : senders) sender.join();
  CHECK(accepted == kSlips);
  CHECK(accepted + repeated + refused == 8 * kSlips);
  CHECK(f.answers->close(campaign(), unseal)->responses == kSlips);
}

TEST_CASE("campaigns have separate answers, found again by id") {
  FOR_EVERY_STORE;
  f.arrive("a", 1, 3);
  auto other = f.under_test.store->answers("other");
  REQUIRE(other);
  CHECK((*other)->counts()->empty());
  CHECK(f.under_test.store->answers("test000001")->get() == f.answers.get());
  CHECK(*f.under_test.store->campaigns_with_answers() ==
        std::vector<std::string>{"other", "test000001"});
  for (const std::string id :
       {"", "../x", "A", "a/b", "a.db", "0123456789012345678901234567890123"}) {
    const auto refused = f.under_test.store->answers(id);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::bad_request);
  }
}

TEST_CASE("the column file is kept only after closing, and what tells the responses apart stays the same") {
  FOR_EVERY_STORE;
  f.arrive("a", 0, 25);
  CHECK(f.answers->fingerprint().error().code == ErrorCode::campaign_not_closed);
  CHECK(f.answers->keep_columns("early").error().code == ErrorCode::campaign_not_closed);
  REQUIRE(f.answers->close(campaign(), unseal));
  const auto before = f.answers->fingerprint();
  REQUIRE(before);
  CHECK(f.answers->columns().error().code == ErrorCode::not_found);
  for (const std::string bytes : {"first", "second, and longer"}) {
    REQUIRE(f.answers->keep_columns(bytes));
    const auto kept = f.answers->columns();
    REQUIRE(kept);
    std::string read((*kept)->size(), '?');
    REQUIRE((*kept)->read_at(0, {reinterpret_cast<std::uint8_t*>(read.data()), read.size()}));
    CHECK(read == bytes);
    std::uint8_t more = 0;
    CHECK_FALSE((*kept)->read_at(read.size(), {&more, 1}));
  }
  CHECK(*f.answers->fingerprint() == *before);
}

TEST_CASE("every response is visited in its packed form with its cell") {
  FOR_EVERY_STORE;
  f.arrive("a", 0, 25);
  f.arrive("d", 25, 12);
  CHECK(f.answers->each_packed([](const Cell&, std::string_view) {}).error().code ==
        ErrorCode::campaign_not_closed);
  REQUIRE(f.answers->close(campaign(), unseal));
  std::multiset<std::string> packed;
  REQUIRE(f.answers->each_packed([&](const Cell& cell, std::string_view bytes) {
    packed.insert(cell.unit + "/" + cell.psu + "/" + std::string(bytes));
  }));
  std::multiset<std::string> expected;
  for (const auto& r : f.responses()) expected.insert(r.cell.unit + "/" + r.cell.psu + "/" + r.packed);
  CHECK(packed.size() == 37);
  CHECK(packed == expected);
}

TEST_CASE("a store that makes responses while it is read keeps their cells until reading ends") {
  test::GeneratedAnswers store(40, [](std::uint64_t row) {
    Response response;
    response.cell = cell_of(row % 3 == 0 ? "a" : row % 3 == 1 ? "d" : "e");
    response.packed = std::to_string(row);
    return response;
  });
  std::map<const Cell*, Cell> seen;
  std::uint64_t row = 0;
  REQUIRE(store.each_packed([&](const Cell& cell, std::string_view bytes) {
    CHECK(bytes == std::to_string(row++));
    seen.emplace(&cell, cell);
    for (const auto& [address, copy] : seen) CHECK(*address == copy);
  }));
  CHECK(row == 40);
  CHECK(seen.size() == 3);
}

TEST_CASE("whoever does not wait is told the outcome once, when it is stored") {
  FOR_EVERY_STORE;
  REQUIRE(f.answers->add_slips(cell_of("a"), slips(0, 3)));
  const auto told_of = [&](Arrival one) {
    const auto promise = std::make_shared<std::promise<Result<ArrivalOutcome>>>();
    accept_later(*f.answers, std::move(one), [promise](Result<ArrivalOutcome> outcome) { promise->set_value(std::move(outcome)); });
    return promise->get_future().get();
  };
  CHECK(told_of(arrival(0, "a")).value() == ArrivalOutcome::accepted);
  CHECK(told_of(arrival(0, "a")).value() == ArrivalOutcome::repeated);
  CHECK(told_of(arrival(7, "a")).value() == ArrivalOutcome::slip_refused);
  CHECK(f.answers->counts()->front().arrived == 1);
  REQUIRE(f.answers->close(campaign(1), unseal));
  CHECK(told_of(arrival(1, "a")).value() == ArrivalOutcome::closed);
}
