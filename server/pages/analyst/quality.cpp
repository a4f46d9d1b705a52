#include <algorithm>

#include "server/pages/analyst/analyst_pages.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_page.h"
#include "server/reports/index_report.h"
#include "server/reports/quality_report.h"
#include "server/services/analyst/campaign_quality.h"

namespace khaosat {

namespace {

using disclosure::PublishedScore;

std::string score_text(const App& app, const Request& request, const PublishedScore& score, int decimals) {
  if (score.state == disclosure::PublishedState::value && score.value) return decimal_text(*score.value, decimals, request.language);
  std::string key = "staff.score." + std::string(disclosure::name_of(score.state));
  if (app.locales.has_key("vi", key + "." + score.reason)) key += "." + score.reason;
  return app.locales.has_key("vi", key) ? say(app, request, key) : say(app, request, "staff.score.hidden");
}

std::string percent_text(const std::optional<int>& percent) { return percent ? std::to_string(*percent) + " %" : "–"; }

View place_view(const App& app, const Request& request, const disclosure::PublishedPlace& place) {
  View row;
  row.set("unit", unit_name(app, place.id, request.language)).set("shown", place.shown);
  if (!place.shown) return row;
  row.set("n", range_text(place.respondents)).set("flagged", range_text(place.flagged));
  for (const auto& count : place.by_flag) row.add("counts", View().set("count", range_text(count)));
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
  const auto found = TRY(campaign_quality(app.index, app.catalog, *entry, model->identity.id));
  const auto& quality = found.quality;
  View view = analyst_view(app, request, *entry, *model, say(app, request, "staff.quality.title"), "quality");
  view.set("items", static_cast<int>(quality.items)).set("minimum", static_cast<int>(quality.rules.minimum));
  view.set("calibration", say(app, request, "staff.quality.calibration." + quality.calibration)).set("in_blocks", quality.in_blocks);
  view.set("flagged", range_text(quality.flagged));
  for (std::size_t flag = 0; flag < quality::kFlags; ++flag) {
    const std::string key = "staff.quality.flag." + std::string(quality::name_of(static_cast<quality::Flag>(flag)));
    view.add("flags", View().set("flag", say(app, request, key)).set("what", say(app, request, key + ".what")).set("count", range_text(quality.by_flag[flag])));
  }
  for (const auto& place : quality.places) view.add("places", place_view(app, request, place));
  view.set("with_effects", quality.place_percent.has_value() || quality.group_percent.has_value());
  view.set("place_percent", percent_text(quality.place_percent)).set("group_percent", percent_text(quality.group_percent));
  view.set("with_response", found.response.has_value());
  if (found.response) {
    view.set("r", decimal_text(found.response->adjusted_r, 2, request.language));
    view.set("rate", decimal_text(100 * found.response->rate, 0, request.language));
  }
  view.set("with_scores", found.without_flagged.has_value());
  if (found.without_flagged) {
    const int decimals = found.with_all.rules.decimals;
    for (const auto& unit : found.with_all.units) {
      const auto* other = found.without_flagged->find_unit(unit.id);
      if (unit.scores.empty() || !other) continue;
      view.add("scores", View().set("unit", unit.name).set("all", score_text(app, request, unit.scores.front(), decimals))
                             .set("rest", score_text(app, request, other->scores.front(), decimals)));
    }
  }
  return staff_page(app, request, "analyst_quality", view);
}

}  // namespace khaosat
