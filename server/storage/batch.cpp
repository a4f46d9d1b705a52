#include "server/storage/batch.h"

#include <cstdint>
#include <cstring>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "base/bytes.h"

namespace khaosat {

namespace {

// Uniform below `limit`; draws again instead of favouring small numbers.
std::uint64_t random_below(std::uint64_t limit) {
  const std::uint64_t usable = UINT64_MAX - UINT64_MAX % limit;
  for (;;) {
    std::uint64_t number = 0;
    std::memcpy(&number, random_bytes(sizeof number).data(), sizeof number);
    if (number < usable) return number % limit;
  }
}

}  // namespace

std::vector<std::size_t> random_order(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t left = count; left > 1; --left) {
    std::swap(order[left - 1], order[random_below(left)]);
  }
  return order;
}

int batches_ready(int waiting, int k) { return waiting < 2 * k ? 0 : waiting / k - 1; }

void coarsen(std::vector<Response>& batch, int k) {
  std::map<Mode, int> modes;
  std::map<std::string, int> languages;
  for (const auto& response : batch) {
    ++modes[response.mode];
    ++languages[response.language];
  }
  for (auto& response : batch) {
    if (modes[response.mode] < k) response.mode = Mode::unknown;
    if (languages[response.language] < k) response.language.clear();
  }
}

}  // namespace khaosat
