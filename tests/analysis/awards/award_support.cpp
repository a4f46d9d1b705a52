#include "tests/analysis/awards/award_support.h"

#include <algorithm>
#include <set>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace khaosat::awards::test {

std::string read_file(const std::string& path_in_repository) {
  std::ifstream file(std::string(KHAOSAT_SOURCE_DIR) + "/" + path_in_repository, std::ios::binary);
  REQUIRE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const Ladders& shipped_ladders() {
  static const Ladders ladders = [] {
    Ladders found;
    Faults faults;
    const std::string folder = "survey_defs/scales";
    for (const auto& entry : std::filesystem::directory_iterator(std::string(KHAOSAT_SOURCE_DIR) + "/" + folder)) {
      if (entry.path().extension() != ".json") continue;
      const std::string text = read_file(folder + "/" + entry.path().filename().string());
      if (text.find("khaosat/grade_ladder/1") == std::string::npos) continue;
      auto ladder = read_grade_ladder(entry.path().filename().string(), text, faults);
      CHECK(ladder.id == entry.path().stem().string());
      found[ladder.id] = std::move(ladder);
    }
    INFO(to_text(faults));
    REQUIRE(faults.empty());
    return found;
  }();
  return ladders;
}

RuleSet shipped_rules(const std::string& id) {
  Faults faults;
  const std::string file = "survey_defs/award_rules/" + id + ".json";
  RuleSet rules = read_rule_set(file, read_file(file), shipped_ladders(), faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  CHECK(rules.id == id);
  return rules;
}

Facts& Facts::unit(const std::string& code, const std::string& name, const std::string& parent, const std::string& from, const std::string& to) {
  rows_.subjects.push_back({"", code, SubjectKind::unit, name, parent, from, to, "unit " + code});
  return *this;
}
Facts& Facts::collective(const std::string& code, const std::string& parent) {
  rows_.subjects.push_back({"", code, SubjectKind::collective, code, parent, "", "", "collective " + code});
  return *this;
}
Facts& Facts::person(const std::string& code, const std::string& parent) {
  rows_.subjects.push_back({"", code, SubjectKind::person, code, parent, "", "", "person " + code});
  return *this;
}

Facts& Facts::add(Fact fact) {
  if (fact.date.empty()) fact.date = known_on;
  if (fact.vouched_by.empty()) fact.vouched_by = "văn phòng";
  fact.where = "fact " + std::to_string(rows_.facts.size() + 1);
  rows_.facts.push_back(std::move(fact));
  return *this;
}

namespace {
Fact fact_of(const std::string& subject, const std::string& name, const std::string& period, FactValue value) {
  Fact fact;
  fact.subject = subject;
  fact.name = name;
  fact.period = Period::parse(period).value();
  fact.value = std::move(value);
  fact.source = FactSource::declared;
  return fact;
}
}  // namespace

Facts& Facts::truth(const std::string& subject, const std::string& name, const std::string& period, bool value) {
  return add(fact_of(subject, name, period, FactValue(value)));
}
Facts& Facts::grade(const std::string& subject, const std::string& name, const std::string& period, const std::string& ladder,
                    const std::string& grade, const std::string& publisher, const std::string& date) {
  Fact fact = fact_of(subject, name, period, GradeValue{ladder, grade});
  fact.source = FactSource::official;
  fact.publisher = publisher;
  fact.date = date;
  return add(std::move(fact));
}
Facts& Facts::number(const std::string& subject, const std::string& name, const std::string& period, double value,
                     const std::string& criterion, double maximum, const std::string& date) {
  NumberValue number{value, {}};
  if (maximum > 0) number.maximum = maximum;
  Fact fact = fact_of(subject, name, period, number);
  fact.source = FactSource::official;
  fact.publisher = "cơ quan công bố";
  fact.date = date;
  if (!criterion.empty()) fact.details["criterion"] = criterion;
  return add(std::move(fact));
}
Facts& Facts::rank(const std::string& subject, const std::string& name, const std::string& period, int rank, int of,
                   const std::string& population, const std::string& publisher, const std::string& date, const std::string& criterion) {
  Fact fact = fact_of(subject, name, period, RankValue{rank, of, population});
  fact.source = FactSource::official;
  fact.publisher = publisher;
  fact.date = date;
  if (!criterion.empty()) fact.details["criterion"] = criterion;
  return add(std::move(fact));
}
Facts& Facts::event(const std::string& subject, const std::string& name, const std::string& period, std::map<std::string, std::string> details) {
  Fact fact = fact_of(subject, name, period, EventValue{});
  fact.details = std::move(details);
  return add(std::move(fact));
}
Facts& Facts::role(const std::string& person, const std::string& role, const std::string& body, const std::string& period) {
  Fact fact = fact_of(person, "holds_role", period, FactValue(role));
  fact.details["body"] = body;
  return add(std::move(fact));
}
Facts& Facts::complete(const std::string& name, const std::string& subject, const std::string& period, const std::string& date) {
  const Period span = Period::parse(period).value();
  rows_.registers.push_back({name, subject, span, date.empty() ? span.to : date, "", "chủ tịch", "register " + name});
  return *this;
}

Facts& Facts::without(const std::string& name, const std::string& subject) {
  std::erase_if(rows_.facts, [&](const Fact& f) { return f.name == name && (subject.empty() || f.subject == subject); });
  return *this;
}
Facts& Facts::without_register(const std::string& name) {
  std::erase_if(rows_.registers, [&](const RegisterDeclaration& r) { return r.name == name; });
  return *this;
}

FactBook Facts::book() const {
  Faults faults;
  FactBook book = FactBook::build(rows_, shipped_ladders(), faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  return book;
}

const CandidateDecision& candidate(const Decision& decision, const std::string& award, const std::string& subject) {
  for (const auto& entry : decision.candidates) {
    if (entry.award == award && entry.subject == subject) return entry;
  }
  FAIL("no candidate " + subject + " for " + award);
  return decision.candidates.front();
}

namespace {
bool rests_on(const Reason& reason, const std::string& clause) {
  if (reason.children.empty() || !reason.condition.empty()) return reason.clause == clause;
  return std::any_of(reason.children.begin(), reason.children.end(), [&](const Reason& child) { return rests_on(child, clause); });
}
}  // namespace

Verdict clause_verdict(const Decision& decision, const std::string& award, const std::string& subject, const std::string& clause) {
  std::vector<Verdict> verdicts;
  for (const auto& child : candidate(decision, award, subject).reason.children) {
    if (rests_on(child, clause)) verdicts.push_back(child.verdict);
  }
  REQUIRE_FALSE(verdicts.empty());
  return all_of(verdicts);
}

Readings choose(const std::map<std::string, std::string>& values) {
  Readings readings;
  for (const auto& [name, value] : values) readings[name] = {value, "chủ tịch", "2026-11-22", "biên bản 01"};
  return readings;
}

std::vector<std::string> missing_names(const Reason& reason) {
  std::vector<std::string> names;
  for (const auto& missing : reason.missing) names.push_back(missing.fact.empty() ? missing.reading : missing.fact);
  for (const auto& child : reason.children) {
    const auto below = missing_names(child);
    names.insert(names.end(), below.begin(), below.end());
  }
  return names;
}

static void collect_clauses(const Condition& condition, std::set<std::string>& clauses) {
  if (!condition.clause.empty()) clauses.insert(condition.clause);
  for (const auto& child : condition.children) collect_clauses(child, clauses);
}

std::vector<std::string> gaps_of(const RuleSet& rules, const std::vector<TruthRow>& rows) {
  std::vector<std::string> gaps;
  const auto look = [&](const std::string& what, const auto& belongs) {
    for (const Verdict wanted : {Verdict::pass, Verdict::fail, Verdict::undetermined}) {
      const auto fits = [&](const TruthRow& row) { return row.clause_verdict == wanted && belongs(row); };
      if (std::none_of(rows.begin(), rows.end(), fits)) gaps.push_back(what + " " + std::string(name_of(wanted)));
    }
  };
  // A clause that only opens readings (which year counts) is looked at through them.
  std::set<std::string> judged;
  for (const auto& award : rules.awards) collect_clauses(award.eligible, judged);
  for (const auto& clause : rules.clauses) {
    const auto opens = [&](const ReadingSpec& spec) { return spec.clause == clause.id; };
    const bool is_read = std::any_of(rules.readings.begin(), rules.readings.end(), opens);
    if (!judged.contains(clause.id) && clause.by_hand.empty() && !is_read) gaps.push_back(clause.id + " is judged nowhere");
    if (clause.by_hand.empty() && judged.contains(clause.id)) look(clause.id, [&](const TruthRow& row) { return row.clause == clause.id; });
  }
  for (const auto& spec : rules.readings) {
    if (spec.name == "merge_policy") continue;  // its own tables: lineage_test.cpp
    std::set<std::string> clauses;
    for (const auto& row : rows) {
      if (row.readings.contains(spec.name)) clauses.insert(row.clause);
    }
    // A reading that no row chooses is a gap under its own clause.
    if (clauses.empty()) clauses.insert(spec.clause);
    std::set<std::string> values{spec.default_value};
    for (const auto& choice : spec.choices) values.insert(choice.value);
    for (const auto& clause : clauses) {
      for (const auto& value : values) {
        look(clause + " " + spec.name + "=" + value, [&](const TruthRow& row) {
          const auto chosen = row.readings.find(spec.name);
          return row.clause == clause && (chosen == row.readings.end() ? spec.default_value : chosen->second) == value;
        });
      }
    }
  }
  return gaps;
}

}  // namespace khaosat::awards::test
