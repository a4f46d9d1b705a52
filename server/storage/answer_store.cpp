#include "server/storage/answer_store.h"

#include <set>
#include <tuple>

namespace khaosat {

Result<void> AnswerStore::each_packed(const std::function<void(const Cell& cell, std::string_view packed)>& visit) {
  // A response, and its Cell with it, may be gone when the next one comes; whoever visits may keep the
  // address of a Cell until the call returns.
  const auto before = [](const Cell& a, const Cell& b) {
    return std::tie(a.unit, a.stratum, a.psu) < std::tie(b.unit, b.stratum, b.psu);
  };
  std::set<Cell, decltype(before)> cells(before);
  return each_response([&](const Response& response) { visit(*cells.insert(response.cell).first, response.packed); });
}

}  // namespace khaosat
