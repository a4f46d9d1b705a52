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
  // Within a version: what a few of a version have in common would point at them.
  std::map<std::pair<int, Mode>, int> modes;
  std::map<std::pair<int, std::string>, int> languages;
  for (const auto& response : batch) {
    ++modes[{response.questionnaire_version, response.mode}];
    ++languages[{response.questionnaire_version, response.language}];
  }
  for (auto& response : batch) {
    if (modes[{response.questionnaire_version, response.mode}] < k) response.mode = Mode::unknown;
    if (languages[{response.questionnaire_version, response.language}] < k) response.language.clear();
  }
}

std::vector<std::vector<std::size_t>> batches_of_one_version(const std::vector<int>& versions, int k) {
  std::map<int, std::vector<std::size_t>> waiting;
  for (const std::size_t index : random_order(versions.size())) waiting[versions[index]].push_back(index);
  std::vector<std::vector<std::size_t>> batches;
  for (const auto& [version, indices] : waiting) {
    const int ready = batches_ready(static_cast<int>(indices.size()), k);
    for (int i = 0; i < ready; ++i) batches.emplace_back(indices.begin() + i * k, indices.begin() + (i + 1) * k);
  }
  return batches;
}

}  // namespace khaosat
