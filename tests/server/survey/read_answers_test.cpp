#include "server/survey/read_answers.h"

#include <catch2/catch.hpp>
#include <map>

#include "server/survey/questionnaire_json.h"

using namespace khaosat;

namespace {

std::shared_ptr<const Questionnaire> questionnaire() {
  static const auto kQuestionnaire = [] {
    const auto reading = read_questionnaire("form", R"({
      "schema": "khaosat/questionnaire/1", "id": "form", "version": 1, "title": {"vi": "Phiếu"}, "audience": "citizen",
      "sections": [
        {"id": "one", "title": {"vi": "Một"}, "questions": [
          {"id": "note", "type": "information", "text": {"vi": "Xin đọc"}},
          {"id": "used", "type": "single_choice", "text": {"vi": "Đã dùng?"}, "required": true, "absences": ["declined"],
           "options": [{"id": "yes", "text": {"vi": "Có"}}, {"id": "no", "text": {"vi": "Không"}}]},
          {"id": "visits", "type": "number", "text": {"vi": "Mấy lần"}, "maximum": 20,
           "relevant": {"question": "used", "in": ["yes"]}},
          {"id": "useful", "type": "number", "text": {"vi": "Mấy lần có ích"},
           "relevant": {"question": "used", "in": ["yes"]},
           "constraint": {"condition": {"compare": [{"value": "useful"}, "<=", {"value": "visits"}]},
                          "message": {"vi": "Không thể nhiều hơn số lần đến", "en": "Cannot exceed the visits"}}}]},
        {"id": "two", "title": {"vi": "Hai"}, "questions": [
          {"id": "opinion", "type": "long_text", "text": {"vi": "Ý kiến"}, "required": true}]}]})", {});
    INFO(to_text(reading.faults));
    REQUIRE(reading.questionnaire);
    return reading.questionnaire;
  }();
  return kQuestionnaire;
}

ReadAnswers read(const std::vector<FormField>& fields, const AnsweringContext& context = {}) {
  return read_answers(*questionnaire(), FieldList(fields), context);
}

std::string canonical(const ReadAnswers& read) { return canonical_text(*questionnaire(), read.answers); }

// "question code" of each fault.
std::vector<std::string> short_faults(const ReadAnswers& read) {
  std::vector<std::string> found;
  for (const auto& fault : read.faults) {
    found.push_back(fault.question + " " + std::string(name_of(fault.error.code)));
  }
  return found;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a sound form gives one answer per question and no fault") {
  const auto got = read({{"used", "yes"}, {"visits", "3"}, {"useful", "2"}, {"opinion", "Tốt"}});
  CHECK(got.faults.empty());
  CHECK(canonical(got) == "form/1\nnote=~not_asked\nused=yes\nvisits=3\nuseful=2\nopinion=\"Tốt\"\n");
}

TEST_CASE("faults are reported together and valid answers are kept") {
  const auto got = read({{"used", "yes"}, {"visits", "21"}, {"useful", "1"}, {"opinion", "Tốt"}, {"extra", "1"}});
  CHECK(short_faults(got) == Lines{"visits out_of_range", " unknown_field"});
  CHECK(canonical(got) == "form/1\nnote=~not_asked\nused=yes\nvisits=~blank\nuseful=1\nopinion=\"Tốt\"\n");
  CHECK(got.faults[1].error.where == "extra");
}

TEST_CASE("what was sent for a question that does not apply is left out without a fault") {
  const auto got = read({{"used", "no"}, {"visits", "một trăm"}, {"useful", "5"}, {"opinion", "Tốt"}});
  CHECK(got.faults.empty());
  CHECK(canonical(got) == "form/1\nnote=~not_asked\nused=no\nvisits=~not_asked\nuseful=~not_asked\nopinion=\"Tốt\"\n");
}

TEST_CASE("a refusal to answer satisfies a required question, an empty field does not") {
  CHECK(short_faults(read({{"used", "~declined"}, {"opinion", "x"}})).empty());
  CHECK(short_faults(read({{"used", ""}, {"opinion", "  "}})) ==
        Lines{"used answer_required", "opinion answer_required"});
}

TEST_CASE("sections not shown yet are not required") {
  AnsweringContext context;
  context.sections_shown = 1;
  CHECK(short_faults(read({{"used", "no"}}, context)).empty());
  context.sections_shown = 0;
  CHECK(short_faults(read({}, context)).empty());
}

TEST_CASE("a broken constraint carries its message in every language") {
  const auto got = read({{"used", "yes"}, {"visits", "1"}, {"useful", "2"}, {"opinion", "x"}});
  REQUIRE(short_faults(got) == Lines{"useful constraint_broken"});
  const std::map<std::string, std::string> details(got.faults[0].error.details.begin(),
                                                   got.faults[0].error.details.end());
  CHECK(details.at("vi") == "Không thể nhiều hơn số lần đến");
  CHECK(details.at("en") == "Cannot exceed the visits");
}

TEST_CASE("fields that belong to the form are allowed by name, and a flood of others is cut short") {
  AnsweringContext context;
  context.other_fields = {"_consent"};
  std::vector<FormField> fields{{"_consent", "yes"}, {"used", "no"}, {"opinion", "x"}};
  CHECK(read(fields, context).faults.empty());
  for (int i = 0; i < 5000; ++i) fields.emplace_back("x" + std::to_string(i), "1");
  fields.emplace_back(std::string(100000, 'y'), "1");
  CHECK(read(fields, context).faults.size() == 20);
}

TEST_CASE("answers carried as fields are read back as the same answers") {
  const auto first = read({{"used", "yes"}, {"visits", "1.000"}, {"useful", "2,0"}, {"opinion", "Dòng\r\nhai"}});
  CHECK(short_faults(first) == Lines{"visits out_of_range", "useful wrong_type"});
  const auto again = read(to_fields(*questionnaire(), first.answers));
  CHECK(again.faults.empty());
  CHECK(again.answers == first.answers);
  CHECK(digest_of(*questionnaire(), again.answers) == digest_of(*questionnaire(), first.answers));
}

TEST_CASE("any difference of answers is a difference of digests") {
  const auto base = digest_of(*questionnaire(), read({{"used", "no"}, {"opinion", "a"}}).answers);
  CHECK(digest_of(*questionnaire(), read({{"opinion", "a"}, {"used", "no"}}).answers) == base);
  CHECK(digest_of(*questionnaire(), read({{"used", "no"}, {"opinion", "a\nused=yes"}}).answers) != base);
  CHECK(digest_of(*questionnaire(), read({{"used", "~declined"}, {"opinion", "a"}}).answers) != base);
}
