#include "server/http/path_pattern.h"

#include <algorithm>
#include <mutex>
#include <regex>

namespace khaosat {

// Compiled when a path first comes near it: counted classes take some kilobytes each, and most pages of the
// office are not asked for on most days.
struct PathPattern::Compiled {
  explicit Compiled(std::string its_text) : text(std::move(its_text)) {}
  const std::regex& regex() const {
    std::call_once(once, [this] { made.assign(text); });
    return made;
  }
  const std::string text;
  mutable std::once_flag once;
  mutable std::regex made;
};

namespace {

// The first thing in the pattern that repeats without a bound, or nothing.
std::string_view unbounded_part(std::string_view pattern) {
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '.' || c == '*' || c == '+') {
      return pattern.substr(i, 1);
    } else if (c == '{') {
      const std::size_t end = pattern.find('}', i);
      const std::string_view count = pattern.substr(i, end == std::string_view::npos ? end : end - i + 1);
      if (count.size() > 1 && count[count.size() - 2] == ',') return count;
    }
  }
  return {};
}

std::string prefix_of(std::string_view pattern) {
  const std::size_t end = std::min(pattern.find_first_of("([{\\?|"), pattern.size());
  std::string prefix(pattern.substr(0, end));
  // A count or a question mark speaks about the letter before it, a bar about everything.
  if (end < pattern.size() && (pattern[end] == '{' || pattern[end] == '?')) prefix.pop_back();
  if (pattern.find('|') != std::string_view::npos && pattern.find('|') < pattern.find('(')) prefix = "/";
  return prefix;
}

}  // namespace

Result<PathPattern> PathPattern::create(const std::string& pattern) {
  if (pattern.empty() || pattern.front() != '/') {
    return fail(ErrorCode::config_bad_value, "the pattern of a route must begin with '/'", pattern);
  }
  if (const auto part = unbounded_part(pattern); !part.empty()) {
    return fail(ErrorCode::config_bad_value,
                "the pattern of a route must be bounded; write a class with a count such as "
                "[a-z0-9-]{1,64} instead of '" + std::string(part) + "'",
                pattern);
  }
  PathPattern made;
  try {
    const std::regex compiles(pattern);
    made.compiled_ = std::make_shared<const Compiled>(pattern);
  } catch (const std::regex_error& error) {
    return fail(ErrorCode::config_bad_value,
                std::string("the pattern of a route does not compile: ") + error.what(), pattern);
  }
  made.literal_prefix_ = prefix_of(pattern);
  return made;
}

bool PathPattern::matches(const std::string& decoded_path) const {
  return decoded_path.size() <= kLongestPath && decoded_path.starts_with(literal_prefix_) &&
         std::regex_match(decoded_path, compiled_->regex());
}

}  // namespace khaosat
