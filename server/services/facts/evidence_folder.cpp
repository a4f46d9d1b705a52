#include "server/services/facts/evidence_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/bytes.h"
#include "base/sha256_stream.h"

namespace khaosat {

namespace {

namespace fs = std::filesystem;

bool is_digest(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<void> write_all(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return fail(ErrorCode::file_unwritable, std::strerror(errno), path);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::write(file, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int trouble = errno;
      ::close(file);
      return fail(trouble == ENOSPC ? ErrorCode::out_of_space : ErrorCode::file_unwritable, std::strerror(trouble), path);
    }
    done += static_cast<std::size_t>(count);
  }
  const bool flushed = ::fsync(file) == 0;
  return ::close(file) == 0 && flushed ? Result<void>() : fail(ErrorCode::file_unwritable, "the file could not be flushed", path);
}

// What a file is, seen piece by piece.
class KindFinder {
 public:
  void add(std::string_view piece) {
    if (first_.size() < kFirst) first_ += piece.substr(0, kFirst - first_.size());
    // A name may be cut by the border of two pieces.
    const std::string border = end_ + std::string(piece.substr(0, kLongestName));
    for (std::size_t k = 0; k < kNames.size(); ++k) {
      has_[k] = has_[k] || border.find(kNames[k]) != std::string::npos || piece.find(kNames[k]) != std::string_view::npos;
    }
    end_ += piece.substr(piece.size() - std::min(piece.size(), kLongestName));
    end_.erase(0, end_.size() - std::min(end_.size(), kLongestName));
  }

  std::string kind() const {
    if (first_.starts_with("%PDF-")) return "pdf";
    if (first_.starts_with("\x89PNG\r\n\x1a\n")) return "png";
    if (first_.starts_with("\xff\xd8\xff")) return "jpg";
    const auto [types, program, word, excel] = has_;
    // Names of the parts stand uncompressed in such a file. A document that brings a program is refused.
    if (!first_.starts_with("PK\x03\x04") || !types || program) return {};
    return word ? "docx" : excel ? "xlsx" : "";
  }

 private:
  static constexpr std::array<std::string_view, 4> kNames = {"[Content_Types].xml", "vbaProject", "word/document.xml", "xl/workbook.xml"};
  static constexpr std::size_t kLongestName = 19;
  static constexpr std::size_t kFirst = 8;
  std::string first_;
  std::string end_;  // of what came before
  std::array<bool, 4> has_{};
};

}  // namespace

std::string evidence_kind(std::string_view bytes) {
  KindFinder kind;
  kind.add(bytes);
  return kind.kind();
}

std::string evidence_media_type(std::string_view extension) {
  if (extension == "pdf") return "application/pdf";
  if (extension == "png") return "image/png";
  if (extension == "jpg") return "image/jpeg";
  if (extension == "docx") return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  if (extension == "xlsx") return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  return "application/octet-stream";
}

Result<EvidenceFolder> EvidenceFolder::open(std::string folder) {
  std::error_code trouble;
  fs::create_directories(folder, trouble);
  if (trouble) return fail(ErrorCode::file_unwritable, trouble.message(), folder);
  fs::permissions(folder, fs::perms::owner_all, trouble);
  if (trouble) return fail(ErrorCode::file_unwritable, trouble.message(), folder);
  return EvidenceFolder(std::move(folder));
}

Result<EvidenceFile> EvidenceFolder::put(std::string_view bytes) const {
  if (bytes.size() > kLargestEvidence) return fail(ErrorCode::evidence_refused, "larger than 10 MB");
  EvidenceFile file{"", evidence_kind(bytes), std::string(bytes)};
  if (file.extension.empty()) return fail(ErrorCode::evidence_refused, "neither PDF, PNG, JPG, DOCX nor XLSX");
  file.digest = to_hex(view_of(sha256(bytes)));
  const std::string path = folder_ + "/" + file.digest;
  std::error_code trouble;
  if (fs::exists(path, trouble) && get(file.digest)) return file;
  const std::string fresh = path + "." + to_hex(random_bytes(4));
  if (const auto written = write_all(fresh, bytes); !written) {
    fs::remove(fresh, trouble);
    return fail(written.error());
  }
  fs::rename(fresh, path, trouble);
  if (trouble) return fail(ErrorCode::file_unwritable, trouble.message(), path);
  // The name, too, has to survive the loss of power.
  const int directory = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    const bool flushed = ::fsync(directory) == 0;
    ::close(directory);
    if (!flushed) return fail(ErrorCode::file_unwritable, "the folder could not be flushed", folder_);
  }
  return file;
}

Result<EvidenceFolder::Kept> EvidenceFolder::open_kept(const std::string& digest) const {
  if (!is_digest(digest)) return fail(ErrorCode::not_found, "no such file of evidence");
  auto file = OpenFile::open(folder_ + "/" + digest);
  if (!file && file.error().code == ErrorCode::file_unreadable) return fail(ErrorCode::not_found, "no such file of evidence", digest);
  Kept kept{"", TRY(file)};
  Sha256Stream sum;
  KindFinder kind;
  TRY_VOID(kept.file->each_piece([&](std::string_view piece) {
    sum.add(piece);
    kind.add(piece);
  }));
  if (to_hex(view_of(sum.finish())) != digest) {
    return fail(ErrorCode::storage_failed, "this file of evidence was changed; restore it from a backup", digest);
  }
  kept.extension = kind.kind();
  return kept;
}

Result<EvidenceFile> EvidenceFolder::get(const std::string& digest) const {
  if (!is_digest(digest)) return fail(ErrorCode::not_found, "no such file of evidence");
  std::ifstream stream(folder_ + "/" + digest, std::ios::binary);
  if (!stream) return fail(ErrorCode::not_found, "no such file of evidence", digest);
  std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (to_hex(view_of(sha256(bytes))) != digest) {
    return fail(ErrorCode::storage_failed, "this file of evidence was changed; restore it from a backup", digest);
  }
  std::string kind = evidence_kind(bytes);
  return EvidenceFile{digest, std::move(kind), std::move(bytes)};
}

Result<void> EvidenceFolder::remove(const std::string& digest) const {
  if (!is_digest(digest)) return {};
  std::error_code trouble;
  fs::remove(folder_ + "/" + digest, trouble);
  return trouble ? fail(ErrorCode::file_unwritable, trouble.message(), digest) : Result<void>();
}

Result<std::vector<std::string>> EvidenceFolder::digests() const {
  std::vector<std::string> all;
  std::error_code trouble;
  for (auto at = fs::directory_iterator(folder_, trouble); !trouble && at != fs::directory_iterator(); at.increment(trouble)) {
    const std::string name = at->path().filename().string();
    if (is_digest(name)) all.push_back(name);
  }
  if (trouble) return fail(ErrorCode::file_unreadable, trouble.message(), folder_);
  std::sort(all.begin(), all.end());
  return all;
}

Result<std::size_t> copy_evidence(const EvidenceFolder& from, const EvidenceFolder& to) {
  std::size_t count = 0;
  for (const auto& digest : TRY(from.digests())) {
    const auto file = TRY(from.get(digest));
    TRY(to.put(file.bytes));
    ++count;
  }
  return count;
}

}  // namespace khaosat
