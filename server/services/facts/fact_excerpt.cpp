#include "server/services/facts/fact_excerpt.h"

#include <set>

namespace khaosat {

namespace {

using awards::Subject;
using awards::SubjectKind;

class Excerpt {
 public:
  Excerpt(const awards::FactBook& all, const FactScope& scope, const awards::Lineage& lineage) : all_(all), scope_(scope) {
    const Subject* unit = all.subject(scope.unit);
    if (unit == nullptr) return;
    for (const auto& subject : all.subjects()) {
      if (all.is_below(subject, unit->key)) kept_.insert(subject.key);
    }
    keep_with_ancestors(*unit);
    for (const auto* link : lineage.predecessors(unit->code, unit->valid_from)) {
      const Subject* old = all.unit_on(link->old_code, awards::day_before(link->changed_on));
      if (old != nullptr) keep_with_ancestors(*old);
      if (old != nullptr) predecessors_.insert(old->key);
    }
    for (const auto& fact : all.facts()) {
      const Subject* about = all.subject(fact.subject);
      // A neighbour counts with what is published about it: who shares a rank, who is above.
      const bool neighbour = about != nullptr && about->kind == SubjectKind::unit && about->parent == unit->parent && !unit->parent.empty();
      if (neighbour && wanted(fact)) kept_.insert(fact.subject);
      // Where somebody of ours worked before the reform of units.
      const auto body = fact.details.find("body");
      if (!kept_.contains(fact.subject) || body == fact.details.end()) continue;
      const Subject* place = all.subject(body->second);
      const Subject* owner = place == nullptr ? nullptr : all.unit_of(*place);
      if (owner != nullptr && predecessors_.contains(owner->key)) keep_with_ancestors(*place);
    }
  }

  awards::FactRows rows() const {
    awards::FactRows rows;
    rows.file = "register";
    for (const auto& subject : all_.subjects()) {
      if (!scope_.unit.empty() && !kept_.contains(subject.key)) continue;
      rows.subjects.push_back(subject);
      // A body does not outlive its unit.
      const Subject* parent = all_.subject(subject.parent);
      Subject& copy = rows.subjects.back();
      if (copy.kind == SubjectKind::collective && copy.valid_to.empty() && parent != nullptr && parent->kind == SubjectKind::unit) {
        copy.valid_to = parent->valid_to;
      }
    }
    for (const auto& fact : all_.facts()) {
      const auto body = fact.details.find("body");
      const bool here = scope_.unit.empty() || (kept_.contains(fact.subject) && (body == fact.details.end() || kept_.contains(body->second)));
      if (here && wanted(fact)) rows.facts.push_back(fact);
    }
    for (const auto& one : all_.registers()) {
      const bool asked = scope_.rules == nullptr || scope_.rules->facts.contains(one.name);
      if (asked && (scope_.unit.empty() || kept_.contains(one.subject))) rows.registers.push_back(one);
    }
    return rows;
  }

 private:
  bool wanted(const awards::Fact& fact) const {
    if (scope_.rules == nullptr || fact.name == "holds_role") return true;
    const auto spec = scope_.rules->facts.find(fact.name);
    return spec != scope_.rules->facts.end() && spec->second.type == awards::type_of(fact.value);
  }
  void keep_with_ancestors(const Subject& subject) {
    const Subject* at = &subject;
    for (std::size_t steps = 0; at != nullptr && steps <= all_.subjects().size(); ++steps) {
      kept_.insert(at->key);
      at = all_.subject(at->parent);
    }
  }

  const awards::FactBook& all_;
  const FactScope& scope_;
  std::set<std::string, std::less<>> kept_;
  std::set<std::string, std::less<>> predecessors_;
};

}  // namespace

awards::FactRows excerpt_for(const awards::FactBook& all, const FactScope& scope, const awards::Lineage& lineage) {
  return Excerpt(all, scope, lineage).rows();
}

}  // namespace khaosat
