#include "server/services/exports/file_digest.h"

#include <cstdio>
#include <memory>
#include <vector>

#include "base/sha256_stream.h"

namespace khaosat {

Result<MicrodataFile> digest_of_file(const std::string& folder, const std::string& name) {
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::string path = folder + "/" + name;
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return fail(ErrorCode::file_unreadable, "cannot read the file", path);
  MicrodataFile result{name, 0, ""};
  Sha256Stream digest;
  std::vector<char> piece(64u << 10);
  while (const std::size_t length = std::fread(piece.data(), 1, piece.size(), file.get())) {
    digest.add({piece.data(), length});
    result.bytes += length;
  }
  if (std::ferror(file.get())) return fail(ErrorCode::file_unreadable, "reading the file failed", path);
  result.sha256 = to_hex(view_of(digest.finish()));
  return result;
}

}  // namespace khaosat
