#include "server/services/compact.h"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace khaosat {

namespace {

// A window of 4 KB holds a whole answer; little memory to set up each time.
constexpr int kRawWindow = -12;
constexpr int kLittleMemory = 4;

Bytef* bytes_of(std::string_view text) { return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data())); }

}  // namespace

std::string compact(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kRawWindow, kLittleMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = bytes_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = bytes_of(out);
  stream.avail_out = static_cast<uInt>(out.size());
  const int end = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (end != Z_STREAM_END) throw std::bad_alloc();  // there is room for it, so nothing else is left
  return out;
}

std::optional<std::string> expand(std::string_view compacted, std::size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, kRawWindow) != Z_OK) throw std::bad_alloc();
  stream.next_in = bytes_of(compacted);
  stream.avail_in = static_cast<uInt>(compacted.size());
  std::string out;
  int end = Z_BUF_ERROR;
  // Room is made as it is needed, as `most` is far more than an answer takes.
  for (std::size_t room = std::min(most, 4 * compacted.size() + 256); end == Z_BUF_ERROR || end == Z_OK; room = std::min(most, 2 * room)) {
    if (out.size() == room) break;
    out.resize(room);
    stream.next_out = bytes_of(out) + stream.total_out;
    stream.avail_out = static_cast<uInt>(out.size() - stream.total_out);
    end = inflate(&stream, Z_FINISH);
  }
  const bool whole = end == Z_STREAM_END && stream.avail_in == 0;
  out.resize(stream.total_out);
  inflateEnd(&stream);
  if (!whole) return std::nullopt;
  return out;
}

}  // namespace khaosat
