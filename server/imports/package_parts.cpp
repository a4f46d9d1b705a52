#include "server/imports/package_parts.h"

#include <zip.h>

#include <array>

namespace khaosat::imports {

namespace {

Error refusal(std::string message) { return {ErrorCode::bad_spreadsheet, std::move(message), "", {}}; }

}  // namespace

struct PackageParts::Archive {
  zip_t* zip = nullptr;
  ~Archive() {
    if (zip != nullptr) zip_discard(zip);
  }
};

PackageParts::PackageParts(std::unique_ptr<Archive> archive, std::size_t left) : archive_(std::move(archive)), left_(left) {}

PackageParts::~PackageParts() = default;

Result<std::unique_ptr<PackageParts>> PackageParts::open(std::string_view bytes, const PackageLimits& limits) {
  if (bytes.size() > limits.packed_bytes) return fail(refusal("larger than " + std::to_string(limits.packed_bytes >> 20) + " MB"));
  if (!bytes.starts_with("PK\x03\x04")) return fail(refusal("no xlsx file"));
  zip_error_t trouble;
  zip_error_init(&trouble);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &trouble);
  auto archive = std::make_unique<Archive>();
  if (source != nullptr) archive->zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &trouble);
  zip_error_fini(&trouble);
  if (archive->zip == nullptr) {
    if (source != nullptr) zip_source_free(source);
    return fail(refusal("the archive is damaged"));
  }
  const zip_int64_t count = zip_get_num_entries(archive->zip, 0);
  if (count < 0 || static_cast<std::size_t>(count) > limits.parts) return fail(refusal("too many parts"));
  std::size_t claimed = 0;
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(archive->zip, static_cast<zip_uint64_t>(i), 0, &stat) != 0) return fail(refusal("the archive is damaged"));
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) return fail(refusal("the file is encrypted"));
    if ((stat.valid & ZIP_STAT_NAME) != 0 && std::string_view(stat.name).find("vbaProject") != std::string_view::npos) return fail(refusal("the file brings a program (macros)"));
    if ((stat.valid & ZIP_STAT_SIZE) == 0 || stat.size > limits.unpacked_bytes || (claimed += stat.size) > limits.unpacked_bytes) {
      return fail(refusal("unpacked it would be larger than " + std::to_string(limits.unpacked_bytes >> 20) + " MB"));
    }
  }
  return std::unique_ptr<PackageParts>(new PackageParts(std::move(archive), limits.unpacked_bytes));
}

bool PackageParts::has(const std::string& name) const { return zip_name_locate(archive_->zip, name.c_str(), 0) >= 0; }

Result<std::string> PackageParts::read(const std::string& name) {
  zip_file_t* file = zip_fopen(archive_->zip, name.c_str(), 0);
  if (file == nullptr) return fail(refusal("there is no part " + name));
  std::string bytes;
  std::array<char, 65536> piece;
  zip_int64_t got = 0;
  while ((got = zip_fread(file, piece.data(), piece.size())) > 0) {
    const auto size = static_cast<std::size_t>(got);
    if (size > left_) {
      zip_fclose(file);
      return fail(refusal("unpacked it is larger than it claims"));
    }
    left_ -= size;
    bytes.append(piece.data(), size);
  }
  // The sum of check is looked at when the end is reached.
  const bool is_sound = zip_fclose(file) == 0 && got == 0;
  if (!is_sound) return fail(refusal("part " + name + " is damaged"));
  return bytes;
}

}  // namespace khaosat::imports
