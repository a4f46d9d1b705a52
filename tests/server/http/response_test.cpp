#include "server/http/response.h"

#include <brotli/decode.h>
#include <zlib.h>

#include <catch2/catch.hpp>

#include "server/http/compression.h"
#include "server/http/slotted_body.h"

using namespace khaosat;

namespace {
std::string gunzip(const std::string& bytes) {
  z_stream stream{};
  REQUIRE(inflateInit2_(&stream, 31, ZLIB_VERSION, static_cast<int>(sizeof(z_stream))) == Z_OK);
  std::string input = bytes;
  std::string plain(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  plain.resize(stream.total_out);
  inflateEnd(&stream);
  return plain;
}

std::string unbrotli(const std::string& bytes) {
  std::string plain(1 << 20, '\0');
  std::size_t size = plain.size();
  CHECK(BrotliDecoderDecompress(bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                &size, reinterpret_cast<std::uint8_t*>(plain.data())) ==
        BROTLI_DECODER_RESULT_SUCCESS);
  plain.resize(size);
  return plain;
}
}  // namespace

TEST_CASE("a prepared page unpacks to the same bytes in every encoding") {
  std::string page;
  for (int i = 0; i < 500; ++i) page += "<p>Câu hỏi số " + std::to_string(i) + "</p>";
  const auto prepared = PreparedBody::make(page);
  REQUIRE(prepared->gzip);
  REQUIRE(prepared->brotli);
  CHECK(*prepared->identity == page);
  CHECK(gunzip(*prepared->gzip) == page);
  CHECK(unbrotli(*prepared->brotli) == page);
  CHECK(prepared->brotli->size() < prepared->gzip->size());
  CHECK(prepared->etag != PreparedBody::make(page + " ")->etag);
  CHECK(prepared->etag == PreparedBody::make(page)->etag);
}

TEST_CASE("letters put into a page compressed beforehand come out in their place") {
  const std::string long_text(70'000, 'q');
  for (const auto& [before, after] : {std::pair<std::string, std::string>{"<p>Mã biên nhận: ", "</p>"}, {"", "x"}, {"x", ""}, {"", ""}, {long_text, long_text}}) {
    const auto body = SlottedBody::make(before, after);
    for (const std::string& inserted : {std::string("7QFK-2M9X"), std::string(), std::string("Ế"), std::string(65535, 'z')}) {
      CHECK(body->identity(inserted) == before + inserted + after);
      CHECK(gunzip(body->gzip(inserted)) == before + inserted + after);
    }
  }
}

TEST_CASE("what is put into a page does not change how long the rest is") {
  const auto body = SlottedBody::make("the same word again: ABCD-EFGH ", " and ABCD-EFGH");
  CHECK(body->gzip("ABCD-EFGH").size() == body->gzip("7QFK-2M9X").size());
}

TEST_CASE("a page with letters put in is compressed for those who take gzip only") {
  const auto body = SlottedBody::make("<p>", "</p>");
  for (const auto& [accepted, is_gzip] : {std::pair{"gzip, deflate", true}, {"br, gzip", true}, {"br", false}, {"", false}}) {
    Request request;
    request.headers = {{"accept-encoding", accepted}};
    HttpResponse response;
    put_body(response, *body, "7QFK-2M9X", request);
    CHECK((is_gzip ? gunzip(response.body) : response.body) == "<p>7QFK-2M9X</p>");
    const HeaderList expected = is_gzip ? HeaderList{{"Vary", "Accept-Encoding"}, {"Content-Encoding", "gzip"}}
                                        : HeaderList{{"Vary", "Accept-Encoding"}};
    CHECK(response.headers == expected);
  }
}

TEST_CASE("what does not shrink is kept once") {
  const auto prepared = PreparedBody::make("x");
  CHECK_FALSE(prepared->gzip);
  CHECK_FALSE(prepared->brotli);
}

TEST_CASE("encodings are taken as the browser says") {
  struct Case {
    std::string header;
    bool gzip, brotli;
  };
  const Case cases[] = {
      {"", false, false},          {"gzip, deflate, br", true, true}, {"br;q=0, gzip;q=0.5", true, false},
      {"gzip;q=0.000", false, false}, {"identity", false, false},     {"GZIP", true, false},
      {"bread, xbr", false, false}, {"br;q=1.0;x=2", false, true},     {";;,,=", false, false},
  };
  for (const auto& [header, gzip, brotli] : cases) {
    CAPTURE(header);
    const auto accepted = parse_accept_encoding(header);
    CHECK(accepted.gzip == gzip);
    CHECK(accepted.brotli == brotli);
  }
}

TEST_CASE("the hash of a style is what browsers compute") {
  // openssl dgst -sha256 -binary | base64 of "body{color:red}", "a" and "".
  CHECK(style_hash("body{color:red}") == "sha256-FcQqt3aNlV7AZnGV4zkQRVeCeJOxbMPnQSx258L803E=");
  CHECK(style_hash("a") == "sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=");
  CHECK(style_hash("") == "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST_CASE("a download names its file for every browser") {
  const auto response = HttpResponse::bytes("x", "text/csv", "kết quả.csv");
  CHECK(response.headers.at(0).second == "attachment; filename*=UTF-8''k%E1%BA%BFt%20qu%E1%BA%A3.csv");
}
