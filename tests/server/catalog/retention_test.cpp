// Years of retention as a definition: the shipped file speaks of every kind, faults are named, an office's own holds.
#include <catch2/catch.hpp>

#include "analysis/awards/fact_kind.h"
#include "server/catalog/catalog.h"
#include "server/catalog/retention.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {

std::string file(const std::string& years, const std::string& otherwise = "10") {
  return R"({"schema":"khaosat/retention/1","id":"r","version":1,"title":{"vi":"Số năm"},"source":{"issuer":"x"},"otherwise":)" + otherwise + R"(,"years":)" + years + "}";
}

}  // namespace

TEST_CASE("the shipped file of retention names every kind of THE LIST and nothing else") {
  const Catalog catalog = Catalog::load(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs");
  CHECK(to_text(catalog.faults()).empty());
  const auto* content = catalog.content("retention", "office_retention");
  REQUIRE(content);
  const auto reading = read_retention(content->file, content->text);
  REQUIRE(reading.faults.empty());
  const auto kinds = awards::fact_kinds({});
  CHECK(reading.retention.years.size() == kinds.size());
  for (const auto& kind : kinds) {
    INFO(kind.name);
    CHECK(reading.retention.years.contains(kind.name));
  }
}

TEST_CASE("a kind that does not exist, and years that are none, are told at their place") {
  struct Case {
    std::string text;
    ErrorCode code;
    const char* place;
  };
  for (const auto& one : {Case{file(R"({"par_grad":20})"), ErrorCode::fact_unknown, "/years/par_grad"}, Case{file(R"({"par_grade":0})"), ErrorCode::out_of_range, "/years/par_grade"},
                          Case{file(R"({"par_grade":"ten"})"), ErrorCode::wrong_type, "/years/par_grade"}, Case{file("{}", "101"), ErrorCode::out_of_range, "/otherwise"}}) {
    const test::TemporaryFolder folder;
    folder.write("retention/r.json", one.text);
    const Catalog catalog = Catalog::load(folder.path());
    INFO(one.text);
    REQUIRE(catalog.faults().size() == 1);
    CHECK(catalog.faults()[0].code == one.code);
    CHECK(catalog.faults()[0].place == one.place);
    CHECK(catalog.content("retention", "r") == nullptr);
  }
}
