#include "server/storage/memory_paper.h"

namespace khaosat {

PaperForm MemoryPaper::shown(int number, const Form& form) {
  PaperForm shown{number, form.batch, form.state, {}};
  for (const auto& entry : form.entries) shown.clerks.push_back(entry.clerk);
  return shown;
}

Result<PaperBatch> MemoryPaper::add_batch(PaperBatch batch) {
  if (batch.forms < 1) return fail(ErrorCode::out_of_range, "a batch holds at least one form", "forms");
  const std::lock_guard lock(mutex_);
  batch.number = static_cast<int>(batches_.size()) + 1;
  batch.first_form = forms_.empty() ? 1 : forms_.rbegin()->first + 1;
  for (int i = 0; i < batch.forms; ++i) forms_[batch.first_form + i].batch = batch.number;
  batches_.push_back(batch);
  return batch;
}

Result<std::vector<PaperBatch>> MemoryPaper::batches() {
  const std::lock_guard lock(mutex_);
  return batches_;
}

Result<std::optional<PaperForm>> MemoryPaper::form(int number) {
  const std::lock_guard lock(mutex_);
  const auto found = forms_.find(number);
  if (found == forms_.end()) return std::nullopt;
  return shown(number, found->second);
}

Result<std::vector<PaperForm>> MemoryPaper::forms() {
  const std::lock_guard lock(mutex_);
  std::vector<PaperForm> list;
  for (const auto& [number, form] : forms_) list.push_back(shown(number, form));
  return list;
}

Result<std::vector<PaperEntry>> MemoryPaper::entries(int number) {
  const std::lock_guard lock(mutex_);
  const auto found = forms_.find(number);
  return found == forms_.end() ? std::vector<PaperEntry>() : found->second.entries;
}

Result<void> MemoryPaper::advance(const std::vector<PaperStep>& steps) {
  const std::lock_guard lock(mutex_);
  auto forms = forms_;
  auto tallies = tallies_;
  for (const auto& step : steps) {
    const auto found = forms.find(step.form);
    if (found == forms.end()) return fail(ErrorCode::serial_wrong, "no such form", std::to_string(step.form));
    Form& form = found->second;
    if (form.state != step.from) {
      return fail(ErrorCode::form_accounted, "the form is " + std::string(name_of(form.state)), std::to_string(step.form));
    }
    form.state = step.to;
    if (is_end(step.to) || step.to == PaperState::settled || step.to == PaperState::handed_out) form.entries.clear();
    if (step.entry) form.entries.push_back(*step.entry);
    for (const auto& added : step.tallies) {
      ClerkTally& tally = tallies[added.clerk];
      tally = {added.clerk, tally.forms + added.forms, tally.fields + added.fields, tally.compared + added.compared,
               tally.wrong + added.wrong};
    }
  }
  forms_ = std::move(forms);
  tallies_ = std::move(tallies);
  return {};
}

Result<std::vector<ClerkTally>> MemoryPaper::tallies() {
  const std::lock_guard lock(mutex_);
  std::vector<ClerkTally> list;
  for (const auto& [clerk, tally] : tallies_) list.push_back(tally);
  return list;
}

Result<int> MemoryPaper::second_share() {
  const std::lock_guard lock(mutex_);
  return second_share_;
}

Result<void> MemoryPaper::set_second_share(int percent) {
  if (percent < 0 || percent > 100) return fail(ErrorCode::out_of_range, "a share is 0 to 100 percent", "share");
  const std::lock_guard lock(mutex_);
  second_share_ = percent;
  return {};
}

Result<void> MemoryPaper::forget_entries() {
  const std::lock_guard lock(mutex_);
  for (auto& [number, form] : forms_) form.entries.clear();
  return {};
}

Result<void> MemoryPaper::copy_to(const std::string& path) {
  return fail(ErrorCode::file_unwritable, "a store in memory has no file to copy", path);
}

}  // namespace khaosat
