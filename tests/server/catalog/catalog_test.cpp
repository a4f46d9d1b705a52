#include "server/catalog/catalog.h"

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/definition_json.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;
namespace fs = std::filesystem;

namespace {

std::string scale(const std::string& id, int version, const std::string& word = "Tốt") {
  return R"({"schema":"khaosat/scale/1","id":")" + id + R"(","version":)" + std::to_string(version) +
         R"(,"title":{"vi":"Thang"},"options":[{"id":"good","text":{"vi":")" + word + R"("},"score":1}]})";
}

std::string questionnaire(const std::string& id, int version, const std::string& scale_name) {
  return R"({"schema":"khaosat/questionnaire/1","id":")" + id + R"(","version":)" + std::to_string(version) +
         R"(,"title":{"vi":"Phiếu"},"audience":"citizen","sections":[{"id":"s","title":{"vi":"Mục"},)"
         R"("questions":[{"id":"q","type":"likert","text":{"vi":"Câu hỏi"},"scale":")" +
         scale_name + R"("}]}]})";
}

std::string unit_file(const std::string& id, const std::string& units) {
  return R"({"schema":"khaosat/units/1","id":")" + id +
         R"(","version":1,"title":{"vi":"Đơn vị"},"units":[)" + units + "]}";
}

// "code file place" of each fault, in order.
std::vector<std::string> short_faults(const Catalog& catalog) {
  std::vector<std::string> found;
  for (const auto& fault : catalog.faults()) {
    found.push_back(std::string(name_of(fault.code)) + " " + fault.file + " " + fault.place);
  }
  return found;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("the definitions that ship have no fault and no warning") {
  const auto catalog = Catalog::load(fs::path(KHAOSAT_SOURCE_DIR) / "survey_defs");
  CHECK(to_text(catalog.faults()) == "");
  CHECK(to_text(catalog.warnings()) == "");
  REQUIRE(catalog.questionnaire("citizen_satisfaction"));
  CHECK(catalog.units().find("demo_v01"));
  const auto* content = catalog.content("questionnaire", "citizen_satisfaction", 1);
  REQUIRE(content);
  CHECK(content->identity.hash == to_hex(view_of(sha256(content->text))));
}

TEST_CASE("versions stand side by side and a reference without a version means the first") {
  test::TemporaryFolder folder;
  folder.write("scales/five.json", scale("five", 1, "Một"));
  folder.write("scales/five.v2.json", scale("five", 2, "Hai"));
  folder.write("questionnaires/form.json", questionnaire("form", 1, "five"));
  folder.write("questionnaires/form.v2.json", questionnaire("form", 2, "five/2"));
  const auto catalog = Catalog::load(folder.path());
  CHECK(to_text(catalog.faults()) == "");
  CHECK(to_text(catalog.warnings()) == "");
  CHECK(catalog.questionnaire("form")->identity.version == 2);
  CHECK(catalog.questionnaire("form", 1)->questions[0].options[0].text.in("vi") == "Một");
  CHECK(catalog.questionnaire("form", 2)->questions[0].options[0].text.in("vi") == "Hai");
  CHECK(catalog.questionnaire("form", 2)->scales[0].label() == "five/2");
  CHECK_FALSE(catalog.questionnaire("form", 3));
  CHECK_FALSE(catalog.questionnaire("other"));
}

TEST_CASE("two files with one identity, and a name that misleads, are complained of") {
  test::TemporaryFolder folder;
  folder.write("scales/a.json", scale("a", 1, "Một"));
  folder.write("scales/b.json", scale("a", 1, "Hai"));
  folder.write("scales/z.json", scale("c", 1));
  const auto catalog = Catalog::load(folder.path());
  CHECK(short_faults(catalog) == Lines{"duplicate_key scales/b.json /version"});
  REQUIRE(catalog.warnings().size() == 1);
  CHECK(catalog.warnings()[0].file == "scales/z.json");
  CHECK(catalog.scale("a")->options[0].text.in("vi") == "Một");
}

TEST_CASE("a faulty file is left out and the others serve") {
  test::TemporaryFolder folder;
  folder.write("scales/good.json", scale("good", 1));
  folder.write("questionnaires/bad.json", questionnaire("bad", 1, "goood"));
  folder.write("questionnaires/fine.json", questionnaire("fine", 1, "good"));
  const auto catalog = Catalog::load(folder.path());
  CHECK(short_faults(catalog) ==
        Lines{"definition_unknown questionnaires/bad.json /sections/0/questions/0/scale"});
  CHECK(catalog.questionnaire("fine"));
  CHECK_FALSE(catalog.questionnaire("bad"));
}

TEST_CASE("what is no plain file inside the folder is not read") {
  test::TemporaryFolder outside;
  outside.write("secret.json", scale("secret", 1));
  test::TemporaryFolder folder;
  folder.write("scales/a.json", scale("a", 1));
  fs::create_symlink(folder.path() / "scales/a.json", folder.path() / "scales/inside.json");
  fs::create_symlink(outside.path() / "secret.json", folder.path() / "scales/out.json");
  fs::create_symlink(folder.path() / "nothing", folder.path() / "scales/nowhere.json");
  fs::create_directory(folder.path() / "scales/folder.json");
  REQUIRE(mkfifo((folder.path() / "scales/pipe.json").c_str(), 0600) == 0);
  folder.write("scales/huge.json", std::string(kMaxDefinitionBytes + 1, ' '));
  folder.write("scales/.hidden.json", "not even json");
  fs::create_directory_symlink(outside.path(), folder.path() / "questionnaires");
  const auto catalog = Catalog::load(folder.path());
  CHECK_FALSE(catalog.scale("secret"));
  auto found = short_faults(catalog);
  std::sort(found.begin(), found.end());
  CHECK(found == Lines{"definition_invalid questionnaires ", "definition_invalid scales/folder.json ",
                       "definition_invalid scales/nowhere.json ", "definition_invalid scales/out.json ", "definition_invalid scales/pipe.json ",
                       "duplicate_key scales/inside.json /version",
                       "too_large scales/huge.json "});
}

TEST_CASE("a folder that does not exist is one fault, an empty one none") {
  test::TemporaryFolder folder;
  CHECK(Catalog::load(folder.path()).faults().empty());
  CHECK(short_faults(Catalog::load(folder.path() / "none")).size() == 1);
}

TEST_CASE("units of several files are checked together") {
  test::TemporaryFolder folder;
  folder.write("units/a.json", unit_file("a", R"({"id":"p","code":"01","name":{"vi":"Tỉnh"},"level":"province"},
    {"id":"old","code":"007","name":{"vi":"Xã cũ"},"level":"commune","parent":"p","valid_to":"2025-06-30"},
    {"id":"loop","name":{"vi":"Xã"},"level":"commune","parent":"loop"},
    {"id":"late","code":"009","name":{"vi":"Xã"},"level":"commune","valid_from":"2025-01-01","predecessors":["old"]})"));
  folder.write("units/b.json", unit_file("b", R"({"id":"new","code":"007","name":{"vi":"Xã mới"},"level":"commune",
      "parent":"p","valid_from":"2025-07-01","predecessors":["old","odl"]},
    {"id":"clash","code":"007","name":{"vi":"Xã"},"level":"commune","valid_from":"2025-06-30","valid_to":"2025-06-30"},
    {"id":"new","name":{"vi":"Xã"},"level":"commune"},
    {"id":"orphan","name":{"vi":"Thôn"},"level":"village","parent":"nowhere"},
    {"id":"x","name":{"vi":"Xã"},"level":"commune","predecessors":["y"]},
    {"id":"y","name":{"vi":"Xã"},"level":"commune","predecessors":["x"]})"));
  const auto catalog = Catalog::load(folder.path());
  auto found = short_faults(catalog);
  std::sort(found.begin(), found.end());
  CHECK(found == Lines{"definition_invalid units/a.json /units/2/parent",
                       "definition_invalid units/a.json /units/3/predecessors/0",
                       "definition_invalid units/b.json /units/1/code",
                       "definition_invalid units/b.json /units/5/predecessors",
                       "definition_unknown units/b.json /units/0/predecessors/1",
                       "definition_unknown units/b.json /units/3/parent",
                       "duplicate_key units/b.json /units/2/id"});
  const auto& units = catalog.units();
  REQUIRE(units.find("new"));
  CHECK(units.with_code(UnitLevel::commune, "007", "2024-01-01")->id == "old");
  CHECK(units.with_code(UnitLevel::commune, "007", "2026-01-01")->id == "new");
  CHECK(units.with_code(UnitLevel::district, "007", "2026-01-01") == nullptr);
  CHECK(units.successors_of("old").size() == 2);
  CHECK(units.children_of("p").size() == 2);
}

TEST_CASE("a chain of units of any length is checked without exhausting the stack") {
  std::string units = R"({"id":"u0","name":{"vi":"Xã"},"level":"commune"})";
  for (int i = 1; i < 20000; ++i) {
    units += R"(,{"id":"u)" + std::to_string(i) + R"(","name":{"vi":"Xã"},"level":"commune","predecessors":["u)" +
             std::to_string(i - 1) + R"("],"parent":"u)" + std::to_string(i - 1) + R"("})";
  }
  test::TemporaryFolder folder;
  folder.write("units/chain.json", unit_file("chain", units));
  const auto catalog = Catalog::load(folder.path());
  CHECK(catalog.faults().empty());
  CHECK(catalog.units().units().size() == 20000);
}

TEST_CASE("the report says the same as text and as JSON") {
  test::TemporaryFolder folder;
  folder.write("scales/a.json", scale("a", 1));
  folder.write("scales/b.json", "{\"id\": \"\xC3\x28\"}");
  const auto catalog = Catalog::load(folder.path());
  const auto text = report_text(catalog);
  CHECK(text.find("scales/b.json: ") != std::string::npos);
  CHECK(text.find("1 sound file, 1 fault, 0 warnings") != std::string::npos);
  const auto report = nlohmann::json::parse(report_json(catalog));
  CHECK(report["files"].size() == 1);
  CHECK(report["files"][0]["id"] == "a");
  CHECK(report["faults"][0]["code"] == "not_utf8");
  CHECK(report["warnings"].empty());
}
