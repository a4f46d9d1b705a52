#include "server/html/view.h"

namespace khaosat {

View& View::put(std::string name, Value value) {
  for (auto& entry : entries_) {
    if (entry.name == name) {
      entry.value = std::move(value);
      return *this;
    }
  }
  entries_.push_back({std::move(name), std::move(value)});
  return *this;
}

View& View::set(std::string name, std::string text) { return put(std::move(name), std::move(text)); }
View& View::set(std::string name, bool yes) { return put(std::move(name), yes); }
View& View::set(std::string name, View view) { return put(std::move(name), std::move(view)); }
View& View::set(std::string name, List list) { return put(std::move(name), std::move(list)); }

View& View::add(const std::string& name, View item) {
  for (auto& entry : entries_) {
    if (entry.name == name) {
      if (auto* list = std::get_if<List>(&entry.value)) {
        list->push_back(std::move(item));
        return *this;
      }
    }
  }
  List list;
  list.push_back(std::move(item));
  return put(name, std::move(list));
}

}  // namespace khaosat
