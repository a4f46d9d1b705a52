#include "server/http/response.h"

#include "base/bytes.h"
#include "server/gate/percent.h"
#include "server/http/compression.h"

namespace khaosat {

namespace {

// A compressed form that saves less than a tenth is not worth a second copy in memory.
SharedBytes if_it_pays(std::string compressed, std::size_t original) {
  if (compressed.size() * 10 >= original * 9) return nullptr;
  return std::make_shared<const std::string>(std::move(compressed));
}

HttpResponse with_body(std::string body, std::string content_type, int status) {
  HttpResponse response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned int group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kAlphabet[group >> (18 - 6 * k) & 63u] : '=';
    }
  }
  return text;
}

}  // namespace

std::shared_ptr<const PreparedBody> PreparedBody::make(std::string bytes) {
  auto prepared = std::make_shared<PreparedBody>();
  prepared->etag = "\"" + to_hex(view_of(sha256(bytes))).substr(0, 32) + "\"";
  prepared->brotli = if_it_pays(brotli_compress(bytes, 11), bytes.size());
  prepared->gzip = if_it_pays(gzip_compress(bytes, 9), bytes.size());
  prepared->identity = std::make_shared<const std::string>(std::move(bytes));
  return prepared;
}

HttpResponse HttpResponse::html(std::string body, int status) {
  return with_body(std::move(body), "text/html; charset=utf-8", status);
}

HttpResponse HttpResponse::json(std::string body, int status) {
  return with_body(std::move(body), "application/json", status);
}

HttpResponse HttpResponse::text(std::string body, int status) {
  return with_body(std::move(body), "text/plain; charset=utf-8", status);
}

HttpResponse HttpResponse::bytes(std::string body, std::string content_type, std::string download_name) {
  HttpResponse response = with_body(std::move(body), std::move(content_type), 200);
  if (!download_name.empty()) {
    response.with_header("Content-Disposition",
                         "attachment; filename*=UTF-8''" + percent_encode(download_name));
  }
  return response;
}

HttpResponse HttpResponse::download(std::shared_ptr<const OpenFile> file, std::string content_type, std::string download_name,
                                    std::string etag) {
  HttpResponse response = bytes({}, std::move(content_type), std::move(download_name));
  response.file = std::move(file);
  response.etag = std::move(etag);
  return response;
}

HttpResponse HttpResponse::redirect(std::string location, int status) {
  HttpResponse response = with_body("", "text/plain; charset=utf-8", status);
  response.with_header("Location", std::move(location));
  return response;
}

HttpResponse HttpResponse::not_found() { return text("404 Not Found\n", 404); }

HttpResponse HttpResponse::from_prepared(std::shared_ptr<const PreparedBody> prepared,
                                 std::string content_type) {
  HttpResponse response = with_body("", std::move(content_type), 200);
  response.prepared = std::move(prepared);
  return response;
}

std::string style_hash(std::string_view style_text) {
  return "sha256-" + base64(view_of(sha256(style_text)));
}

}  // namespace khaosat
