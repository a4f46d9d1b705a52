#include "analysis/disclosure/distribution.h"

#include <cmath>

namespace khaosat::disclosure {
namespace {

// Sides of the middle: for five options 0-1, 2, 3-4; for four 0-1, 2-3.
std::vector<PublishedShare> three_categories(std::size_t options) {
  const std::size_t half = options / 2;
  std::vector<PublishedShare> shares;
  if (half > 0) shares.push_back({0, half - 1, 0});
  if (options % 2 == 1) shares.push_back({half, half, 0});
  if (half > 0) shares.push_back({options - half, options - 1, 0});
  return shares;
}

}  // namespace

PublishedDistribution publish_distribution(std::span<const std::uint64_t> counts,
                                           const DisclosureRules& rules) {
  PublishedDistribution result;
  std::uint64_t n = 0;
  for (const std::uint64_t count : counts) n += count;
  if (n < rules.minimum || counts.empty()) return result;
  std::vector<PublishedShare> shares;
  if (n < rules.five_categories_from) {
    shares = three_categories(counts.size());
  } else {
    for (std::size_t option = 0; option < counts.size(); ++option) shares.push_back({option, option, 0});
  }
  const double step = n < rules.whole_percent_from ? 5 : 1;
  for (PublishedShare& share : shares) {
    std::uint64_t inside = 0;
    for (std::size_t option = share.first_option; option <= share.last_option; ++option)
      inside += counts[option];
    // Were only perfect agreement told as a bound, the bound would say what everybody answered.
    const std::uint64_t outside = n - inside;
    const bool few = static_cast<double>(outside) < rules.alike_below &&
                     static_cast<double>(outside) <= (1 - rules.homogeneous_bound) * static_cast<double>(n) + 1e-9;
    if (few) {
      result.state = PublishedDistribution::State::alike;
      result.first_option = share.first_option;
      result.last_option = share.last_option;
      result.at_least_percent = static_cast<int>(std::lround(100 * rules.homogeneous_bound));
      return result;
    }
    const double percent = 100 * static_cast<double>(inside) / static_cast<double>(n);
    share.percent = static_cast<int>(step * std::round(percent / step));
  }
  if (n < rules.three_categories_from) {
    result.state = PublishedDistribution::State::mean_only;
    return result;
  }
  result.state = PublishedDistribution::State::shown;
  result.shares = std::move(shares);
  return result;
}

}  // namespace khaosat::disclosure
