// From an answer to the number an index uses: which items a model needs from a questionnaire, and
// what each option or absence counts. Pure; thread safe.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/index/index_model.h"
#include "analysis/sums/sums_table.h"
#include "base/result.h"

namespace khaosat::index {

// One survey leaf. Its key is the leaf's id, and the name of its column in the sums.
struct SurveyItem {
  std::string key;
  std::string question;
  std::map<std::string, double> option_scores;   // share: 1 or 0
  bool every_other_option_is_zero = false;       // share without a questionnaire to check against
  bool number = false;                           // the number typed is the score
  std::map<std::string, double> absence_scores;
};

// The items of one year, in the order of the tree. With `questionnaire` options are known and
// checked; without it (offline files whose questionnaire is not at hand) a share takes any other
// option as 0, and a mean without stated scores takes numbers.
std::vector<SurveyItem> survey_items(const IndexModel& model, int year,
                                     const QuestionnaireFacts* questionnaire);

// `chosen`: one option, or several where several may be chosen (share: one of them is enough).
// Refuses unknown_option, and wrong_type where one option is needed.
Result<sums::Answer> answer_from_options(const SurveyItem& item,
                                         std::span<const std::string_view> chosen);
Result<sums::Answer> answer_from_number(const SurveyItem& item, double number);
sums::Answer answer_from_absence(const SurveyItem& item, sums::Absence absence);

// "dont_know" and the like; nothing for other words.
std::optional<sums::Absence> absence_from(std::string_view name);

}  // namespace khaosat::index
