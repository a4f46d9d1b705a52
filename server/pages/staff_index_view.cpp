#include "server/pages/staff_index_view.h"

#include <algorithm>

#include "analysis/sums/sums_table.h"
#include "server/pages/staff_page.h"
#include "server/reports/index_report.h"

namespace khaosat {

namespace {

using disclosure::PublishedRun;
using disclosure::PublishedScore;
using disclosure::PublishedState;

std::string count_text(const PublishedScore& score) {
  if (score.n_high == 0) return "–";
  if (score.n_low == score.n_high) return std::to_string(score.n_low);
  return std::to_string(score.n_low) + "–" + std::to_string(score.n_high);
}

// In a person's words, why there is no value.
std::string words_for_nothing(const App& app, const Request& request, const PublishedScore& score) {
  std::string key = "staff.score." + std::string(name_of(score.state));
  if (score.state == PublishedState::hidden && app.locales.has_key("vi", key + "." + score.reason)) key += "." + score.reason;
  return say(app, request, key);
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

View cell_of(const App& app, const Request& request, const PublishedRun& run, const PublishedScore& score) {
  const std::string& language = request.language;
  View cell;
  cell.set("shown", false).set("bounded", false).set("nothing", false).set("with_interval", false);
  cell.set("pictured", false).set("noted", false).set("n", count_text(score));
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
    cell.set("nothing", true).set("words", words_for_nothing(app, request, score));
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

std::string unit_href(const Request& request, const PublishedRun& run, const disclosure::PublishedUnit& unit) {
  return "/staff/campaigns/" + request.params.at(0) + "/index/unit?" +
         to_urlencoded(FormData(std::vector<std::pair<std::string, std::string>>{{"model", run.model.id}, {"unit", unit.id}}));
}

}  // namespace

std::string rank_text(const ranks::RankSet& set) {
  return set.best == set.worst ? std::to_string(set.best) : std::to_string(set.best) + "–" + std::to_string(set.worst);
}

void put_overall(View& view, const App& app, const Request& request, const PublishedRun& run,
                 const std::optional<robustness::RankTable>& ranks) {
  const auto rows = index_rows(run, false);
  if (rows.empty()) return;
  const std::size_t top = rows.front().node;
  view.set("top_title", run.nodes[top].title.in(request.language)).set("scale_unit", run.unit_of_scale.in(request.language));
  view.set("level", decimal_text(run.level * 100, 0, request.language));
  view.set("ranked", ranks.has_value());
  view.set("scale_low", decimal_text(run.scale_low, 0, request.language)).set("scale_high", decimal_text(run.scale_high, 0, request.language));
  for (const auto& unit : run.units) {
    View row;
    row.set("unit", unit.name).set("unit_href", unit_href(request, run, unit)).set("cell", cell_of(app, request, run, unit.scores[top]));
    row.set("ranks", "–");
    for (const auto& ranked : ranks ? ranks->rows : std::vector<robustness::RankRow>{})
      if (ranked.id == unit.id) row.set("ranks", rank_text(ranked.joint_pairs));
    view.add("overall", std::move(row));
  }
}

void put_matrix(View& view, const App& app, const Request& request, const PublishedRun& run) {
  // A few units side by side, then the next few: sixty columns fit no screen and no sheet.
  constexpr std::size_t kAtOnce = 6;
  const std::size_t count = run.units.size();
  const std::size_t at_once = count <= kAtOnce + 1 ? count : kAtOnce;
  for (std::size_t first = 0; first < count; first += at_once) {
    const std::size_t last = std::min(first + at_once, count);
    View block;
    block.set("several", count > at_once).set("first", static_cast<int>(first + 1)).set("last", static_cast<int>(last));
    for (std::size_t unit = first; unit < last; ++unit)
      block.add("heads", View().set("head", run.units[unit].name).set("head_href", unit_href(request, run, run.units[unit])));
    for (const auto& line : index_rows(run, false)) {
      if (line.depth == 0) continue;
      View row;
      row.set("row_title", node_title(run, line.node, request.language, nullptr)).set("is_part", line.depth == 1);
      for (std::size_t unit = first; unit < last; ++unit) row.add("cells", cell_of(app, request, run, run.units[unit].scores[line.node]));
      block.add("rows", std::move(row));
    }
    view.add("blocks", std::move(block));
  }
}

void put_unit(View& view, const App& app, const Request& request, const PublishedRun& run,
              const disclosure::PublishedUnit& unit, const Questionnaire& questionnaire) {
  view.set("unit", unit.name).set("level", decimal_text(run.level * 100, 0, request.language));
  view.set("respondents", unit.respondents_low == unit.respondents_high
                              ? std::to_string(unit.respondents_low)
                              : std::to_string(unit.respondents_low) + "–" + std::to_string(unit.respondents_high));
  for (const auto& line : index_rows(run, true)) {
    View row;
    row.set("row_title", node_title(run, line.node, request.language, &questionnaire));
    row.set("is_part", line.depth <= 1).set("is_factor", line.depth > 1 && !line.is_item).set("is_item", line.is_item);
    const auto& score = unit.scores[line.node];
    row.set("cell", cell_of(app, request, run, score));
    for (const auto kind : {sums::Absence::no_experience, sums::Absence::dont_know, sums::Absence::declined, sums::Absence::blank}) {
      const auto at = static_cast<std::size_t>(kind);
      row.add("kinds", View().set("percent", at < score.missing_percent.size() ? std::to_string(score.missing_percent[at]) + " %" : "–"));
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
