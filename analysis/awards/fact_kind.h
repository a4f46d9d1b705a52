// THE LIST of kinds of facts (fact_kind.cpp). Forms, tables, checks, retention and the facts an
// evaluation reads all follow from it. What only a rule file declares becomes a kind by itself, so that
// an official who writes a rule needs no programmer. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/awards/fact_book.h"
#include "analysis/awards/rule_set.h"

namespace khaosat::awards {

struct FactKind {
  std::string name;
  std::string group;  // one of fact_groups()
  FactType type = FactType::event;
  LocalText title;
  LocalText supplier;  // who can supply it
  std::vector<SubjectKind> subjects;
  std::vector<FactSource> accept;
  std::vector<std::string> details;   // of kDetailNames, in the order a form asks them
  std::vector<std::string> required;  // those of them without which an entry says nothing
  std::vector<std::string> ladders;   // for a grade; empty: any
  std::vector<std::string> words;     // for a text: what it may say; empty: anything
  // "None" counts as met only when somebody declared the register complete.
  bool is_register = false;
  // Years that entries are kept after the end of their period. The project's proposal: no text of law was
  // readable that fixes it, so an office decides (docs/operations.md).
  int retention_years = 10;
  std::vector<std::string> rule_sets;  // that ask for it, by id
};

// grades, scores, certificates, complaints, discipline, tasks, initiatives, reports, people,
// responsibility, survey, jury, other
const std::vector<std::string>& fact_groups();

// THE LIST, then what the rule sets add.
std::vector<FactKind> fact_kinds(const std::vector<const RuleSet*>& rule_sets);
const FactKind* kind_named(const std::vector<FactKind>& kinds, std::string_view name);

// Whether a fact is of the kind its name says: type, subject, source, details, ladder, words. Each fault
// names the fact's place and the column. `file` as in Fault.
void check_kind(const Fact& fact, SubjectKind subject, const std::vector<FactKind>& kinds, const std::string& file,
                Faults& faults);

}  // namespace khaosat::awards
