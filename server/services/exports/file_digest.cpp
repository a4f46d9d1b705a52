#include "server/services/exports/file_digest.h"

#include "base/sha256_stream.h"

namespace khaosat {

Result<MicrodataFile> digest_of_file(const OpenFile& file, std::string name) {
  Sha256Stream digest;
  TRY_VOID(file.each_piece([&](std::string_view piece) { digest.add(piece); }));
  return MicrodataFile{std::move(name), file.size(), to_hex(view_of(digest.finish()))};
}

}  // namespace khaosat
