// What a sanitizer changes about a program, for tests that measure one.
#pragma once

namespace khaosat::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // they keep what is freed, and everything takes many times as long
#else
constexpr bool kSanitized = false;
#endif

}  // namespace khaosat::test
