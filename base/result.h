// Expected failures as values. A function that may be refused returns Result<T>; the caller cannot
// overlook it. Programmer errors are asserts, not results.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "base/error_codes.h"

namespace khaosat {

// One refusal. `code` is stable and decides the HTTP status, the exit code and the sentence shown
// to people (web/locales, key "error.<code name>"); `message` is for the log and the command line.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  // Where: a file, a JSON pointer, a question id, a CSV cell. May be empty.
  std::string where;
  // Name/value pairs that the locale sentence may use, for instance {"limit", "64 KB"}.
  std::vector<std::pair<std::string, std::string>> details;
};

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

template <>
class [[nodiscard]] Result<void> : public tl::expected<void, Error> {
 public:
  using tl::expected<void, Error>::expected;
};

inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string where = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(where), {}});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace khaosat

// TRY(expression): the value of a Result, or leave the function with its error.
// A GNU statement expression, marked so that -Wpedantic accepts it.
#define TRY(expression)                                              \
  __extension__({                                                    \
    auto&& try_result_ = (expression);                               \
    if (!try_result_) return ::khaosat::fail(try_result_.error());   \
    std::move(try_result_).value();                                  \
  })

// The same for Result<void>.
#define TRY_VOID(expression)                                         \
  do {                                                               \
    auto&& try_void_result_ = (expression);                               \
    if (!try_void_result_) return ::khaosat::fail(try_void_result_.error());   \
  } while (false)
