// Sound and faulty definition files; the JSON Schemas are tested with the same ones
// (tests/check_definition_schemas.py).
#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "base/definition_json.h"
#include "server/survey/questionnaire_json.h"
#include "server/survey/scale_json.h"
#include "server/survey/unit_json.h"
#include "tests/support/definition_files.h"

using namespace khaosat;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

fs::path corpus() { return test::source_folder() / "tests/fixtures/definitions"; }

const test::Scales& scales() {
  static const test::Scales kScales(corpus() / "valid/scales");
  return kScales;
}

// "questionnaires/form.json" is read as what its folder says.
Faults faults_of_file(const std::string& name, const std::string& text, Faults* warnings = nullptr) {
  if (name.starts_with("scales/")) return read_scale(name, text).faults;
  if (name.starts_with("units/")) {
    auto reading = read_units(name, text);
    const auto together = faults_of(reading.units);
    reading.faults.insert(reading.faults.end(), together.begin(), together.end());
    return reading.faults;
  }
  const auto reading = read_questionnaire(name, text, scales().finder());
  CHECK((reading.questionnaire != nullptr) == reading.faults.empty());
  if (warnings) *warnings = reading.warnings;
  return reading.faults;
}

std::vector<std::string> names_below(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto* kind : {"questionnaires", "scales", "units"}) {
    for (const auto& path : test::json_files(folder / kind)) {
      names.push_back(std::string(kind) + "/" + path.filename().string());
    }
  }
  return names;
}

}  // namespace

TEST_CASE("sound definition files have no fault") {
  REQUIRE(scales().faults.empty());
  for (const auto& name : names_below(corpus() / "valid")) {
    INFO(name);
    CHECK(to_text(faults_of_file(name, test::read_text(corpus() / "valid" / name))) == "");
  }
}

TEST_CASE("every faulty definition file is refused with all its faults and their places") {
  const json expected = json::parse(test::read_text(corpus() / "expected.json"));
  const auto names = names_below(corpus() / "invalid");
  CHECK(names.size() == expected.size());
  for (const auto& name : names) {
    INFO(name);
    REQUIRE(expected.contains(name));
    const auto faults = faults_of_file(name, test::read_text(corpus() / "invalid" / name));
    std::multiset<std::string> found;
    for (const auto& fault : faults) {
      found.insert(std::string(name_of(fault.code)) + (fault.place.empty() ? "" : " " + fault.place));
      CHECK(fault.file == name);
      CHECK(fault.message.size() > 10);
    }
    INFO(to_text(faults));
    CHECK(found == expected[name]["faults"].get<std::multiset<std::string>>());
  }
}

TEST_CASE("texts missing in a promised language are a warning that counts them") {
  Faults warnings;
  const std::string name = "questionnaires/partly_translated.json";
  REQUIRE(faults_of_file(name, test::read_text(corpus() / "valid" / name), &warnings).empty());
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].place == "/title");
  CHECK(warnings[0].message.find("\"en\"") != std::string::npos);
}

TEST_CASE("floods of faults are cut short and cost little time") {
  const auto flood = [](const std::string& head, const std::string& item, const std::string& tail) {
    std::string text = head;
    for (std::size_t i = 0; text.size() < kMaxDefinitionBytes - 10000; ++i) {
      text += (i > 0 ? "," : "");
      for (const char c : item) text += c == '#' ? std::to_string(i) : std::string(1, c);
    }
    return text + tail;
  };
  const std::string head = R"({"schema":"khaosat/questionnaire/1","id":"f","version":1,"title":{"vi":"x"},"audience":"citizen",)";
  const std::string one = R"("sections":[{"id":"s","title":{"vi":"x"},"questions":[)";
  const auto [name, text] = GENERATE_COPY(table<std::string, std::string>({
      {"unknown keys", flood("{", R"("key_number_#":1)", "}")},
      {"factors with one id", flood(head + one + R"(]}],"factors":[)", R"({"id":"f","title":{"vi":"x"}})", "]}")},
      {"factors", flood(head + one + R"(]}],"factors":[)", R"({"id":"factor_#","title":{"vi":"x"}})", "]}")},
      {"questions", flood(head + one, R"({"id":"question_#","type":"information","text":{"vi":"x"}})", "]}]}")},
      {"options", flood(head + one + R"({"id":"q","type":"single_choice","text":{"vi":"x"},"options":[)",
                        R"({"id":"o#","text":{"vi":"x"}})", "]}]}]}")},
      {"conditions", flood(head + one + R"({"id":"q","type":"number","text":{"vi":"x"},"relevant":{"any":[)",
                           R"({"question":"q#","answered":true})", "]}}]}]}")},
      {"many options many times",
       [&] {
         std::string options;
         for (int j = 0; j < 200; ++j) options += (j ? "," : "") + (R"({"id":"o)" + std::to_string(j) + R"(","text":{"vi":"x"}})");
         return flood(head + one, R"({"id":"q#","type":"multi_choice","text":{"vi":"x"},"options":[)" + options + "]}", "]}]}");
       }()},
  }));
  INFO(name);
  const auto start = std::chrono::steady_clock::now();
  const auto faults = faults_of_file("questionnaires/flood.json", text);
  CHECK(!faults.empty());
  CHECK(faults.size() <= kMaxFaults + 10);
  // Generous for a loaded machine with sanitizers; what is quadratic takes minutes.
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
}
