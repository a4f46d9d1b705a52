#include <catch2/catch.hpp>

#include "server/http/form_data.h"

using namespace khaosat;

namespace {
const std::string kType = "multipart/form-data; boundary=----b1";

std::string part(const std::string& head, const std::string& content) {
  return "------b1\r\n" + head + "\r\n\r\n" + content + "\r\n";
}
const std::string kEnd = "------b1--\r\n";
const std::string kField = "Content-Disposition: form-data; name=\"note\"";
const std::string kFile =
    "Content-Disposition: form-data; name=\"frame\"; filename=\"khung m\xE1\xBA\xABu.csv\"\r\n"
    "Content-Type: text/csv";
}  // namespace

TEST_CASE("fields and files of an upload are told apart") {
  const std::string csv = std::string("a,b\r\n1,\0--\r\n", 13);
  const auto upload = parse_multipart(part(kField, "ghi chú") + part(kFile, csv) + kEnd, kType);
  REQUIRE(upload);
  CHECK(upload->fields.one("note") == "ghi chú");
  REQUIRE(upload->files.size() == 1);
  CHECK(upload->files[0].field == "frame");
  CHECK(upload->files[0].file_name == "khung mẫu.csv");
  CHECK(upload->files[0].content_type == "text/csv");
  CHECK(upload->files[0].bytes == csv);
}

TEST_CASE("a file name is never a path") {
  for (const std::string name : {"..\\\\..\\\\evil.csv", "/etc/evil.csv", "C:\\\\evil.csv", "evil.csv"}) {
    const auto upload = parse_multipart(
        part("Content-Disposition: form-data; name=\"f\"; filename=\"" + name + "\"", "x") + kEnd, kType);
    REQUIRE(upload);
    CHECK(upload->files[0].file_name == "evil.csv");
  }
}

TEST_CASE("an upload out of shape is refused") {
  const std::string good = part(kField, "x");
  const std::string cases[] = {
      "",
      "x",
      good,
      good + "------b1",
      good + "------b1--junk",
      good + "------b1--\r\njunk",
      "preamble\r\n" + good + kEnd,
      "------b1\r\n" + kField + "\r\nx\r\n" + kEnd,
      part("Content-Type: text/plain", "x") + kEnd,
      part("Content-Disposition: form-data", "x") + kEnd,
      part("Content-Disposition: attachment; name=\"a\"", "x") + kEnd,
      part(kField + "\r\n" + kField, "x") + kEnd,
      part(kField + "\r\nContent-Transfer-Encoding: base64", "x") + kEnd,
      part("Content-Disposition: form-data; name=\"a\"; name=\"b\"", "x") + kEnd,
      part("Content-Disposition: form-data; name=\"a", "x") + kEnd,
      part("Content-Disposition form-data", "x") + kEnd,
      part(kField + "\r\nX: " + std::string(3000, 'x'), "x") + kEnd,
  };
  for (const auto& body : cases) {
    CAPTURE(body.substr(0, 120));
    const auto upload = parse_multipart(body, kType);
    REQUIRE_FALSE(upload);
    CHECK(upload.error().code == ErrorCode::bad_request);
  }
}

TEST_CASE("the boundary must be usable and the type right") {
  const std::string body = part(kField, "x") + kEnd;
  CHECK(parse_multipart(body, "multipart/form-data; boundary=\"----b1\""));
  CHECK(parse_multipart(body, "Multipart/Form-Data; Boundary=----b1"));
  for (const std::string type : {"multipart/form-data", "multipart/form-data; boundary=",
                                 "multipart/form-data; boundary=a b", "multipart/form-data; boundary=\"a"}) {
    CHECK_FALSE(parse_multipart(body, type));
  }
  CHECK(parse_multipart(body, "text/plain; boundary=----b1").error().code ==
        ErrorCode::media_type_unsupported);
}

TEST_CASE("parts are limited") {
  MultipartLimits limits;
  limits.parts = 3;
  std::string body;
  for (int i = 0; i < 3; ++i) body += part(kField, "x");
  CHECK(parse_multipart(body + kEnd, kType, limits));
  CHECK(parse_multipart(body + part(kField, "x") + kEnd, kType, limits).error().code ==
        ErrorCode::too_large);
}
