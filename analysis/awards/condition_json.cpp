// json.hpp is kept out: the cursor of base/definition_json.h is all that is needed.
#include "analysis/awards/condition_json.h"

#include <algorithm>

#include "analysis/awards/period.h"
#include "base/csv.h"
#include "base/json_text.h"
#include "base/text.h"

namespace khaosat::awards {

namespace {

std::vector<std::string> strings(const std::vector<std::string_view>& views) { return {views.begin(), views.end()}; }

std::string listed(const std::vector<std::string_view>& words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

}  // namespace

std::vector<FactSource> read_sources(const DefinitionNode& node, std::string_view key) {
  std::vector<FactSource> sources;
  for (const auto& item : node.optional_items(key)) {
    const auto source = fact_source_from(item.as_text().value_or(""));
    if (source) sources.push_back(*source);
    else item.fault(ErrorCode::unknown_option, "must be \"official\", \"computed\" or \"declared\"");
  }
  return sources;
}

std::string ConditionReader::clause(const DefinitionNode& node, std::string_view key) {
  std::string id = node.optional_text(key, {}, 40);
  if (id.empty()) return id;
  clauses_used_.insert(id);
  if (rules_.clause(id) == nullptr) {
    std::vector<std::string> known;
    for (const auto& c : rules_.clauses) known.push_back(c.id);
    std::string message = "no clause \"" + id + "\" in \"clauses\"";
    if (const auto near = nearest(id, known)) message += "; did you mean \"" + *near + "\"?";
    node.member(key).fault(ErrorCode::definition_unknown, message);
  }
  return id;
}

void ConditionReader::fact(const DefinitionNode& node, const std::string& name, const std::vector<FactType>& types) {
  const auto spec = rules_.facts.find(name);
  if (spec == rules_.facts.end()) {
    std::vector<std::string> known;
    for (const auto& [id, value] : rules_.facts) known.push_back(id);
    std::string message = "\"" + name + "\" is not declared under \"facts\"";
    if (const auto near = nearest(name, known)) message += "; did you mean \"" + *near + "\"?";
    return node.fault(ErrorCode::fact_unknown, message);
  }
  if (types.empty() || std::find(types.begin(), types.end(), spec->second.type) != types.end()) return;
  node.fault(ErrorCode::wrong_type, "\"" + name + "\" is a " + std::string(name_of(spec->second.type)) +
                                        "; this place needs a " + std::string(name_of(types.front())));
}

Parameter ConditionReader::parameter(const DefinitionNode& node, std::string_view key) {
  Parameter value;
  const DefinitionNode given = node.member(key);
  if (!given.exists()) return value;
  if (auto text = given.as_text()) {
    value.literal = std::move(*text);
  } else if (auto number = given.as_number()) {
    value.literal = json_number(*number);
  } else if (given.is_object()) {
    given.only_keys({"reading"});
    value.reading = given.required_text("reading", 64);
    readings_used_.insert(value.reading);
    if (!value.reading.empty() && rules_.reading(value.reading) == nullptr) {
      std::vector<std::string> known;
      for (const auto& r : rules_.readings) known.push_back(r.name);
      std::string message = "no reading \"" + value.reading + "\" in \"readings\"";
      if (const auto near = nearest(value.reading, known)) message += "; did you mean \"" + *near + "\"?";
      given.fault(ErrorCode::reading_unknown, message);
    }
  } else {
    given.fault(ErrorCode::wrong_type, "must be a text, a number or {\"reading\": \"name\"}");
  }
  return value;
}

void ConditionReader::check_parameter(const DefinitionNode& node, const ParameterSpec& spec, const Parameter& parameter,
                                      const Condition& condition) {
  std::vector<std::string> values;
  if (!parameter.literal.empty()) values.push_back(parameter.literal);
  const ReadingSpec* reading = parameter.reading.empty() ? nullptr : rules_.reading(parameter.reading);
  if (reading != nullptr) {
    for (const auto& choice : reading->choices) values.push_back(choice.value);
    if (!reading->default_value.empty()) values.push_back(reading->default_value);
    if (spec.kind == ParameterKind::word && reading->kind != ReadingKind::choice) {
      node.fault(ErrorCode::wrong_type, "the reading \"" + reading->name + "\" must be a choice among " + listed(spec.words));
    }
  }
  for (const auto& value : values) {
    switch (spec.kind) {
      case ParameterKind::word:
        if (std::find(spec.words.begin(), spec.words.end(), value) == spec.words.end()) {
          std::string message = "\"" + value + "\" is not a word for " + std::string(spec.name) + "; it may be " + listed(spec.words);
          if (const auto near = nearest(value, strings(spec.words))) message += "; did you mean \"" + *near + "\"?";
          node.fault(ErrorCode::unknown_option, message);
        }
        break;
      case ParameterKind::number:
        if (!number_from(value)) node.fault(ErrorCode::wrong_type, std::string(spec.name) + " must be a number");
        break;
      case ParameterKind::date:
        if (!is_day(value)) node.fault(ErrorCode::wrong_type, std::string(spec.name) + " must be a day such as 2023-11-30");
        break;
      case ParameterKind::grade: {
        const auto fact_spec = rules_.facts.find(condition.fact);
        if (fact_spec == rules_.facts.end()) break;
        const auto ladder = ladders_.find(fact_spec->second.ladder);
        if (ladder != ladders_.end() && !ladder->second.position(value)) {
          std::string names;
          for (const auto& g : ladder->second.grades) names += (names.empty() ? "" : ", ") + g.id;
          node.fault(ErrorCode::grade_not_on_ladder, "\"" + value + "\" is not a grade of " + ladder->first + "; it has " + names);
        }
        break;
      }
      case ParameterKind::fact: fact(node, value, {}); break;
      case ParameterKind::text: break;
    }
  }
}

void ConditionReader::read_leaf(const DefinitionNode& node, const PredicateSpec& predicate, Condition& condition) {
  const DefinitionNode body = node.member(predicate.name);
  if (auto name = body.as_text()) {
    condition.fact = std::move(*name);
  } else if (!body.is_object()) {
    return body.fault(ErrorCode::wrong_type, "must be the name of a fact, or an object with \"fact\"");
  } else {
    condition.fact = body.required_text("fact", 64);
  }
  if (!condition.fact.empty()) fact(body, condition.fact, predicate.fact_types);
  std::vector<ParameterSpec> known = predicate.parameters;
  known.insert(known.end(), common_parameters().begin(), common_parameters().end());
  if (body.is_object()) {
    std::vector<std::string> names{"fact"};
    for (const auto& spec : known) names.emplace_back(spec.name);
    for (const auto& key : body.keys()) {
      if (std::find(names.begin(), names.end(), key) != names.end()) continue;
      std::string message = std::string(predicate.name) + " has no \"" + key + "\"";
      if (const auto near = nearest(key, names)) message += "; did you mean \"" + *near + "\"?";
      body.member(key).fault(ErrorCode::unknown_field, message);
    }
  }
  for (const auto& spec : known) {
    Parameter value = body.is_object() ? parameter(body, spec.name) : Parameter{};
    if (!value.given()) {
      if (spec.required) {
        body.fault(ErrorCode::missing_field, std::string(predicate.name) + " needs \"" + std::string(spec.name) + "\"");
      }
      continue;
    }
    check_parameter(body.member(spec.name), spec, value, condition);
    condition.parameters.emplace(std::string(spec.name), std::move(value));
  }
}

Condition ConditionReader::condition(const DefinitionNode& node, const std::string& inherited_clause) {
  Condition condition;
  condition.pointer = node.pointer();
  if (!node.is_object()) {
    if (node.exists()) node.fault(ErrorCode::wrong_type, "a condition is an object {…}");
    return condition;
  }
  condition.clause = clause(node, "clause");
  if (condition.clause.empty()) condition.clause = inherited_clause;
  condition.text = node.optional_local_text("text", 1000);
  condition.accept = read_sources(node, "accept");
  for (const auto& item : node.optional_items("applies_to")) {
    const auto kind = subject_kind_from(item.as_text().value_or(""));
    if (kind) condition.applies_to.push_back(*kind);
    else item.fault(ErrorCode::unknown_option, "must be \"unit\", \"collective\" or \"person\"");
  }
  if (node.member("when").exists()) {
    const DefinitionNode when = node.required_object("when");
    for (const auto& name : when.exists() ? when.keys() : std::vector<std::string>()) {
      readings_used_.insert(name);
      const ReadingSpec* spec = rules_.reading(name);
      if (spec == nullptr) when.member(name).fault(ErrorCode::reading_unknown, "no reading \"" + name + "\" in \"readings\"");
      auto values = when.optional_texts(name);
      for (const auto& value : values) {
        if (spec == nullptr) break;
        if (const auto problem = reading_problem(*spec, value); !problem.empty()) {
          when.member(name).fault(ErrorCode::reading_unknown, problem);
        }
      }
      condition.when.emplace_back(name, std::move(values));
    }
  }
  std::vector<std::string> words{"all", "any", "not"};
  for (const auto& predicate : predicates()) words.emplace_back(predicate.name);
  const std::vector<std::string> beside{"clause", "text", "accept", "applies_to", "when"};
  for (const auto& key : node.keys()) {
    if (std::find(beside.begin(), beside.end(), key) != beside.end()) continue;
    if (std::find(words.begin(), words.end(), key) == words.end()) {
      std::string message = "\"" + key + "\" is not a word a rule may use";
      if (const auto near = nearest(key, words)) message += "; did you mean \"" + *near + "\"?";
      node.member(key).fault(ErrorCode::unknown_field, message);
    } else if (!condition.predicate.empty()) {
      node.fault(ErrorCode::definition_invalid, "both \"" + condition.predicate + "\" and \"" + key +
                                                    "\" in one condition; join them with \"all\" or \"any\"");
    } else {
      condition.predicate = key;
    }
  }
  if (condition.predicate.empty()) {
    node.fault(ErrorCode::missing_field, "a condition needs one word: " + [&] {
      std::string list;
      for (const auto& word : words) list += (list.empty() ? "" : ", ") + word;
      return list;
    }());
    return condition;
  }
  if (condition.predicate == "not") {
    condition.children.push_back(this->condition(node.required_object("not"), condition.clause));
  } else if (condition.predicate == "all" || condition.predicate == "any") {
    for (const auto& item : node.required_items(condition.predicate)) {
      condition.children.push_back(this->condition(item, condition.clause));
    }
  } else {
    read_leaf(node, *predicate_named(condition.predicate), condition);
    if (condition.text.empty()) {
      node.fault(ErrorCode::missing_field, "say the condition in words: add \"text\": {\"vi\": \"…\", \"en\": \"…\"}");
    }
    if (condition.clause.empty()) node.fault(ErrorCode::missing_field, "name the clause it rests on: add \"clause\"");
  }
  return condition;
}

void ConditionReader::complain_about_unused(const DefinitionNode& root) {
  for (const auto& reading : rules_.readings) clause(root.member("readings").member(reading.name), "clause");
  for (std::size_t i = 0; i < rules_.clauses.size(); ++i) {
    const Clause& clause = rules_.clauses[i];
    if (!clauses_used_.contains(clause.id) && clause.by_hand.empty()) {
      root.member("clauses").item(i).fault(ErrorCode::definition_invalid,
                                           "nothing takes up clause \"" + clause.id +
                                               "\"; add a condition, a duty, or say in \"by_hand\" who decides it");
    }
  }
  for (const auto& reading : rules_.readings) {
    if (!readings_used_.contains(reading.name)) {
      root.member("readings").member(reading.name).fault(
          ErrorCode::definition_invalid, "nothing asks for the reading \"" + reading.name + "\"; remove it or use it");
    }
  }
}

}  // namespace khaosat::awards
