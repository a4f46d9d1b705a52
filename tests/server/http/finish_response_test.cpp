#include "server/http/finish_response.h"

#include <catch2/catch.hpp>

#include "server/http/static_files.h"
#include "tests/support/answer_body.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {
Request request(HeaderList headers = {}, const std::string& method = "GET") {
  Request made;
  made.method = method;
  made.headers = std::move(headers);
  return made;
}
std::string header_of(const RawAnswer& answer, const std::string& name) {
  for (const auto& [header, value] : answer.headers) {
    if (header == name) return value;
  }
  return {};
}
const std::string kPage = [] {
  std::string page;
  for (int i = 0; i < 300; ++i) page += "<p>Câu " + std::to_string(i) + "</p>";
  return page;
}();
}  // namespace

TEST_CASE("a prepared page goes out in the best encoding without a copy") {
  const auto prepared = PreparedBody::make(kPage);
  const HttpResponse response = HttpResponse::from_prepared(prepared, "text/html");
  struct Case {
    std::string accept, encoding;
    SharedBytes body;
  };
  const Case cases[] = {{"", "", prepared->identity},
                        {"gzip, deflate, br", "br", prepared->brotli},
                        {"gzip", "gzip", prepared->gzip},
                        {"br;q=0, gzip", "gzip", prepared->gzip}};
  for (const auto& [accept, encoding, body] : cases) {
    const RawAnswer answer = finish_response(response, request({{"accept-encoding", accept}}));
    CHECK(header_of(answer, "Content-Encoding") == encoding);
    CHECK(answer.body == body);  // the same bytes in memory
    CHECK(header_of(answer, "Vary") == "Accept-Encoding");
  }
}

TEST_CASE("a page the browser already has is answered 304") {
  const HttpResponse response = HttpResponse::from_prepared(PreparedBody::make(kPage), "text/html");
  const HeaderList with_brotli = {{"accept-encoding", "br"}};
  const std::string tag = header_of(finish_response(response, request(with_brotli)), "ETag");
  const std::string plain = header_of(finish_response(response, request()), "ETag");
  CHECK(tag != plain);
  struct Case {
    std::string if_none_match;
    int status;
  };
  const Case cases[] = {{tag, 304},       {"W/" + tag, 304}, {"\"x\", " + tag, 304}, {"*", 304},
                        {plain, 200},     {"\"x\"", 200},    {"", 200},              {tag.substr(1), 200}};
  for (const auto& [if_none_match, status] : cases) {
    CAPTURE(if_none_match);
    HeaderList headers = with_brotli;
    headers.emplace_back("if-none-match", if_none_match);
    const RawAnswer answer = finish_response(response, request(headers));
    CHECK(answer.status == status);
    CHECK((answer.body == nullptr) == (status == 304));
    CHECK(header_of(answer, "ETag") == tag);
    CHECK(finish_response(response, request(headers, "POST")).status == 200);
  }
}

TEST_CASE("a file goes out as it is, or the part that was asked for, or not at all if the browser has it") {
  const test::TemporaryFolder folder;
  const auto file = OpenFile::open(folder.write("x", kPage).string()).value();
  const auto size = std::to_string(kPage.size());
  struct Case {
    HeaderList headers;
    int status;
    std::string body, content_range;
  };
  const Case cases[] = {{{{"accept-encoding", "gzip, br"}}, 200, kPage, ""},
                        {{{"if-none-match", "\"other\""}}, 200, kPage, ""},
                        {{{"if-none-match", "\"tag\""}, {"range", "bytes=0-9"}}, 304, "", ""},
                        {{{"range", "bytes=10-19"}}, 206, kPage.substr(10, 10), "bytes 10-19/" + size},
                        {{{"range", "bytes=1000-"}, {"if-range", "\"tag\""}}, 206, kPage.substr(1000), "bytes 1000-" + std::to_string(kPage.size() - 1) + "/" + size},
                        {{{"range", "bytes=1000-"}, {"if-range", "\"other\""}}, 200, kPage, ""},
                        {{{"range", "bytes=" + size + "-"}}, 416, "", "bytes */" + size},
                        {{{"range", "lines=1-2"}}, 200, kPage, ""}};
  for (const auto& [headers, status, body, content_range] : cases) {
    CAPTURE(headers);
    HttpResponse response = HttpResponse::download(file, "text/csv", "k.csv", "\"tag\"");
    response.compress = true;  // not for files
    const RawAnswer answer = finish_response(std::move(response), request(headers));
    CHECK(answer.status == status);
    CHECK((body_of(answer) == body));
    CHECK(answer.body == nullptr);
    CHECK(header_of(answer, "Content-Range") == content_range);
    CHECK(header_of(answer, "Content-Encoding").empty());
    CHECK(header_of(answer, "ETag") == "\"tag\"");
  }
  // What is made anew for each request has no tag, and parts of two such files do not belong together.
  const RawAnswer untagged = finish_response(HttpResponse::download(file, "text/csv", "k.csv"), request({{"range", "bytes=10-19"}}));
  CHECK(untagged.status == 200);
  CHECK((body_of(untagged) == kPage));
  CHECK(header_of(untagged, "Accept-Ranges").empty());
  const RawAnswer head = finish_response(HttpResponse::download(file, "text/csv", "k.csv", "\"tag\""), request({{"range", "bytes=10-19"}}, "HEAD"));
  CHECK(head.status == 200);
  CHECK(head.file.length == kPage.size());
}

TEST_CASE("a page is compressed on the fly only if its maker says so") {
  const HeaderList accept = {{"accept-encoding", "gzip, br"}};
  HttpResponse response = HttpResponse::html(kPage);
  CHECK(*finish_response(response, request(accept)).body == kPage);
  response.compress = true;
  const RawAnswer compressed = finish_response(response, request(accept));
  CHECK(header_of(compressed, "Content-Encoding") == "br");
  CHECK(compressed.body->size() < kPage.size() / 3);
  CHECK(header_of(finish_response(response, request({{"accept-encoding", "gzip"}})), "Content-Encoding") == "gzip");
  CHECK(*finish_response(response, request()).body == kPage);
}

TEST_CASE("an inline style is allowed by its hash alone") {
  HttpResponse response = HttpResponse::html("<style>p{}</style>");
  response.style_hashes.push_back(style_hash("p{}"));
  const std::string policy = header_of(finish_response(response, request()), "Content-Security-Policy");
  CHECK(policy.find("style-src 'self' '" + style_hash("p{}") + "';") != std::string::npos);
  CHECK(policy.find("unsafe") == std::string::npos);
}

TEST_CASE("static files are kept for a year only under the hash of their content") {
  const std::string css = "p{color:red}";
  const std::string named = StaticFiles::hashed_name("app.css", css);
  const auto files = StaticFiles::create({{named, css}, {"app.css", css}, {"app.0123456789abcdef.js", "1"}});
  REQUIRE(files);
  CHECK(files->serve(named).cache_control == "public, max-age=31536000, immutable");
  CHECK(files->serve("app.css").cache_control == "no-cache");
  CHECK(files->serve("app.0123456789abcdef.js").cache_control == "no-cache");  // not its hash
  CHECK(files->serve("app.css").content_type == "text/css; charset=utf-8");
  CHECK(files->serve("nothing.css").status == 404);
  CHECK(files->serve("../app.css").status == 404);
}

TEST_CASE("static files with odd names or kinds are refused at the start") {
  for (const std::string name : {"", "a/b.css", "../x.css", ".hidden.css", "x.exe", "x", "á.css"}) {
    CAPTURE(name);
    const auto files = StaticFiles::create({{name, "x"}});
    REQUIRE_FALSE(files);
    CHECK(files.error().where == name);
  }
  CHECK_FALSE(StaticFiles::create({{"a.css", "x"}, {"a.css", "y"}}));
}
