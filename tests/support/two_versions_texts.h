// The definitions of two_versions.h. Version 2: question "fee" is retired, "fast" is new in the middle, "used" has
// one option more at its end, "clear" has other words.
#pragma once

namespace khaosat::test {

inline constexpr const char* kVersionOne = R"({
  "schema": "khaosat/questionnaire/1", "id": "form", "version": 1, "title": {"vi": "Phiếu thử"}, "audience": "citizen",
  "languages": ["vi"], "reviewed": ["vi"],
  "sections": [{"id": "s", "title": {"vi": "Mục"}, "questions": [
    {"id": "used", "type": "single_choice", "text": {"vi": "Ông/bà đã làm thủ tục?"},
     "options": [{"id": "yes", "text": {"vi": "Có"}}, {"id": "no", "text": {"vi": "Không"}}]},
    {"id": "clear", "type": "likert", "text": {"vi": "Có rõ không?"}, "scale": "three",
     "relevant": {"question": "used", "in": ["yes"]}, "absences": ["dont_know"]},
    {"id": "fee", "type": "likert", "text": {"vi": "Phí có đúng không?"}, "scale": "three",
     "relevant": {"question": "used", "in": ["yes"]}},
    {"id": "visits", "type": "number", "text": {"vi": "Mấy lần?"}, "minimum": 0, "maximum": 20}]}]})";

inline constexpr const char* kVersionTwo = R"({
  "schema": "khaosat/questionnaire/1", "id": "form", "version": 2, "title": {"vi": "Phiếu thử"}, "audience": "citizen",
  "languages": ["vi"], "reviewed": ["vi"],
  "sections": [{"id": "s", "title": {"vi": "Mục"}, "questions": [
    {"id": "used", "type": "single_choice", "text": {"vi": "Ông/bà đã làm thủ tục?"},
     "options": [{"id": "yes", "text": {"vi": "Có"}}, {"id": "no", "text": {"vi": "Không"}}, {"id": "online", "text": {"vi": "Qua mạng"}}]},
    {"id": "fast", "type": "likert", "text": {"vi": "Có nhanh không?"}, "scale": "three", "relevant": {"question": "used", "in": ["yes", "online"]}},
    {"id": "clear", "type": "likert", "text": {"vi": "Hướng dẫn có rõ không?"}, "scale": "three",
     "relevant": {"question": "used", "in": ["yes"]}, "absences": ["dont_know"]},
    {"id": "visits", "type": "number", "text": {"vi": "Mấy lần?"}, "minimum": 0, "maximum": 20}]}]})";

inline constexpr const char* kThreeScale = R"({"schema": "khaosat/scale/1", "id": "three", "version": 1, "title": {"vi": "Ba mức"},
  "options": [{"id": "low", "text": {"vi": "Thấp"}, "score": 1}, {"id": "middle", "text": {"vi": "Vừa"}, "score": 2},
              {"id": "high", "text": {"vi": "Cao"}, "score": 3}]})";

inline constexpr const char* kFormIndex = R"({
  "schema": "khaosat/index_model/1", "id": "form_index", "version": 1, "title": {"vi": "Chỉ số thử"},
  "source": {"issuer": "khaosat"}, "questionnaire": {"id": "form", "version": 2},
  "unit_of_scale": {"vi": "điểm"}, "scale": [1, 3],
  "nodes": [
    {"id": "all", "title": {"vi": "Tất cả"}, "aggregate": "mean"},
    {"id": "how_clear", "parent": "all", "title": {"vi": "Rõ"}, "source": {"survey": {"question": "clear"}}},
    {"id": "how_fast", "parent": "all", "title": {"vi": "Nhanh"}, "source": {"survey": {"question": "fast"}}}]})";

}  // namespace khaosat::test
