#include "server/pages/staff_campaign_form.h"

#include <algorithm>
#include <set>

#include "base/csv.h"
#include "base/text.h"
#include "server/catalog/catalog.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_overview.h"
#include "server/pages/staff_page.h"
#include "server/services/campaign_book.h"
#include "server/services/campaign_service.h"
#include "server/services/psu_table.h"

namespace khaosat {

namespace {

constexpr std::size_t kMostFaultsShown = 20;

std::vector<FieldChoice> questionnaire_choices(const App& app, const Request& request) {
  std::vector<FieldChoice> choices;
  for (const auto& one : app.catalog.questionnaires()) {
    choices.push_back({one->identity.label(), one->title.in(request.language) + " (" + one->identity.label() + ")", ""});
  }
  return choices;
}

// Places that exist today or will: whoever starts a campaign asks about living units.
std::vector<FieldChoice> unit_choices(const App& app, const Request& request) {
  std::vector<FieldChoice> choices;
  const std::string today = vietnam_date(app.clock.now());
  for (const auto& unit : app.catalog.units().units()) {
    if (unit.level == UnitLevel::village || unit.level == UnitLevel::province) continue;
    if (!unit.valid_to.empty() && unit.valid_to < today) continue;
    const Unit* parent = app.catalog.units().find(unit.parent);
    choices.push_back({unit.id, unit.name.in(request.language), (parent ? parent->name.in(request.language) + " · " : "") + unit.id});
  }
  return choices;
}

// Topics a questionnaire asks about only where the campaign says why.
std::set<std::string> topics_of(const Catalog& catalog) {
  std::set<std::string> topics;
  for (const auto& questionnaire : catalog.questionnaires()) {
    for (const auto& question : questionnaire->questions) {
      if (!question.topic.empty()) topics.insert(question.topic);
    }
  }
  return topics;
}

std::vector<FieldChoice> words_of(const App& app, const Request& request, const std::string& field,
                                  std::initializer_list<const char*> values) {
  std::vector<FieldChoice> choices;
  for (const char* value : values) {
    const std::string key = "staff.campaign." + field + "_" + value;
    choices.push_back({value, say(app, request, key), say(app, request, key + "_hint")});
  }
  return choices;
}

HttpResponse form_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, say(app, request, "staff.campaign.new"), "/staff/campaigns");
  StaffFields first(app, request, "campaign", typed, wrong);
  first.input("title").input("title_en").input("office");
  first.select("questionnaire", questionnaire_choices(app, request));
  first.input("opens_on", "date").narrow().input("closes_on", "date").narrow();
  first.radios("sample", words_of(app, request, "sample", {"drawn", "none"}));
  first.radios("admission", words_of(app, request, "admission", {"slips", "open"}));
  first.checks("units", unit_choices(app, request));
  first.area("psus", 12).input("psus_file", "file");
  first.input("minimum_cell", "number").narrow().input("batch_size", "number").narrow();
  std::vector<FieldChoice> topics;
  for (const auto& topic : topics_of(app.catalog)) {
    const std::string key = "staff.topic." + topic;
    topics.push_back({topic, app.locales.has_key("vi", key) ? say(app, request, key) : topic, ""});
  }
  if (!topics.empty()) first.checks("stated_needs", topics).area("need_reason", 3);
  first.put(view);
  return staff_page(app, request, "campaign_new", view, first.has_wrong() ? 422 : 200);
}

class DraftReading {
 public:
  DraftReading(const App& app, const Request& request, const StaffForm& form) : app_(app), request_(request), form_(form) {}

  Campaign read() {
    Campaign draft;
    draft.title = LocalText(form_.text("title"));
    if (const auto english = form_.text("title_en"); !english.empty()) draft.title.set("en", english);
    draft.office = form_.text("office");
    read_questionnaire(draft);
    draft.opens_on = form_.text("opens_on");
    draft.closes_on = form_.text("closes_on");
    draft.sample = read_choice("sample", "drawn", "none") == 0 ? SampleKind::drawn : SampleKind::none;
    draft.admission = read_choice("admission", "slips", "open") == 0 ? Admission::slips : Admission::open;
    draft.minimum_cell = whole_number("minimum_cell", 5);
    draft.batch_size = whole_number("batch_size", 10);
    for (const auto unit : form_.fields.all("units")) draft.units.emplace_back(unit);
    read_psus(draft);
    for (const auto topic : form_.fields.all("stated_needs")) {
      draft.stated_needs.push_back({std::string(topic), form_.text("need_reason")});
    }
    draft.demo = form_.text("demo") == "yes";
    return draft;
  }

  // Of the service, in the words of this form. Faults of a table that could not be read anyway are
  // left out: the row that is wrong has been named.
  void add(const Faults& faults) {
    for (const auto& fault : faults) {
      if (table_wrong_ && (fault.place == "psus" || fault.place == "strata")) continue;
      const std::string field = fault.place == "strata" ? "psus" : fault.place == "stated_needs" ? "need_reason" : fault.place;
      if (has(field)) continue;
      wrong_.push_back({field, sentence_of(app_, request_, fault, fault.place)});
    }
  }
  bool has(const std::string& field) const {
    return std::any_of(wrong_.begin(), wrong_.end(), [&](const auto& one) { return one.field == field; });
  }
  std::vector<FieldWrong>& wrong() { return wrong_; }

 private:
  void read_questionnaire(Campaign& draft) {
    const auto parts = split(form_.text("questionnaire"), '/');
    const auto version = parts.size() == 2 ? integer_from(parts[1]) : std::nullopt;
    if (!version) {
      wrong_.push_back({"questionnaire", say(app_, request_, "staff.fault.questionnaire.definition_unknown")});
      return;
    }
    draft.questionnaire = {parts[0], static_cast<int>(*version), ""};
    if (const auto found = app_.catalog.questionnaire(parts[0], draft.questionnaire.version)) draft.audience = found->audience;
  }

  int read_choice(const std::string& field, std::string_view first, std::string_view second) {
    const std::string value = form_.text(field);
    if (value == first) return 0;
    if (value != second) wrong_.push_back({field, say(app_, request_, "staff.fault.choice")});
    return 1;
  }

  int whole_number(const std::string& field, int fallback) {
    const std::string typed = form_.text(field);
    const auto number = integer_from(typed);
    if (number && *number >= 0 && *number <= 100000) return static_cast<int>(*number);
    if (!typed.empty()) wrong_.push_back({field, say(app_, request_, "staff.fault.whole_number")});
    return fallback;
  }

  void read_psus(Campaign& draft) {
    PsuTable table = read_psu_csv("psus", form_.file_or_text("psus_file", "psus"), app_.catalog.units(), draft.units);
    for (const auto& fault : table.faults) {
      if (wrong_.size() >= kMostFaultsShown) break;
      wrong_.push_back({"psus", sentence_of(app_, request_, fault, "psu_table")});
    }
    table_wrong_ = !table.faults.empty();
    draft.strata = std::move(table.strata);
    draft.psus = std::move(table.psus);
  }

  const App& app_;
  const Request& request_;
  const StaffForm& form_;
  std::vector<FieldWrong> wrong_;
  bool table_wrong_ = false;
};

}  // namespace

Result<HttpResponse> show_campaigns(const App& app, const Request& request) {
  View view = staff_view(app, request, say(app, request, "staff.campaigns.title"), "/staff/campaigns");
  auto campaigns = TRY(app.book.all());
  std::stable_sort(campaigns.begin(), campaigns.end(),
                   [](const Campaign& a, const Campaign& b) { return a.closes_on > b.closes_on; });
  view.set("any_campaign", !campaigns.empty());
  const Role role = signed_in(request)->role;
  view.set("runs_campaigns", role == Role::administrator || role == Role::officer);
  for (const auto& campaign : campaigns) view.add("campaigns", campaign_row(app, request, campaign));
  return staff_page(app, request, "campaigns", view);
}

Result<HttpResponse> show_new_campaign(const App& app, const Request& request) {
  const auto questionnaires = app.catalog.questionnaires();
  return form_page(app, request,
                   typed_from({{"questionnaire", questionnaires.empty() ? "" : questionnaires.front()->identity.label()},
                               {"sample", "drawn"},
                               {"admission", "slips"},
                               {"minimum_cell", "5"},
                               {"batch_size", "10"},
                               {"psus", "unit,psu,title,population,slips,psu_population,neighbour\n"}}),
                   {});
}

Result<HttpResponse> create_campaign(const App& app, const Request& request, const StaffForm& form) {
  DraftReading reading(app, request, form);
  const Campaign draft = reading.read();
  if (!reading.wrong().empty()) {
    reading.add(faults_of(draft, app.catalog));
  } else {
    Faults faults;
    const auto made = app.campaigns.create(draft, signed_in(request)->account, &faults);
    if (made) return HttpResponse::redirect("/staff/campaigns/" + made->id);
    if (faults.empty()) return fail(made.error());
    reading.add(faults);
  }
  // A table that was uploaded goes into the field, so that it is not lost and can be mended there.
  FormData typed;
  for (const auto& [name, value] : form.fields.fields()) {
    if (name != "psus" && name != kCsrfField) typed.add(name, value);
  }
  const auto table = clean_text(form.file_or_text("psus_file", "psus"));
  typed.add("psus", table.value_or(""));
  return form_page(app, request, typed, std::move(reading.wrong()));
}

}  // namespace khaosat
