#include "analysis/scorecards/year_plan.h"

#include <algorithm>
#include <map>

#include "base/definition_json.h"

namespace khaosat::scorecards {

namespace {

template <typename T>
const T* with_code(const std::vector<T>& all, std::string_view code) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.code == code; });
  return found == all.end() ? nullptr : &*found;
}

bool overlap(std::string_view from, std::string_view to, std::string_view other_from, std::string_view other_to) {
  return from <= other_to && other_from <= to;
}

int days_of_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && is_leap ? 29 : kDays[month - 1];
}

std::string two(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

// `day` must be one.
std::string day_after(const std::string& day) {
  int year = std::stoi(day.substr(0, 4));
  int month = std::stoi(day.substr(5, 2));
  int number = std::stoi(day.substr(8, 2)) + 1;
  if (number > days_of_month(year, month)) number = 1, ++month;
  if (month > 12) month = 1, ++year;
  return std::to_string(year) + "-" + two(month) + "-" + two(number);
}

class PlanCheck {
 public:
  PlanCheck(const YearPlan& plan, const ScorecardSet& set, const std::string& file) : plan_(plan), set_(set), file_(file) {}

  Faults run() {
    if (plan_.year < 1990 || plan_.year > 2200) complain("year", 2, "year", ErrorCode::out_of_range, "the year is between 1990 and 2200");
    if (plan_.unit.empty()) complain("year", 2, "unit", ErrorCode::missing_field, "name the unit that is scored");
    bodies();
    persons();
    for (std::size_t i = 0; i < plan_.assignments.size(); ++i) assignment(i);
    two_heads();
    windows();
    // Only sound days can be compared.
    if (faults_.empty()) coverage();
    return std::move(faults_);
  }

 private:
  void complain(const char* sheet, std::size_t row, const char* column, ErrorCode code, std::string message) {
    faults_.push_back({file_, std::string("sheet ") + sheet + ", row " + std::to_string(row) + ", column " + column, code, std::move(message)});
  }

  bool days(const char* sheet, std::size_t row, const std::string& from, const std::string& to, const char* to_column = "to") {
    bool is_sound = true;
    for (const auto& [column, day] : {std::pair<const char*, const std::string*>{"from", &from}, {to_column, &to}}) {
      if (is_date(*day)) continue;
      complain(sheet, row, column, ErrorCode::wrong_type, "\"" + *day + "\" is not a day of the calendar (YYYY-MM-DD)");
      is_sound = false;
    }
    if (is_sound && from > to) {
      complain(sheet, row, to_column, ErrorCode::out_of_range, "ends before it begins");
      is_sound = false;
    }
    return is_sound;
  }

  void bodies() {
    for (std::size_t i = 0; i < plan_.bodies.size(); ++i) {
      const Body& body = plan_.bodies[i];
      if (body.code.empty()) complain("bodies", i + 2, "code", ErrorCode::missing_field, "a body needs a code");
      else if (with_code(plan_.bodies, body.code) != &body) complain("bodies", i + 2, "code", ErrorCode::duplicate_key, "\"" + body.code + "\" stands above already");
      if (body.name.empty()) complain("bodies", i + 2, "name", ErrorCode::missing_field, "a body needs a name");
    }
  }

  void persons() {
    for (std::size_t i = 0; i < plan_.persons.size(); ++i) {
      const Person& person = plan_.persons[i];
      const std::size_t row = i + 2;
      if (person.code.empty()) complain("persons", row, "code", ErrorCode::missing_field, "a person needs a code");
      if (person.name.empty()) complain("persons", row, "name", ErrorCode::missing_field, "a person needs a name");
      if (plan_.body(person.body) == nullptr) complain("persons", row, "body", ErrorCode::not_found, "no body \"" + person.body + "\" on the sheet bodies");
      days("persons", row, person.from, person.to);
      for (std::size_t k = 0; k < i; ++k) {
        const Person& other = plan_.persons[k];
        if (!overlap(person.from, person.to, other.from, other.to)) continue;
        if (other.code == person.code) complain("persons", row, "code", ErrorCode::duplicate_key, "the same person stands in row " + std::to_string(k + 2) + " for the same days");
        else if (!person.account.empty() && other.account == person.account) complain("persons", row, "account", ErrorCode::duplicate_key, "the account acts for the person of row " + std::to_string(k + 2) + " already");
      }
    }
  }

  void assignment(std::size_t i) {
    const Assignment& one = plan_.assignments[i];
    const std::size_t row = i + 2;
    if (set_.find(one.item) == nullptr) complain("assignments", row, "item", ErrorCode::not_found, "no \"" + one.item + "\" in scorecard " + set_.identity.label());
    if (plan_.body(one.body) == nullptr) complain("assignments", row, "body", ErrorCode::not_found, "no body \"" + one.body + "\" on the sheet bodies");
    const bool sound = days("assignments", row, one.from, one.to);
    if (one.person.empty()) {
      if (one.duty == Duty::head) complain("assignments", row, "person", ErrorCode::missing_field, "a head is a person");
      return;
    }
    const auto is_there = [&](const Person& person) {
      return person.code == one.person && person.body == one.body && (!sound || overlap(person.from, person.to, one.from, one.to));
    };
    if (std::none_of(plan_.persons.begin(), plan_.persons.end(), is_there)) {
      complain("assignments", row, "person", ErrorCode::not_found, "no \"" + one.person + "\" of body \"" + one.body + "\" on the sheet persons for these days");
    }
  }

  void two_heads() {
    const auto& all = plan_.assignments;
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (all[i].duty != Duty::head || all[k].duty != Duty::head || all[i].item != all[k].item || all[i].person == all[k].person) continue;
        if (!overlap(all[i].from, all[i].to, all[k].from, all[k].to)) continue;
        complain("assignments", i + 2, "person", ErrorCode::two_heads,
                 "row " + std::to_string(k + 2) + " names another head of \"" + all[i].item + "\" for days of the same period");
      }
    }
  }

  void windows() {
    for (const Stage stage : kStages) {
      const Window& window = plan_.window(stage);
      const auto row = static_cast<std::size_t>(stage) + 2;
      if (!days("deadlines", row, window.from, window.until, "until")) continue;
      if (stage == Stage::self_score) continue;
      const Window& before = plan_.windows[static_cast<std::size_t>(stage) - 1];
      if (is_date(before.until) && window.until < before.until) {
        complain("deadlines", row, "until", ErrorCode::out_of_range, "ends before the stage above it does");
      }
    }
  }

  // For every leaf: nobody missing on any day of the year, and somebody else there to appraise.
  void coverage() {
    const std::string last = std::to_string(plan_.year) + "-12-31";
    for (const Item* item : set_.leaves()) {
      if (item->is_adjustment()) continue;
      const auto assigned = plan_.of(set_, *item);
      std::string day = std::to_string(plan_.year) + "-01-01";
      for (bool moved = true; moved && day <= last;) {
        moved = false;
        for (const Assignment* one : assigned) {
          if (one->from <= day && day <= one->to) day = day_after(one->to), moved = true;
        }
      }
      if (day <= last) {
        complain("assignments", plan_.assignments.size() + 2, "item", ErrorCode::scorecard_unassigned,
                 item->code + " (\"" + item->id + "\") is assigned to nobody on " + day);
        continue;
      }
      const bool can_be_appraised = std::any_of(plan_.bodies.begin(), plan_.bodies.end(), [&](const Body& body) {
        return body.appraises && std::none_of(assigned.begin(), assigned.end(), [&](const Assignment* one) { return one->body == body.code; });
      });
      if (!can_be_appraised) {
        complain("bodies", plan_.bodies.size() + 2, "appraises", ErrorCode::scorecard_own_work,
                 item->code + " (\"" + item->id + "\") has nobody to appraise it but the body that answers for it");
      }
    }
  }

  const YearPlan& plan_;
  const ScorecardSet& set_;
  const std::string& file_;
  Faults faults_;
};

}  // namespace

const Body* YearPlan::body(std::string_view code) const { return with_code(bodies, code); }

const Person* YearPlan::person(std::string_view code) const { return with_code(persons, code); }

const Person* YearPlan::person_of(std::string_view account, std::string_view day) const {
  for (const auto& person : persons) {
    if (!account.empty() && person.account == account && person.from <= day && day <= person.to) return &person;
  }
  return nullptr;
}

std::vector<const Assignment*> YearPlan::of(const ScorecardSet& set, const Item& item) const {
  std::vector<const Assignment*> found;
  for (const Item* place = &item; place != nullptr; place = place->parent ? &set.items[*place->parent] : nullptr) {
    for (const auto& one : assignments) {
      if (one.item == place->id) found.push_back(&one);
    }
    if (!found.empty()) break;
  }
  return found;
}

Faults check(const YearPlan& plan, const ScorecardSet& set, const std::string& file) { return PlanCheck(plan, set, file).run(); }

std::string_view name_of(Stage stage) {
  switch (stage) {
    case Stage::self_score: return "self_score";
    case Stage::first_appraisal: return "first_appraisal";
    case Stage::explanation: return "explanation";
    case Stage::second_appraisal: return "second_appraisal";
  }
  return "";
}

std::string_view name_of(Duty duty) { return duty == Duty::head ? "head" : "member"; }

std::string_view name_of(ItemKind kind) {
  switch (kind) {
    case ItemKind::field: return "field";
    case ItemKind::criterion: return "criterion";
    case ItemKind::subcriterion: return "subcriterion";
    case ItemKind::bonus: return "bonus";
    case ItemKind::penalty: return "penalty";
  }
  return "";
}

}  // namespace khaosat::scorecards
