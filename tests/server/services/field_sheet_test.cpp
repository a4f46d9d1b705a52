// Sheets of interviewers: who may be visited, what may be said about it, and that a draw is taken whole.
#include <catch2/catch.hpp>
#include <random>

#include "server/services/field/field_sheet.h"

using namespace khaosat;
using Outcomes = std::vector<FieldOutcome>;

namespace {

constexpr auto kDone = FieldOutcome::done;
constexpr auto kRefused = FieldOutcome::refused;
constexpr auto kAway = FieldOutcome::not_reached;
constexpr auto kGone = FieldOutcome::gone;
constexpr auto kReplaced = FieldOutcome::replaced;

// Two drawn and three reserves in each of two places: v1-1 … v1-5, v2-1 … v2-5.
FieldSheet sheet() {
  FieldSheet made;
  for (const std::string place : {"v1", "v2"}) {
    for (int rank = 1; rank <= 5; ++rank) made.people.push_back({place, place + "-" + std::to_string(rank), rank, rank <= 2, "", {}, 0});
  }
  return made;
}

FieldReport report(std::map<std::string, Outcomes, std::less<>> attempts) { return {std::move(attempts), {}, {}}; }

std::string due_of(const FieldSheet& sheet) {
  std::string list;
  for (const auto& person : sheet.people) {
    if (is_due(sheet, person)) list += person.person + " ";
  }
  return list;
}

std::string faults_of(std::string_view csv) {
  std::string codes;
  for (const auto& fault : read_field_draw(csv, {"v1", "v2"}).faults) codes += std::string(name_of(fault.code)) + " ";
  return codes;
}

}  // namespace

TEST_CASE("reserves come one by one, in their own place, for everyone closed without an answer") {
  FieldSheet one = sheet();
  CHECK(due_of(one) == "v1-1 v1-2 v2-1 v2-2 ");
  REQUIRE(take_over(one, report({{"v1-2", {kRefused}}})));
  CHECK(due_of(one) == "v1-1 v1-2 v1-3 v2-1 v2-2 ");
  REQUIRE(take_over(one, report({{"v1-1", {kDone}}})));
  CHECK(due_of(one) == "v1-1 v1-2 v1-3 v2-1 v2-2 ");
  REQUIRE(take_over(one, report({{"v1-3", {kGone}}})));
  CHECK(due_of(one) == "v1-1 v1-2 v1-3 v1-4 v2-1 v2-2 ");
}

TEST_CASE("nobody chooses another reserve than the next, however the news arrives") {
  FieldSheet one = sheet();
  CHECK(take_over(one, report({{"v1-3", {kDone}}})).error().code == ErrorCode::assignment_not_yours);
  CHECK(take_over(one, report({{"v1-2", {kRefused}}, {"v1-4", {kDone}}})).error().code == ErrorCode::assignment_not_yours);
  CHECK(take_over(one, report({{"v1-2", {kRefused}}, {"v2-3", {kDone}}})).error().code == ErrorCode::assignment_not_yours);
  CHECK(take_over(one, report({{"v9-1", {kDone}}})).error().code == ErrorCode::assignment_not_yours);
  CHECK(to_json(one) == to_json(sheet()));
  // The refusal and the reserve it opened come in one message: there is no order to get wrong.
  CHECK(take_over(one, report({{"v1-2", {kRefused}}, {"v1-3", {kDone}}})));
}

TEST_CASE("somebody is given up only after three visits, and nobody comes back after a last word") {
  FieldSheet one = sheet();
  CHECK(take_over(one, report({{"v1-1", {kAway, kAway, kReplaced}}})).error().code == ErrorCode::out_of_range);
  REQUIRE(take_over(one, report({{"v1-1", {kAway, kAway, kAway}}})));
  CHECK(due_of(one) == "v1-1 v1-2 v2-1 v2-2 ");
  REQUIRE(take_over(one, report({{"v1-1", {kAway, kAway, kAway, kReplaced}}})));
  CHECK(due_of(one) == "v1-1 v1-2 v1-3 v2-1 v2-2 ");
  CHECK(take_over(one, report({{"v1-1", {kAway, kAway, kAway, kReplaced, kDone}}})).error().code == ErrorCode::assignment_settled);
  CHECK(take_over(one, report({{"v1-1", {kRefused}}})).error().code == ErrorCode::assignment_settled);
  CHECK(take_over(one, report({{"v1-2", Outcomes(kMostAttempts + 1, kAway)}})).error().code == ErrorCode::out_of_range);
}

TEST_CASE("the same again changes nothing, an older state takes nothing away") {
  FieldSheet one = sheet();
  FieldReport newest = report({{"v1-1", {kAway, kDone}}, {"v1-2", {kAway}}});
  newest.languages = {{"tay", 1}};
  newest.helpers = {{"family", 1}};
  REQUIRE(take_over(one, newest));
  const std::string after = to_json(one);
  REQUIRE(take_over(one, newest));
  CHECK(to_json(one) == after);
  REQUIRE(take_over(one, report({{"v1-1", {kAway}}, {"v1-2", {}}})));
  CHECK(to_json(one) == after);
}

TEST_CASE("languages and helpers are counts, and never more than answers") {
  FieldSheet one = sheet();
  FieldReport sent = report({{"v1-1", {kDone}}});
  sent.languages = {{"vi", 1}, {"tay", 1}};
  CHECK(take_over(one, sent).error().code == ErrorCode::out_of_range);
  sent.languages = {{"klingon", 1}};
  CHECK(take_over(one, sent).error().code == ErrorCode::unknown_option);
  sent.languages = {{"tay", 1}};
  sent.helpers = {{"none", 1}};
  REQUIRE(take_over(one, sent));
  REQUIRE(add_attempt(one, "v1-2", kDone, "vi", "official"));
  CHECK(add_attempt(one, "v2-1", kDone, "", "none").error().code == ErrorCode::missing_field);
  const FieldTally tally = tally_of(one);
  CHECK(tally.done == 2);
  CHECK(tally.languages == FieldCounts{{"tay", 1}, {"vi", 1}});
  CHECK(tally.helpers == FieldCounts{{"none", 1}, {"official", 1}});
  CHECK(read_field_tally(to_json(tally))->helpers == tally.helpers);
}

TEST_CASE("what a device took over from another is not counted as its own") {
  FieldSheet one = sheet();
  one.people[0].attempts = {kAway, kRefused};
  one.people[0].inherited = 2;
  one.people[1].attempts = {kAway};
  one.people[1].inherited = 1;
  REQUIRE(add_attempt(one, "v1-2", kAway, "", ""));
  const FieldTally tally = tally_of(one);
  CHECK(tally.attempts == 1);
  CHECK(tally.refused == 0);
  CHECK(tally.reserves == 1);
  CHECK(tally.open == 4);
}

TEST_CASE("the stored sheet depends only on what was said, not on the order in which it came") {
  // Whoever holds the file must not learn in which order people were visited.
  const std::vector<std::pair<std::string, Outcomes>> said = {{"v1-1", {kDone}}, {"v1-2", {kAway, kDone}}, {"v2-1", {kRefused}}, {"v2-2", {kDone}}};
  std::mt19937 random(7);
  std::string first;
  for (int round = 0; round < 20; ++round) {
    auto order = said;
    std::shuffle(order.begin(), order.end(), random);
    FieldSheet one = sheet();
    for (const auto& [person, outcomes] : order) REQUIRE(take_over(one, report({{person, outcomes}})));
    if (first.empty()) first = to_json(one);
    CHECK(to_json(one) == first);
  }
}

TEST_CASE("a sheet reads back as it was written") {
  FieldSheet one = sheet();
  one.people[3].direction = "Nhà sàn cuối bản, \"qua suối\"";
  REQUIRE(take_over(one, report({{"v1-1", {kAway, kDone}}})));
  CHECK(to_json(read_field_sheet(to_json(one)).value()) == to_json(one));
  for (const char* wrong : {"", "[]", "{}", "{\"people\":3}", "{\"people\":[{}]}", "{\"people\":[{\"attempts\":[\"eaten\"]}]}"}) {
    CHECK_FALSE(read_field_sheet(wrong));
  }
}

TEST_CASE("what a device sends is read strictly") {
  CHECK(read_field_report("{\"people\":{\"v1-1\":[\"done\"]},\"languages\":{\"vi\":1},\"helpers\":{}}"));
  for (const char* wrong : {"", "{", "[]", "{}", "{\"people\":[]}", "{\"people\":{\"a\":\"done\"}}", "{\"people\":{\"a\":[1]}}",
                            "{\"people\":{\"a\":[\"x\"]}}", "{\"people\":{},\"languages\":{\"vi\":-1}}",
                            "{\"people\":{},\"languages\":{\"vi\":1e99}}", "{\"people\":{},\"languages\":[]}",
                            "{\"people\":{\"a\":[\"done\"],\"a\":[]}}"}) {
    INFO(wrong);
    CHECK_FALSE(read_field_report(wrong));
  }
}

TEST_CASE("a draw is taken as it was drawn: no rank is left out, nobody has a name") {
  const std::string head = "psu,person,rank,drawn\n";
  const FieldDraw good = read_field_draw("psu,person,rank,drawn,direction\nv2,b1,1,1,\nv1,a2,2,0,cuối bản\nv1,a1,1,1,\nv7,x,9,1,\n", {"v1", "v2"});
  REQUIRE(good.faults.empty());
  REQUIRE(good.people.size() == 3);
  CHECK(good.people[0].person == "a1");
  CHECK(good.people[1].direction == "cuối bản");
  CHECK(faults_of(head + "v1,a1,1,1\nv1,a3,3,0\n") == "out_of_range ");
  CHECK(faults_of(head + "v1,a1,1,1\nv1,a2,1,1\n") == "out_of_range ");
  CHECK(faults_of(head + "v1,a1,1,0\nv1,a2,2,1\n") == "out_of_range ");
  CHECK(faults_of(head + "v1,Nguyễn Văn A,1,1\n") == "not_allowed ");
  CHECK(faults_of(head + "v1,012345678901,1,1\n") == "not_allowed ");
  CHECK(faults_of(head + "v1,0912345678,1,1\n") == "not_allowed ");
  CHECK(faults_of(head + "v1,a1,1,1\nv1,a1,2,1\n") == "already_exists ");
  CHECK(faults_of(head + "v1,a1,0,1\n") == "out_of_range ");
  CHECK(faults_of(head + "v1,a1,1,yes\n") == "unknown_option ");
  CHECK(faults_of(head + "v9,a1,1,1\n") == "missing_field ");
  CHECK_FALSE(faults_of("psu,person\nv1,a1\n").empty());
  CHECK_FALSE(faults_of("").empty());
  CHECK_FALSE(faults_of("psu,person,rank,drawn,name\nv1,a1,1,1,An\n").empty());
}
