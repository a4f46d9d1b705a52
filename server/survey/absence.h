// Why there is no answer. The kinds are kept apart in every store, sum, report and export: a person
// without experience and a person who refuses say different things.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace khaosat {

// not_asked: the question did not apply, or its topic was not part of the campaign.
// blank: asked and left empty. invalid: marks on paper that contradict one another, such as two crosses
// where one was asked for; nobody guesses which was meant. The others are choices a person made.
enum class Absence : std::uint8_t { not_asked, blank, no_experience, dont_know, declined, invalid };

inline constexpr std::array kAllAbsences = {Absence::not_asked, Absence::blank,
                                            Absence::no_experience, Absence::dont_know,
                                            Absence::declined, Absence::invalid};

// "not_asked", "blank", "no_experience", "dont_know", "declined", "invalid": as in files, forms and exports.
std::string_view name_of(Absence absence);
std::optional<Absence> absence_named(std::string_view name);
// True for the kinds a question may offer as a visible choice.
bool can_be_offered(Absence absence);

}  // namespace khaosat
