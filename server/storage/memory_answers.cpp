#include "server/storage/memory_answers.h"

#include <algorithm>
#include <set>

#include "server/storage/batch.h"
#include "server/storage/closing_plan.h"

namespace khaosat {

std::size_t MemoryAnswers::cell_index(const Cell& cell) {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].cell == cell) return i;
  }
  cells_.push_back({cell, 0, 0, {}});
  return cells_.size() - 1;
}

Result<void> MemoryAnswers::add_slips(const Cell& cell, const std::vector<Digest>& slips) {
  const std::lock_guard lock(mutex_);
  if (closing_) return fail(ErrorCode::campaign_closed, "slips cannot be added after closing");
  const std::set<Digest> distinct(slips.begin(), slips.end());
  const bool known = std::any_of(slips.begin(), slips.end(),
                                 [&](const Digest& slip) { return slips_.contains(slip); });
  if (known || distinct.size() != slips.size()) {
    return fail(ErrorCode::already_exists, "a slip is known already; none was added", cell.psu);
  }
  const std::size_t index = cell_index(cell);
  for (const Digest& slip : slips) slips_[slip] = {index, false};
  cells_[index].slips += static_cast<int>(slips.size());
  return {};
}

Result<ArrivalOutcome> MemoryAnswers::accept(Arrival arrival) {
  const std::lock_guard lock(mutex_);
  if (closing_) return ArrivalOutcome::closed;
  if (const auto known = submissions_.find(arrival.submission); known != submissions_.end()) {
    return known->second == arrival.content ? ArrivalOutcome::repeated : ArrivalOutcome::conflict;
  }
  std::size_t index = 0;
  if (arrival.slip) {
    const auto slip = slips_.find(*arrival.slip);
    if (slip == slips_.end() || slip->second.spent) return ArrivalOutcome::slip_refused;
    slip->second.spent = true;
    index = slip->second.cell;
  } else {
    index = cell_index(arrival.cell);
  }
  submissions_[arrival.submission] = arrival.content;
  ++cells_[index].arrived;
  cells_[index].waiting.push_back(std::move(arrival.sealed));
  return ArrivalOutcome::accepted;
}

Result<std::vector<PsuCount>> MemoryAnswers::counts() {
  const std::lock_guard lock(mutex_);
  std::vector<PsuCount> counts;
  for (const auto& state : cells_) counts.push_back({state.cell.psu, state.slips, state.arrived});
  std::sort(counts.begin(), counts.end(),
            [](const PsuCount& a, const PsuCount& b) { return a.psu < b.psu; });
  return counts;
}

Result<std::vector<Response>> MemoryAnswers::open(const std::vector<std::string>& waiting,
                                                  std::size_t count, int k, const Unseal& unseal) {
  std::vector<Response> batch;
  for (std::size_t i = 0; i < count; ++i) batch.push_back(TRY(unseal(waiting[i])));
  coarsen(batch, k);
  return batch;
}

void MemoryAnswers::keep(std::vector<Response> batch) {
  ++batches_;
  for (auto& response : batch) {
    response.batch = batches_;
    responses_.emplace(random_bytes(16), std::move(response));
  }
}

Result<BatchReport> MemoryAnswers::form_batches(const Campaign& campaign, const Unseal& unseal) {
  const std::lock_guard lock(mutex_);
  BatchReport report;
  if (closing_ || campaign.audience == Audience::staff) return report;
  const int k = campaign.batch_size;
  // Everything is opened before anything moves, so that an error leaves no half.
  std::vector<std::pair<std::size_t, std::vector<std::string>>> left_behind;
  std::vector<std::vector<Response>> batches;
  for (std::size_t index = 0; index < cells_.size(); ++index) {
    if (batches_ready(static_cast<int>(cells_[index].waiting.size()), k) == 0) continue;
    auto& waiting = cells_[index].waiting;
    std::vector<Response> responses;
    std::vector<int> versions;
    for (const auto& sealed : waiting) {
      responses.push_back(TRY(unseal(sealed)));
      responses.back().cell = cells_[index].cell;
      versions.push_back(responses.back().questionnaire_version);
    }
    std::set<std::size_t> leaving;
    for (const auto& indices : batches_of_one_version(versions, k)) {
      auto& batch = batches.emplace_back();
      for (const std::size_t one : indices) {
        batch.push_back(std::move(responses[one]));
        leaving.insert(one);
      }
      coarsen(batch, k);
    }
    std::vector<std::string> staying;
    for (std::size_t one = 0; one < waiting.size(); ++one) {
      if (!leaving.contains(one)) staying.push_back(waiting[one]);
    }
    left_behind.emplace_back(index, std::move(staying));
  }
  for (auto& [index, waiting] : left_behind) cells_[index].waiting = std::move(waiting);
  for (auto& batch : batches) {
    report.responses += static_cast<int>(batch.size());
    keep(std::move(batch));
  }
  report.batches = static_cast<int>(batches.size());
  return report;
}

Result<ClosingReport> MemoryAnswers::close(const Campaign& campaign, const Unseal& unseal) {
  const std::lock_guard lock(mutex_);
  if (closing_) return *closing_;
  std::vector<CellCount> counts;
  ClosingReport report;
  for (const auto& state : cells_) {
    counts.push_back({state.cell, state.arrived});
    report.responses += state.arrived;
  }
  const ClosingPlan plan = plan_closing(campaign, counts);
  if (plan.withheld) {
    report.withheld = std::exchange(report.responses, 0);
  } else {
    std::vector<std::pair<Cell, std::vector<std::string>>> last;
    for (const auto& [from, to] : plan.moves) {
      if (last.empty() || last.back().first != to)
        last.emplace_back(to, std::vector<std::string>());
      const auto& waiting = cells_[cell_index(from)].waiting;
      last.back().second.insert(last.back().second.end(), waiting.begin(), waiting.end());
    }
    std::vector<std::vector<Response>> batches;
    for (const auto& [cell, waiting] : last) {
      if (waiting.empty()) continue;
      batches.push_back(TRY(open(waiting, waiting.size(), campaign.batch_size, unseal)));
      for (auto& response : batches.back()) response.cell = cell;
    }
    for (auto& [key, response] : responses_) {
      const auto move = std::find_if(plan.moves.begin(), plan.moves.end(),
                                     [&](const auto& m) { return m.from == response.cell; });
      if (move != plan.moves.end()) response.cell = move->to;
    }
    for (auto& batch : batches) keep(std::move(batch));
    const auto numbers = random_order(static_cast<std::size_t>(batches_));
    for (auto& [key, response] : responses_) {
      response.batch = static_cast<int>(numbers[static_cast<std::size_t>(response.batch - 1)]) + 1;
    }
    report.merges = plan.merges;
  }
  for (auto& state : cells_) state.waiting.clear();
  slips_.clear();
  submissions_.clear();
  closing_ = report;
  return report;
}

Result<bool> MemoryAnswers::is_closed() {
  const std::lock_guard lock(mutex_);
  return closing_.has_value();
}

Result<void> MemoryAnswers::each_response(const std::function<void(const Response&)>& visit) {
  const std::lock_guard lock(mutex_);
  if (!closing_) {
    return fail(ErrorCode::campaign_not_closed,
                "answers can be read after the campaign has closed");
  }
  for (const auto& [key, response] : responses_) visit(response);
  return {};
}

Result<Digest> MemoryAnswers::fingerprint() {
  const std::lock_guard lock(mutex_);
  if (!closing_) {
    return fail(ErrorCode::campaign_not_closed,
                "answers can be read after the campaign has closed");
  }
  std::string keys;
  for (const auto& [key, response] : responses_) keys += key;
  return sha256(keys);
}

Result<std::shared_ptr<const ByteSource>> MemoryAnswers::columns() {
  const std::lock_guard lock(mutex_);
  if (!columns_) return fail(ErrorCode::not_found, "no column file has been made");
  return columns_;
}

Result<void> MemoryAnswers::keep_columns(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (!closing_) {
    return fail(ErrorCode::campaign_not_closed,
                "answers can be read after the campaign has closed");
  }
  columns_ = std::make_shared<MemoryBytes>(std::string(bytes));
  return {};
}

Result<void> MemoryAnswers::copy_to(const std::string& path) {
  return fail(ErrorCode::file_unwritable, "a store in memory has no file to copy", path);
}

}  // namespace khaosat
