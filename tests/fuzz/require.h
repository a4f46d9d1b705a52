// A broken property ends the process, which is what a fuzzer reports.
#pragma once

#include <cstdio>
#include <cstdlib>

#define REQUIRE_PROPERTY(condition)                                                  \
  do {                                                                               \
    if (!(condition)) {                                                              \
      std::fprintf(stderr, "%s:%d: property broken: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                  \
    }                                                                                \
  } while (false)
