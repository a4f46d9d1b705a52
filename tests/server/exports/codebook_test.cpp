// Variables of exports: every type of question, names every program takes, labels cut between letters.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "base/text.h"
#include "server/exports/codebook.h"
#include "server/exports/cut_text.h"
#include "server/exports/ddi.h"
#include "server/exports/variable_names.h"
#include "server/survey/question_types.h"
#include "server/survey/questionnaire_json.h"
#include "server/survey/scale_json.h"
#include "tests/support/definition_files.h"

using namespace khaosat;
using nlohmann::json;

namespace {

const json& fixture() {
  static const json kFixture = json::parse(test::read_text(test::source_folder() / "tests/fixtures/question_types.json"));
  return kFixture;
}

RatedUnits rated_units() { return fixture()["units"].get<RatedUnits>(); }

std::shared_ptr<const Questionnaire> sample_of(std::string_view type) {
  json question = fixture()["types"][std::string(type)]["question"];
  question["id"] = "q";
  question["type"] = type;
  question["text"]["vi"] = "Câu hỏi";
  const json document = {{"schema", "khaosat/questionnaire/1"}, {"id", "sample"}, {"version", 1}, {"title", {{"vi", "Mẫu"}}}, {"audience", "rater"},
                         {"sections", {{{"id", "s"}, {"title", {{"vi", "Mục"}}}, {"questions", {question}}}}}};
  const auto scale = read_scale("scale", fixture()["scale"].dump()).scale;
  const auto reading = read_questionnaire("sample", document.dump(), [&](std::string_view, int) { return scale.get(); });
  INFO(to_text(reading.faults));
  REQUIRE(reading.questionnaire);
  return reading.questionnaire;
}

}  // namespace

TEST_CASE("every type of question is exported, or never leaves because it is words") {
  for (const auto* type : question_types()) {
    INFO("question type " << type->name());
    const auto questionnaire = sample_of(type->name());
    const Question& question = questionnaire->questions[0];
    const auto book = exports::make_codebook(Campaign{}, *questionnaire, {0}, rated_units());
    const std::size_t columns = book.variables.size() - exports::kDesignColumns;
    const AnswerKind kind = type->answer_kind();
    CHECK((columns == 0) == (kind == AnswerKind::none || kind == AnswerKind::text));
    CHECK(book.left_out.size() == (kind == AnswerKind::text ? 1 : 0));
    for (const auto& written : fixture()["types"][std::string(type->name())]["valid"]) {
      FieldList fields;
      for (const auto& field : written["fields"]) fields.add(field[0], field[1]);
      const auto answer = type->parse(question, fields, rated_units());
      REQUIRE(answer);
      const auto cells = exports::cells_of(question, *answer, rated_units());
      REQUIRE(cells.size() == columns);
      // Every code has its label, and every cell says what the answer says.
      const auto texts = type->cells(question, *answer, rated_units());
      for (std::size_t k = 0; k < cells.size(); ++k) {
        const auto& variable = book.variables[exports::kDesignColumns + k];
        if (cells[k].none) {
          CHECK("~" + std::string(exports::name_of(*cells[k].none)) == texts[std::min(k, texts.size() - 1)]);
          continue;
        }
        if (kind == AnswerKind::one_option || kind == AnswerKind::ratings) {
          const auto coded = std::find_if(variable.values.begin(), variable.values.end(), [&](const auto& value) { return value.value == cells[k].value; });
          REQUIRE(coded != variable.values.end());
          CHECK(coded->id == texts[k]);
        }
      }
    }
    for (const Absence absence : kAllAbsences) {
      for (const auto& cell : exports::cells_of(question, Answer(absence), rated_units())) {
        CHECK(cell.none == exports::no_value_for(absence));
      }
    }
  }
}

TEST_CASE("codes of no answer never meet an answer") {
  for (const auto* type : question_types()) {
    const auto questionnaire = sample_of(type->name());
    const auto book = exports::make_codebook(Campaign{}, *questionnaire, {0}, rated_units());
    for (const auto& variable : book.variables) {
      for (const auto& value : variable.values) {
        for (const auto kind : exports::kNoValues) CHECK(value.value != variable.missing_code(kind));
      }
      if (variable.question_id.empty() || variable.is_code) continue;
      const Question& question = questionnaire->questions[variable.question];
      const double low = question.minimum.value_or(type->widest_bounds().first);
      CHECK((low > variable.first_missing_code || type->widest_bounds().first > variable.first_missing_code));
    }
  }
}

TEST_CASE("names of variables suit every program and are never twice the same") {
  exports::VariableNames names;
  std::set<std::string> taken;
  std::mt19937_64 random(5);
  const std::vector<std::string> wishes = {"unit", "UNIT", "with", "str12", "int", "_x", "9lives", "đường", "", "a_", "a", "A", "e.f-g",
                                           std::string(200, 'q'), std::string(200, 'q'), "if", "NA", "by"};
  for (int round = 0; round < 3000; ++round) {
    std::string wish = wishes[random() % wishes.size()];
    if (round > 500) {
      wish.resize(random() % 80);
      for (char& c : wish) c = static_cast<char>(random() % 256);
    }
    const std::string name = names.take(wish);
    INFO(wish << " → " << name);
    REQUIRE(!name.empty());
    CHECK(name.size() <= exports::kLongestVariableName);
    CHECK(std::isalpha(static_cast<unsigned char>(name[0])));
    CHECK(std::all_of(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }));
    std::string lower = name;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    CHECK(taken.insert(lower).second);
    CHECK(lower != "with");
    CHECK(lower != "int");
    CHECK(lower != "str12");
  }
}

TEST_CASE("a label is cut between letters, whatever marks they bear") {
  const std::string letters[] = {"a", "ế", "e\xCC\x82\xCC\x81", "đ", "🇻🇳", "👩\xE2\x80\x8D🌾", " ", "x\xCC\xA3"};
  std::mt19937_64 random(11);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> parts;
    std::string text;
    for (auto k = random() % 60; k > 0; --k) {
      parts.push_back(letters[random() % 8]);
      text += parts.back();
    }
    const std::size_t most = 8 + random() % 100;
    const std::string cut = exports::cut_bytes(text, most);
    CHECK(cut.size() <= most);
    if (text.size() <= most) {
      CHECK(cut == text);
      continue;
    }
    const std::string kept = cut.substr(0, cut.size() - std::string("…").size());
    REQUIRE(cut == kept + "…");
    std::string beginning;
    bool whole = kept.empty();
    for (const auto& part : parts) {
      beginning += part;
      whole = whole || beginning == kept;
    }
    // Two flags' halves may pair up anew; everything else is whole.
    if (text.find("🇻🇳🇻🇳") == std::string::npos) CHECK(whole);
    CHECK(letter_count(exports::cut_letters(text, 10)) <= 10);
  }
}

TEST_CASE("a text is cut as spreadsheets count") {
  CHECK(exports::utf16_units("aế🙂") == 4);
  for (const std::size_t most : {2U, 3U, 5U, 31U}) {
    for (const std::string one : {"a", "ế", "🙂", "e\xCC\x82\xCC\x81"}) {
      std::string text;
      for (int k = 0; k < 40; ++k) text += one;
      const std::string cut = exports::cut_utf16(text, most);
      INFO(one << " " << most);
      CHECK(exports::utf16_units(cut) <= most);
      REQUIRE(cut.ends_with("…"));
      const std::string kept = cut.substr(0, cut.size() - std::string("…").size());
      CHECK(text.starts_with(kept));
      CHECK(kept.size() % one.size() == 0);
      // No letter more would fit.
      CHECK(exports::utf16_units(cut) + exports::utf16_units(one) > most);
    }
  }
  CHECK(exports::cut_utf16("vừa đủ", 6) == "vừa đủ");
}

TEST_CASE("the description is XML whatever somebody typed, and Vietnamese comes first") {
  exports::Codebook book;
  book.title = LocalText("A\x01\x0B\xEF\xBF\xBF\xEF\xBF\xBE]]> & <b>\r\n");
  exports::Variable variable;
  variable.name = "q";
  variable.label.set("en", "Question");
  variable.label.set("vi", "Câu hỏi");
  book.variables.push_back(variable);
  const std::string text = exports::ddi_codebook(book, 1, "2026-11-22");
  for (const char* never : {"\x01", "\x0B", "\xEF\xBF\xBF", "\xEF\xBF\xBE"}) CHECK(text.find(never) == std::string::npos);
  CHECK(text.find("A]]&gt; &amp; &lt;b&gt;") != std::string::npos);
  REQUIRE(text.find("<labl xml:lang=\"vi\">Câu hỏi") != std::string::npos);
  CHECK(text.find("<labl xml:lang=\"vi\">Câu hỏi") < text.find("<labl xml:lang=\"en\">Question"));
}
