// Microdata of a campaign with two versions, read back: a union of columns, and no version to stand out by.
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "server/services/exports/make_microdata.h"
#include "tests/support/two_versions.h"

using namespace khaosat;
using nlohmann::json;
using test::second_version;
using test::TwoVersions;

namespace {

struct Exported {
  json file;
  std::string codebook;
  std::string csv;

  std::size_t column(const std::string& question) const {
    for (std::size_t k = 0; k < file["variables"].size(); ++k) {
      if (file["variables"][k].value("question", "") == question) return k;
    }
    return file["variables"].size();
  }
  // How often each text stands in a column.
  std::map<std::string, int> counts(const std::string& question) const {
    std::map<std::string, int> counts;
    for (const auto& row : file["rows"]) {
      const auto& cell = row[column(question)];
      ++counts[cell.is_string() ? cell.get<std::string>() : std::to_string(cell.get<int>())];
    }
    return counts;
  }
};

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Exported exported(TwoVersions& office, const std::string& id, const test::TemporaryFolder& folder) {
  const auto entry = *office.book.find(id);
  const auto run = office.index.compute({id, "form_index", {}, "", nullptr});
  REQUIRE(run);
  const auto report = make_microdata(*entry, {{}, "vi", "2026-12-01"}, folder.path(), std::string(32, 's'),
                                     office.catalog.index_model("form_index").get(), &*run);
  INFO((report ? "" : report.error().message));
  REQUIRE(report);
  return {json::parse(text_of(folder.file("microdata.json"))), text_of(folder.file("codebook.xml")), text_of(folder.file("microdata.csv"))};
}

std::string campaign_of(TwoVersions& office, int old_in_v1, int old_in_v2) {
  const std::string id = office.open_campaign();
  REQUIRE(office.campaigns.publish_version(id, second_version(), "lan"));
  for (int i = 0; i < old_in_v1 + old_in_v2; ++i) {
    REQUIRE(office.send(id, 1, i < old_in_v1 ? "v1" : "v2", {{"used", "yes"}, {"clear", "low"}, {"fee", "low"}, {"visits", "2"}}));
  }
  for (int i = 0; i < 40; ++i) {
    REQUIRE(office.send(id, 2, i % 2 == 0 ? "v1" : "v2", {{"used", "yes"}, {"fast", "high"}, {"clear", "high"}, {"visits", "3"}}));
  }
  REQUIRE(office.campaigns.close(id, "lan"));
  return id;
}

}  // namespace

TEST_CASE("columns of two versions stand side by side and say who was not asked") {
  TwoVersions office;
  test::TemporaryFolder folder;
  const std::string id = campaign_of(office, 12, 12);
  const auto result = exported(office, id, folder);
  REQUIRE(result.file["rows"].size() == 64);
  CHECK(result.column("clear") < result.column("fee"));
  CHECK(result.column("fee") < result.column("fast"));
  REQUIRE(result.column("fast") < result.file["variables"].size());
  CHECK(result.counts("clear")["1"] == 24);
  CHECK(result.counts("clear")["3"] == 40);
  CHECK(result.counts("fee")["~not_asked"] == 40);
  CHECK(result.counts("fast")["~not_asked"] == 24);
  CHECK(result.counts("fast")["3"] == 40);
  CHECK(result.file["questionnaire"]["version"] == 2);
  CHECK(result.codebook.find("form/1") != std::string::npos);
  CHECK(result.codebook.find("form/2") != std::string::npos);
  // No column names the version.
  for (const auto& variable : result.file["variables"]) CHECK(variable["name"].get<std::string>().find("version") == std::string::npos);
  // The same table in every format has the same head.
  CHECK(result.csv.find("fast") != std::string::npos);
}

TEST_CASE("where few answered one version, what tells the versions apart is withheld for all there") {
  TwoVersions office;
  test::TemporaryFolder folder;
  // In the second village three people finished with the old version.
  const std::string id = campaign_of(office, 12, 3);
  const auto result = exported(office, id, folder);
  REQUIRE(result.file["rows"].size() == 55);
  CHECK(result.counts("fast")["~withheld"] == 23);
  CHECK(result.counts("fee")["~withheld"] == 23);
  CHECK(result.counts("fast")["~not_asked"] == 12);
  CHECK(result.counts("clear")["~withheld"] == 0);
  // Of the village with withheld columns nothing else is lost.
  CHECK(result.counts("clear")["1"] + result.counts("clear")["3"] == 55);
}

TEST_CASE("a trait that only some versions ask is not to be had") {
  TwoVersions office;
  const std::string id = campaign_of(office, 12, 12);
  const auto entry = *office.book.find(id);
  const auto traits = traits_of(*entry->form);
  CHECK(std::find(traits.begin(), traits.end(), "fee") == traits.end());
  CHECK(std::find(traits.begin(), traits.end(), "visits") != traits.end());
}
