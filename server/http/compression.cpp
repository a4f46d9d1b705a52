#include "server/http/compression.h"

#include <brotli/encode.h>
#include <zlib.h>

#include <new>

#include "base/text.h"
#include "server/http/media_type.h"

namespace khaosat {

std::string gzip_compress(std::string_view bytes, int level) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  // zlib's macro hides an old-style cast.
  if (deflateInit2_(&stream, level, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                    static_cast<int>(sizeof(z_stream))) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string compressed(deflateBound(&stream, bytes.size()), '\0');
  std::string input(bytes);  // zlib's interface wants writable bytes
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  deflate(&stream, Z_FINISH);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

std::string brotli_compress(std::string_view bytes, int quality) {
  std::size_t size = BrotliEncoderMaxCompressedSize(bytes.size());
  std::string compressed(size, '\0');
  if (BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, bytes.size(),
                            reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                            reinterpret_cast<std::uint8_t*>(compressed.data())) != BROTLI_TRUE) {
    throw std::bad_alloc();
  }
  compressed.resize(size);
  return compressed;
}

std::string_view name_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::brotli: return "br";
    case Encoding::gzip: return "gzip";
    case Encoding::identity: break;
  }
  return "";
}

namespace {
bool is_zero_quality(std::string_view quality) {
  return !quality.empty() && quality.find_first_not_of("0.") == std::string_view::npos;
}
}  // namespace

AcceptedEncodings parse_accept_encoding(std::string_view header) {
  AcceptedEncodings accepted;
  for (const auto& element : split(header, ',')) {
    const auto coding = parse_media_type(trim(element));
    if (!coding || is_zero_quality(coding->parameter("q").value_or("1"))) continue;
    if (coding->type == "br") accepted.brotli = true;
    if (coding->type == "gzip" || coding->type == "x-gzip") accepted.gzip = true;
  }
  return accepted;
}

}  // namespace khaosat
