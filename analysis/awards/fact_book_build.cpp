// Checks that make facts fit to decide on.
#include <algorithm>
#include <map>

#include "analysis/awards/fact_book.h"
#include "analysis/awards/lineage.h"
#include "base/json_text.h"
#include "base/text.h"

namespace khaosat::awards {

namespace {

Period validity(const Subject& subject) {
  return {subject.valid_from.empty() ? "0000-00-00" : subject.valid_from,
          subject.valid_to.empty() ? "9999-99-99" : subject.valid_to};
}

class Builder {
 public:
  Builder(std::string file, const Ladders& ladders, Faults& faults)
      : file_(std::move(file)), ladders_(ladders), faults_(faults) {}

  void fault(const std::string& where, ErrorCode code, std::string message) {
    faults_.push_back({file_, where, code, std::move(message)});
  }

  void take_subjects(std::vector<Subject> rows) {
    for (auto& row : rows) {
      row.key = unit_key(row.code, row.valid_from);
      bool sound = true;
      for (auto [entry, last] = taken_.equal_range(row.code); entry != last; ++entry) {
        const Subject& other = subjects_[entry->second];
        if (!validity(other).overlaps(validity(row))) continue;
        fault(row.where, ErrorCode::duplicate_key,
              "\"" + row.code + "\" already stands for " + other.name +
                  " in that period; end the earlier one or give another code");
        sound = false;
        break;
      }
      if (!sound) continue;
      taken_.emplace(row.code, subjects_.size());
      subjects_.push_back(std::move(row));
    }
    for (std::size_t i = 0; i < subjects_.size(); ++i) {
      by_name_.emplace(subjects_[i].code, i);
      if (subjects_[i].key != subjects_[i].code) by_name_.emplace(subjects_[i].key, i);
    }
    for (auto& subject : subjects_) take_parent(subject);
    for (auto& subject : subjects_) {
      std::string at = subject.parent;
      for (std::size_t steps = 0; !at.empty(); ++steps) {
        if (steps > subjects_.size()) {
          fault(subject.where, ErrorCode::fact_invalid, "its parents go round in a circle");
          subject.parent.clear();
          break;
        }
        const auto* parent = by_key(at);
        at = parent == nullptr ? "" : parent->parent;
      }
    }
  }

  // The key of the subject with this code (or key) to which the whole period belongs. A whole year of a unit that
  // was founded in it becomes the part of the year in which there was one; where another unit bore the code before,
  // or the unit ended in the year, somebody must say which part is meant.
  std::optional<std::string> resolve(const std::string& text, Period& period, const std::string& where) {
    const Subject* partly = nullptr;
    int parts = 0;
    bool known = false;
    for (auto [entry, last] = by_name_.equal_range(text); entry != last; ++entry) {
      const Subject& subject = subjects_[entry->second];
      known = true;
      if (validity(subject).contains(period)) return subject.key;
      if (validity(subject).overlaps(period)) partly = &subject, ++parts;
    }
    const bool is_year = period.from.ends_with("-01-01") && period.to == period.from.substr(0, 4) + "-12-31";
    if (parts == 1 && is_year && period.contains(partly->valid_from) && validity(*partly).to >= period.to) {
      period.from = partly->valid_from;
      return partly->key;
    }
    if (partly != nullptr) {
      fault(where, ErrorCode::unit_not_valid,
            partly->name + " exists for only a part of " + period.text() + " (" +
                (partly->valid_from.empty() ? "" : "from " + partly->valid_from + " ") +
                (partly->valid_to.empty() ? "" : "until " + partly->valid_to + "") +
                "); give the days of the period");
    } else if (known) {
      fault(where, ErrorCode::unit_not_valid,
            "nothing has the code \"" + text + "\" in " + period.text() +
                "; a unit is known by code and period of validity");
    } else {
      std::string message = "no subject row names \"" + text + "\"";
      std::vector<std::string> codes;
      for (const auto& subject : subjects_) codes.push_back(subject.code);
      if (const auto near = nearest(text, codes)) message += "; did you mean \"" + *near + "\"?";
      fault(where, ErrorCode::fact_invalid, message);
    }
    return std::nullopt;
  }

  void take_fact(Fact fact) {
    const std::size_t before = faults_.size();
    if (auto key = resolve(fact.subject, fact.period, fact.where)) fact.subject = std::move(*key);
    if (const auto body = fact.details.find("body"); body != fact.details.end()) {
      if (auto key = resolve(body->second, fact.period, fact.where)) body->second = std::move(*key);
    }
    check_value(fact);
    check_details(fact);
    check_contradiction(fact);
    if (faults_.size() != before) return;
    seen_.emplace(fact.name + "\x1f" + fact.subject, facts_.size());
    facts_.push_back(std::move(fact));
  }

  void take_register(RegisterDeclaration row) {
    auto key = resolve(row.subject, row.period, row.where);
    if (!key) return;
    row.subject = std::move(*key);
    registers_.push_back(std::move(row));
  }

  std::vector<Subject> subjects_;
  std::vector<Fact> facts_;
  std::vector<RegisterDeclaration> registers_;

 private:
  const Subject* by_key(const std::string& key) const {
    for (auto [entry, last] = by_name_.equal_range(key); entry != last; ++entry) {
      if (subjects_[entry->second].key == key) return &subjects_[entry->second];
    }
    return nullptr;
  }

  void take_parent(Subject& subject) {
    if (subject.parent.empty()) {
      if (subject.kind == SubjectKind::unit) return;
      fault(subject.where, ErrorCode::missing_field,
            subject.name + " belongs nowhere; name its unit or body as parent");
      return;
    }
    // Several units may have had the parent's code: the last of those that lived together with it.
    std::string best;
    std::string best_from;
    for (auto [entry, last] = by_name_.equal_range(subject.parent); entry != last; ++entry) {
      const Subject& other = subjects_[entry->second];
      if (!validity(other).overlaps(validity(subject))) continue;
      if (best.empty() || other.valid_from > best_from) {
        best = other.key;
        best_from = other.valid_from;
      }
    }
    if (best.empty()) {
      fault(subject.where, ErrorCode::fact_invalid, "no subject row names its parent \"" + subject.parent + "\"");
    }
    subject.parent = best;
  }

  void check_value(Fact& fact) {
    if (auto* grade = std::get_if<GradeValue>(&fact.value)) {
      const auto ladder = ladders_.find(grade->ladder);
      if (ladder == ladders_.end()) {
        std::vector<std::string> names;
        for (const auto& [id, value] : ladders_) names.push_back(id);
        std::string message = "no grade ladder \"" + grade->ladder + "\"";
        if (const auto near = nearest(grade->ladder, names)) message += "; did you mean \"" + *near + "\"?";
        return fault(fact.where, ErrorCode::grade_not_on_ladder, message);
      }
      const auto position = ladder->second.position(grade->grade);
      if (!position) {
        std::string names;
        for (const auto& g : ladder->second.grades) names += (names.empty() ? "" : ", ") + g.name.in("vi");
        return fault(fact.where, ErrorCode::grade_not_on_ladder,
                     "\"" + grade->grade + "\" is not a grade of " + grade->ladder + "; it has " + names);
      }
      grade->grade = ladder->second.grades[*position].id;
    }
    if (const auto* rank = std::get_if<RankValue>(&fact.value)) {
      if (rank->population.empty() || rank->population_size < 1) {
        fault(fact.where, ErrorCode::rank_without_population,
              "a rank says nothing without its field of comparison; fill population and population_size");
      } else if (rank->rank < 1 || rank->rank > rank->population_size) {
        fault(fact.where, ErrorCode::out_of_range,
              "rank " + std::to_string(rank->rank) + " among " + std::to_string(rank->population_size));
      }
    }
    if (const auto* number = std::get_if<NumberValue>(&fact.value)) {
      if (number->maximum && number->value > *number->maximum) {
        fault(fact.where, ErrorCode::points_above_maximum,
              json_number(number->value) + " points where the maximum is " + json_number(*number->maximum));
      }
      if (number->maximum && *number->maximum <= 0) {
        fault(fact.where, ErrorCode::out_of_range, "the maximum must be above zero");
      }
      if (number->maximum && number->value < 0) {
        fault(fact.where, ErrorCode::out_of_range, "points below zero; a penalty is a fact of its own");
      }
    }
  }

  void check_details(const Fact& fact) {
    for (const auto& [name, value] : fact.details) {
      const auto allowed = values_of_detail(name);
      if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
        std::string list;
        for (const auto& word : allowed) list += (list.empty() ? "" : ", ") + word;
        fault(fact.where, ErrorCode::unknown_option, name + " is \"" + value + "\"; it may be " + list);
      }
      if ((name == "due" || name == "done") && !is_day(value)) {
        fault(fact.where, ErrorCode::wrong_type, name + " must be a day such as 2023-04-12");
      }
    }
    check_owner(fact);
    // A body has one head at a time; a second one must wait for the first to end.
    if (fact.name != "holds_role" || !std::holds_alternative<std::string>(fact.value)) return;
    if (std::get<std::string>(fact.value) != "head" || !fact.details.contains("body")) return;
    for (const auto& other : facts_) {
      if (other.name == "holds_role" && other.subject != fact.subject && other.value.index() == fact.value.index() &&
          std::get<std::string>(other.value) == "head" && other.details.contains("body") &&
          other.details.at("body") == fact.details.at("body") && other.period.overlaps(fact.period)) {
        fault(fact.where, ErrorCode::two_heads,
              "a second head of " + fact.details.at("body") + " in " + fact.period.text() + "; " +
                  other.subject + " (" + other.where + ") is head in " + other.period.text());
        return;
      }
    }
  }

  // Somebody who moved with the reform of units was responsible in the old one: it must be named.
  void check_owner(const Fact& fact) {
    if (fact.name != "responsible_for" || fact.details.contains("body")) return;
    const Subject* at = by_key(fact.subject);
    while (at != nullptr && at->kind != SubjectKind::unit) at = by_key(at->parent);
    if (at == nullptr || validity(*at).contains(fact.period)) return;
    fault(fact.where, ErrorCode::unit_not_valid,
          at->name + " did not exist throughout " + fact.period.text() + "; name the unit of that time in \"body\"");
  }

  void check_contradiction(const Fact& fact) {
    if (std::holds_alternative<EventValue>(fact.value) || fact.name == "holds_role") return;
    const auto [first, last] = seen_.equal_range(fact.name + "\x1f" + fact.subject);
    for (auto entry = first; entry != last; ++entry) {
      const Fact& other = facts_[entry->second];
      const auto criterion = [](const Fact& f) {
        const auto found = f.details.find("criterion");
        return found == f.details.end() ? std::string() : found->second;
      };
      if (other.period == fact.period && other.source == fact.source && other.publisher == fact.publisher &&
          other.date == fact.date && criterion(other) == criterion(fact) &&
          value_text(other) != value_text(fact)) {
        fault(fact.where, ErrorCode::fact_invalid,
              "contradicts " + other.where + ": " + value_text(other) + " there, " + value_text(fact) +
                  " here, both of " + fact.date + "; a correction carries its own, later date");
        return;
      }
    }
  }

  std::string file_;
  const Ladders& ladders_;
  Faults& faults_;
  std::multimap<std::string, std::size_t> taken_;    // code → subject, while reading
  std::multimap<std::string, std::size_t> by_name_;  // code and key → subject
  std::multimap<std::string, std::size_t> seen_;     // fact name and subject → fact
};

}  // namespace

FactBook FactBook::build(FactRows rows, const Ladders& ladders, Faults& faults) {
  Builder builder(rows.file, ladders, faults);
  builder.take_subjects(std::move(rows.subjects));
  for (auto& fact : rows.facts) builder.take_fact(std::move(fact));
  for (auto& row : rows.registers) builder.take_register(std::move(row));
  FactBook book;
  book.subjects_ = std::move(builder.subjects_);
  book.facts_ = std::move(builder.facts_);
  book.registers_ = std::move(builder.registers_);
  book.index();
  return book;
}

}  // namespace khaosat::awards
