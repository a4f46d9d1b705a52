// Forms of the office as data: what is asked, what was typed, what is wrong with it. One template
// (layout/staff_fields) draws them all, so that every form keeps what was typed and links its errors.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/html/view.h"
#include "server/http/form_data.h"
#include "server/pages/app.h"

namespace khaosat {

struct FieldWrong {
  std::string field;  // empty: the form as a whole
  std::string sentence;
};

struct FieldChoice {
  std::string value;
  std::string label;
  std::string hint;
};

// One form of one page; used by one thread. Labels and hints are sentences "staff.<form>.<field>" and
// "staff.<form>.<field>_hint" (left out if there is none).
class StaffFields {
 public:
  StaffFields(const App& app, const Request& request, std::string form, const FormData& typed,
              std::vector<FieldWrong> wrong = {});

  // `type` as in HTML: text, date, number, password, file. `autocomplete` may be empty.
  StaffFields& input(const std::string& field, const char* type = "text", const char* autocomplete = "off");
  StaffFields& area(const std::string& field, int rows = 10);
  // One of several, as a list to open (many) or as buttons (few).
  StaffFields& select(const std::string& field, const std::vector<FieldChoice>& choices);
  StaffFields& radios(const std::string& field, const std::vector<FieldChoice>& choices);
  StaffFields& checks(const std::string& field, const std::vector<FieldChoice>& choices);
  // Shorter input, for numbers and dates.
  StaffFields& narrow();
  // Other words for the last field than the locale's; for what definitions ask.
  StaffFields& words(const std::string& label, const std::string& hint);

  // Puts fields, error summary and the words of the error prefix into the page's view.
  void put(View& view, const std::string& name = "fields") const;
  // The fields alone: a form in several lists has one summary.
  void put_fields(View& view, const std::string& name) const { view.set(name, fields_); }
  bool has_wrong() const { return !wrong_.empty(); }

 private:
  View base(const std::string& field, const char* kind);
  StaffFields& chosen(const std::string& field, const char* kind, const std::vector<FieldChoice>& choices, bool many);

  const App& app_;
  const std::string language_;
  std::string form_;
  const FormData& typed_;
  std::vector<FieldWrong> wrong_;
  View::List fields_;
  std::string last_field_;
  bool last_is_wrong_ = false;
};

// FormData holding `defaults`; for a form shown the first time.
FormData typed_from(std::vector<std::pair<std::string, std::string>> defaults);

}  // namespace khaosat
