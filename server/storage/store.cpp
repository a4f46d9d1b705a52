#include "server/storage/store.h"

#include <algorithm>

namespace khaosat {

bool is_campaign_id(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

}  // namespace khaosat
