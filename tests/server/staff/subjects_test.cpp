// Finding people and bodies as people type them: without tones, in any order of words.
#include <catch2/catch.hpp>

#include "server/services/facts/journal_file.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

std::size_t place_of(const TestPage& page, const std::string& name) { return page.body.find(">" + name + "</a>"); }

struct Register {
  Register() {
    int number = 0;
    for (const char* name : {"Trần Thị Ấn", "Lê Văn Bình", "Đỗ Ân", "Hoàng An"}) {
      REQUIRE(office.facts.add("subject", {{"subject", "p" + std::to_string(++number)}, {"kind", "person"}, {"title", name}, {"parent", "25327"}}, "an")->faults.empty());
    }
    REQUIRE(office.facts.add("subject", {{"subject", "vp"}, {"kind", "collective"}, {"title", "Văn phòng"}, {"parent", "25327"}}, "an")->faults.empty());
  }
  TestPage find(const std::string& query) { return office.get(office.officer(), "/staff/facts/subjects" + query); }
  StaffOffice office;
};

}  // namespace

TEST_CASE("a name is found with and without tones, in any case and order of words") {
  Register people;
  for (const char* query : {"?q=%C4%91%E1%BB%97+%C3%A2n", "?q=do+an", "?q=DO", "?q=an++do", "?q=D%E1%BB%94"}) {
    INFO(query);
    const auto page = people.find(query);
    CHECK(place_of(page, "Đỗ Ân") != std::string::npos);
    CHECK(place_of(page, "Lê Văn Bình") == std::string::npos);
  }
  const auto nobody = people.find("?q=zzz");
  CHECK(nobody.has("Không tìm thấy"));
  CHECK(nobody.input("q") == "zzz");
  // What is no text is refused.
  CHECK(people.find("?q=%FF%FE").status == 400);
}

TEST_CASE("bodies come first, then persons by given name, tones last") {
  Register people;
  const auto page = people.find("");
  std::size_t before = 0;
  for (const char* name : {"Văn phòng", "Đỗ Ân", "Hoàng An", "Trần Thị Ấn", "Lê Văn Bình"}) {
    INFO(name);
    const auto at = place_of(page, name);
    REQUIRE(at != std::string::npos);
    CHECK(at > before);
    before = at;
  }
}

TEST_CASE("the journal notes a reading only of those who were shown") {
  Register people;
  people.find("?q=zzz");
  const auto count = [&] {
    std::size_t notes = 0;
    const std::string journal = *export_journal(people.office.base.store.registry());
    for (auto at = journal.find("list of people"); at != std::string::npos; at = journal.find("list of people", at + 1)) ++notes;
    return notes;
  };
  const auto none = count();
  people.find("?q=binh");
  CHECK(count() == none + 1);
}
