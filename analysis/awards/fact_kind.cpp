#include "analysis/awards/fact_kind.h"

#include <algorithm>

#include "analysis/awards/phrases.h"
#include "base/text.h"

namespace khaosat::awards {

namespace {

using enum FactType;
using Subjects = std::vector<SubjectKind>;

const Subjects kUnits{SubjectKind::unit};
const Subjects kBodies{SubjectKind::unit, SubjectKind::collective};
const Subjects kPersons{SubjectKind::person};
const Subjects kCandidates{SubjectKind::collective, SubjectKind::person};
const Subjects kAnybody{SubjectKind::unit, SubjectKind::collective, SubjectKind::person};
const std::vector<FactSource> kPublished{FactSource::official};
const std::vector<FactSource> kComputed{FactSource::computed};
const std::vector<FactSource> kStated{FactSource::official, FactSource::declared};
const std::vector<FactSource> kReckoned{FactSource::official, FactSource::computed};

// THE LIST. Its years of retention hold where no file of survey_defs/retention says otherwise.
std::vector<FactKind> listed() {
  return {
      {"par_grade", "grades", grade, say("Xếp loại cải cách hành chính đã công bố", "Published reform grade"),
       say("cơ quan xếp loại cấp trên", "the body that grades"), kBodies, kPublished, {}, {}, {}, {}, false, 20, {}},
      {"division_grade", "grades", grade, say("Xếp loại phòng chuyên môn", "Grade of a division"),
       say("UBND cấp trên trực tiếp", "the committee above"), kBodies, kPublished, {}, {}, {}, {}, false, 20, {}},
      {"collective_grade", "grades", grade, say("Xếp loại hoàn thành nhiệm vụ của tập thể", "Yearly grade of a collective"),
       say("cơ quan quản lý cấp trên", "the body above"), kBodies, kPublished, {}, {}, {}, {}, false, 20, {}},
      {"commune_rank", "grades", rank, say("Thứ hạng cải cách hành chính", "Reform rank"),
       say("cơ quan chấm điểm, xếp hạng", "the body that ranks"), kUnits, kPublished, {}, {}, {}, {}, false, 20, {}},
      {"person_grade", "people", grade, say("Xếp loại hằng năm của cá nhân", "Yearly grade of a person"),
       say("người đứng đầu cơ quan sử dụng", "the head of the agency"), kPersons, kPublished, {}, {}, {}, {}, false, 10, {}},
      {"holds_role", "people", text, say("Chức vụ, nơi công tác", "Role and place of work"),
       say("văn phòng, bộ phận nội vụ", "the office, home affairs"), kPersons, kStated, {"body"}, {"body"}, {},
       {"head", "deputy", "member"}, true, 10, {}},
      {"commune_score", "scores", number, say("Điểm cải cách hành chính của đơn vị", "Reform score of a unit"),
       say("cơ quan chấm điểm", "the body that scores"), kUnits, kPublished, {}, {}, {}, {}, false, 20, {}},
      {"criterion_score", "scores", number, say("Điểm tiêu chí thành phần", "Score of a subcriterion"),
       say("cơ quan thẩm định", "the appraising body"), kBodies, kPublished, {"criterion"}, {"criterion"}, {}, {}, true, 20, {}},
      {"component_score", "scores", number, say("Điểm chỉ số thành phần (PAR INDEX, SIPAS, PAPI, PCI)", "Score of a component index"),
       say("cơ quan công bố chỉ số", "the publisher of the index"), kUnits, kReckoned, {"criterion"}, {"criterion"}, {}, {}, false, 20, {}},
      {"component_rank", "scores", rank, say("Thứ hạng chỉ số thành phần", "Rank of a component index"),
       say("cơ quan công bố chỉ số", "the publisher of the index"), kUnits, kReckoned, {"criterion"}, {"criterion"}, {}, {}, false, 20, {}},
      {"component_change_p", "scores", number, say("Kiểm định sự thay đổi của chỉ số thành phần", "Test of change of a component"),
       say("hệ thống khảo sát", "the survey system"), kUnits, kReckoned, {"criterion"}, {"criterion"}, {}, {}, false, 20, {}},
      {"structure_break", "scores", event, say("Thay đổi cách đo của chỉ số", "Change in how an index is measured"),
       say("cơ quan công bố chỉ số", "the publisher of the index"), kUnits, kStated, {"criterion"}, {"criterion"}, {}, {}, true, 20, {}},
      {"assigned_component", "responsibility", event, say("Chỉ số thành phần được giao", "Component assigned to a body"),
       say("văn bản phân công của cấp trên", "the assignment paper"), kBodies, kStated, {"criterion"}, {"criterion"}, {}, {}, true, 20, {}},
      {"responsible_for", "responsibility", event, say("Người, bộ phận chịu trách nhiệm tiêu chí", "Who is responsible for a criterion"),
       say("người đứng đầu (văn bản phân công)", "the head (assignment paper)"), kCandidates, kStated, {"criterion", "body"}, {"criterion"}, {}, {}, true, 10, {}},
      {"town_certificate", "certificates", truth, say("Giấy khen của cấp trên cho đơn vị", "Certificate of the authority above"),
       say("cơ quan tặng giấy khen", "the awarding authority"), kUnits, kPublished, {}, {}, {}, {}, false, 20, {}},
      {"award_received", "certificates", event, say("Khen thưởng đã nhận", "Award received"),
       say("thường trực hội đồng thi đua – khen thưởng", "secretary of the jury"), kAnybody, kStated, {"achievement"}, {"achievement"}, {}, {}, true, 20, {}},
      {"citizen_complaint", "complaints", event, say("Phản ánh, kiến nghị của người dân", "Complaint by a citizen"),
       say("bộ phận tiếp công dân", "citizens' reception"), kAnybody, kStated, {"conduct", "status", "severity"}, {"conduct", "status"}, {}, {}, true, 5, {}},
      {"violation", "discipline", event, say("Vi phạm pháp luật, kỷ luật, kỷ cương hành chính", "Violation of law, discipline or conduct"),
       say("cơ quan có thẩm quyền xử lý kỷ luật", "the disciplinary authority"), kAnybody, kStated, {"conduct", "status", "severity"}, {"status"}, {}, {}, true, 10, {}},
      {"listed_violation", "discipline", event, say("Vi phạm thuộc danh mục không hoàn thành nhiệm vụ", "Violation listed for failing the year"),
       say("cơ quan có thẩm quyền xử lý kỷ luật", "the disciplinary authority"), kPersons, kPublished, {"conduct", "status", "severity"}, {"status"}, {}, {}, true, 10, {}},
      {"plan_task", "tasks", event, say("Nhiệm vụ trong kế hoạch năm", "Task of the yearly plan"),
       say("bộ phận theo dõi kế hoạch", "whoever follows the plan"), kAnybody, kStated, {"criterion", "due", "done", "quality"}, {"due"}, {}, {}, true, 10, {}},
      {"reform_task", "tasks", event, say("Nhiệm vụ trong kế hoạch cải cách hành chính", "Task of the reform plan"),
       say("bộ phận theo dõi kế hoạch", "whoever follows the plan"), kAnybody, kStated, {"criterion", "due", "done", "quality"}, {"due"}, {}, {}, true, 10, {}},
      {"remedy_plan", "tasks", event, say("Giải pháp khắc phục nội dung mất điểm", "Remedial proposal for lost points"),
       say("đơn vị; bộ phận nội vụ tổng hợp", "the unit; home affairs compiles"), kBodies, kStated, {"criterion", "done"}, {"criterion"}, {}, {}, true, 10, {}},
      {"initiative", "initiatives", event, say("Sáng kiến, giải pháp được công nhận", "Initiative recognised"),
       say("hội đồng sáng kiến", "the council on initiatives"), kCandidates, kStated, {"achievement", "spread", "status"}, {}, {}, {}, true, 10, {}},
      {"practical_action", "initiatives", event, say("Việc làm thiết thực được tập thể công nhận", "Practical action recognised by the collective"),
       say("tập thể (biên bản họp)", "the collective (minutes)"), kCandidates, kStated, {"achievement", "spread", "status"}, {}, {}, {}, true, 10, {}},
      {"monthly_report", "reports", event, say("Báo cáo tháng", "Monthly report"),
       say("đơn vị; bộ phận nội vụ chấm chất lượng", "the unit; home affairs marks quality"), kBodies, kStated, {"due", "done", "quality"}, {"due"}, {}, {}, true, 5, {}},
      {"notice_to_person", "jury", event, say("Thông báo cho người có liên quan", "Notice to the person concerned"),
       say("văn phòng", "the office"), kPersons, kStated, {}, {}, {}, {}, true, 10, {}},
      {"reply_of_person", "jury", event, say("Ý kiến của người có liên quan", "Reply of the person concerned"),
       say("người có liên quan", "the person concerned"), kPersons, kStated, {}, {}, {}, {}, true, 10, {}},
  };
}

template <typename T>
void add_missing(std::vector<T>& into, const std::vector<T>& from) {
  for (const auto& value : from) {
    if (std::find(into.begin(), into.end(), value) == into.end()) into.push_back(value);
  }
}

template <typename T>
bool contains(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

FactKind kind_from(const FactSpec& spec) {
  FactKind kind{spec.name, "other", spec.type, spec.title, spec.supplier, kAnybody, spec.accept, {}, {}, {}, {}, spec.type == FactType::event, 10, {}};
  if (spec.type == FactType::event) kind.details = {"criterion", "status", "severity", "due", "done", "quality", "spread", "achievement"};
  if (spec.type == FactType::number || spec.type == FactType::rank) kind.details = {"criterion"};
  return kind;
}

}  // namespace

const std::vector<std::string>& fact_groups() {
  static const std::vector<std::string> groups{"grades", "scores", "responsibility", "certificates", "complaints", "discipline", "tasks",
                                               "initiatives", "reports", "people", "jury", "other"};
  return groups;
}

std::vector<FactKind> fact_kinds(const std::vector<const RuleSet*>& rule_sets) {
  std::vector<FactKind> kinds = listed();
  for (const RuleSet* rules : rule_sets) {
    for (const auto& [name, spec] : rules->facts) {
      auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const FactKind& one) { return one.name == name; });
      if (kind == kinds.end()) kind = kinds.insert(kinds.end(), kind_from(spec));
      if (kind->type != spec.type) continue;  // the rule's own fact of that name; defs check complains
      add_missing(kind->accept, spec.accept);
      if (!spec.ladder.empty()) add_missing(kind->ladders, {spec.ladder});
      add_missing(kind->rule_sets, {rules->id});
    }
  }
  return kinds;
}

const FactKind* kind_named(const std::vector<FactKind>& kinds, std::string_view name) {
  for (const auto& kind : kinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

void check_kind(const Fact& fact, SubjectKind subject, const std::vector<FactKind>& kinds, const std::string& file, Faults& faults) {
  const auto complain = [&](ErrorCode code, std::string_view column, std::string message) {
    faults.push_back({file, fact.where + (fact.where.empty() ? "" : ", ") + "column " + std::string(column), code, std::move(message)});
  };
  const FactKind* kind = kind_named(kinds, fact.name);
  if (kind == nullptr) {
    std::vector<std::string> names;
    for (const auto& one : kinds) names.push_back(one.name);
    std::string message = "no kind of fact is called \"" + fact.name + "\"";
    if (const auto near = nearest(fact.name, names)) message += "; did you mean \"" + *near + "\"?";
    return complain(ErrorCode::fact_unknown, "fact", message);
  }
  if (type_of(fact.value) != kind->type) {
    return complain(ErrorCode::wrong_type, "type", "\"" + fact.name + "\" is a " + std::string(name_of(kind->type)) + ", not a " +
                                                       std::string(name_of(type_of(fact.value))));
  }
  if (!contains(kind->subjects, subject)) {
    complain(ErrorCode::fact_invalid, "subject", "\"" + fact.name + "\" is not recorded about a " + std::string(name_of(subject)));
  }
  if (!contains(kind->accept, fact.source)) {
    complain(ErrorCode::fact_invalid, "source", "\"" + fact.name + "\" is not taken from the source \"" + std::string(name_of(fact.source)) + "\"");
  }
  for (const auto& name : kind->required) {
    if (!fact.details.contains(name)) complain(ErrorCode::missing_field, name, "is empty; without it the entry says nothing");
  }
  for (const auto& [name, value] : fact.details) {
    if (!contains(kind->details, name)) complain(ErrorCode::unknown_field, name, "\"" + fact.name + "\" has no such detail; leave it empty");
  }
  if (const auto* value = std::get_if<GradeValue>(&fact.value); value != nullptr && !kind->ladders.empty() && !contains(kind->ladders, value->ladder)) {
    complain(ErrorCode::grade_not_on_ladder, "ladder", "no rule reads \"" + fact.name + "\" on the ladder " + value->ladder);
  }
  if (const auto* value = std::get_if<std::string>(&fact.value); value != nullptr && !kind->words.empty() && !contains(kind->words, *value)) {
    std::string list;
    for (const auto& word : kind->words) list += (list.empty() ? "" : ", ") + word;
    complain(ErrorCode::unknown_option, "value", "\"" + *value + "\" is none of " + list);
  }
}

}  // namespace khaosat::awards
