#include "analysis/awards/evaluation.h"

#include <algorithm>

#include "analysis/awards/phrases.h"
#include "base/text.h"

namespace khaosat::awards {

namespace {

std::string detail(const Fact& fact, std::string_view name) {
  const auto found = fact.details.find(std::string(name));
  return found == fact.details.end() ? std::string() : found->second;
}

LocalText source_words(FactSource source) {
  switch (source) {
    case FactSource::official: return say("chính thức", "official");
    case FactSource::computed: return say("do hệ thống tính", "computed");
    case FactSource::declared: return say("do đơn vị khai", "declared");
  }
  return {};
}

}  // namespace

std::string Evaluation::reading(std::string_view name) const {
  if (const auto chosen = readings_.find(name); chosen != readings_.end()) return chosen->second.value;
  const ReadingSpec* spec = rules_.reading(name);
  return spec == nullptr ? std::string() : spec->default_value;
}

std::optional<std::string> Evaluation::parameter(const Parameter& parameter, std::string_view fallback,
                                                 Reason& reason) const {
  if (!parameter.given()) return std::string(fallback);
  if (parameter.reading.empty()) return parameter.literal;
  if (std::find(reason.readings.begin(), reason.readings.end(), parameter.reading) == reason.readings.end()) {
    reason.readings.push_back(parameter.reading);
  }
  std::string value = reading(parameter.reading);
  if (!value.empty()) return value;
  const ReadingSpec* spec = rules_.reading(parameter.reading);
  const LocalText title = spec == nullptr ? LocalText(parameter.reading) : spec->title;
  reason.missing.push_back({"", parameter.reading, "", "",
                            say("chưa ai quyết định cách hiểu: " + title.in("vi"),
                                "nobody has decided how to read: " + title.in("en")),
                            say("người có thẩm quyền ban hành hoặc hội đồng thi đua – khen thưởng",
                                "the issuing authority or the emulation jury")});
  return std::nullopt;
}

std::optional<std::string> Evaluation::parameter(const Condition& condition, std::string_view name,
                                                 std::string_view fallback, Reason& reason) const {
  const auto given = condition.parameters.find(name);
  if (given == condition.parameters.end()) return std::string(fallback);
  return parameter(given->second, fallback, reason);
}

std::string Evaluation::known_by(const Condition& condition) const {
  std::string day = context_.date;
  Reason unused;
  const auto limit = [&](const Parameter& cutoff) {
    const auto value = parameter(cutoff, "", unused);
    if (value && is_day(*value)) day = std::min(day, *value);
  };
  if (const auto given = condition.parameters.find("known_by"); given != condition.parameters.end()) {
    limit(given->second);
  } else if (award_ != nullptr && award_->known_by.given()) {
    limit(award_->known_by);
  }
  return day;
}

const Subject* Evaluation::carrier_of(std::string_view of, const Subject& subject) const {
  if (of == "self") return &subject;
  if (of == "own_body") {
    return subject.kind == SubjectKind::person ? facts_.subject(subject.parent) : &subject;
  }
  const Subject* unit = facts_.unit_of(subject);
  if (of != "province") return unit;
  while (unit != nullptr && !unit->parent.empty()) unit = facts_.subject(unit->parent);
  return unit;
}

FactUse Evaluation::use(const Fact& fact) const {
  const Subject* subject = facts_.subject(fact.subject);
  FactUse use{fact, subject == nullptr ? fact.subject : subject->name, title_of(fact.name), value_text(fact)};
  if (const auto* grade = std::get_if<GradeValue>(&fact.value)) {
    use.value = grade_name(grade->ladder, grade->grade).in("vi");
  }
  return use;
}

LocalText Evaluation::title_of(std::string_view fact) const {
  const auto spec = rules_.facts.find(fact);
  return spec == rules_.facts.end() ? LocalText(std::string(fact)) : spec->second.title;
}

LocalText Evaluation::supplier_of(std::string_view fact) const {
  const auto spec = rules_.facts.find(fact);
  return spec == rules_.facts.end() ? LocalText() : spec->second.supplier;
}

LocalText Evaluation::grade_name(const std::string& ladder, const std::string& grade) const {
  if (context_.ladders != nullptr) {
    if (const auto found = context_.ladders->find(ladder); found != context_.ladders->end()) {
      if (const auto position = found->second.position(grade)) return found->second.grades[*position].name;
    }
  }
  return LocalText(grade);
}

void Evaluation::miss(std::string_view fact, const Subject& carrier, const std::string& period,
                      LocalText what, Reason& reason) const {
  reason.missing.push_back(
      {std::string(fact), "", carrier.key, period, std::move(what), supplier_of(fact)});
}

const Fact* Evaluation::find(const Condition& condition, std::string_view fact, const Subject& carrier,
                             int year, std::string_view criterion, Reason& reason) const {
  return select(condition, fact, carrier, year, criterion, &reason);
}

const Fact* Evaluation::peek(const Condition& condition, std::string_view fact, const Subject& carrier,
                             int year, std::string_view criterion) const {
  return select(condition, fact, carrier, year, criterion, nullptr);
}

const Fact* Evaluation::select(const Condition& condition, std::string_view fact, const Subject& carrier,
                               int year, std::string_view criterion, Reason* reason) const {
  Reason scratch;
  Reason& notes = reason == nullptr ? scratch : *reason;
  std::vector<FactSource> accept = condition.accept;
  if (const auto spec = rules_.facts.find(fact); accept.empty() && spec != rules_.facts.end()) {
    accept = spec->second.accept;
  }
  const auto publisher = parameter(condition, "publisher", "", notes);
  if (!publisher) {
    notes.found = say("chưa quyết định cơ quan nào được công bố số liệu này",
                      "it is not decided which body's publication counts");
    return nullptr;
  }
  const std::string last_day = known_by(condition);
  const Fact* best = nullptr;
  bool contradiction = false;
  LocalText near_misses;
  const auto spec_type = rules_.facts.find(fact);
  for (const Fact* candidate : facts_.facts_of(carrier.key, fact)) {
    if (!candidate->period.lies_in_year(year) || detail(*candidate, "criterion") != criterion) continue;
    if (spec_type != rules_.facts.end() && type_of(candidate->value) != spec_type->second.type) continue;
    if (std::find(accept.begin(), accept.end(), candidate->source) == accept.end()) {
      near_misses = join(near_misses, say("Có số liệu " + source_words(candidate->source).in("vi") + " (" +
                                              use(*candidate).value + ") nhưng điều kiện này không nhận nguồn đó.",
                                          "A " + source_words(candidate->source).in("en") + " value (" +
                                              use(*candidate).value + ") is on file, but this condition does not accept that source."));
    } else if (!publisher->empty() && fold_case(*publisher) != fold_case(candidate->publisher)) {
      near_misses = join(near_misses, say("Có số liệu của " + candidate->publisher + " (" + use(*candidate).value +
                                              ") nhưng điều kiện này cần của " + *publisher + ".",
                                          "A value by " + candidate->publisher + " (" + use(*candidate).value +
                                              ") is on file, but this condition asks for one by " + *publisher + "."));
    } else if (candidate->date > last_day) {
      near_misses = join(near_misses, say("Số liệu công bố ngày " + vietnamese_day(candidate->date) +
                                              ", sau ngày chốt " + vietnamese_day(last_day) + ".",
                                          "Published on " + candidate->date + ", after the cut-off " + last_day + "."));
    } else {
      contradiction = best != nullptr && best->date == candidate->date && value_text(*best) != value_text(*candidate);
      best = candidate;
    }
  }
  if (best != nullptr && !contradiction) {
    notes.facts.push_back(use(*best));
    return best;
  }
  const std::string about = std::string(criterion).empty() ? "" : " (" + std::string(criterion) + ")";
  const LocalText title = title_of(fact);
  if (contradiction) {
    notes.found = say("Hai nguồn nêu hai giá trị khác nhau trong cùng một ngày.",
                      "Two sources state different values on the same day.");
  } else {
    notes.found = join(say(fmt::format("Chưa ghi nhận {} năm {} của {}.", title.in("vi") + about, year, carrier.name),
                           fmt::format("No record of {} for {} of {}.", title.in("en") + about, year, carrier.name)),
                       near_misses);
  }
  miss(fact, carrier, std::to_string(year), say(title.in("vi") + about + " năm " + std::to_string(year) + " của " + carrier.name,
                                               title.in("en") + about + " for " + std::to_string(year) + " of " + carrier.name),
       notes);
  return nullptr;
}

std::vector<const Fact*> Evaluation::entries(const Condition& condition, std::string_view fact,
                                             const Subject& carrier, const Period& period) const {
  std::vector<FactSource> accept = condition.accept;
  if (const auto spec = rules_.facts.find(fact); accept.empty() && spec != rules_.facts.end()) {
    accept = spec->second.accept;
  }
  const auto spec_type = rules_.facts.find(fact);
  const std::string last_day = known_by(condition);
  std::vector<const Fact*> found;
  for (const Fact* entry : facts_.facts_of(carrier.key, fact)) {
    if (spec_type != rules_.facts.end() && type_of(entry->value) != spec_type->second.type) continue;
    if (entry->period.overlaps(period) && entry->date <= last_day &&
        std::find(accept.begin(), accept.end(), entry->source) != accept.end()) {
      found.push_back(entry);
    }
  }
  return found;
}

bool Evaluation::complete(std::string_view fact, const Subject& carrier, const Period& asked, Entries kind,
                          Reason& reason) const {
  // Nobody declares anything of the days on which there was no unit.
  Period period = asked;
  if (const Subject* unit = facts_.unit_of(carrier)) {
    if (period.contains(unit->valid_from)) period.from = unit->valid_from;
    if (period.contains(unit->valid_to)) period.to = unit->valid_to;
  }
  const LocalText title = title_of(fact);
  // The declaration may come after the cut-off: it says nothing new, only that nothing is missing.
  const std::string not_before = kind == Entries::day_by_day ? period.to : period.from;
  if (const auto* declaration = facts_.complete(fact, carrier, period, not_before, context_.date)) {
    reason.found = join(reason.found,
                        say("Sổ \"" + title.in("vi") + "\" đã được " + declaration->declared_by + " xác nhận đầy đủ ngày " +
                                vietnamese_day(declaration->date) + ".",
                            "The register \"" + title.in("en") + "\" was declared complete by " +
                                declaration->declared_by + " on " + declaration->date + "."));
    return true;
  }
  reason.found = join(reason.found, say("Sổ \"" + title.in("vi") + "\" chưa được xác nhận đầy đủ cho " + period.text() + ".",
                                        "The register \"" + title.in("en") + "\" is not declared complete for " +
                                            period.text() + "."));
  miss(fact, carrier, period.text(),
       say("xác nhận sổ \"" + title.in("vi") + "\" đã đầy đủ cho " + period.text() + " (" + carrier.name + ")",
           "a declaration that the register \"" + title.in("en") + "\" is complete for " + period.text() + " (" +
               carrier.name + ")"),
       reason);
  return false;
}

std::optional<int> Evaluation::year_of(const Condition& condition, const Subject& carrier, Reason& reason) const {
  const auto basis = parameter(condition, "year", "same_year", reason);
  if (!basis) return std::nullopt;
  if (*basis == "lagged") return context_.year - 1;
  if (*basis != "latest_published") return context_.year;
  for (int year = context_.year; year > context_.year - 10; --year) {
    for (const Fact* fact : facts_.facts_of(carrier.key, condition.fact)) {
      const std::string criterion = detail(*fact, "criterion");
      if (peek(condition, condition.fact, carrier, year, criterion) != nullptr) return year;
    }
  }
  return context_.year;  // nothing published: the lookup then says what is missing
}

Reason Evaluation::judge(const Condition& condition, const Subject& subject) const {
  Reason reason;
  reason.clause = condition.clause;
  reason.predicate = condition.predicate;
  reason.condition = condition.text;
  if (!condition.applies_to.empty() &&
      std::find(condition.applies_to.begin(), condition.applies_to.end(), subject.kind) == condition.applies_to.end()) {
    reason.verdict = Verdict::not_applicable;
    reason.found = say("Không áp dụng cho loại đối tượng này.", "Not for this kind of subject.");
    return reason;
  }
  for (const auto& [name, values] : condition.when) {
    const auto value = parameter(Parameter{"", name}, "", reason);
    if (!value) {
      reason.verdict = Verdict::undetermined;
      return reason;
    }
    if (std::find(values.begin(), values.end(), *value) == values.end()) {
      reason.verdict = Verdict::not_applicable;
      reason.found = say("Không áp dụng theo cách hiểu đã chọn (" + name + " = " + *value + ").",
                         "Not under the reading chosen (" + name + " = " + *value + ").");
      return reason;
    }
  }
  if (condition.predicate != "all" && condition.predicate != "any" && condition.predicate != "not") {
    Reason leaf = judge_leaf(condition, subject);
    leaf.readings.insert(leaf.readings.begin(), reason.readings.begin(), reason.readings.end());
    return leaf;
  }
  std::vector<Verdict> verdicts;
  for (const auto& child : condition.children) {
    reason.children.push_back(judge(child, subject));
    verdicts.push_back(reason.children.back().verdict);
  }
  if (condition.predicate == "all") reason.verdict = all_of(verdicts);
  if (condition.predicate == "any") reason.verdict = any_of(verdicts);
  if (condition.predicate == "not") reason.verdict = not_of(verdicts.front());
  return reason;
}

Reason Evaluation::judge_leaf(const Condition& condition, const Subject& subject) const {
  Reason reason;
  reason.clause = condition.clause;
  reason.predicate = condition.predicate;
  reason.condition = condition.text;
  reason.verdict = Verdict::undetermined;
  const PredicateSpec* predicate = predicate_named(condition.predicate);
  const auto of = parameter(condition, "of", predicate->default_carrier, reason);
  if (!of) return reason;
  Question question{&subject, carrier_of(*of, subject), 0};
  if (question.carrier == nullptr) {
    reason.found = say("Không rõ đối tượng thuộc đơn vị nào.", "It is not known which unit the subject belongs to.");
    return reason;
  }
  const auto year = year_of(condition, *question.carrier, reason);
  if (!year) return reason;
  question.year = *year;
  judge_units_through_time(*predicate, condition, question, reason);
  return reason;
}

// A unit that did not exist in the year asked about has no value of its own. Its predecessors' values
// count only under a reading that a person chose.
void Evaluation::judge_units_through_time(const PredicateSpec& predicate, const Condition& condition,
                                          Question question, Reason& reason) const {
  const Subject& unit = *question.carrier;
  const Period year = Period::of_year(question.year);
  const bool is_unit = unit.kind == SubjectKind::unit;
  const bool unborn = is_unit && !unit.valid_from.empty() && unit.valid_from > year.to;
  const bool born_late = is_unit && !unborn && unit.valid_from > year.from &&
                         peek(condition, condition.fact, unit, question.year, "") == nullptr;
  const auto links = unborn || born_late ? context_.lineage.predecessors(unit.code, unit.valid_from)
                                         : std::vector<const LineageLink*>();
  if (!unborn && links.empty()) return predicate.evaluate(*this, condition, question, reason);

  std::string names;
  for (const auto* link : links) names += (names.empty() ? "" : ", ") + (link->old_name.empty() ? link->old_code : link->old_name);
  reason.found = say_with("{} thành lập từ {}; năm {} chưa có số liệu riêng.{}",
                          "{} exists since {}; it has no figure of its own for {}.{}", unit.name,
                          vietnamese_day(unit.valid_from), question.year,
                          names.empty() ? std::string() : " (" + names + ")");
  const auto policy = parameter(condition, "merge", "", reason);
  if (!policy || policy->empty() || links.empty()) {
    if (links.empty()) {
      miss(condition.fact, unit, std::to_string(question.year),
           say("bảng chuyển đổi đơn vị cho " + unit.name, "the table of predecessors of " + unit.name), reason);
    }
    return;
  }
  if (*policy == "not_applicable") {
    reason.verdict = Verdict::not_applicable;
    reason.found = join(reason.found, say("Theo cách hiểu đã chọn, năm đầu không áp dụng điều kiện này.",
                                          "Under the reading chosen the condition does not apply in the first year."));
    return;
  }
  if (*policy == "weighted") {
    reason.found = join(reason.found,
                        say("Không thể lấy bình quân gia quyền các mức xếp loại hay thứ hạng; cần điểm số và quy tắc quy đổi.",
                            "Grades and ranks cannot be averaged; scores and a rule of conversion are needed."));
    return;
  }
  std::vector<Verdict> verdicts;
  for (const auto* link : links) {
    const Subject* old = facts_.unit_on(link->old_code, day_before(link->changed_on));
    if (*policy == "by_person") {
      bool worked_there = false;
      for (const Fact* role : facts_.facts_of(question.subject->key, "holds_role")) {
        const auto body = role->details.find("body");
        const Subject* place = body == role->details.end() ? nullptr : facts_.subject(body->second);
        const Subject* place_unit = place == nullptr ? nullptr : facts_.unit_of(*place);
        worked_there = worked_there || (role->period.overlaps(year) && place_unit != nullptr && place_unit == old);
      }
      if (!worked_there) continue;
    }
    Reason part;
    part.clause = reason.clause;
    part.predicate = reason.predicate;
    part.condition = say("Đơn vị tiền thân: " + link->old_name, "Predecessor: " + link->old_name);
    part.verdict = Verdict::undetermined;
    if (old == nullptr) {
      part.found = say("Chưa khai đơn vị cũ mã " + link->old_code + " trong danh sách.",
                       "The old unit " + link->old_code + " is not in the list of subjects.");
      miss(condition.fact, unit, std::to_string(question.year),
           say("đơn vị cũ " + link->old_name + " (mã " + link->old_code + ") và số liệu của đơn vị đó",
               "the old unit " + link->old_name + " (code " + link->old_code + ") and its figures"),
           part);
    } else {
      predicate.evaluate(*this, condition, {question.subject, old, question.year}, part);
    }
    verdicts.push_back(part.verdict);
    reason.children.push_back(std::move(part));
  }
  reason.verdict = all_of(verdicts);
  if (verdicts.empty()) {
    reason.verdict = Verdict::undetermined;
    reason.found = join(reason.found, say("Chưa ghi nhận người này công tác ở đơn vị tiền thân nào trong năm đó.",
                                          "It is not recorded at which predecessor this person worked in that year."));
    miss("holds_role", *question.subject, std::to_string(question.year),
         say("nơi công tác của " + question.subject->name + " năm " + std::to_string(question.year),
             "where " + question.subject->name + " worked in " + std::to_string(question.year)),
         reason);
  }
}

}  // namespace khaosat::awards
