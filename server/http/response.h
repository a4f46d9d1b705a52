// One answer as pages make it. The router adds the security headers and picks the encoding.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/gate/raw_request.h"

namespace khaosat {

// Bytes rendered and compressed once and served many times. Immutable, so shared by all threads.
struct PreparedBody {
  SharedBytes identity;
  SharedBytes gzip;    // null when compression does not pay
  SharedBytes brotli;  // null likewise
  std::string etag;    // quoted, strong within one encoding: "\"3f2a…\""

  // Compresses with brotli 11 and gzip 9: some ten milliseconds, so at start-up or publication.
  static std::shared_ptr<const PreparedBody> make(std::string bytes);
};

struct HttpResponse {
  int status = 200;
  std::string content_type;
  HeaderList headers;  // Set-Cookie, Location, Retry-After, Content-Disposition, …
  std::string body;
  // If set, served in place of `body` as it is, in pieces: for downloads of any length. With an `etag` it
  // answers a matching If-None-Match, and a Range, so that a download that broke off can go on.
  std::shared_ptr<const OpenFile> file;
  std::string etag;  // quoted, of the file; empty if none
  // If set, served in place of `body`, in the best encoding the browser takes; answers 304 to a
  // matching If-None-Match.
  std::shared_ptr<const PreparedBody> prepared;
  // "no-store" goes out if this is empty.
  std::string cache_control;
  // Hashes of inline style elements, "sha256-…" without quotes, for the Content-Security-Policy.
  std::vector<std::string> style_hashes;
  // Compress `body` on the fly (brotli 4, gzip 6). Leave it off where a secret (CSRF token) and
  // text chosen by a stranger share one page: lengths would give the secret away.
  bool compress = false;

  static HttpResponse html(std::string body, int status = 200);
  static HttpResponse json(std::string body, int status = 200);
  static HttpResponse text(std::string body, int status = 200);
  static HttpResponse bytes(std::string body, std::string content_type, std::string download_name = {});
  static HttpResponse download(std::shared_ptr<const OpenFile> file, std::string content_type, std::string download_name,
                               std::string etag = {});
  // 303: the browser fetches `location` with GET. A path of our own, percent-encoded.
  static HttpResponse redirect(std::string location, int status = 303);
  static HttpResponse not_found();
  static HttpResponse from_prepared(std::shared_ptr<const PreparedBody> prepared,
                                std::string content_type);

  HttpResponse& with_header(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

// "sha256-…" of the exact text between <style> and </style>.
std::string style_hash(std::string_view style_text);

}  // namespace khaosat
