// What is known about a subject, and who says so.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analysis/awards/period.h"

namespace khaosat::awards {

enum class SubjectKind { unit, collective, person };
// official: published or decided by the body competent for it; computed: our own reckoning;
// declared: somebody here says so. A rule says which it accepts; none ever replaces another.
enum class FactSource { official, computed, declared };
// event: an entry of a register (a complaint, a task, a report …); its details carry the content.
enum class FactType { truth, number, grade, rank, text, event };

struct NumberValue {
  double value = 0;
  std::optional<double> maximum;  // of the scorecard, where there is one
};
struct GradeValue {
  std::string ladder;
  std::string grade;  // id on that ladder
};
struct RankValue {
  int rank = 0;            // 1 is best
  int population_size = 0;
  std::string population;  // among whom; a rank without it says nothing
};
struct EventValue {};
using FactValue = std::variant<EventValue, bool, NumberValue, GradeValue, RankValue, std::string>;

// What an entry of a register may say beside its value. Values of status, quality and spread come
// from closed lists (fact.cpp); due and done are days; the others are free.
//   criterion   code of a criterion, component or field       body       subject key or code
//   status      alleged | examining | substantiated | rejected conduct    what the complaint is about
//   severity    minor | serious                                due, done  days
//   quality     good | acceptable | poor                       spread     body | unit | beyond
//   achievement what an award was given for
inline constexpr const char* kDetailNames[] = {"criterion", "body",    "status", "conduct", "severity",
                                               "due",       "done",    "quality", "spread", "achievement"};

struct Fact {
  std::string subject;  // key of a Subject
  std::string name;     // as a rule file declares it
  Period period;        // what the fact is about, not when it became known
  FactValue value;
  std::map<std::string, std::string> details;
  FactSource source = FactSource::declared;
  std::string publisher;   // the body that graded, decided or received
  std::string number;      // of its decision or document
  std::string date;        // the day it was published or recorded; later decisions may use it
  std::string evidence;    // name or digest of the file that shows it
  std::string vouched_by;  // who answers for the entry
  std::string note;
  std::string where;  // place in the file it was read from
};

struct Subject {
  std::string key;   // unit_key() of code and valid_from
  std::string code;  // as written
  SubjectKind kind = SubjectKind::unit;
  std::string name;
  std::string parent;  // key: person → collective → unit → the unit above it; may be empty
  std::string valid_from;  // empty: always
  std::string valid_to;    // empty: still
  std::string where;
};

// "The register `name` is complete for this subject and everything below it in this period."
// Without such a declaration an empty register is no news, good or bad.
struct RegisterDeclaration {
  std::string name;
  std::string subject;
  Period period;
  std::string date;
  std::string evidence;
  std::string declared_by;
  std::string where;
};

FactType type_of(const FactValue& value);
std::string_view name_of(SubjectKind kind);
std::string_view name_of(FactSource source);
std::string_view name_of(FactType type);
std::optional<SubjectKind> subject_kind_from(std::string_view name);
std::optional<FactSource> fact_source_from(std::string_view name);
std::optional<FactType> fact_type_from(std::string_view name);

// The values a detail may have; empty when any text will do.
std::vector<std::string> values_of_detail(std::string_view detail);

}  // namespace khaosat::awards
