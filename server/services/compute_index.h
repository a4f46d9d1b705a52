// From the answers of a closed campaign to an index run: sums, weights, design, computation, and what
// of it may be shown. Pure but for reading the store; thread safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/disclosure/disclosure.h"
#include "analysis/index/index_engine.h"
#include "analysis/index/index_model.h"
#include "analysis/index/survey_items.h"
#include "server/catalog/catalog.h"
#include "server/services/campaign_book.h"

namespace khaosat {

struct IndexRequest {
  std::string campaign_id;
  std::string model;  // id in the catalogue, newest version
  std::vector<std::pair<std::string, double>> parameters;
  std::string variant;  // whose reading other parameters are
  // Respondents to leave out, in the order AnswerStore::each_packed() visits them; null: none.
  const std::vector<bool>* leave_out = nullptr;
  bool without_population = false;  // weights of the design alone, though the population was counted
};

class ComputeIndex {
 public:
  ComputeIndex(Store& store, const Catalog& catalog, CampaignBook& book)
      : store_(store), catalog_(catalog), book_(book) {}

  // campaign_not_closed; definition_unknown (model); not_comparable (the model is of another
  // questionnaire); too_few_answers; and the refusals of index::compute.
  Result<index::IndexRun> compute(const IndexRequest& request);

  // Where the office counted the population before closing (services/population), weights follow the counts, and the run
  // tells what the index of each unit is without; where they cannot, it tells why.

  // What compute() computes from without such counts, its sums as a table: to be added to those of other stores (analysis/index/index_merge.h).
  Result<index::IndexInput> input_for(const IndexRequest& request);

  // The same, as it may leave: by the campaign's rules, and with an eye on what was kept before and on what
  // other models tell of the same answers.
  // A run by other parameters than the model's own tells what publish_what_if() leaves of it.
  // `beside`: another publication that stands on the same page; null: none.
  Result<disclosure::PublishedRun> publish(const index::IndexRun& run, const Campaign& campaign,
                                           const disclosure::EarlierPublication* beside = nullptr);

  // Models of the catalogue that the campaign's questionnaire fits, by id.
  std::vector<std::shared_ptr<const index::IndexModel>> models_for(const Campaign& campaign) const;

 private:
  struct Asked {
    std::shared_ptr<const CampaignEntry> entry;
    std::shared_ptr<const index::IndexModel> model;
    int year = 0;
  };
  Result<Asked> asked(const IndexRequest& request);
  Result<std::vector<index::IndexRun>> told_too(const index::IndexRun& run, const Campaign& campaign);
  enum class Way { columns, responses };
  Result<index::IndexInput> input_of(const CampaignEntry& entry, const index::IndexModel& model, int year, Way way,
                                     const std::vector<bool>* leave_out);
  Result<index::IndexRun> compute_by_design(const CampaignEntry& entry, const index::IndexModel& model, int year, const IndexRequest& request);

  Store& store_;
  const Catalog& catalog_;
  CampaignBook& book_;
};

// How small is too small in this campaign: staff or citizens, and what it asks for beyond that.
disclosure::DisclosureRules disclosure_rules(const Campaign& campaign);

// The name of a unit, or the names of those that were counted together as "a+b"; an id nobody knows stands for itself.
std::string joint_unit_name(const UnitRegister& register_of_units, std::string_view id, std::string_view language);

// One respondent's answers as the items of a model. `items` as survey_items() gives them.
Result<std::vector<sums::Answer>> item_answers(const Questionnaire& questionnaire, const Answers& answers,
                                               const std::vector<index::SurveyItem>& items);

}  // namespace khaosat
