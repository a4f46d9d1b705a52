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
#include "server/exports/variable_names.h"
#include "server/exports/xlsx_book.h"
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

// Longer than a cell of a workbook holds, in three bytes a letter and of letters with a meaning to programs.
const std::string kManyWords = [] {
  std::string text;
  while (text.size() < 40000) text += "Nhiều lời _x0041_ ";
  return text;
}();

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
  const std::vector<std::string> labels = {"=cmd|' /C calc'!A0", "+84 số", "-1 âm", "@SUM(A1)", long_words, combining, "a\"b'c<d>&e", "Ấp Văn Giáo",
                                           "\tthụt vào", "hai\ndòng, \"ba\"\n dòng", "👨‍👩‍👧‍👦🇻🇳 vui 🙂", std::string(255, 'y'), std::string(256, 'z'),
                                           std::string(119, 'm') + "ế", "_x0041_ ' _x000D_"};
  // Names that are too long and, cut, all the same; and names that differ in case only.
  const char* const wishes[] = {"q", "cau_hoi_rat_dai_ve_thu_tuc_hanh_chinh_tai_xa_", "CAU_HOI_RAT_DAI_VE_THU_TUC_HANH_CHINH_TAI_XA", "thủ tục số ", "2026_"};
  exports::VariableNames names;
  for (int k = 0; k < 300; ++k) {
    exports::Variable variable;
    variable.name = names.take(wishes[k % 5] + (k % 5 == 2 ? std::string() : std::to_string(k)));
    const std::string& label = labels[static_cast<std::size_t>(k) % labels.size()];
    if (k == 14) variable.label = LocalText(kManyWords);
    else variable.label = LocalText(k % 8 < 4 || k > 200 ? label : std::to_string(k) + " " + label);
    variable.question_id = "q" + std::to_string(k);
    variable.may_lack = k % 5 != 0;
    if (k % 3 != 2) {
      variable.is_code = true;
      for (int value = 1; value <= 7; ++value) variable.values.push_back({static_cast<double>(value), "o" + std::to_string(value), LocalText((value % 2 ? std::to_string(value) + " " : std::string()) + labels[static_cast<std::size_t>(k + value) % labels.size()])});
    } else {
      variable.decimals = 2;
      if (k % 9 == 2) variable.first_missing_code = -9'999'999'999'991.0;
    }
    book.variables.push_back(std::move(variable));
  }
  return book;
}

constexpr int kNobodyAnswers = 7;

exports::Cell wild_cell(const exports::Variable& variable, int row, int column) {
  const int turn = (row * 31 + column * 7) % 23;
  if (variable.may_lack && column == kNobodyAnswers) return exports::Cell::without(exports::NoValue::blank);
  if (variable.may_lack && turn < 6) return exports::Cell::without(exports::kNoValues[static_cast<std::size_t>(turn)]);
  if (variable.is_code) return exports::Cell::of(1 + turn % 7);
  const double numbers[] = {0, 1.25, -3.5, 123456789.75, -1e9, 0.1};
  return exports::Cell::of(numbers[turn % 6]);
}

}  // namespace

TEST_CASE("samples of microdata with wild labels are written") {
  const int rows = GENERATE(200, 0);  // and of a survey that nobody answered
  const std::string path = folder(rows > 0 ? "wild" : "nobody");
  const auto book = wild_book();
  std::vector<std::unique_ptr<exports::RowFile>> files;
  files.push_back(exports::csv_rows(path + "/microdata.csv", book).value());
  files.push_back(exports::json_rows(path + "/microdata.json", book).value());
  files.push_back(exports::sav_rows(path + "/microdata.sav", book, static_cast<std::uint64_t>(rows), "vi").value());
  files.push_back(exports::dta_rows(path + "/microdata.dta", book, static_cast<std::uint64_t>(rows), "vi").value());
  for (int row = 0; row < rows; ++row) {
    std::vector<exports::Cell> cells;
    for (std::size_t k = 0; k < book.variables.size(); ++k) cells.push_back(wild_cell(book.variables[k], row, static_cast<int>(k)));
    for (const auto& file : files) REQUIRE(file->row(cells));
  }
  for (const auto& file : files) REQUIRE(file->finish());
  std::ofstream(path + "/codebook.xml") << exports::ddi_codebook(book, static_cast<std::uint64_t>(rows), "2026-11-22");
}

TEST_CASE("samples of results with wild names are written") {
  const std::string path = folder("wild_results");
  const std::string words[] = {"=1+1", "+84", "-5 độ", "@SUM(A1)", "\tthụt vào", "hai\ndòng; \"ba\"", "👨‍👩‍👧‍👦🇻🇳", "e\xCC\x82\xCC\x81 ghép", "'nháy", "_x0041_", std::string(300, 'd'),
                               "＝1+1", " khoảng trắng ", "\x07không\x1B\xEF\xBF\xBF" "có\xEF\xBF\xBE trong XML"};
  const std::size_t count = std::size(words);
  // A tree over points, an item nobody asked and answers of few and many; more units than a sheet once had columns.
  index::IndexRun run;
  run.model = {"wild", 1, std::string(64, 'a')};
  run.title = LocalText(words[0]);
  run.issuer = words[5];
  run.unit_of_scale = LocalText("điểm");
  run.scale_high = 100;
  run.year = 2026;
  run.variant = words[3];
  run.program = "khaosat test";
  run.input_hash = std::string(64, 'b');
  run.design = "drawn";
  for (std::size_t k = 0; k < count + 1; ++k) {
    index::RunNode node;
    node.id = "n" + std::to_string(k);
    node.title = LocalText(k == 0 ? "Chỉ số" : words[k - 1]);
    node.scoring = "none";
    if (k > 0) {
      node.parent = 0;
      node.source = k % 2 == 0 ? "survey" : "published";
      run.nodes.front().children.push_back(k);
    } else {
      node.aggregate = "mean";
    }
    node.responsible = words[k % count];
    node.steps = {words[(k + 1) % count], k == 4 ? kManyWords : words[(k + 2) % count]};
    node.lowest = 0;
    node.highest = 100;
    run.nodes.push_back(std::move(node));
  }
  for (std::size_t u = 0; u < 300; ++u) {
    index::UnitScores unit;
    unit.id = "u" + std::to_string(u);
    unit.name = u == 5 ? kManyWords : words[u % count];
    unit.surveyed = true;
    unit.respondents = 40;
    for (std::size_t k = 0; k < run.nodes.size(); ++k) {
      index::NodeScore score;
      const std::uint64_t turn = (u * 7 + k * 3) % 11;
      score.state = turn == 0 || k == 3 ? index::ScoreState::missing : turn == 1 && k % 2 == 1 ? index::ScoreState::withheld : index::ScoreState::value;
      score.reason = score.state == index::ScoreState::value ? "" : score.state == index::ScoreState::missing ? "no_data" : "not_published";
      score.estimate.value = static_cast<double>((u * 13 + k * 29) % 97) + 1.0 / 3;
      if (k > 0 && k % 2 == 0 && score.state == index::ScoreState::value) {
        score.estimate.n = turn + 2;
        score.answers = score.estimate.n;
      }
      if (!run.nodes[k].children.empty()) score.weights.assign(run.nodes[k].children.size(), 1.0 / static_cast<double>(run.nodes[k].children.size()));
      unit.scores.push_back(std::move(score));
    }
    run.units.push_back(std::move(unit));
  }
  const auto published = disclosure::publish(run, disclosure::rules_for_citizens());
  for (const auto format : {exports::ResultFormat::csv, exports::ResultFormat::xlsx, exports::ResultFormat::json}) {
    const auto file = exports::result_file(published, format, "vi", [](std::string_view key) { return std::string(key); });
    INFO((file ? "" : file.error().message));
    REQUIRE(file);
    std::ofstream(path + "/results." + std::string(exports::name_of(format)), std::ios::binary) << bytes_of(**file);
  }
}

TEST_CASE("a workbook with sheets of wild names is written") {
  const std::string path = folder("wild_sheets");
  std::string long_name;
  for (int k = 0; k < 12; ++k) long_name += "Thủ tục ";
  std::string faces;
  for (int k = 0; k < 20; ++k) faces += "🙂";
  const auto book = exports::XlsxBook::create(path + "/book.xlsx", "");
  REQUIRE(book);
  for (const std::string& name : {long_name, long_name + "hai", faces, faces, std::string("a/b:[c]*?"), std::string("A b  c   "), std::string("'nháy'"), std::string(), std::string(), std::string("tên"), std::string("TÊN")}) {
    (*book)->sheet(name, {{"tên", 12}});
    (*book)->text(name.empty() ? "–" : name);
    (*book)->end_row();
  }
  const auto closed = (*book)->close();
  INFO((closed ? "" : closed.error().message));
  CHECK(closed);
}

TEST_CASE("samples of whole exports are written with what our own computation says") {
  for (const auto& [name, questionnaire, nobody] : {std::tuple("governance_commune", "governance_commune", ""), {"citizen_satisfaction", "citizen_satisfaction", ""},
                                                    {"unanswered", "citizen_satisfaction", "item_05"}}) {
    const std::string path = folder(name);
    test::SurveyShape shape;
    shape.questionnaire = questionnaire;
    shape.nobody_answers = nobody;
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
