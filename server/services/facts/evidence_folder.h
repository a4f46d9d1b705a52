// Files that show a fact, kept by digest in the data folder, outside every database; backups hold them.
// What a file claims to be is not believed: its first bytes decide. Thread safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/open_file.h"
#include "base/result.h"

namespace khaosat {

inline constexpr std::size_t kLargestEvidence = 10u << 20;  // bytes

struct EvidenceFile {
  std::string digest;     // hex SHA-256, also the file's name
  std::string extension;  // pdf, png, jpg, docx, xlsx
  std::string bytes;
};

class EvidenceFolder {
 public:
  // Made, with mode 0700, when it is not there. file_unwritable.
  static Result<EvidenceFolder> open(std::string folder);

  // evidence_refused: empty, too large, none of the five kinds, or an office document with macros.
  // The file is on the disk when this returns; the same bytes are kept once.
  Result<EvidenceFile> put(std::string_view bytes) const;
  // not_found; storage_failed when the bytes no longer have that digest.
  Result<EvidenceFile> get(const std::string& digest) const;
  // The same without holding it.
  struct Kept {
    std::string extension;
    std::shared_ptr<const OpenFile> file;
  };
  Result<Kept> open_kept(const std::string& digest) const;
  // For content that has to go; nothing to do when it is not there.
  Result<void> remove(const std::string& digest) const;
  // Digests of all files, sorted.
  Result<std::vector<std::string>> digests() const;
  const std::string& folder() const { return folder_; }

 private:
  explicit EvidenceFolder(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

// Copies every sound file that the other folder does not have. How many there are then.
Result<std::size_t> copy_evidence(const EvidenceFolder& from, const EvidenceFolder& to);

// "pdf", "png", "jpg", "docx", "xlsx"; empty for anything else.
std::string evidence_kind(std::string_view bytes);
std::string evidence_media_type(std::string_view extension);

}  // namespace khaosat
