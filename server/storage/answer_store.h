// The answers of one campaign: a file of its own; nothing in it names a person, an hour or a
// device. All calls are safe from any thread. A call that changes something returns after the
// change is on the disk: power may fail the moment after.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/bytes.h"
#include "base/result.h"
#include "server/survey/response.h"

namespace khaosat {

// The digests are keyed outside the store; the store only compares them.
struct Arrival {
  Digest submission{};         // of the client's submission id
  Digest content{};            // of the canonical content, keyed with the submission id as well
  std::optional<Digest> slip;  // of the slip code; absent where admission is open
  Cell cell;                   // used only without a slip; a slip decides its own cell
  // The Response, encrypted; the store cannot read it. Padded before sealing, so that its length
  // does not tell which response it became.
  std::string sealed;
};

enum class ArrivalOutcome {
  accepted,      // stored now
  repeated,      // same submission, same content: stored before, nothing changed
  conflict,      // same submission, other content: nothing changed
  slip_refused,  // unknown or spent; never told apart
  closed,        // the campaign takes no more answers, and no longer knows the repeated ones
};

struct PsuCount {
  std::string psu;
  int slips = 0;
  int arrived = 0;  // exact; whoever shows it rounds it down to 5
};

// Turns a sealed body into a response without its cell, which only the store knows. Called inside
// the writer's transaction; must not block.
using Unseal = std::function<Result<Response>(std::string_view sealed)>;

struct BatchReport {
  int batches = 0;
  int responses = 0;
};

struct ClosingReport {
  struct Merge {
    std::vector<std::string> psus;  // had fewer than k answers each, or took such a one in
    std::string into;               // name of the merged cell, "v1+v2"
    int responses = 0;
  };
  int responses = 0;  // all responses of the campaign after closing
  std::vector<Merge> merges;
  int withheld = 0;  // fewer than k in the whole campaign: not opened, counted only
};

class AnswerStore {
 public:
  virtual ~AnswerStore() = default;

  // Adds the slips of one primary sampling unit; already_exists, and none is added, if any digest
  // is known or stands twice in the list; campaign_closed.
  virtual Result<void> add_slips(const Cell& cell, const std::vector<Digest>& slips) = 0;
  // storage_busy, storage_full, storage_failed: it is not known whether the answer was stored.
  // Sending the same again finds out and never counts twice.
  virtual Result<ArrivalOutcome> accept(Arrival arrival) = 0;
  // Sorted by psu; one entry for each psu that has slips or answers, also after closing.
  virtual Result<std::vector<PsuCount>> counts() = 0;

  // Moves arrivals to responses, cell by cell: k (the campaign's batch size) at a time, chosen at
  // random, while at least 2k wait, so that the rest can always form a batch of k or more at
  // closing. Does nothing for staff, whose answers all wait for closing. An error of `unseal` is
  // returned and nothing has moved.
  virtual Result<BatchReport> form_batches(const Campaign& campaign, const Unseal& unseal) = 0;
  // Ends collection in one transaction: last batches, small cells merged as closing_plan.h says;
  // slips, submission and content digests are dropped, batches numbered anew at random. A second
  // call changes nothing and reports the same.
  virtual Result<ClosingReport> close(const Campaign& campaign, const Unseal& unseal) = 0;
  virtual Result<bool> is_closed() = 0;

  // Visits every response in the order of the random keys; campaign_not_closed before closing.
  virtual Result<void> each_response(const std::function<void(const Response&)>& visit) = 0;

  // The same for whoever needs only where an answer belongs and its packed form, without a copy.
  // Responses of one cell come with the same Cell object where the store can; both arguments live
  // until the visit returns, the Cell until the call returns.
  virtual Result<void> each_packed(
      const std::function<void(const Cell& cell, std::string_view packed)>& visit);

  // Other responses, another fingerprint; the same responses usually the same. Costs no reading of
  // the responses. campaign_not_closed.
  virtual Result<Digest> fingerprint() = 0;
  // The column file made from the responses (server/services/columns): kept beside them, of no worth
  // of its own, may be deleted at any time. columns(): not_found when there is none.
  // keep_columns(): campaign_not_closed; not_allowed where the store was opened for reading only.
  virtual Result<std::shared_ptr<const ByteSource>> columns() = 0;
  virtual Result<void> keep_columns(std::string_view bytes) = 0;

  // A copy of the file as it stands between two batches, without a trace of what was deleted.
  // already_exists if the path is taken. Submissions go on meanwhile, batches wait.
  virtual Result<void> copy_to(const std::string& path) = 0;
};

}  // namespace khaosat
