// The paper forms of one campaign: which were handed out, what became of each, and what people keyed
// in until it is settled. A file of its own, with no key in common with the answers: when an answer
// leaves for the inbox, what was keyed is deleted and only "entered" stays beside the form's number.
// All calls are safe from any thread; a change is on the disk when a call returns.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace khaosat {

// The last four are ends: nothing keyed is kept beside them.
enum class PaperState {
  handed_out,
  first_keyed,  // waits for a second person
  disagreed,    // two entries that differ; waits for a third person
  settled,      // one entry stands; waits to be sent
  entered,
  returned_blank,
  spoiled,
  missing,
};
// "handed_out", …
std::string_view name_of(PaperState state);
std::optional<PaperState> paper_state_named(std::string_view name);
bool is_end(PaperState state);

// Forms handed out together to one place, numbered one after the other.
struct PaperBatch {
  int number = 0;  // 1, 2, … given by the store
  std::string psu;
  std::string language;
  int first_form = 0;  // given by the store; numbers are unique in the campaign
  int forms = 0;
  // Positions of the question that begins each page, as they were printed.
  std::vector<std::size_t> page_starts;
};

struct PaperEntry {
  std::string clerk;   // account name
  std::string sealed;  // the store cannot read it
};

struct PaperForm {
  int number = 0;
  int batch = 0;
  PaperState state = PaperState::handed_out;
  std::vector<std::string> clerks;  // of the entries that wait, in the order keyed
};

// What one person keyed; added up, never form by form.
struct ClerkTally {
  std::string clerk;
  int forms = 0;
  int fields = 0;    // keyed
  int compared = 0;  // of these, keyed by somebody else too
  int wrong = 0;     // of the compared, not what was settled in the end

  bool operator==(const ClerkTally&) const = default;
};

struct PaperStep {
  int form = 0;
  PaperState from = PaperState::handed_out;
  PaperState to = PaperState::handed_out;
  // Stored with the step. Reaching `settled` deletes the earlier ones, reaching an end or
  // `handed_out` deletes all.
  std::optional<PaperEntry> entry;
  std::vector<ClerkTally> tallies;  // added to what stands there
};

class PaperStore {
 public:
  virtual ~PaperStore() = default;

  // Returns the batch with its numbers. out_of_range: no forms.
  virtual Result<PaperBatch> add_batch(PaperBatch batch) = 0;
  virtual Result<std::vector<PaperBatch>> batches() = 0;  // by number

  virtual Result<std::optional<PaperForm>> form(int number) = 0;
  virtual Result<std::vector<PaperForm>> forms() = 0;  // by number
  // Those that wait, in the order keyed.
  virtual Result<std::vector<PaperEntry>> entries(int number) = 0;

  // All or nothing. serial_wrong: no such form; form_accounted: it is not in the state `from` (any
  // more), nothing has changed.
  virtual Result<void> advance(const PaperStep& step) = 0;
  virtual Result<void> advance(const std::vector<PaperStep>& steps) = 0;

  virtual Result<std::vector<ClerkTally>> tallies() = 0;  // by clerk

  // Percent of the forms that a second person keys too; 100 at first.
  virtual Result<int> second_share() = 0;
  virtual Result<void> set_second_share(int percent) = 0;  // out_of_range

  virtual Result<void> forget_entries() = 0;
  virtual Result<void> copy_to(const std::string& path) = 0;
};

}  // namespace khaosat
