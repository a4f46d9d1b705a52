#include "server/http/slotted_body.h"

#include <zlib.h>

#include <new>

#include "server/http/compression.h"

namespace khaosat {

namespace {

const Bytef* raw(std::string_view bytes) { return reinterpret_cast<const Bytef*>(bytes.data()); }

unsigned long crc_of(std::string_view bytes) {
  return crc32(crc32(0, nullptr, 0), raw(bytes), static_cast<uInt>(bytes.size()));
}

// Raw deflate blocks: ended at a byte's border with nothing to refer back to, or ended for good.
std::string deflated(std::string bytes, bool is_end) {
  z_stream stream{};
  if (deflateInit2_(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                    static_cast<int>(sizeof(z_stream))) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, is_end ? Z_FINISH : Z_FULL_FLUSH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

void append_little_endian(std::string& out, unsigned long value, int bytes) {
  for (int i = 0; i < bytes; ++i, value >>= 8) out += static_cast<char>(value & 0xFF);
}

}  // namespace

std::shared_ptr<const SlottedBody> SlottedBody::make(std::string before, std::string after) {
  // Magic, deflate, no flags, no time, best compression, Unix.
  constexpr std::string_view kHeader("\x1f\x8b\x08\0\0\0\0\0\x02\x03", 10);
  auto body = std::make_shared<SlottedBody>();
  body->gzip_before_ = std::string(kHeader) + deflated(before, false);
  body->gzip_after_ = deflated(after, true);
  body->crc_before_ = crc_of(before);
  body->crc_after_ = crc_of(after);
  body->before_ = std::move(before);
  body->after_ = std::move(after);
  return body;
}

std::string SlottedBody::identity(std::string_view inserted) const {
  std::string page;
  page.reserve(before_.size() + inserted.size() + after_.size());
  return page.append(before_).append(inserted).append(after_);
}

std::string SlottedBody::gzip(std::string_view inserted) const {
  std::string page;
  page.reserve(gzip_before_.size() + gzip_after_.size() + inserted.size() + 16);
  page = gzip_before_;
  // A stored block: its type, its length and the length's complement (RFC 1951, 3.2.4).
  page += '\0';
  append_little_endian(page, inserted.size(), 2);
  append_little_endian(page, ~inserted.size(), 2);
  page += inserted;
  page += gzip_after_;
  const auto length = [](std::string_view bytes) { return static_cast<z_off_t>(bytes.size()); };
  const auto crc = crc32_combine(crc32_combine(crc_before_, crc_of(inserted), length(inserted)), crc_after_, length(after_));
  append_little_endian(page, crc, 4);
  append_little_endian(page, before_.size() + inserted.size() + after_.size(), 4);
  return page;
}

void put_body(HttpResponse& response, const SlottedBody& body, std::string_view inserted, const Request& request) {
  const bool gzip = parse_accept_encoding(request.header("accept-encoding")).gzip;
  response.body = gzip ? body.gzip(inserted) : body.identity(inserted);
  response.with_header("Vary", "Accept-Encoding");
  if (gzip) response.with_header("Content-Encoding", "gzip");
}

}  // namespace khaosat
