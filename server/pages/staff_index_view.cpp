#include "server/pages/staff_index_view.h"

#include <algorithm>

#include "analysis/sums/sums_table.h"
#include "server/catalog/catalog.h"
#include "server/pages/staff_page.h"
#include "server/reports/index_report.h"
#include "server/survey/question_type.h"

namespace khaosat {

namespace {

using disclosure::PublishedRun;
using disclosure::PublishedScore;
using disclosure::PublishedState;

// The unit that this one's answers were counted with, because too few answered here. Null: none.
const disclosure::PublishedUnit* counted_with(const PublishedRun& run, const disclosure::PublishedUnit& unit) {
  const std::string among = "+" + unit.id + "+";
  for (const auto& other : run.units)
    if (other.id != unit.id && ("+" + other.id + "+").find(among) != std::string::npos) return &other;
  return nullptr;
}

// Why an interval is missing or means less than it seems.
std::string words_of_flags(const App& app, const Request& request, const PublishedScore& score) {
  using estimate::EstimateFlag;
  std::string words;
  const auto add = [&](EstimateFlag flag, const char* key) {
    if (has(score.flags, flag)) words += (words.empty() ? "" : " ") + say(app, request, key);
  };
  add(EstimateFlag::lonely_psu, "staff.score.flag.lonely_psu");
  add(EstimateFlag::no_degrees_of_freedom, "staff.score.flag.no_degrees_of_freedom");
  add(EstimateFlag::zero_variance, "staff.score.flag.zero_variance");
  add(EstimateFlag::complete_population, "staff.score.flag.complete_population");
  return words;
}

View picture_view(const IntervalPicture& picture, const std::string& label) {
  View view;
  // Room for the dot at both ends.
  const auto x = [](int at) { return at + 6; };
  view.set("x_low", x(picture.low)).set("x_at", x(picture.at)).set("x_high", x(picture.high));
  view.set("x_quarter", x(IntervalPicture::kWidth / 4)).set("x_half", x(IntervalPicture::kWidth / 2));
  view.set("x_three", x(IntervalPicture::kWidth * 3 / 4)).set("x_end", x(IntervalPicture::kWidth));
  view.set("with_bar", picture.with_interval).set("picture_label", label);
  return view;
}

View cell_of(const App& app, const Request& request, const PublishedRun& run, const disclosure::PublishedUnit& unit, std::size_t node) {
  const std::string& language = request.language;
  const PublishedScore& score = unit.scores[node];
  View cell;
  cell.set("shown", false).set("bounded", false).set("nothing", false).set("with_interval", false);
  cell.set("pictured", false).set("noted", false).set("counted", score.n_high > 0).set("n", people_text(score));
  const auto missing = missing_percent(score);
  cell.set("missing", missing ? std::to_string(*missing) + " %" : "–");
  const int decimals = run.rules.decimals;
  if (score.state == PublishedState::value && score.value) {
    const std::string value = decimal_text(*score.value, decimals, language);
    std::string label = value;
    cell.set("shown", true).set("value", value);
    if (score.lower && score.upper) {
      const std::string interval = decimal_text(*score.lower, decimals, language) + " – " + decimal_text(*score.upper, decimals, language);
      cell.set("with_interval", true).set("interval", interval);
      label += " (" + interval + ")";
    }
    if (const auto picture = interval_picture(score, run.scale_low, run.scale_high)) {
      cell.set("pictured", true).set("picture", picture_view(*picture, label));
    }
  } else if (score.value && (score.state == PublishedState::at_least || score.state == PublishedState::at_most)) {
    cell.set("bounded", true);
    cell.set("value", (score.state == PublishedState::at_least ? "≥ " : "≤ ") + decimal_text(*score.value, decimals, language));
    cell.set("words", say(app, request, "staff.score.alike"));
  } else {
    cell.set("nothing", true).set("words", nothing_text(app, request, run, unit, node));
  }
  const std::string flags = words_of_flags(app, request, score);
  if (!flags.empty()) cell.set("noted", true).set("note", flags);
  return cell;
}

std::string node_title(const PublishedRun& run, std::size_t node, const std::string& language, const Questionnaire* questionnaire) {
  const auto& described = run.nodes[node];
  if (questionnaire && !described.question.empty()) {
    if (const auto* question = questionnaire->question(described.question)) return question->text.in(language);
  }
  const std::string title = described.title.in(language);
  return described.code.empty() ? title : described.code + ". " + title;
}

// What a figure is of: "%", "điểm"; with the ends of the scale for the pictures.
void put_scale(View& view, const Request& request, const PublishedRun& run) {
  const std::string of = run.unit_of_scale.in(request.language);
  const std::string low = decimal_text(run.scale_low, 0, request.language), high = decimal_text(run.scale_high, 0, request.language);
  view.set("with_scale_unit", !of.empty()).set("scale_unit", of).set("scale_low", low).set("scale_high", high);
  view.set("level", decimal_text(run.level * 100, 0, request.language));
}

std::string href_of(const Request& request, const PublishedRun& run, const disclosure::PublishedUnit& unit) {
  return unit_href(request.params.at(0), run.model.id, unit.id);
}

}  // namespace

std::string unit_href(std::string_view campaign, std::string_view model, std::string_view unit, std::string_view page) {
  const FormData query(std::vector<std::pair<std::string, std::string>>{{"model", std::string(model)}, {"unit", std::string(unit)}});
  return "/staff/campaigns/" + std::string(campaign) + "/index/" + std::string(page) + "?" + to_urlencoded(query);
}

std::string people_text(const PublishedScore& score) {
  if (score.n_high == 0) return "–";
  if (score.n_low == score.n_high) return std::to_string(score.n_low);
  return std::to_string(score.n_low) + "–" + std::to_string(score.n_high);
}

bool is_without_answers(const disclosure::PublishedUnit& unit) {
  return unit.respondents_high == 0 && std::all_of(unit.scores.begin(), unit.scores.end(), [](const auto& score) { return score.state == PublishedState::missing; });
}

std::string nothing_text(const App& app, const Request& request, const PublishedRun& run, const disclosure::PublishedUnit& unit, std::size_t node) {
  const PublishedScore& score = unit.scores[node];
  std::string key = "staff.score." + std::string(name_of(score.state));
  Words words;
  std::string reason = score.reason;
  if (score.state == PublishedState::missing && is_without_answers(unit)) {
    const auto* other = counted_with(run, unit);
    reason = other ? "counted_with" : "nobody";
    if (other) words.push_back({"unit", other->name});
  } else if (reason == "child_without_value" || reason == "too_few_children") {
    // Which part is to blame; the first one speaks for all.
    for (const auto child : run.nodes[node].children) {
      if (unit.scores[child].state != PublishedState::missing && unit.scores[child].state != PublishedState::withheld) continue;
      // A question has a title only where the model gives it one; people know its words.
      const auto form = run.questionnaire && !run.nodes[child].question.empty() ? app.catalog.questionnaire(run.questionnaire->id) : nullptr;
      const auto* asked = form ? form->question(run.nodes[child].question) : nullptr;
      words.push_back({"part", asked ? asked->text.in(request.language) : run.nodes[child].title.in(request.language)});
      break;
    }
    if (words.empty()) reason.clear();
  }
  if (!reason.empty() && app.locales.has_key("vi", key + "." + reason)) key += "." + reason;
  return say(app, request, key, words);
}

std::string rank_text(const ranks::RankSet& set) {
  return set.best == set.worst ? std::to_string(set.best) : std::to_string(set.best) + "–" + std::to_string(set.worst);
}

void put_overall(View& view, const App& app, const Request& request, const PublishedRun& run,
                 const std::optional<robustness::RankTable>& ranks) {
  const auto rows = index_rows(run, false);
  if (rows.empty()) return;
  const std::size_t top = rows.front().node;
  view.set("top_title", run.nodes[top].title.in(request.language)).set("ranked", ranks.has_value());
  put_scale(view, request, run);
  for (const auto& unit : run.units) {
    View row;
    row.set("unit", unit.name).set("unit_href", href_of(request, run, unit)).set("cell", cell_of(app, request, run, unit, top));
    row.set("ranks", "–").set("unranked", true);
    for (const auto& ranked : ranks ? ranks->rows : std::vector<robustness::RankRow>{})
      if (ranked.id == unit.id) row.set("ranks", rank_text(ranked.joint_pairs)).set("unranked", false);
    view.add("overall", std::move(row));
  }
}

void put_matrix(View& view, const App& app, const Request& request, const PublishedRun& run) {
  // A few units side by side, then the next few: sixty columns fit no screen and no sheet.
  constexpr std::size_t kAtOnce = 6;
  // Units without a single answer have their reason above, and no column of reasons here.
  std::vector<std::size_t> shown;
  for (std::size_t unit = 0; unit < run.units.size(); ++unit)
    if (!is_without_answers(run.units[unit])) shown.push_back(unit);
  const std::size_t count = shown.size();
  const std::size_t at_once = count <= kAtOnce + 1 ? count : kAtOnce;
  for (std::size_t first = 0; first < count; first += at_once) {
    const std::size_t last = std::min(first + at_once, count);
    View block;
    block.set("several", count > at_once).set("first", static_cast<int>(first + 1)).set("last", static_cast<int>(last));
    for (std::size_t unit = first; unit < last; ++unit)
      block.add("heads", View().set("head", run.units[shown[unit]].name).set("head_href", href_of(request, run, run.units[shown[unit]])));
    for (const auto& line : index_rows(run, false)) {
      if (line.depth == 0) continue;
      View row;
      row.set("row_title", node_title(run, line.node, request.language, nullptr)).set("is_part", line.depth == 1);
      for (std::size_t unit = first; unit < last; ++unit) row.add("cells", cell_of(app, request, run, run.units[shown[unit]], line.node));
      block.add("rows", std::move(row));
    }
    view.add("blocks", std::move(block));
  }
  view.set("two_units", count > 1);
}

void put_unit(View& view, const App& app, const Request& request, const PublishedRun& run,
              const disclosure::PublishedUnit& unit, const Questionnaire& questionnaire) {
  view.set("unit", unit.name);
  put_scale(view, request, run);
  const auto* other = counted_with(run, unit);
  const bool without = is_without_answers(unit);
  view.set("without_answers", without && !other).set("is_joined", without && other != nullptr);
  if (other) view.set("joined_name", other->name).set("joined_href", href_of(request, run, *other));
  view.set("answers_href", unit_href(request.params.at(0), run.model.id, unit.id, "answers"));
  if (without) return;
  view.set("respondents", unit.respondents_low == unit.respondents_high
                              ? std::to_string(unit.respondents_low)
                              : std::to_string(unit.respondents_low) + "–" + std::to_string(unit.respondents_high));
  for (const auto& line : index_rows(run, true)) {
    View row;
    row.set("row_title", node_title(run, line.node, request.language, &questionnaire));
    row.set("is_part", line.depth <= 1).set("is_factor", line.depth > 1 && !line.is_item).set("is_item", line.is_item);
    const auto& score = unit.scores[line.node];
    row.set("cell", cell_of(app, request, run, unit, line.node));
    // To how its answers were spread, where that page has it.
    const auto* asked = questionnaire.question(run.nodes[line.node].question);
    row.set("opens", line.is_item && asked && asked->type->answer_kind() == AnswerKind::one_option).set("question_id", run.nodes[line.node].question);
    for (const auto& [kind, key] : {std::pair{sums::Absence::no_experience, "form.absence.no_experience"}, std::pair{sums::Absence::dont_know, "form.absence.dont_know"},
                                    std::pair{sums::Absence::declined, "form.absence.declined"}, std::pair{sums::Absence::blank, "staff.results.blank"}}) {
      const auto at = static_cast<std::size_t>(kind);
      const bool none = at >= score.missing_percent.size();
      row.add("kinds", View().set("kind", say(app, request, key)).set("none", none).set("percent", none ? "–" : std::to_string(score.missing_percent[at]) + " %"));
    }
    view.add("rows", std::move(row));
  }
}

void put_origin(View& view, const App& app, const Request& request, const PublishedRun& run) {
  for (const auto& parameter : run.parameters) {
    View row;
    row.set("parameter", parameter.title.in(request.language)).set("parameter_value", decimal_text(parameter.value, 2, request.language));
    row.set("departs", parameter.value != parameter.model_value).set("model_value", decimal_text(parameter.model_value, 2, request.language));
    row.set("assumed", !parameter.assumption.empty()).set("assumption", parameter.assumption.in(request.language));
    view.add("parameters", std::move(row));
  }
  view.set("any_parameter", !run.parameters.empty());
  const auto add = [&](const char* key, const std::string& fact) {
    if (!fact.empty()) view.add("origin", View().set("term", say(app, request, key)).set("fact", fact));
  };
  add("staff.origin.model", run.model.label());
  add("staff.origin.model_hash", run.model.hash);
  add("staff.origin.issuer", run.issuer);
  if (run.questionnaire) {
    add("staff.origin.questionnaire", run.questionnaire->label());
    add("staff.origin.questionnaire_hash", run.questionnaire->hash);
    for (const auto& version : run.earlier_versions) add("staff.origin.questionnaire_earlier", version.label() + " " + version.hash);
  }
  add("staff.origin.input_hash", run.input_hash);
  add("staff.origin.program", run.program);
  add("staff.origin.minimum", std::to_string(run.rules.minimum));
  view.set("hidden_count", std::to_string(run.hidden)).set("any_hidden", run.hidden > 0);
}

}  // namespace khaosat
