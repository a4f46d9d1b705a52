// What a template is filled with: names with a text, a yes/no, another view, or a list of views.
// A plain value type; not shared between threads while it is being built.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace khaosat {

class View {
 public:
  using List = std::vector<View>;
  using Value = std::variant<bool, std::string, View, List>;

  View& set(std::string name, std::string text);
  View& set(std::string name, const char* text) { return set(std::move(name), std::string(text)); }
  View& set(std::string name, bool yes);
  View& set(std::string name, int number) { return set(std::move(name), std::to_string(number)); }
  View& set(std::string name, View view);
  View& set(std::string name, List list);
  // Appends to the list of that name, making it the first time.
  View& add(const std::string& name, View item);

  struct Entry;
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  View& put(std::string name, Value value);
  std::vector<Entry> entries_;
};

struct View::Entry {
  std::string name;
  Value value;
};

}  // namespace khaosat
