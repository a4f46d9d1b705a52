#include "analysis/scorecards/year_sheets.h"

#include <algorithm>
#include <functional>

#include "analysis/scorecards/points.h"
#include "analysis/scorecards/scorecard_json.h"
#include "base/csv.h"
#include "base/decimal.h"
#include "base/json_text.h"
#include "base/text.h"

namespace khaosat::scorecards {

namespace {

using Cells = std::vector<std::string>;

std::string number_text(const std::optional<double>& value) { return value ? json_number(*value) : ""; }

// One document a line; a digest stands in the same line of the next column, "-" for none.
std::string lines_of(const std::vector<Evidence>& all, std::string Evidence::*member) {
  std::string text;
  for (const auto& one : all) text += (text.empty() ? "" : "\n") + ((one.*member).empty() ? "-" : one.*member);
  return text;
}

Cells row_of(const Event& event) {
  return {std::to_string(event.number), std::to_string(event.time), vietnam_date(event.time), event.account, event.manages ? "yes" : "no",
          std::string(name_of(event.act)), event.item, number_text(event.points), number_text(event.numerator), number_text(event.denominator),
          event.run, number_text(event.value), event.note, lines_of(event.evidence, &Evidence::reference),
          lines_of(event.evidence, &Evidence::digest), event.plan ? to_json(*event.plan) : ""};
}

// Reads the rows of one sheet cell by cell; each complaint names sheet, row and column.
class SheetReader {
 public:
  SheetReader(const std::vector<Sheet>& sheets, const std::string& name, Faults& faults) : name_(name), faults_(faults) {
    const auto found = std::find_if(sheets.begin(), sheets.end(), [&](const Sheet& sheet) { return sheet.name == name; });
    if (found == sheets.end()) {
      faults_.push_back({"", "sheet " + name_, ErrorCode::missing_field, "the sheet is missing"});
      return;
    }
    sheet_ = &*found;
    const auto shape = std::find_if(sheet_shapes().begin(), sheet_shapes().end(), [&](const Sheet& one) { return one.name == name; });
    for (const auto& column : shape->columns) {
      if (std::find(sheet_->columns.begin(), sheet_->columns.end(), column) != sheet_->columns.end()) continue;
      faults_.push_back({"", "sheet " + name_ + ", row 1, column " + column, ErrorCode::missing_field, "there is no column \"" + column + "\""});
      sheet_ = nullptr;
      return;
    }
    for (const auto& column : sheet_->columns) {
      if (std::find(shape->columns.begin(), shape->columns.end(), column) != shape->columns.end()) continue;
      const auto near = nearest(column, shape->columns);
      faults_.push_back({"", "sheet " + name_ + ", row 1, column " + column, ErrorCode::unknown_field,
                         "no column of this sheet" + (near ? "; did you mean \"" + *near + "\"?" : std::string())});
    }
  }

  void each(const std::function<void()>& take) {
    if (sheet_ == nullptr) return;
    for (row_ = 0; row_ < sheet_->rows.size(); ++row_) take();
  }
  std::size_t count() const { return sheet_ == nullptr ? 0 : sheet_->rows.size(); }

  std::string text(std::string_view column) const {
    const auto at = std::find(sheet_->columns.begin(), sheet_->columns.end(), column);
    const auto index = static_cast<std::size_t>(at - sheet_->columns.begin());
    return index < sheet_->rows[row_].size() ? sheet_->rows[row_][index] : std::string();
  }
  std::optional<double> number(const char* column) {
    const std::string cell = text(column);
    if (cell.empty()) return std::nullopt;
    const auto value = decimal_from(cell);
    if (!value) fault(column, ErrorCode::wrong_type, "\"" + cell + "\" is no number (write 2.5 or 2,5)");
    return value;
  }
  std::int64_t integer(const char* column) {
    const auto value = integer_from(text(column));
    if (!value) fault(column, ErrorCode::wrong_type, "\"" + text(column) + "\" is no whole number");
    return value.value_or(0);
  }
  bool yes_or_no(const char* column) {
    const std::string cell = fold_case(text(column));
    if (cell == "yes" || cell == "có") return true;
    if (cell != "no" && cell != "không" && !cell.empty()) fault(column, ErrorCode::unknown_option, "\"" + cell + "\": write yes or no");
    return false;
  }
  void fault(const char* column, ErrorCode code, std::string message) {
    faults_.push_back({"", "sheet " + name_ + ", row " + std::to_string(row_ + 2) + ", column " + column, code, std::move(message)});
  }

 private:
  std::string name_;
  Faults& faults_;
  const Sheet* sheet_ = nullptr;
  std::size_t row_ = 0;
};

void read_evidence(SheetReader& row, Event& event) {
  if (row.text("evidence").empty()) return;
  const auto references = split(row.text("evidence"), '\n');
  auto digests = split(row.text("evidence_digests"), '\n');
  if (digests.size() != references.size()) {
    row.fault("evidence_digests", ErrorCode::constraint_broken, "as many lines as there are documents; \"-\" for no file");
    digests.resize(references.size(), "-");
  }
  for (std::size_t i = 0; i < references.size(); ++i) event.evidence.push_back({references[i], digests[i] == "-" ? "" : digests[i]});
}

// The column a refused act is about.
const char* column_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::points_above_maximum:
    case ErrorCode::out_of_range:
    case ErrorCode::scorecard_computed: return "points";
    case ErrorCode::scorecard_not_yours:
    case ErrorCode::scorecard_own_work: return "account";
    case ErrorCode::scorecard_too_early:
    case ErrorCode::scorecard_too_late:
    case ErrorCode::constraint_broken: return "time";
    case ErrorCode::scorecard_reason_missing: return "note";
    case ErrorCode::scorecard_evidence_missing: return "evidence";
    case ErrorCode::not_found: return "item";
    default: return "act";
  }
}

}  // namespace

const std::vector<Sheet>& sheet_shapes() {
  static const std::vector<Sheet> shapes = {
      {"year", {"year", "unit", "unit_name", "scorecard", "version"}, {}},
      {"bodies", {"code", "name", "appraises"}, {}},
      {"persons", {"code", "name", "body", "account", "from", "to"}, {}},
      {"assignments", {"item", "body", "person", "duty", "from", "to", "document"}, {}},
      {"deadlines", {"stage", "from", "until"}, {}},
      {"history", {"number", "time", "day", "account", "manages", "act", "item", "points", "numerator", "denominator", "run", "value", "note", "evidence", "evidence_digests", "plan"}, {}},
  };
  return shapes;
}

std::vector<Sheet> to_sheets(const Ledger& ledger) {
  const YearPlan& plan = ledger.first_plan();
  std::vector<Sheet> sheets = sheet_shapes();
  sheets[0].rows.push_back({std::to_string(plan.year), plan.unit, plan.unit_name, ledger.set().identity.id, std::to_string(ledger.set().identity.version)});
  for (const auto& one : plan.bodies) sheets[1].rows.push_back({one.code, one.name, one.appraises ? "yes" : "no"});
  for (const auto& one : plan.persons) sheets[2].rows.push_back({one.code, one.name, one.body, one.account, one.from, one.to});
  for (const auto& one : plan.assignments) {
    sheets[3].rows.push_back({one.item, one.body, one.person, std::string(name_of(one.duty)), one.from, one.to, one.document});
  }
  for (const Stage stage : kStages) sheets[4].rows.push_back({std::string(name_of(stage)), plan.window(stage).from, plan.window(stage).until});
  for (const auto& event : ledger.events()) sheets[5].rows.push_back(row_of(event));
  return sheets;
}

Sheet points_sheet(const Ledger& ledger, std::string_view language, WithHeads with_heads) {
  Sheet sheet{"points", {"item", "code", "title", "maximum", "self", "first", "final", "lost", "state", "bodies", "heads"}, {}};
  const Totals all = totals(ledger);
  for (std::size_t i = 0; i < ledger.set().items.size(); ++i) {
    const Item& item = ledger.set().items[i];
    const ItemPoints& points = all.items[i];
    const bool holds = points.settled == points.leaves;
    std::string bodies;
    std::string heads;
    for (const Assignment* one : ledger.plan().of(ledger.set(), item)) {
      const Body* body = ledger.plan().body(one->body);
      const Person* person = ledger.plan().person(one->person);
      const std::string period = " (" + one->from + "/" + one->to + ")";
      if (body != nullptr && bodies.find(body->name) == std::string::npos) bodies += (bodies.empty() ? "" : "; ") + body->name;
      if (person != nullptr && one->duty == Duty::head) heads += (heads.empty() ? "" : "; ") + person->name + period;
    }
    sheet.rows.push_back({item.id, item.code, item.title.in(language), json_number(item.maximum), json_number(points.self), json_number(points.first),
                          holds ? json_number(points.final) : "", holds && !item.is_adjustment() ? json_number(rounded(item.maximum - points.final, 6)) : "",
                          item.is_leaf() ? std::string(name_of(ledger.standing(item.id).state)) : "", bodies, heads});
    if (with_heads == WithHeads::no) sheet.rows.back().pop_back();
  }
  if (with_heads == WithHeads::no) sheet.columns.pop_back();
  return sheet;
}

std::string to_csv(const Sheet& sheet) {
  CsvWriter writer(sheet.columns);
  for (const auto& row : sheet.rows) {
    for (const auto& cell : row) {
      // A number stays one, also a negative one.
      const auto number = number_from(cell);
      if (number && json_number(*number) == cell) writer.number(*number);
      else writer.text(cell);
    }
    writer.end_row();
  }
  return writer.str();
}

Sheet read_sheet_csv(const std::string& name, std::string_view text, Faults& faults) {
  Sheet sheet{name, {}, {}};
  const auto is_known = [&](const Sheet& shape) { return shape.name == name; };
  if (std::none_of(sheet_shapes().begin(), sheet_shapes().end(), is_known)) {
    faults.push_back({"", "sheet " + name, ErrorCode::unknown_option, "a year has no sheet of this name"});
    return sheet;
  }
  Faults found;
  CsvLimits limits;
  limits.bytes = 64u << 20;
  limits.rows = 200'000;
  limits.columns = 60;
  limits.cell_bytes = 1u << 20;  // a changed plan is one cell
  CsvReader reader("", text, found, limits);
  sheet.columns = reader.header();
  Cells cells;
  std::size_t expected = 2;
  while (reader.next(cells)) {
    // Rows left blank keep their number.
    for (; expected < reader.row() && expected < limits.rows; ++expected) sheet.rows.emplace_back();
    sheet.rows.push_back(cells);
    ++expected;
  }
  for (auto& fault : found) {
    fault.place = "sheet " + name + (fault.place.empty() ? "" : ", " + fault.place);
    faults.push_back(std::move(fault));
  }
  return sheet;
}

YearPlan plan_from_sheets(const ScorecardSet& set, const std::vector<Sheet>& sheets, Faults& faults) {
  YearPlan plan;
  Faults found;
  SheetReader year(sheets, "year", found);
  if (year.count() != 1) found.push_back({"", "sheet year", ErrorCode::definition_invalid, "this sheet has exactly one row below its headings"});
  year.each([&] {
    plan.year = static_cast<int>(std::clamp<std::int64_t>(year.integer("year"), 0, 9999));
    plan.unit = year.text("unit");
    plan.unit_name = year.text("unit_name");
    if (year.text("scorecard") != set.identity.id) year.fault("scorecard", ErrorCode::definition_unknown, "this year is scored by \"" + set.identity.id + "\"");
    else if (year.integer("version") != set.identity.version) year.fault("version", ErrorCode::definition_unknown, "this year is scored by version " + std::to_string(set.identity.version));
  });
  SheetReader bodies(sheets, "bodies", found);
  bodies.each([&] { plan.bodies.push_back({bodies.text("code"), bodies.text("name"), bodies.yes_or_no("appraises")}); });
  SheetReader persons(sheets, "persons", found);
  persons.each([&] {
    plan.persons.push_back({persons.text("code"), persons.text("name"), persons.text("body"), persons.text("account"), persons.text("from"), persons.text("to")});
  });
  SheetReader assignments(sheets, "assignments", found);
  assignments.each([&] {
    std::string duty = fold_case(assignments.text("duty"));
    if (duty == "đứng đầu") duty = "head";
    if (duty == "tham gia") duty = "member";
    if (duty != "head" && duty != "member") assignments.fault("duty", ErrorCode::unknown_option, "\"" + duty + "\": write head or member");
    plan.assignments.push_back({assignments.text("item"), assignments.text("body"), assignments.text("person"), duty == "head" ? Duty::head : Duty::member,
                                assignments.text("from"), assignments.text("to"), assignments.text("document")});
  });
  SheetReader deadlines(sheets, "deadlines", found);
  if (deadlines.count() != kStages.size()) found.push_back({"", "sheet deadlines", ErrorCode::definition_invalid, "four stages stand on this sheet"});
  std::size_t index = 0;
  deadlines.each([&] {
    if (index >= kStages.size()) return;
    if (deadlines.text("stage") != name_of(kStages[index])) {
      deadlines.fault("stage", ErrorCode::unknown_option, "\"" + std::string(name_of(kStages[index])) + "\" stands in this row");
    }
    plan.windows[index++] = {deadlines.text("from"), deadlines.text("until")};
  });
  // Rows that could not be read would only bring more faults of the same cause.
  if (found.empty()) found = check(plan, set, "");
  faults.insert(faults.end(), found.begin(), found.end());
  return plan;
}

std::optional<Ledger> year_from_sheets(std::shared_ptr<const ScorecardSet> set, const std::vector<Sheet>& sheets, Faults& faults) {
  Faults found;
  YearPlan plan = plan_from_sheets(*set, sheets, found);
  std::vector<Event> events;
  SheetReader history(sheets, "history", found);
  history.each([&] {
    Event event;
    event.number = history.integer("number");
    if (event.number != static_cast<std::int64_t>(events.size()) + 1) {
      history.fault("number", ErrorCode::constraint_broken, "acts are numbered 1, 2, 3 … without a gap");
    }
    event.time = history.integer("time");
    if (event.time < 0 || event.time > 253'402'300'799) history.fault("time", ErrorCode::out_of_range, "no time of this era"), event.time = 0;
    if (!history.text("day").empty() && history.text("day") != vietnam_date(event.time)) {
      history.fault("day", ErrorCode::constraint_broken, "the time in this row lies on " + vietnam_date(event.time));
    }
    event.account = history.text("account");
    event.manages = history.yes_or_no("manages");
    const auto act = act_named(history.text("act"));
    if (act) event.act = *act;
    else history.fault("act", ErrorCode::unknown_option, "\"" + history.text("act") + "\" is no act");
    event.item = history.text("item");
    event.points = history.number("points");
    event.numerator = history.number("numerator");
    event.denominator = history.number("denominator");
    event.run = history.text("run");
    event.value = history.number("value");
    event.note = history.text("note");
    read_evidence(history, event);
    if (!history.text("plan").empty()) {
      Faults in_plan;
      event.plan = std::make_shared<const YearPlan>(read_year_plan("", history.text("plan"), in_plan));
      if (!in_plan.empty()) history.fault("plan", in_plan.front().code, in_plan.front().place + ": " + in_plan.front().message);
    }
    events.push_back(std::move(event));
  });
  std::optional<Ledger> ledger;
  if (found.empty()) {
    ledger.emplace(std::move(set), std::move(plan));
    std::size_t index = 0;
    history.each([&] {
      if (!found.empty()) return;  // what follows a refused act rests on it
      const Event& event = events[index++];
      const auto done = ledger->apply(event);
      if (!done) history.fault(column_of(done.error().code), done.error().code, done.error().message);
    });
    if (!found.empty()) ledger.reset();
  }
  faults.insert(faults.end(), found.begin(), found.end());
  return ledger;
}

}  // namespace khaosat::scorecards
