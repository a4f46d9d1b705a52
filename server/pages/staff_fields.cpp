#include "server/pages/staff_fields.h"

#include <algorithm>

#include "server/http/request.h"

namespace khaosat {

StaffFields::StaffFields(const App& app, const Request& request, std::string form, const FormData& typed,
                         std::vector<FieldWrong> wrong)
    : app_(app), language_(request.language), form_(std::move(form)), typed_(typed), wrong_(std::move(wrong)) {}

View StaffFields::base(const std::string& field, const char* kind) {
  View view;
  const std::string key = "staff." + form_ + "." + field;
  view.set("field", field).set("label", app_.locales.text(language_, key)).set(kind, true);
  const bool with_hint = app_.locales.has_key("vi", key + "_hint");
  if (with_hint) view.set("hint", app_.locales.text(language_, key + "_hint"));
  std::string described = with_hint ? field + "-hint" : "";
  std::string sentences;
  for (const auto& wrong : wrong_) {
    if (wrong.field != field) continue;
    if (sentences.empty()) described += (described.empty() ? "" : " ") + field + "-wrong";
    sentences += (sentences.empty() ? "" : " ") + wrong.sentence;
    view.add("wrongs", View().set("wrong", wrong.sentence));
  }
  last_field_ = field;
  last_is_wrong_ = !sentences.empty();
  view.set("is_wrong", last_is_wrong_);
  if (!described.empty()) view.set("described", described);
  return view;
}

StaffFields& StaffFields::input(const std::string& field, const char* type, const char* autocomplete) {
  View view = base(field, "is_input");
  const std::string_view kind = type;
  view.set("type", type).set("autocomplete", autocomplete);
  // A password is never sent back, and a browser forgets chosen files.
  const auto value = typed_.one(field);
  view.set("typed", value && kind != "password" && kind != "file" ? std::string(*value) : std::string());
  fields_.push_back(std::move(view));
  return *this;
}

StaffFields& StaffFields::area(const std::string& field, int rows) {
  View view = base(field, "is_area");
  const auto value = typed_.one(field);
  view.set("typed", value ? std::string(*value) : std::string()).set("rows", rows);
  fields_.push_back(std::move(view));
  return *this;
}

StaffFields& StaffFields::chosen(const std::string& field, const char* kind, const std::vector<FieldChoice>& choices,
                                 bool many) {
  View view = base(field, kind);
  const auto values = typed_.all(field);
  int number = 0;
  for (const auto& choice : choices) {
    View item;
    // The error summary links to the field's own id: the first choice bears it.
    item.set("choice_id", number == 0 ? field : field + "-" + std::to_string(number));
    ++number;
    item.set("choice", choice.value).set("choice_label", choice.label);
    if (!choice.hint.empty()) item.set("choice_hint", choice.hint);
    item.set("chosen", std::find(values.begin(), values.end(), choice.value) != values.end());
    item.set("choice_field", field).set("choice_type", many ? "checkbox" : "radio");
    view.add("choices", std::move(item));
  }
  fields_.push_back(std::move(view));
  return *this;
}

StaffFields& StaffFields::select(const std::string& field, const std::vector<FieldChoice>& choices) {
  return chosen(field, "is_select", choices, false);
}
StaffFields& StaffFields::radios(const std::string& field, const std::vector<FieldChoice>& choices) {
  return chosen(field, "is_group", choices, false);
}
StaffFields& StaffFields::checks(const std::string& field, const std::vector<FieldChoice>& choices) {
  return chosen(field, "is_group", choices, true);
}

StaffFields& StaffFields::narrow() {
  fields_.back().set("narrow", true);
  return *this;
}

StaffFields& StaffFields::words(const std::string& label, const std::string& hint) {
  View& last = fields_.back();
  last.set("label", label);
  if (hint.empty()) return *this;
  last.set("hint", hint).set("described", last_field_ + "-hint" + (last_is_wrong_ ? " " + last_field_ + "-wrong" : ""));
  return *this;
}

void StaffFields::put(View& view, const std::string& name) const {
  view.set(name, fields_);
  if (wrong_.empty()) return;
  view.set("failed", true);
  for (const auto& wrong : wrong_) {
    View item;
    if (!wrong.field.empty()) item.set("href", "#" + wrong.field);
    view.add("errors", std::move(item.set("sentence", wrong.sentence)));
  }
}

FormData typed_from(std::vector<std::pair<std::string, std::string>> defaults) {
  return FormData(std::move(defaults));
}

}  // namespace khaosat
