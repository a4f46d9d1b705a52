// Builds fact books and reads the rule files that ship, for the tests of awards.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "analysis/awards/compare.h"
#include "analysis/awards/evaluate.h"
#include "analysis/awards/facts_table.h"

namespace khaosat::awards::test {

std::string read_file(const std::string& path_in_repository);
const Ladders& shipped_ladders();
// A rule file of survey_defs/award_rules; fails the test when it has faults.
RuleSet shipped_rules(const std::string& id);

// Facts in the words of a test. Everything is dated early enough unless a date is given.
class Facts {
 public:
  Facts& unit(const std::string& code, const std::string& name, const std::string& parent = {},
              const std::string& from = {}, const std::string& to = {});
  Facts& collective(const std::string& code, const std::string& parent);
  Facts& person(const std::string& code, const std::string& parent);

  Facts& truth(const std::string& subject, const std::string& name, const std::string& period, bool value);
  Facts& grade(const std::string& subject, const std::string& name, const std::string& period, const std::string& ladder,
               const std::string& grade, const std::string& publisher, const std::string& date);
  Facts& number(const std::string& subject, const std::string& name, const std::string& period, double value,
                const std::string& criterion = {}, double maximum = 0, const std::string& date = {});
  Facts& rank(const std::string& subject, const std::string& name, const std::string& period, int rank, int of,
              const std::string& population, const std::string& publisher, const std::string& date,
              const std::string& criterion = {});
  Facts& event(const std::string& subject, const std::string& name, const std::string& period,
               std::map<std::string, std::string> details = {});
  Facts& role(const std::string& person, const std::string& role, const std::string& body, const std::string& period);
  Facts& complete(const std::string& name, const std::string& subject, const std::string& period, const std::string& date = {});

  // The last fact added, to change what the helpers do not say.
  Fact& last() { return rows_.facts.back(); }
  Facts& without(const std::string& name, const std::string& subject = {});
  Facts& without_register(const std::string& name);
  const FactRows& rows() const { return rows_; }
  FactBook book() const;
  // The day on which everything without a date became known.
  std::string known_on = "2000-01-01";

 private:
  Facts& add(Fact fact);
  FactRows rows_;
};

// The verdict on one clause for one candidate: all conditions of the tree that rest on it.
Verdict clause_verdict(const Decision& decision, const std::string& award, const std::string& subject, const std::string& clause);
const CandidateDecision& candidate(const Decision& decision, const std::string& award, const std::string& subject);
Readings choose(const std::map<std::string, std::string>& values);
// Every name of what is missing anywhere in the tree.
std::vector<std::string> missing_names(const Reason& reason);

struct TruthRow {
  std::string what;
  std::string clause;
  std::string subject;
  std::map<std::string, std::string> readings;
  std::function<void(Facts&)> change;
  Verdict clause_verdict;
};

// What a table of truths lacks: every clause that is not left to people needs a row that passes, one that fails and
// one left open; every value of a reading that any row names needs the same among the rows of its clauses.
// "A1 exclusion_mode=only undetermined"
std::vector<std::string> gaps_of(const RuleSet& rules, const std::vector<TruthRow>& rows);

}  // namespace khaosat::awards::test
