#include "server/storage/sqlite/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "server/storage/sqlite/backup_manifest.h"
#include "server/storage/sqlite/copy_file.h"

namespace khaosat {

using namespace sqlite;
namespace files = std::filesystem;

namespace {

constexpr const char* kManifest = "manifest.json";

Error system_error(const std::string& doing, const std::string& path) {
  return {errno == ENOSPC ? ErrorCode::storage_full : ErrorCode::file_unwritable,
          doing + ": " + std::strerror(errno),
          path,
          {}};
}

// True: made now.
Result<bool> make_empty_folder(const std::string& folder) {
  std::error_code problem;
  if (files::exists(folder, problem)) {
    if (!files::is_directory(folder, problem) || !files::is_empty(folder, problem)) {
      return fail(ErrorCode::already_exists, "the folder is not empty; choose another", folder);
    }
    return false;
  }
  files::create_directories(folder, problem);
  if (problem)
    return fail(ErrorCode::file_unwritable, "cannot make the folder: " + problem.message(), folder);
  files::permissions(folder, files::perms::owner_all, problem);
  return true;
}

// Takes away again what a failed restore has made.
void make_empty_again(const std::string& folder, bool made_by_us) {
  std::error_code ignored;
  if (made_by_us) {
    files::remove_all(folder, ignored);
    return;
  }
  for (const auto& entry : files::directory_iterator(folder, ignored))
    files::remove_all(entry.path(), ignored);
}

Result<void> write_file(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return fail(system_error("cannot make the file", path));
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      Error error = system_error("cannot write", path);
      ::close(file);
      return fail(std::move(error));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  ::close(file);
  return flush_path(path);
}

Result<void> copy_plain(const std::string& from, const std::string& to) {
  std::ifstream in(from, std::ios::binary);
  if (!in) return fail(ErrorCode::file_unreadable, "cannot be read", from);
  const int file = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return fail(system_error("cannot make the file", to));
  std::string block(1 << 20, '\0');
  bool good = true;
  while (good && in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    std::string_view left(block.data(), static_cast<std::size_t>(in.gcount()));
    while (good && !left.empty()) {
      const ssize_t written = ::write(file, left.data(), left.size());
      if (written < 0 && errno == EINTR) continue;
      good = written > 0;
      if (good) left.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  Error error = system_error("cannot write", to);
  ::close(file);
  if (!good) return fail(std::move(error));
  return flush_path(to);
}

std::string difference(const BackedUpFile& said, const BackedUpFile& found) {
  if (said.bytes != found.bytes || said.sha256 != found.sha256)
    return "its bytes are not those of the manifest";
  if (said.schema != found.schema || said.rows != found.rows)
    return "its rows are not those of the manifest";
  return "";
}

Result<void> compare(const BackupManifest& manifest, const std::string& folder) {
  for (const auto& said : manifest.files) {
    const auto found = TRY(describe_file(folder, said.name));
    const std::string problem = difference(said, found);
    if (!problem.empty())
      return fail(ErrorCode::backup_damaged, problem + "; use another backup",
                  folder + "/" + said.name);
  }
  return {};
}

Result<BackupManifest> fill_backup(Store& store, const std::string& folder, UnixSeconds now) {
  std::error_code problem;
  files::create_directory(folder + "/answers", problem);
  if (problem) return fail(ErrorCode::file_unwritable, problem.message(), folder);
  BackupManifest manifest;
  manifest.made = utc_timestamp(now);
  std::vector<std::string> names = {"registry.db"};
  // The registry first: a campaign may then be closed in its answers and still open in the
  // registry, which is also what a crash while closing leaves and the program mends.
  TRY_VOID(store.registry().copy_to(folder + "/registry.db"));
  // Paper before answers: a form may then wait here and have arrived there, which is found out by
  // sending it again; the other way round its answer would be lost.
  const auto with_paper = TRY(store.campaigns_with_paper());
  if (!with_paper.empty()) files::create_directory(folder + "/paper", problem);
  if (problem) return fail(ErrorCode::file_unwritable, problem.message(), folder);
  for (const auto& id : with_paper) {
    const auto paper = TRY(store.paper(id));
    names.push_back("paper/" + id + ".db");
    TRY_VOID(paper->copy_to(folder + "/" + names.back()));
  }
  if (!with_paper.empty()) TRY_VOID(flush_path(folder + "/paper"));
  for (const auto& id : TRY(store.campaigns_with_answers())) {
    const auto answers = TRY(store.answers(id));
    names.push_back("answers/" + id + ".db");
    TRY_VOID(answers->copy_to(folder + "/" + names.back()));
  }
  for (const auto& name : names) manifest.files.push_back(TRY(describe_file(folder, name)));
  TRY_VOID(flush_path(folder + "/answers"));
  TRY_VOID(write_file(folder + "/" + kManifest, manifest_to_json(manifest)));
  TRY_VOID(flush_path(folder));
  return manifest;
}

Result<void> fill_data_folder(const BackupManifest& manifest, const std::string& folder,
                              const std::string& data_folder) {
  std::error_code problem;
  files::create_directory(data_folder + "/answers", problem);
  if (problem) return fail(ErrorCode::file_unwritable, problem.message(), data_folder);
  files::permissions(data_folder + "/answers", files::perms::owner_all, problem);
  const bool with_paper = std::any_of(manifest.files.begin(), manifest.files.end(),
                                      [](const auto& file) { return file.name.starts_with("paper/"); });
  if (with_paper) {
    files::create_directory(data_folder + "/paper", problem);
    if (problem) return fail(ErrorCode::file_unwritable, problem.message(), data_folder);
    files::permissions(data_folder + "/paper", files::perms::owner_all, problem);
  }
  for (const auto& file : manifest.files) {
    TRY_VOID(copy_plain(folder + "/" + file.name, data_folder + "/" + file.name));
  }
  TRY_VOID(flush_path(data_folder + "/answers"));
  if (with_paper) TRY_VOID(flush_path(data_folder + "/paper"));
  TRY_VOID(flush_path(data_folder));
  return compare(manifest, data_folder);
}

}  // namespace

Result<BackupManifest> back_up(Store& store, const std::string& folder, UnixSeconds now) {
  const bool made_by_us = TRY(make_empty_folder(folder));
  auto manifest = fill_backup(store, folder, now);
  if (!manifest) make_empty_again(folder, made_by_us);
  return manifest;
}

Result<BackupManifest> verify_backup(const std::string& folder) {
  std::ifstream in(folder + "/" + kManifest, std::ios::binary);
  if (!in) {
    return fail(ErrorCode::backup_damaged,
                "there is no manifest, so this is no complete backup; use another", folder);
  }
  const std::string text(std::istreambuf_iterator<char>(in), {});
  auto manifest = TRY(manifest_from_json(text));
  TRY_VOID(compare(manifest, folder));
  return manifest;
}

Result<BackupManifest> restore_backup(const std::string& folder, const std::string& data_folder) {
  auto manifest = TRY(verify_backup(folder));
  const bool made_by_us = TRY(make_empty_folder(data_folder));
  const auto filled = fill_data_folder(manifest, folder, data_folder);
  if (!filled) {
    make_empty_again(data_folder, made_by_us);
    return fail(filled.error());
  }
  return manifest;
}

Result<int> copy_keys(const std::string& from, const std::string& to) {
  std::error_code problem;
  const auto target = files::weakly_canonical(to, problem);
  for (auto folder = target; folder.has_relative_path(); folder = folder.parent_path()) {
    if (files::exists(folder / kManifest, problem)) {
      return fail(ErrorCode::not_allowed,
                  "keys must not lie in a backup: both together open the sealed answers; choose "
                  "another place",
                  to);
    }
  }
  if (!files::is_directory(from, problem))
    return fail(ErrorCode::file_unreadable, "there is no such folder", from);
  TRY(make_empty_folder(to));
  int copied = 0;
  for (const auto& entry : files::directory_iterator(from, problem)) {
    if (!entry.is_regular_file(problem)) continue;
    TRY_VOID(copy_plain(entry.path().string(), to + "/" + entry.path().filename().string()));
    ++copied;
  }
  if (problem) return fail(ErrorCode::file_unreadable, problem.message(), from);
  TRY_VOID(flush_path(to));
  return copied;
}

}  // namespace khaosat
