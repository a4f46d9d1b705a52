// An answer as a person reads it, for looking over before sending and for later lists. Pure.
#pragma once

#include <string>
#include <string_view>

#include "server/html/locale.h"
#include "server/survey/answers.h"
#include "server/survey/campaign.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

// Lines are parted by "\n". Blank and not asked give an empty text.
// Whether the words of the answer are Vietnamese because the language lacks them.
bool stands_in(const Question& question, const Answer& answer, std::string_view language);
std::string answer_words(const Locales& locales, std::string_view language, const Campaign& campaign,
                         const Question& question, const Answer& answer);

// "Không biết"; empty for kinds nobody chooses.
std::string absence_words(const Locales& locales, std::string_view language, Absence absence);

// The name under which a campaign shows a unit.
std::string unit_title(const Campaign& campaign, std::string_view unit_id);

}  // namespace khaosat
