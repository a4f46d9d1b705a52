#include "analysis/scorecards/scorecard_json.h"

#include "base/definition_json.h"
#include "base/json_text.h"

namespace khaosat::scorecards {

namespace {

class Object {
 public:
  Object& text(std::string_view name, std::string_view value) { return raw(name, json_quoted(value)); }
  Object& number(std::string_view name, double value) { return raw(name, json_number(value)); }
  Object& number(std::string_view name, const std::optional<double>& value) { return value ? number(name, *value) : *this; }
  Object& flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  Object& raw(std::string_view name, std::string_view value) {
    out_ += out_.empty() ? "" : ",";
    out_ += json_quoted(name) + ":";
    out_ += value;
    return *this;
  }
  std::string str() const { return "{" + out_ + "}"; }

 private:
  std::string out_;
};

template <typename T, typename Write>
std::string array_of(const std::vector<T>& all, Write write) {
  std::string out;
  for (const auto& one : all) out += (out.empty() ? "" : ",") + write(one);
  return "[" + out + "]";
}

YearPlan plan_from(const DefinitionNode& root) {
  YearPlan plan;
  if (!root.exists()) return plan;
  root.only_keys({"year", "unit", "unit_name", "bodies", "persons", "assignments", "deadlines"});
  plan.year = static_cast<int>(root.required_integer("year", 1, 9999));
  plan.unit = root.optional_text("unit");
  plan.unit_name = root.optional_text("unit_name");
  for (const auto& node : root.optional_items("bodies")) {
    plan.bodies.push_back({node.optional_text("code"), node.optional_text("name"), node.optional_bool("appraises", false)});
  }
  for (const auto& node : root.optional_items("persons")) {
    plan.persons.push_back({node.optional_text("code"), node.optional_text("name"), node.optional_text("body"), node.optional_text("account"),
                            node.optional_text("from"), node.optional_text("to")});
  }
  for (const auto& node : root.optional_items("assignments")) {
    const Duty duty = node.optional_text("duty") == "head" ? Duty::head : Duty::member;
    plan.assignments.push_back({node.optional_text("item"), node.optional_text("body"), node.optional_text("person"), duty, node.optional_text("from"),
                                node.optional_text("to"), node.optional_text("document")});
  }
  const DefinitionNode deadlines = root.required_object("deadlines");
  for (const Stage stage : kStages) {
    const DefinitionNode node = deadlines.exists() ? deadlines.required_object(name_of(stage)) : deadlines;
    if (node.exists()) plan.windows[static_cast<std::size_t>(stage)] = {node.optional_text("from"), node.optional_text("until")};
  }
  return plan;
}

std::optional<double> number_in(const DefinitionNode& node, std::string_view key) {
  if (!node.member(key).exists()) return std::nullopt;
  return node.required_number(key);
}

}  // namespace

std::string to_json(const YearPlan& plan) {
  Object deadlines;
  for (const Stage stage : kStages) {
    deadlines.raw(name_of(stage), Object().text("from", plan.window(stage).from).text("until", plan.window(stage).until).str());
  }
  return Object()
      .number("year", plan.year)
      .text("unit", plan.unit)
      .text("unit_name", plan.unit_name)
      .raw("bodies", array_of(plan.bodies, [](const Body& body) {
             return Object().text("code", body.code).text("name", body.name).flag("appraises", body.appraises).str();
           }))
      .raw("persons", array_of(plan.persons, [](const Person& one) {
             return Object().text("code", one.code).text("name", one.name).text("body", one.body).text("account", one.account)
                 .text("from", one.from).text("to", one.to).str();
           }))
      .raw("assignments", array_of(plan.assignments, [](const Assignment& one) {
             return Object().text("item", one.item).text("body", one.body).text("person", one.person).text("duty", name_of(one.duty))
                 .text("from", one.from).text("to", one.to).text("document", one.document).str();
           }))
      .raw("deadlines", deadlines.str())
      .str();
}

std::string to_json(const Event& event) {
  Object out;
  out.number("number", static_cast<double>(event.number)).number("time", static_cast<double>(event.time));
  out.text("account", event.account).flag("manages", event.manages).text("act", name_of(event.act)).text("item", event.item);
  out.number("points", event.points).number("numerator", event.numerator).number("denominator", event.denominator);
  out.text("run", event.run).number("value", event.value).text("note", event.note);
  out.raw("evidence", array_of(event.evidence, [](const Evidence& one) {
            return Object().text("reference", one.reference).text("digest", one.digest).str();
          }));
  if (event.plan) out.raw("plan", to_json(*event.plan));
  return out.str();
}

YearPlan read_year_plan(const std::string& file, std::string_view text, Faults& faults) {
  DefinitionFile document = parse_definition(file, text);
  YearPlan plan = plan_from(document.root());
  faults.insert(faults.end(), document.faults().begin(), document.faults().end());
  return plan;
}

Event read_event(const std::string& file, std::string_view text, Faults& faults) {
  DefinitionFile document = parse_definition(file, text);
  const DefinitionNode root = document.root();
  Event event;
  if (root.exists()) {
    root.only_keys({"number", "time", "account", "manages", "act", "item", "points", "numerator", "denominator", "run", "value", "note", "evidence", "plan"});
    event.number = root.required_integer("number", 1, 1'000'000'000);
    event.time = root.required_integer("time", 0, 253'402'300'799);
    event.account = root.optional_text("account");
    event.manages = root.optional_bool("manages", false);
    const auto act = act_named(root.required_text("act"));
    if (act) event.act = *act;
    else root.member("act").fault(ErrorCode::unknown_option, "is no act");
    event.item = root.optional_text("item");
    event.points = number_in(root, "points");
    event.numerator = number_in(root, "numerator");
    event.denominator = number_in(root, "denominator");
    event.run = root.optional_text("run");
    event.value = number_in(root, "value");
    event.note = root.optional_text("note", {}, 20'000);
    for (const auto& node : root.optional_items("evidence")) {
      event.evidence.push_back({node.optional_text("reference"), node.optional_text("digest")});
    }
    if (root.member("plan").exists()) event.plan = std::make_shared<const YearPlan>(plan_from(root.member("plan")));
  }
  faults.insert(faults.end(), document.faults().begin(), document.faults().end());
  return event;
}

}  // namespace khaosat::scorecards
