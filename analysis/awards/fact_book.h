// All facts at hand, checked. Immutable after building; safe to read from several threads.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/awards/fact.h"
#include "analysis/awards/grade_ladder.h"
#include "base/fault.h"

namespace khaosat::awards {

// Rows as read, before codes are resolved.
struct FactRows {
  std::string file;
  std::vector<Subject> subjects;
  std::vector<Fact> facts;
  std::vector<RegisterDeclaration> registers;
};

class FactBook {
 public:
  FactBook() = default;
  // Resolves the codes of units by validity and refuses, each with its place: unknown or doubled
  // subjects, a unit whose code two units share in one period, facts about a unit outside its
  // validity, a grade not on its ladder, a rank without a field of comparison, points above the
  // maximum, two heads of one body in one period. Sound rows are kept in any case.
  static FactBook build(FactRows rows, const Ladders& ladders, Faults& faults);

  const std::vector<Subject>& subjects() const { return subjects_; }
  const std::vector<Fact>& facts() const { return facts_; }
  const std::vector<RegisterDeclaration>& registers() const { return registers_; }

  const Subject* subject(std::string_view key) const;
  // By key, or by a code that only one unit ever had.
  const Subject* subject_named(std::string_view key_or_code) const;
  const Subject* unit_on(std::string_view code, std::string_view day) const;
  // Facts of one name about one subject; indices into facts(), in order of their date.
  std::vector<const Fact*> facts_of(std::string_view subject, std::string_view name) const;
  // All facts of one name, ordered by subject and date.
  std::vector<const Fact*> facts_named(std::string_view name) const;
  // Facts of one name that belong to a unit: those whose detail "body" lies in it, and those without
  // that detail about a subject in it.
  std::vector<const Fact*> facts_within(const Subject& unit, std::string_view name) const;
  // The unit a person or collective belongs to; the subject itself for a unit; null if unknown.
  const Subject* unit_of(const Subject& subject) const;
  bool is_below(const Subject& subject, std::string_view ancestor) const;
  // The declaration of a complete register that covers this subject and this whole period and was
  // made between two days; null if none.
  const RegisterDeclaration* complete(std::string_view register_name, const Subject& subject,
                                      const Period& period, std::string_view not_before,
                                      std::string_view by_day) const;

  // The same facts as they were known at the end of a day: later ones are gone.
  FactBook known_by(std::string_view day) const;
  // SHA-256 over every row in a canonical form and order; hexadecimal.
  std::string digest() const;

 private:
  void index();
  std::vector<Subject> subjects_;
  std::vector<Fact> facts_;
  std::vector<RegisterDeclaration> registers_;
  std::map<std::string, std::size_t, std::less<>> by_key_;
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> by_name_subject_;
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> by_name_unit_;
};

// A sound fact in one line, for digests and for people who compare files.
std::string canonical_line(const Fact& fact);
// The value alone: "khá", "8.5/10", "3/14 (Tịnh Biên)", "true".
std::string value_text(const Fact& fact);

}  // namespace khaosat::awards
