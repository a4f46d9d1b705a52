#include "server/storage/paper_store.h"

#include <array>

namespace khaosat {

namespace {
constexpr std::array<std::string_view, 8> kNames{"handed_out", "first_keyed",    "disagreed", "settled",
                                                 "entered",    "returned_blank", "spoiled",   "missing"};
}

std::string_view name_of(PaperState state) { return kNames[static_cast<std::size_t>(state)]; }

std::optional<PaperState> paper_state_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<PaperState>(i);
  }
  return std::nullopt;
}

bool is_end(PaperState state) { return state >= PaperState::entered; }

}  // namespace khaosat
