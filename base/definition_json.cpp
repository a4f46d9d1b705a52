#include "base/definition_json.h"

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/strict_json.h"
#include "base/text.h"

namespace khaosat {

using nlohmann::json;

namespace {

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string plain(double value) {
  std::string text = json(value).dump();
  if (text.size() > 2 && text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

}  // namespace

bool is_id(std::string_view text) {
  if (text.empty() || text.size() > 64 || text[0] < 'a' || text[0] > 'z') return false;
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return true;
}

bool is_language(std::string_view text) {
  if (text.size() < 2 || text.size() > 8) return false;
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || c == '-')) return false;
  }
  return true;
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (std::size_t i = 0; i < 10; ++i) {
    if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9')) return false;
  }
  const auto number = [&](std::size_t at, std::size_t length) {
    int value = 0;
    for (std::size_t i = at; i < at + length; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1900 || year > 2200 || month < 1 || month > 12) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day >= 1 && day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

DefinitionNode::DefinitionNode(const json* value, std::string pointer, std::string file, Faults* faults)
    : value_(value), pointer_(std::move(pointer)), file_(std::move(file)), faults_(faults) {}

bool DefinitionNode::is_object() const { return value_ && value_->is_object(); }
bool DefinitionNode::is_array() const { return value_ && value_->is_array(); }
bool DefinitionNode::is_text() const { return value_ && value_->is_string(); }
bool DefinitionNode::is_number() const { return value_ && value_->is_number(); }

bool DefinitionNode::may_guess() const { return faults_->size() < 100; }

void DefinitionNode::fault(ErrorCode code, std::string message) const {
  if (faults_->size() >= kMaxFaults) return;
  faults_->push_back({file_, pointer_, code, std::move(message)});
}

void DefinitionNode::only_keys(std::initializer_list<std::string_view> keys) const {
  if (!value_) return;
  if (!value_->is_object()) {
    fault(ErrorCode::wrong_type, "must be an object {…}");
    return;
  }
  for (const auto& [key, unused] : value_->items()) {
    bool known = false;
    for (const auto allowed : keys) known = known || allowed == key;
    if (known) continue;
    const std::vector<std::string> names(keys.begin(), keys.end());
    const auto near = may_guess() ? nearest(key, names) : std::nullopt;
    member(key).fault(ErrorCode::unknown_field, "unknown key " + in_quotes(key) +
                                                    (near ? "; did you mean " + in_quotes(*near) + "?"
                                                          : "; remove it or see the schema folder"));
  }
}

DefinitionNode DefinitionNode::member(std::string_view key) const {
  const json* value = nullptr;
  if (is_object()) {
    const auto found = value_->find(std::string(key));
    if (found != value_->end()) value = &*found;
  }
  return {value, pointer_ + "/" + pointer_step(key), file_, faults_};
}

DefinitionNode DefinitionNode::item(std::size_t index) const {
  const json* value = is_array() && index < value_->size() ? &(*value_)[index] : nullptr;
  return {value, pointer_ + "/" + std::to_string(index), file_, faults_};
}

std::vector<std::string> DefinitionNode::keys() const {
  std::vector<std::string> names;
  if (is_object()) {
    for (const auto& [key, unused] : value_->items()) names.push_back(key);
  }
  return names;
}

DefinitionNode DefinitionNode::wanted(std::string_view key, bool required, const char* kind) const {
  const DefinitionNode node = member(key);
  if (required && !node.exists() && is_object()) {
    fault(ErrorCode::missing_field, in_quotes(key) + " is missing; add it (" + kind + ")");
  }
  return node;
}

std::string DefinitionNode::required_text(std::string_view key, std::size_t max_letters) const {
  const std::size_t before = faults_->size();
  wanted(key, true, "a text");
  std::string text = optional_text(key, {}, max_letters);
  if (faults_->size() == before && member(key).exists() && trim(text).empty()) {
    member(key).fault(ErrorCode::missing_field, in_quotes(key) + " is empty; write a text");
  }
  return text;
}

std::string DefinitionNode::optional_text(std::string_view key, std::string fallback,
                                          std::size_t max_letters) const {
  const DefinitionNode node = member(key);
  if (!node.exists()) return fallback;
  if (!node.is_text()) {
    node.fault(ErrorCode::wrong_type, in_quotes(key) + " must be a text in quotes");
    return fallback;
  }
  auto text = node.value_->get<std::string>();
  if (letter_count(text) > max_letters) {
    node.fault(ErrorCode::too_long,
               in_quotes(key) + " is longer than " + std::to_string(max_letters) + " letters; shorten it");
  }
  return text;
}

std::string DefinitionNode::optional_id(std::string_view key) const {
  std::string text = optional_text(key);
  if (!text.empty() && !is_id(text)) {
    member(key).fault(ErrorCode::wrong_type, in_quotes(text) + " is not an id; use small letters a-z, "
                                                            "digits and _, a letter first, 64 at most");
  }
  return text;
}

std::string DefinitionNode::required_id(std::string_view key) const {
  const std::size_t before = faults_->size();
  std::string text = required_text(key);
  if (faults_->size() == before) optional_id(key);
  return text;
}

double DefinitionNode::required_number(std::string_view key, double low, double high) const {
  wanted(key, true, "a number");
  return optional_number(key, low > 0 ? low : 0, low, high);
}

double DefinitionNode::optional_number(std::string_view key, double fallback, double low,
                                       double high) const {
  const DefinitionNode node = member(key);
  if (!node.exists()) return fallback;
  if (!node.is_number()) {
    node.fault(ErrorCode::wrong_type, in_quotes(key) + " must be a number without quotes");
    return fallback;
  }
  const double value = node.value_->get<double>();
  if (!(value >= low && value <= high)) {
    node.fault(ErrorCode::out_of_range,
               in_quotes(key) + " must lie between " + plain(low) + " and " + plain(high));
    return fallback;
  }
  return value;
}

std::int64_t DefinitionNode::required_integer(std::string_view key, std::int64_t low,
                                              std::int64_t high) const {
  wanted(key, true, "a whole number");
  return optional_integer(key, low, low, high);
}

std::int64_t DefinitionNode::optional_integer(std::string_view key, std::int64_t fallback,
                                              std::int64_t low, std::int64_t high) const {
  const DefinitionNode node = member(key);
  if (!node.exists()) return fallback;
  if (!node.value_->is_number_integer()) {
    node.fault(ErrorCode::wrong_type, in_quotes(key) + " must be a whole number without quotes");
    return fallback;
  }
  if (node.value_->is_number_unsigned() &&
      node.value_->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    node.fault(ErrorCode::out_of_range, in_quotes(key) + " is too large");
    return fallback;
  }
  const auto value = node.value_->get<std::int64_t>();
  if (value < low || value > high) {
    node.fault(ErrorCode::out_of_range, in_quotes(key) + " must lie between " + std::to_string(low) +
                                            " and " + std::to_string(high));
    return fallback;
  }
  return value;
}

bool DefinitionNode::optional_bool(std::string_view key, bool fallback) const {
  const DefinitionNode node = member(key);
  if (!node.exists()) return fallback;
  if (!node.value_->is_boolean()) {
    node.fault(ErrorCode::wrong_type, in_quotes(key) + " must be true or false");
    return fallback;
  }
  return node.value_->get<bool>();
}

std::string DefinitionNode::optional_date(std::string_view key) const {
  std::string text = optional_text(key);
  if (!text.empty() && !is_date(text)) {
    member(key).fault(ErrorCode::wrong_type,
                      in_quotes(text) + " is not a day of the calendar; write year-month-day, 2025-07-01");
  }
  return text;
}

std::string DefinitionNode::required_date(std::string_view key) const {
  const std::size_t before = faults_->size();
  std::string text = required_text(key);
  if (faults_->size() == before) optional_date(key);
  return text;
}

LocalText DefinitionNode::required_local_text(std::string_view key, std::size_t max_letters) const {
  wanted(key, true, "an object with \"vi\" and other languages");
  return optional_local_text(key, max_letters);
}

LocalText DefinitionNode::optional_local_text(std::string_view key, std::size_t max_letters) const {
  const DefinitionNode node = member(key);
  return node.exists() ? node.as_local_text(max_letters) : LocalText();
}

std::vector<DefinitionNode> DefinitionNode::required_items(std::string_view key) const {
  wanted(key, true, "a list […]");
  const std::size_t before = faults_->size();
  auto nodes = optional_items(key);
  if (nodes.empty() && member(key).exists() && faults_->size() == before) {
    member(key).fault(ErrorCode::missing_field, in_quotes(key) + " is empty; add at least one entry");
  }
  return nodes;
}

std::vector<DefinitionNode> DefinitionNode::optional_items(std::string_view key) const {
  std::vector<DefinitionNode> nodes;
  const DefinitionNode node = member(key);
  if (!node.exists()) return nodes;
  if (!node.is_array()) {
    node.fault(ErrorCode::wrong_type, in_quotes(key) + " must be a list […]");
    return nodes;
  }
  for (std::size_t i = 0; i < node.value_->size(); ++i) nodes.push_back(node.item(i));
  return nodes;
}

std::vector<std::string> DefinitionNode::optional_texts(std::string_view key) const {
  std::vector<std::string> texts;
  for (const auto& node : optional_items(key)) {
    if (auto text = node.as_text()) {
      texts.push_back(std::move(*text));
    } else {
      node.fault(ErrorCode::wrong_type, "must be a text in quotes");
    }
  }
  return texts;
}

DefinitionNode DefinitionNode::required_object(std::string_view key) const {
  const DefinitionNode node = wanted(key, true, "an object {…}");
  if (node.exists() && !node.is_object()) {
    node.fault(ErrorCode::wrong_type, in_quotes(key) + " must be an object {…}");
    return {nullptr, node.pointer_, file_, faults_};
  }
  return node;
}

std::optional<std::string> DefinitionNode::as_text() const {
  if (!is_text()) return std::nullopt;
  return value_->get<std::string>();
}

std::optional<double> DefinitionNode::as_number() const {
  if (!is_number()) return std::nullopt;
  return value_->get<double>();
}

LocalText DefinitionNode::as_local_text(std::size_t max_letters) const {
  LocalText text;
  if (!is_object()) {
    fault(ErrorCode::wrong_type, "must be an object such as {\"vi\": \"…\"}");
    return text;
  }
  for (const auto& language : keys()) {
    if (!is_language(language)) {
      member(language).fault(ErrorCode::unknown_field, in_quotes(language) + " is not a language tag");
      continue;
    }
    text.set(language, required_text(language, max_letters));
  }
  if (!text.has("vi")) {
    fault(ErrorCode::missing_field, "there is no Vietnamese text; add \"vi\"");
  }
  return text;
}

DefinitionFile::DefinitionFile() : faults_(std::make_unique<Faults>()) {}
DefinitionFile::~DefinitionFile() = default;
DefinitionFile::DefinitionFile(DefinitionFile&&) noexcept = default;
DefinitionFile& DefinitionFile::operator=(DefinitionFile&&) noexcept = default;

DefinitionNode DefinitionFile::root() { return {document_.get(), "", file_, faults_.get()}; }

DefinitionFile parse_definition(std::string file, std::string_view text) {
  DefinitionFile result;
  result.file_ = std::move(file);
  result.hash_ = to_hex(view_of(sha256(text)));
  if (text.size() > kMaxDefinitionBytes) {
    result.faults_->push_back({result.file_, "", ErrorCode::too_large, "larger than 4 MB; split it"});
    return result;
  }
  result.document_ = parse_strict_json(result.file_, text, kMaxDefinitionDepth, *result.faults_);
  return result;
}

}  // namespace khaosat
