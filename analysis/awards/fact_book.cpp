#include "analysis/awards/fact_book.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/json_text.h"

namespace khaosat::awards {

const Subject* FactBook::subject(std::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &subjects_[found->second];
}

const Subject* FactBook::subject_named(std::string_view key_or_code) const {
  const Subject* only = nullptr;
  for (const auto& candidate : subjects_) {
    if (candidate.code != key_or_code) continue;
    if (only != nullptr) return nullptr;
    only = &candidate;
  }
  return only != nullptr ? only : subject(key_or_code);
}

const Subject* FactBook::unit_on(std::string_view code, std::string_view day) const {
  for (const auto& unit : subjects_) {
    if (unit.code == code && (unit.valid_from.empty() || unit.valid_from <= day) &&
        (unit.valid_to.empty() || day <= unit.valid_to)) {
      return &unit;
    }
  }
  return nullptr;
}

std::vector<const Fact*> FactBook::facts_of(std::string_view subject, std::string_view name) const {
  std::vector<const Fact*> found;
  const auto entry = by_name_subject_.find({std::string(name), std::string(subject)});
  if (entry == by_name_subject_.end()) return found;
  for (const std::size_t i : entry->second) found.push_back(&facts_[i]);
  return found;
}

std::vector<const Fact*> FactBook::facts_named(std::string_view name) const {
  std::vector<const Fact*> found;
  for (auto entry = by_name_subject_.lower_bound({std::string(name), ""});
       entry != by_name_subject_.end() && entry->first.first == name; ++entry) {
    for (const std::size_t i : entry->second) found.push_back(&facts_[i]);
  }
  return found;
}

std::vector<const Fact*> FactBook::facts_within(const Subject& unit, std::string_view name) const {
  std::vector<const Fact*> found;
  const auto entry = by_name_unit_.find({std::string(name), unit.key});
  if (entry == by_name_unit_.end()) return found;
  for (const std::size_t i : entry->second) found.push_back(&facts_[i]);
  return found;
}

const Subject* FactBook::unit_of(const Subject& start) const {
  const Subject* at = &start;
  for (std::size_t steps = 0; at != nullptr && steps <= subjects_.size(); ++steps) {
    if (at->kind == SubjectKind::unit) return at;
    at = subject(at->parent);
  }
  return nullptr;
}

bool FactBook::is_below(const Subject& start, std::string_view ancestor) const {
  const Subject* at = &start;
  for (std::size_t steps = 0; at != nullptr && steps <= subjects_.size(); ++steps) {
    if (at->key == ancestor) return true;
    at = subject(at->parent);
  }
  return false;
}

const RegisterDeclaration* FactBook::complete(std::string_view register_name, const Subject& about,
                                              const Period& period, std::string_view not_before,
                                              std::string_view by_day) const {
  for (const auto& declaration : registers_) {
    if (declaration.name == register_name && declaration.date <= by_day &&
        declaration.date >= not_before && declaration.period.contains(period) && is_below(about, declaration.subject)) {
      return &declaration;
    }
  }
  return nullptr;
}

FactBook FactBook::known_by(std::string_view day) const {
  FactBook book;
  book.subjects_ = subjects_;
  for (const auto& fact : facts_) {
    if (fact.date <= day) book.facts_.push_back(fact);
  }
  for (const auto& declaration : registers_) {
    if (declaration.date <= day) book.registers_.push_back(declaration);
  }
  book.index();
  return book;
}

std::string FactBook::digest() const {
  std::vector<std::string> lines;
  for (const auto& s : subjects_) {
    lines.push_back("subject\x1f" + s.key + "\x1f" + std::string(name_of(s.kind)) + "\x1f" + s.name +
                    "\x1f" + s.parent + "\x1f" + s.valid_from + "\x1f" + s.valid_to);
  }
  for (const auto& fact : facts_) lines.push_back(canonical_line(fact));
  for (const auto& r : registers_) {
    lines.push_back("register\x1f" + r.name + "\x1f" + r.subject + "\x1f" + r.period.from + "\x1f" +
                    r.period.to + "\x1f" + r.date + "\x1f" + r.declared_by + "\x1f" + r.evidence);
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const auto& line : lines) all += line + "\n";
  return to_hex(view_of(sha256(all)));
}

void FactBook::index() {
  by_key_.clear();
  by_name_subject_.clear();
  for (std::size_t i = 0; i < subjects_.size(); ++i) by_key_[subjects_[i].key] = i;
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    by_name_subject_[{facts_[i].name, facts_[i].subject}].push_back(i);
  }
  // Order must not depend on the order of rows: the canonical line decides between equal dates.
  std::vector<std::string> order(facts_.size());
  for (std::size_t i = 0; i < facts_.size(); ++i) order[i] = facts_[i].date + canonical_line(facts_[i]);
  for (auto& [key, indices] : by_name_subject_) {
    std::sort(indices.begin(), indices.end(), [&](std::size_t a, std::size_t b) { return order[a] < order[b]; });
  }
  by_name_unit_.clear();
  for (const auto& [key, indices] : by_name_subject_) {
    for (const std::size_t i : indices) {
      const auto body = facts_[i].details.find("body");
      const Subject* owner = subject(body == facts_[i].details.end() ? facts_[i].subject : body->second);
      const Subject* unit = owner == nullptr ? nullptr : unit_of(*owner);
      if (unit != nullptr) by_name_unit_[{key.first, unit->key}].push_back(i);
    }
  }
}

std::string value_text(const Fact& fact) {
  struct Writer {
    std::string operator()(const EventValue&) const { return ""; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(const NumberValue& value) const {
      return json_number(value.value) + (value.maximum ? "/" + json_number(*value.maximum) : "");
    }
    std::string operator()(const GradeValue& value) const { return value.grade; }
    std::string operator()(const RankValue& value) const {
      return std::to_string(value.rank) + "/" + std::to_string(value.population_size) + " (" +
             value.population + ")";
    }
    std::string operator()(const std::string& value) const { return value; }
  };
  std::string text = std::visit(Writer{}, fact.value);
  for (const auto& [name, value] : fact.details) {
    text += (text.empty() ? "" : "; ") + name + "=" + value;
  }
  return text;
}

std::string canonical_line(const Fact& fact) {
  std::string line = "fact";
  for (const std::string& part :
       {fact.name, fact.subject, fact.period.from, fact.period.to, std::string(name_of(type_of(fact.value))),
        std::holds_alternative<GradeValue>(fact.value) ? std::get<GradeValue>(fact.value).ladder : "",
        value_text(fact), std::string(name_of(fact.source)), fact.publisher, fact.number, fact.date,
        fact.evidence, fact.vouched_by, fact.note}) {
    line += "\x1f" + part;
  }
  return line;
}

}  // namespace khaosat::awards
