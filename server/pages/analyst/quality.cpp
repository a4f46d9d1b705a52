#include <algorithm>

#include "server/pages/analyst/analyst_pages.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_index_view.h"
#include "server/pages/staff_page.h"
#include "server/reports/index_report.h"
#include "server/reports/quality_report.h"
#include "server/services/analyst/campaign_quality.h"

namespace khaosat {

namespace {

std::string score_text(const App& app, const Request& request, const disclosure::PublishedRun& run, const disclosure::PublishedUnit& unit) {
  const auto& score = unit.scores.front();
  const int decimals = run.rules.decimals;
  if (score.state == disclosure::PublishedState::value && score.value) return decimal_text(*score.value, decimals, request.language);
  if (score.state == disclosure::PublishedState::at_least && score.value) return "≥ " + decimal_text(*score.value, decimals, request.language);
  if (score.state == disclosure::PublishedState::at_most && score.value) return "≤ " + decimal_text(*score.value, decimals, request.language);
  return nothing_text(app, request, run, unit, 0);
}

std::string percent_text(const std::optional<int>& percent) { return percent ? std::to_string(*percent) + " %" : "–"; }

std::string share_text(const App& app, const Request& request, const disclosure::PublishedPercent& share) {
  return std::to_string(share.percent) + " % (" + say(app, request, "staff.quality.interval") + " " + std::to_string(share.lower) + "–" + std::to_string(share.upper) + " %)";
}

std::string p_text(const std::optional<double>& p, const std::string& language) {
  if (!p) return "–";
  return *p < 0.001 ? "< " + decimal_text(0.001, 3, language) : decimal_text(*p, 3, language);
}

// How much of what sets answers apart lies between units, villages, interviewers.
void put_effects(View& view, const App& app, const Request& request, const disclosure::PublishedQuality& quality) {
  const auto row = [&](const char* key, const std::optional<disclosure::PublishedPercent>& share, const std::optional<double>& p) {
    if (!share) return;
    view.add("effects", View().set("what", say(app, request, std::string("staff.quality.effect.") + key)).set("share", share_text(app, request, *share)).set("p", p_text(p, request.language)));
  };
  row("units", quality.place_share, quality.place_p);
  row("villages", quality.group_share, quality.group_p);
  row("interviewers", quality.interviewer_share, quality.interviewer_p);
  view.set("with_effects", quality.place_share.has_value() || quality.group_share.has_value());
  view.set("with_interviewers", !quality.interviewers.empty()).set("with_interviewer_share", quality.interviewer_share.has_value());
  view.set("interviewer_alone", quality.interviewer_share.has_value() && !quality.interviewer_p);
  for (const auto& one : quality.interviewers) {
    view.add("interviewers", View().set("label", one.label).set("interviewed", static_cast<int>(one.interviewed))
                                 .set("refused", one.refused ? share_text(app, request, *one.refused) : say(app, request, "staff.quality.too_few")));
  }
  view.set("refusal_p", p_text(quality.refusal_p, request.language)).set("with_refusal_p", quality.refusal_p.has_value());
}

void put_back_check(View& view, const App& app, const Request& request, const disclosure::PublishedQuality& quality) {
  view.set("with_back_check", quality.back_check.has_value());
  if (!quality.back_check) return;
  const auto& check = *quality.back_check;
  const auto row = [&](const char* key, const std::string& value) {
    view.add("checked", View().set("what", say(app, request, std::string("staff.quality.checked.") + key)).set("value", value));
  };
  row("people", std::to_string(check.people));
  row("agreed", share_text(app, request, check.agreed));
  if (check.kappa) {
    row("kappa", decimal_text(*check.kappa, 1, request.language) + " (" + say(app, request, "staff.quality.interval") + " " + decimal_text(*check.kappa_lower, 1, request.language) +
                     "–" + decimal_text(*check.kappa_upper, 1, request.language) + ")");
  }
  if (check.confirmed) row("confirmed", share_text(app, request, *check.confirmed));
}

void put_pairs(View& view, const App& app, const Request& request, const CampaignEntry& entry, const disclosure::PublishedQuality& quality) {
  for (const auto& pair : quality.pairs) {
    for (const auto& declared : entry.whole().contradictions) {
      if (declared.id != pair.id) continue;
      std::string share = say(app, request, "staff.quality.too_few");
      if (pair.percent) share = (*pair.percent <= 5 ? "≤ 5 %" : *pair.percent >= 95 ? "≥ 95 %" : std::to_string(*pair.percent) + " %");
      view.add("pairs", View().set("reason", declared.reason.in(request.language)).set("answered", static_cast<int>(pair.answered)).set("share", share));
    }
  }
  view.set("with_pairs", !quality.pairs.empty());
}

View place_view(const App& app, const Request& request, const disclosure::PublishedPlace& place) {
  View row;
  row.set("unit", unit_name(app, place.id, request.language)).set("shown", place.shown);
  if (!place.shown) return row;
  row.set("n", range_text(place.respondents)).set("flagged", range_text(place.flagged));
  for (const auto& count : place.by_flag) row.add("counts", View().set("count", range_text(count)));
  row.set("throughout", range_text(place.one_answer_throughout));
  row.set("top", percent_text(place.top_percent)).set("missing", percent_text(place.missing_percent)).set("between", percent_text(place.group_percent));
  row.set("spread", place.spread_ratio ? decimal_text(*place.spread_ratio, 2, request.language) : "–");
  // Of those who answered, the share with a flag: solid what is sure, outlined what may be.
  const auto x = [&](std::uint64_t count) {
    return place.respondents.high == 0 ? 0 : static_cast<int>(120 * std::min(count, place.respondents.high) / place.respondents.high);
  };
  row.set("bar_low", x(place.flagged.low)).set("bar_high", x(place.flagged.high)).set("picture_label", range_text(place.flagged) + " / " + range_text(place.respondents));
  return row;
}

}  // namespace

Result<HttpResponse> show_quality(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  const auto model = TRY(model_wanted(app, request, *entry));
  const auto found = TRY(campaign_quality(app.store.registry(), app.index, app.catalog, *entry, model->identity.id));
  const auto& quality = found.quality;
  View view = analyst_view(app, request, *entry, *model, say(app, request, "staff.quality.title"), "quality");
  view.set("items", static_cast<int>(quality.items)).set("minimum", static_cast<int>(quality.rules.minimum));
  view.set("calibration", say(app, request, "staff.quality.calibration." + quality.calibration)).set("in_blocks", quality.in_blocks).set("few_items", quality.few_items);
  view.set("flagged", range_text(quality.flagged));
  for (std::size_t flag = 0; flag < quality::kFlags; ++flag) {
    const std::string key = "staff.quality.flag." + std::string(quality::name_of(static_cast<quality::Flag>(flag)));
    view.add("flags", View().set("flag", say(app, request, key)).set("what", say(app, request, key + ".what")).set("count", range_text(quality.by_flag[flag])));
  }
  for (const auto& place : quality.places) view.add("places", place_view(app, request, place));
  put_effects(view, app, request, quality);
  put_pairs(view, app, request, *entry, quality);
  put_back_check(view, app, request, quality);
  // Only where people were visited at drawn places, and to whoever may type the result in.
  const Role role = signed_in(request)->role;
  view.set("may_back_check", role == Role::administrator || role == Role::officer).set("was_drawn", entry->campaign.sample == SampleKind::drawn || quality.back_check.has_value());
  view.set("back_check_href", "/staff/campaigns/" + entry->campaign.id + "/back-check");
  view.set("with_response", quality.response.has_value());
  if (quality.response) {
    view.set("r", decimal_text(quality.response->adjusted_r, 2, request.language)).set("rate", quality.response->rate_percent);
  }
  view.set("with_scores", found.without_flagged.has_value());
  if (found.without_flagged) {
    for (const auto& unit : found.with_all.units) {
      const auto* other = found.without_flagged->find_unit(unit.id);
      if (unit.scores.empty() || !other || is_without_answers(unit)) continue;
      view.add("scores", View().set("unit", unit.name).set("all", score_text(app, request, found.with_all, unit))
                             .set("rest", score_text(app, request, *found.without_flagged, *other)));
    }
  }
  return staff_page(app, request, "analyst_quality", view);
}

}  // namespace khaosat
