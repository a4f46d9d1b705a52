// Writes the files that opened_by.py has opened by other people's programs, and beside them what must be
// found there. The folder is named by KHAOSAT_TEST_SAMPLES.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "analysis/disclosure/disclosure.h"
#include "analysis/disclosure/published_run_json.h"
#include "server/exports/codebook.h"
#include "server/exports/ddi.h"
#include "server/exports/result_files.h"
#include "server/exports/row_files.h"
#include "server/services/published_index.h"
#include "tests/support/answer_body.h"
#include "tests/support/exported_survey.h"

using namespace khaosat;
using nlohmann::json;

namespace {

std::string folder(const std::string& name) {
  const char* top = std::getenv("KHAOSAT_TEST_SAMPLES");
  const std::string path = std::string(top ? top : KHAOSAT_BINARY_DIR "/export_samples") + "/" + name;
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

// Labels as wild as any officer may write them, names that nobody takes as they are, 300 variables.
exports::Codebook wild_book() {
  exports::Codebook book;
  book.title = LocalText("=1+1 Khảo sát \"thử\" <b> & 'dấu' " + std::string(100, 'x'));
  book.office = "UBND xã Nà Phặc";
  book.questionnaire = {"wild", 1, std::string(64, 'a')};
  book.program = "khaosat test";
  book.drawn = true;
  std::string long_words;
  for (int k = 0; k < 40; ++k) long_words += "Thủ tục hành chính được giải quyết đúng hẹn ";
  std::string combining;
  for (int k = 0; k < 200; ++k) combining += "e\xCC\x82\xCC\x81";
  const std::string labels[] = {"=cmd|' /C calc'!A0", "+84 số", "-1 âm", "@SUM(A1)", long_words, combining, "a\"b'c<d>&e", "Ấp Văn Giáo"};
  for (int k = 0; k < 300; ++k) {
    exports::Variable variable;
    variable.name = "q" + std::to_string(k);
    variable.label = LocalText(std::to_string(k) + " " + labels[k % 8]);
    if (k % 8 < 4) variable.label = LocalText(labels[k % 8]);
    variable.question_id = "q" + std::to_string(k);
    variable.may_lack = k % 5 != 0;
    if (k % 3 != 2) {
      variable.is_code = true;
      for (int value = 1; value <= 7; ++value) variable.values.push_back({static_cast<double>(value), "o" + std::to_string(value), LocalText(std::to_string(value) + " " + labels[(k + value) % 8])});
    } else {
      variable.decimals = 2;
      if (k % 9 == 2) variable.first_missing_code = -9'999'999'999'991.0;
    }
    book.variables.push_back(std::move(variable));
  }
  return book;
}

exports::Cell wild_cell(const exports::Variable& variable, int row, int column) {
  const int turn = (row * 31 + column * 7) % 23;
  if (variable.may_lack && turn < 6) return exports::Cell::without(exports::kNoValues[static_cast<std::size_t>(turn)]);
  if (variable.is_code) return exports::Cell::of(1 + turn % 7);
  const double numbers[] = {0, 1.25, -3.5, 123456789.75, -1e9, 0.1};
  return exports::Cell::of(numbers[turn % 6]);
}

}  // namespace

TEST_CASE("samples of microdata with wild labels are written") {
  const std::string path = folder("wild");
  const auto book = wild_book();
  constexpr int kRows = 200;
  std::vector<std::unique_ptr<exports::RowFile>> files;
  files.push_back(exports::csv_rows(path + "/microdata.csv", book).value());
  files.push_back(exports::json_rows(path + "/microdata.json", book).value());
  files.push_back(exports::sav_rows(path + "/microdata.sav", book, kRows, "vi").value());
  files.push_back(exports::dta_rows(path + "/microdata.dta", book, kRows, "vi").value());
  for (int row = 0; row < kRows; ++row) {
    std::vector<exports::Cell> cells;
    for (std::size_t k = 0; k < book.variables.size(); ++k) cells.push_back(wild_cell(book.variables[k], row, static_cast<int>(k)));
    for (const auto& file : files) REQUIRE(file->row(cells));
  }
  for (const auto& file : files) REQUIRE(file->finish());
  std::ofstream(path + "/codebook.xml") << exports::ddi_codebook(book, kRows, "2026-11-22");
}

TEST_CASE("samples of whole exports are written with what our own computation says") {
  for (const char* questionnaire : {"governance_commune", "citizen_satisfaction"}) {
    const std::string path = folder(questionnaire);
    test::SurveyShape shape;
    shape.questionnaire = questionnaire;
    test::ExportedSurvey survey(shape);
    const SystemClock clock;
    MicrodataActs acts(survey.store, survey.catalog, survey.book, survey.index, clock, path + "/exports");
    const auto asked = acts.ask(survey.campaign.id, "Kiểm tra", "Phòng thống kê", {"sex", "age_band"}, "lan");
    INFO((asked ? "" : asked.error().message + " " + asked.error().where));
    REQUIRE(asked);
    const auto made = acts.approve(asked->id, "minh");
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    std::filesystem::rename(path + "/exports/" + made->folder, path + "/files");

    const auto model = main_model(survey.index, survey.campaign);
    REQUIRE(model);
    const auto run = survey.index.compute({survey.campaign.id, model->identity.id, {}, ""});
    REQUIRE(run);
    json nodes = json::object();
    for (std::size_t node = 0; node < run->nodes.size(); ++node) {
      json units = json::array();
      for (const auto& unit : run->units) {
        const auto& score = unit.scores[node];
        if (score.state != index::ScoreState::value) continue;
        const auto& estimate = score.estimate;
        units.push_back({{"value", estimate.value}, {"se", *estimate.standard_error}, {"lower", *estimate.lower},
                         {"upper", *estimate.upper}, {"df", estimate.degrees_of_freedom}});
      }
      nodes[run->nodes[node].id] = units;
    }
    std::ofstream(path + "/expected.json") << nodes.dump(1);

    const auto published = disclosure::publish(*run, disclosure_rules(survey.campaign));
    for (const auto format : {exports::ResultFormat::csv, exports::ResultFormat::xlsx, exports::ResultFormat::json}) {
      const auto file = exports::result_file(published, format, "vi", [](std::string_view key) { return std::string(key); });
      REQUIRE(file);
      std::ofstream(path + "/results." + std::string(exports::name_of(format)), std::ios::binary) << bytes_of(**file);
    }
  }
}
