#include "server/services/exports/file_digest.h"

#include "base/bytes.h"
#include "base/mapped_file.h"

namespace khaosat {

Result<MicrodataFile> digest_of_file(const std::string& folder, const std::string& name) {
  const auto file = TRY(MappedFile::open(folder + "/" + name));
  return MicrodataFile{name, file->bytes().size(), to_hex(view_of(sha256(file->bytes())))};
}

}  // namespace khaosat
