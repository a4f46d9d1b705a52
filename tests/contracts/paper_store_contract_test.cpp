// What every PaperStore must do, whatever is underneath.
#include <catch2/catch.hpp>

#include "tests/contracts/store_makers.h"

using namespace khaosat;

#define FOR_EVERY_PAPER_STORE                              \
  const auto maker = GENERATE(from_range(store_makers())); \
  INFO("store: " << maker.name);                           \
  auto under_test = maker.make();                          \
  const auto paper = *under_test.store->paper("test000001")

namespace {

PaperBatch batch(int forms, std::string psu = "v1") { return {0, std::move(psu), "vi", 0, forms, {0, 4, 9}}; }

PaperStep step(int form, PaperState from, PaperState to, std::optional<PaperEntry> entry = {},
               std::vector<ClerkTally> tallies = {}) {
  return {form, from, to, std::move(entry), std::move(tallies)};
}

ErrorCode code_of(const Result<void>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}

}  // namespace

TEST_CASE("batches and forms are numbered one after the other, each campaign for itself") {
  FOR_EVERY_PAPER_STORE;
  CHECK(paper->batches()->empty());
  CHECK(paper->forms()->empty());
  CHECK_FALSE(paper->form(1)->has_value());
  const auto first = paper->add_batch(batch(3));
  REQUIRE(first);
  CHECK(first->number == 1);
  CHECK(first->first_form == 1);
  const auto second = paper->add_batch(batch(2, "v2"));
  REQUIRE(second);
  CHECK(second->number == 2);
  CHECK(second->first_form == 4);
  const auto all = *paper->batches();
  REQUIRE(all.size() == 2);
  CHECK(all[1].psu == "v2");
  CHECK(all[1].language == "vi");
  CHECK(all[1].page_starts == std::vector<std::size_t>{0, 4, 9});
  const auto forms = *paper->forms();
  REQUIRE(forms.size() == 5);
  CHECK(forms[3].number == 4);
  CHECK(forms[3].batch == 2);
  CHECK(forms[3].state == PaperState::handed_out);
  CHECK_FALSE(paper->add_batch(batch(0)));
  CHECK((*under_test.store->paper("other00001"))->batches()->empty());
  CHECK(*under_test.store->campaigns_with_paper() == std::vector<std::string>{"other00001", "test000001"});
  CHECK_FALSE(under_test.store->paper("../x"));
}

TEST_CASE("a form goes from state to state, and what was keyed is gone at its end") {
  FOR_EVERY_PAPER_STORE;
  REQUIRE(paper->add_batch(batch(2)));
  const std::string bytes("\0\xFFsealed", 8);
  REQUIRE(paper->advance(step(1, PaperState::handed_out, PaperState::first_keyed, PaperEntry{"an", bytes})));
  CHECK(paper->form(1)->value().clerks == std::vector<std::string>{"an"});
  CHECK(paper->entries(1)->front().sealed == bytes);
  REQUIRE(paper->advance(step(1, PaperState::first_keyed, PaperState::disagreed, PaperEntry{"binh", "b"})));
  CHECK(paper->form(1)->value().clerks == std::vector<std::string>{"an", "binh"});
  CHECK(paper->form(1)->value().state == PaperState::disagreed);
  REQUIRE(paper->advance(step(1, PaperState::disagreed, PaperState::settled, PaperEntry{"chi", "c"})));
  const auto settled = *paper->entries(1);
  REQUIRE(settled.size() == 1);
  CHECK(settled[0].clerk == "chi");
  REQUIRE(paper->advance(step(1, PaperState::settled, PaperState::entered)));
  CHECK(paper->entries(1)->empty());
  CHECK(paper->form(1)->value().clerks.empty());
  CHECK(paper->form(2)->value().state == PaperState::handed_out);
}

TEST_CASE("a step from a state the form is not in changes nothing, nor do the steps beside it") {
  FOR_EVERY_PAPER_STORE;
  REQUIRE(paper->add_batch(batch(3)));
  REQUIRE(paper->advance(step(1, PaperState::handed_out, PaperState::missing)));
  CHECK(code_of(paper->advance(step(1, PaperState::handed_out, PaperState::first_keyed, PaperEntry{"an", "x"}, {{"an", 1, 9, 0, 0}}))) ==
        ErrorCode::form_accounted);
  CHECK(code_of(paper->advance(step(9, PaperState::handed_out, PaperState::missing))) == ErrorCode::serial_wrong);
  CHECK(code_of(paper->advance({step(2, PaperState::handed_out, PaperState::spoiled), step(1, PaperState::handed_out, PaperState::spoiled)})) ==
        ErrorCode::form_accounted);
  CHECK(paper->form(2)->value().state == PaperState::handed_out);
  CHECK(paper->entries(1)->empty());
  CHECK(paper->tallies()->empty());
  REQUIRE(paper->advance(step(1, PaperState::missing, PaperState::handed_out)));
  CHECK(paper->form(1)->value().state == PaperState::handed_out);
}

TEST_CASE("tallies add up with the steps, by clerk") {
  FOR_EVERY_PAPER_STORE;
  REQUIRE(paper->add_batch(batch(2)));
  REQUIRE(paper->advance(step(1, PaperState::handed_out, PaperState::settled, PaperEntry{"binh", "x"}, {{"binh", 1, 40, 40, 2}, {"an", 1, 40, 40, 0}})));
  REQUIRE(paper->advance(step(2, PaperState::handed_out, PaperState::settled, PaperEntry{"binh", "x"}, {{"binh", 1, 30, 0, 0}})));
  CHECK(*paper->tallies() == std::vector<ClerkTally>{{"an", 1, 40, 40, 0}, {"binh", 2, 70, 40, 2}});
}

TEST_CASE("the share is kept, and what waits can be forgotten") {
  FOR_EVERY_PAPER_STORE;
  CHECK(*paper->second_share() == 100);
  REQUIRE(paper->set_second_share(10));
  CHECK(*paper->second_share() == 10);
  CHECK_FALSE(paper->set_second_share(101));
  CHECK_FALSE(paper->set_second_share(-1));
  REQUIRE(paper->add_batch(batch(1)));
  REQUIRE(paper->advance(step(1, PaperState::handed_out, PaperState::first_keyed, PaperEntry{"an", "x"})));
  REQUIRE(paper->forget_entries());
  CHECK(paper->entries(1)->empty());
  CHECK(paper->form(1)->value().state == PaperState::first_keyed);
}

TEST_CASE("names of states read back") {
  for (int i = 0; i < 8; ++i) {
    const auto state = static_cast<PaperState>(i);
    CHECK(paper_state_named(name_of(state)) == state);
  }
  CHECK_FALSE(paper_state_named("gone"));
}
