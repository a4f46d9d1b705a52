#include "server/survey/form_fields.h"

namespace khaosat {

std::optional<std::string_view> FieldList::one(std::string_view name) const {
  const auto found = fields_.find(name);
  if (found == fields_.end()) return std::nullopt;
  return found->second.front();
}

std::vector<std::string_view> FieldList::all(std::string_view name) const {
  const auto found = fields_.find(name);
  if (found == fields_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<std::string_view> FieldList::names() const {
  std::vector<std::string_view> names;
  names.reserve(fields_.size());
  for (const auto& entry : fields_) names.push_back(entry.first);
  return names;
}

}  // namespace khaosat
