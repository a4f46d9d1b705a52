// The pattern of a route: literals and bounded groups, anchored at both ends. Thread safe once made.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace khaosat {

class PathPattern {
 public:
  // config_bad_value if it does not begin with '/', does not compile, or holds something whose length
  // is not bounded ('.', '*', '+', "{2,}"): the matcher of the standard library recurses per character,
  // so an unbounded pattern would let a long path exhaust the stack.
  static Result<PathPattern> create(const std::string& pattern);

  bool matches(const std::string& decoded_path) const;
  // What every matching path begins with.
  const std::string& literal_prefix() const { return literal_prefix_; }

 private:
  struct Compiled;
  std::string literal_prefix_;
  std::shared_ptr<const Compiled> compiled_;
};

// No route is longer, so longer paths are unknown without looking.
constexpr std::size_t kLongestPath = 512;

}  // namespace khaosat
