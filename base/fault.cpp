#include "base/fault.h"

namespace khaosat {

std::string to_text(const Faults& faults) {
  std::string text;
  for (const auto& fault : faults) {
    text += fault.file;
    if (!fault.place.empty()) text += (fault.place.front() == '/' ? "#" : ": ") + fault.place;
    text += ": " + fault.message + " [" + std::string(name_of(fault.code)) + "]\n";
  }
  return text;
}

Error as_error(const Faults& faults) {
  if (faults.empty()) return Error{};
  const Fault& first = faults.front();
  std::string message = first.message;
  if (faults.size() > 1) message += " (and " + std::to_string(faults.size() - 1) + " more faults)";
  return Error{first.code, message, first.file + (first.place.empty() ? "" : "#" + first.place), {}};
}

}  // namespace khaosat
