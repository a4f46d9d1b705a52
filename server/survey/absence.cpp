#include "server/survey/absence.h"

namespace khaosat {

std::string_view name_of(Absence absence) {
  switch (absence) {
    case Absence::not_asked: return "not_asked";
    case Absence::blank: return "blank";
    case Absence::no_experience: return "no_experience";
    case Absence::dont_know: return "dont_know";
    case Absence::declined: return "declined";
    case Absence::invalid: return "invalid";
  }
  return "blank";
}

std::optional<Absence> absence_named(std::string_view name) {
  for (const Absence absence : kAllAbsences) {
    if (name_of(absence) == name) return absence;
  }
  return std::nullopt;
}

bool can_be_offered(Absence absence) {
  return absence != Absence::not_asked && absence != Absence::blank && absence != Absence::invalid;
}

}  // namespace khaosat
