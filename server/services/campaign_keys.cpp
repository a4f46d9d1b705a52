#include "server/services/campaign_keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "server/services/compact.h"

namespace khaosat {

namespace {

// 1: as it is; 2: compacted. Both are read, as a campaign may have begun under an older program.
constexpr char kPlainFormat = 1;
constexpr char kCompactFormat = 2;
constexpr std::size_t kLongestResponse = 1u << 20;

void put_text(std::string& out, std::string_view text) {
  const auto length = static_cast<std::uint32_t>(text.size());
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((length >> shift) & 0xFFu);
  out += text;
}

bool take_text(std::string_view& in, std::string& text) {
  if (in.size() < 4) return false;
  std::uint32_t length = 0;
  for (int i = 0; i < 4; ++i) {
    length |= static_cast<std::uint32_t>(static_cast<unsigned char>(in[static_cast<std::size_t>(i)])) << (8 * i);
  }
  in.remove_prefix(4);
  if (in.size() < length) return false;
  text.assign(in.substr(0, length));
  in.remove_prefix(length);
  return true;
}

Error system_trouble(ErrorCode code, const std::string& path) {
  return {code, std::string("key file: ") + std::strerror(errno), path, {}};
}

// Written, flushed and linked under its final name, so that a crash leaves the whole key or none.
Result<void> write_new_file(const std::string& path, std::string_view bytes) {
  const std::string partial = path + ".new";
  const int file = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return fail(system_trouble(ErrorCode::file_unwritable, partial));
  const bool written = ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
                       ::fsync(file) == 0;
  ::close(file);
  if (!written || ::rename(partial.c_str(), path.c_str()) != 0) {
    return fail(system_trouble(ErrorCode::file_unwritable, path));
  }
  const int folder = ::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  return {};
}

Result<std::string> read_key(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(system_trouble(ErrorCode::file_unreadable, path));
  std::string bytes(64, '\0');
  const ssize_t length = ::read(file, bytes.data(), bytes.size());
  ::close(file);
  if (length != 32) return fail(ErrorCode::file_unreadable, "the key file must hold 32 bytes", path);
  bytes.resize(32);
  return bytes;
}

}  // namespace

CampaignKeys::CampaignKeys(std::string_view secret)
    : slip_key_(hmac_sha256(secret, "khaosat/slip/1")),
      submission_key_(hmac_sha256(secret, "khaosat/submission/1")),
      content_key_(hmac_sha256(secret, "khaosat/content/1")),
      receipt_key_(hmac_sha256(secret, "khaosat/receipt/1")),
      paper_submission_key_(hmac_sha256(secret, "khaosat/paper-submission/1")),
      paper_second_key_(hmac_sha256(secret, "khaosat/paper-second/1")),
      field_key_(hmac_sha256(secret, "khaosat/field/1")),
      sealing_(*SealingKey::create(view_of(hmac_sha256(secret, "khaosat/seal/1")))) {}

Digest CampaignKeys::slip(std::string_view normalised_code) const {
  return hmac_sha256(view_of(slip_key_), normalised_code);
}

Digest CampaignKeys::submission(std::string_view submission_id) const {
  return hmac_sha256(view_of(submission_key_), submission_id);
}

Digest CampaignKeys::content(std::string_view submission_id, std::string_view canonical) const {
  const Digest key = hmac_sha256(view_of(content_key_), submission_id);
  return hmac_sha256(view_of(key), canonical);
}

std::string CampaignKeys::receipt(std::string_view submission_id) const {
  const Digest digest = hmac_sha256(view_of(receipt_key_), submission_id);
  const std::string code = to_base32(view_of(digest), 8);
  return code.substr(0, 4) + "-" + code.substr(4);
}

std::string CampaignKeys::seal_response(const Response& response, std::size_t padded_size) const {
  std::string content;
  put_text(content, std::to_string(response.questionnaire_version));
  content += static_cast<char>(response.mode);
  put_text(content, response.language);
  put_text(content, response.packed);
  std::string plain(1, kCompactFormat);
  put_text(plain, compact(content));
  std::size_t size = std::max<std::size_t>(padded_size, 1);
  while (size < plain.size()) size *= 2;
  plain.resize(size, '\0');
  return seal(sealing_, plain, "khaosat/inbox/1");
}

Result<Response> CampaignKeys::open_response(std::string_view sealed) const {
  const auto plain = open_sealed(sealing_, sealed, "khaosat/inbox/1");
  if (!plain) return fail(ErrorCode::storage_failed, "a sealed answer does not open with this campaign's key");
  const auto unknown_form = [] { return fail(ErrorCode::storage_failed, "a sealed answer has an unknown form"); };
  std::string_view in = *plain;
  if (in.empty()) return unknown_form();
  const char format = in.front();
  in.remove_prefix(1);
  std::string compacted;
  std::optional<std::string> content;
  if (format == kCompactFormat) {
    if (!take_text(in, compacted) || in.find_first_not_of('\0') != std::string_view::npos) return unknown_form();
    content = expand(compacted, kLongestResponse);
    if (!content) return unknown_form();
    in = *content;
  } else if (format != kPlainFormat) {
    return unknown_form();
  }
  Response response;
  std::string version;
  if (!take_text(in, version) || in.empty()) return unknown_form();
  response.questionnaire_version = std::atoi(version.c_str());
  response.mode = static_cast<Mode>(in.front());
  in.remove_prefix(1);
  if (!take_text(in, response.language) || !take_text(in, response.packed) ||
      in.find_first_not_of('\0') != std::string_view::npos) {
    return unknown_form();
  }
  return response;
}

std::string CampaignKeys::seal_paper(int form, std::string_view plain) const {
  std::string padded;
  put_text(padded, plain);
  padded.resize((padded.size() + 1023) / 1024 * 1024, '\0');
  return seal(sealing_, padded, "khaosat/paper/1/" + std::to_string(form));
}

Result<std::string> CampaignKeys::open_paper(int form, std::string_view sealed) const {
  const auto padded = open_sealed(sealing_, sealed, "khaosat/paper/1/" + std::to_string(form));
  std::string plain;
  std::string_view in = padded ? std::string_view(*padded) : std::string_view();
  if (!padded || !take_text(in, plain)) {
    return fail(ErrorCode::storage_failed, "what was keyed from a form does not open with this campaign's key");
  }
  return plain;
}

std::string CampaignKeys::paper_submission(int form) const {
  const Digest digest = hmac_sha256(view_of(paper_submission_key_), std::to_string(form));
  return "paper-" + to_base32(view_of(digest), 26);
}

bool CampaignKeys::second_wanted(int form, int percent) const {
  const Digest digest = hmac_sha256(view_of(paper_second_key_), std::to_string(form));
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | digest[i];
  return number % 100 < static_cast<std::uint32_t>(std::max(percent, 0));
}

Result<KeyFolder> KeyFolder::open(const std::string& folder) {
  std::error_code trouble;
  std::filesystem::create_directories(folder, trouble);
  if (trouble || ::chmod(folder.c_str(), 0700) != 0) {
    return fail(ErrorCode::file_unwritable, "cannot make the folder of keys", folder);
  }
  KeyFolder keys;
  keys.folder_ = folder;
  return keys;
}

std::string KeyFolder::path(std::string_view campaign_id) const {
  return folder_ + "/campaign-" + std::string(campaign_id) + ".key";
}

bool KeyFolder::has_campaign(std::string_view campaign_id) const {
  return std::filesystem::exists(path(campaign_id));
}

Result<CampaignKeys> KeyFolder::campaign(std::string_view campaign_id) const {
  if (!has_campaign(campaign_id)) TRY_VOID(write_new_file(path(campaign_id), random_bytes(32)));
  return CampaignKeys(TRY(read_key(path(campaign_id))));
}

Result<void> KeyFolder::destroy(std::string_view campaign_id) const {
  if (!has_campaign(campaign_id)) return {};
  TRY_VOID(write_new_file(path(campaign_id), std::string(32, '\0')));
  if (::unlink(path(campaign_id).c_str()) != 0) {
    return fail(system_trouble(ErrorCode::file_unwritable, path(campaign_id)));
  }
  return {};
}

}  // namespace khaosat
