#include <algorithm>
#include <cmath>

#include "server/pages/analyst/analyst_pages.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"
#include "server/reports/change_report.h"
#include "server/reports/index_report.h"
#include "server/services/analyst/year_pair.h"

namespace khaosat {

namespace {

using disclosure::PublishedChange;
using disclosure::PublishedNodeChange;

std::string signed_text(double value, int decimals, const std::string& language) {
  return (value > 0 ? "+" : "") + decimal_text(value, decimals, language);
}

// A difference and its interval about zero; `reach` is what the ends of the picture stand for.
View picture_of(const PublishedNodeChange& change, double reach, const std::string& label) {
  const auto x = [&](double value) { return 6 + static_cast<int>(std::lround(100 * (1 + std::clamp(value / reach, -1.0, 1.0)))); };
  View picture;
  picture.set("x_zero", 106).set("x_at", x(*change.difference)).set("with_bar", change.lower.has_value()).set("picture_label", label);
  if (change.lower) picture.set("x_low", x(*change.lower)).set("x_high", x(*change.upper));
  return picture;
}

double reach_of(const PublishedChange& change) {
  double reach = 0;
  for (const auto& unit : change.units) {
    for (const auto& node : unit.nodes) {
      if (node.difference) reach = std::max(reach, std::abs(*node.difference));
      // An interval of one degree of freedom would squeeze all the others to a dot: it is cut at the edge.
      if (node.lower && node.degrees_of_freedom >= 2) reach = std::max({reach, std::abs(*node.lower), std::abs(*node.upper)});
    }
  }
  return reach > 0 ? reach : 1;
}

View row_of(const App& app, const Request& request, const PublishedChange& change, std::size_t node, const PublishedNodeChange& one, double reach) {
  const std::string& language = request.language;
  const auto& described = change.nodes[node];
  View row;
  row.set("row_title", (described.code.empty() ? "" : described.code + ". ") + described.title.in(language)).set("is_part", node == 0);
  row.set("before", one.before ? decimal_text(*one.before, change.decimals, language) : "–");
  row.set("after", one.after ? decimal_text(*one.after, change.decimals, language) : "–");
  row.set("pictured", one.difference.has_value());
  std::string figures = "–";
  if (one.difference) {
    figures = signed_text(*one.difference, change.decimals, language);
    std::string interval;
    if (one.lower) interval = signed_text(*one.lower, change.decimals, language) + " … " + signed_text(*one.upper, change.decimals, language);
    row.set("with_interval", !interval.empty()).set("interval", interval);
    row.set("picture", picture_of(one, reach, figures + (interval.empty() ? "" : " (" + interval + ")")));
  } else {
    row.set("with_interval", false);
  }
  row.set("difference", figures);
  // The literal comparison, and beside it what it is worth.
  std::string literal = "–";
  if (one.higher) literal = say(app, request, *one.higher ? "staff.years.higher" : "staff.years.not_higher");
  std::string verdict;
  const char* badge = "open";
  if (one.within_sampling_error) {
    verdict = say(app, request, *one.within_sampling_error ? "staff.years.within" : "staff.years.beyond");
    badge = *one.within_sampling_error ? "open" : "";
  } else if (!one.reason.empty()) {
    verdict = reason_text(one.reason, language);
  } else if (one.state == "exact") {
    verdict = say(app, request, "staff.years.exact");
  } else {
    verdict = say(app, request, "staff.years.no_error");
  }
  row.set("literal", literal).set("verdict", verdict).set("badge", badge).set("with_badge", one.within_sampling_error.has_value());
  const auto p_text = [&](const std::optional<double>& p) { return p ? decimal_text(*p, 3, language) : std::string("–"); };
  row.set("with_holm", one.rise.among_components.has_value()).set("with_bh", one.rise.among_units.has_value());
  row.set("p_holm", p_text(one.rise.among_components)).set("p_bh", p_text(one.rise.among_units)).set("p_alone", p_text(one.rise.alone));
  return row;
}

void put_change(View& view, const App& app, const Request& request, const PublishedChange& change) {
  view.set("compared", true).set("year_before", change.year_before).set("year_after", change.year_after);
  view.set("level", decimal_text(100 * change.level, 0, request.language));
  view.set("drawn", change.design == "drawn").set("places_in_both", static_cast<int>(change.places_in_both));
  view.set("places_before", static_cast<int>(change.places_before)).set("places_after", static_cast<int>(change.places_after));
  const double reach = reach_of(change);
  view.set("reach", decimal_text(reach, change.decimals, request.language));
  int number = 0;
  for (const auto& unit : change.units) {
    View block;
    block.set("unit", unit.name).set("unit_number", ++number);
    for (std::size_t node = 0; node < unit.nodes.size(); ++node) {
      if (node != 0 && !change.nodes[node].component) continue;
      block.add("rows", row_of(app, request, change, node, unit.nodes[node], reach));
    }
    block.set("rule_known", unit.every_component_higher.has_value());
    if (unit.every_component_higher) block.set("rule", say(app, request, *unit.every_component_higher ? "staff.years.all_higher" : "staff.years.not_all_higher"));
    block.set("risen_known", unit.risen_beyond_error.has_value());
    if (unit.risen_beyond_error) block.set("risen", say(app, request, *unit.risen_beyond_error ? "staff.years.risen" : "staff.years.not_risen"));
    view.add("blocks", std::move(block));
  }
  for (const auto& node : change.nodes) {
    for (const auto& obstacle : node.comparability.obstacles) {
      if (obstacle.node != node.id) continue;  // said where it is
      view.set("any_obstacle", true);
      view.add("obstacles", View().set("what", node.title.in(request.language)).set("why", reason_text(change::name_of(obstacle.kind), request.language)));
    }
  }
}

// A refusal is a result of its own here: it says why the two years are not set beside each other.
bool view_refusal(const Error& error) {
  return error.code == ErrorCode::not_comparable || error.code == ErrorCode::out_of_range || error.code == ErrorCode::too_few_answers;
}

std::string detail_of(const Error& error, std::string_view name) {
  for (const auto& [key, value] : error.details)
    if (key == name) return value;
  return {};
}

// What of the two years differs; nothing where the sentence of the code says it all.
std::string why_not(const App& app, const Request& request, const Error& error) {
  const std::string why = detail_of(error, "why");
  if (why.empty()) return {};
  const std::string own = "staff.years.why." + why;
  if (!app.locales.has_key("vi", own)) return why_refused(app, request, error);
  const std::string obstacle = detail_of(error, "obstacle");
  return say(app, request, own) + (obstacle.empty() ? "" : " " + reason_text(obstacle, request.language) + ".");
}

void put_outcome(View& view, const App& app, const Request& request, const Result<PublishedChange>& change) {
  if (change) return put_change(view, app, request, *change);
  const std::string why = why_not(app, request, change.error());
  view.set("refused", true).set("refusal", why.empty() ? app.locales.sentence(request.language, change.error()) : why);
}

Result<HttpResponse> years_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  const auto entry = TRY(campaign_of(app, request));
  const auto model = TRY(model_wanted(app, request, *entry));
  View view = analyst_view(app, request, *entry, *model, say(app, request, "staff.years.title"), "years");
  view.set("compared", false).set("refused", false).set("any_obstacle", false).set("any_other", false);
  const auto wanted = request.query.one("with");
  for (const auto& other : TRY(app.book.all())) {
    // Earlier in time, closed, and of the same questionnaire: nothing else can be compared.
    if (other.id == entry->campaign.id || other.state != CampaignState::closed) continue;
    if (other.questionnaire.id != entry->campaign.questionnaire.id || other.closes_on >= entry->campaign.closes_on) continue;
    view.set("any_other", true);
    view.add("others", View().set("other", other.id).set("other_title", other.title.in(request.language) + " (" + other.closes_on.substr(0, 4) + ")")
                           .set("other_here", wanted && other.id == *wanted));
  }
  const std::string kept_mark = "kept:";
  for (const auto& year : TRY(published_years(app.store, app.book, *entry, *model, request.language))) {
    const std::string what = year.title.empty() ? say(app, request, "staff.years.handed_in") : say(app, request, "staff.years.kept") + " " + year.title;
    view.set("any_other", true);
    view.add("others", View().set("other", kept_mark + year.id).set("other_title", what + " (" + std::to_string(year.year) + ")")
                           .set("other_here", wanted && *wanted == kept_mark + year.id));
  }
  StaffFields fields(app, request, "years", typed, std::move(wrong));
  fields.input("result_file", "file");
  fields.put(view);
  const Role role = signed_in(request)->role;
  view.set("may_hand_in", role == Role::administrator || role == Role::officer).set("from_published", false);
  const int status = fields.has_wrong() ? 422 : 200;
  if (!wanted || wanted->empty()) return staff_page(app, request, "analyst_years", view, status);
  if (wanted->starts_with(kept_mark)) {
    const auto change = compare_with_published(app.store, app.index, *entry, *model, std::string(wanted->substr(kept_mark.size())));
    view.set("from_published", true);
    put_outcome(view, app, request, change);
    if (!change && !view_refusal(change.error())) return fail(change.error());
    return staff_page(app, request, "analyst_years", view, status);
  }
  const auto before = TRY(app.book.find(std::string(*wanted)));
  if (before->campaign.state != CampaignState::closed) {
    return fail(ErrorCode::campaign_not_closed, "nothing is computed before the campaign closes", before->campaign.id);
  }
  const auto change = compare_campaigns(app.index, app.catalog, *before, *entry, model->identity.id);
  put_outcome(view, app, request, change);
  if (!change && !view_refusal(change.error())) return fail(change.error());
  return staff_page(app, request, "analyst_years", view, status);
}

}  // namespace

Result<HttpResponse> show_years(const App& app, const Request& request) { return years_page(app, request, {}, {}); }

Result<HttpResponse> hand_in_year(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  const auto model = TRY(model_wanted(app, request, *entry));
  const auto kept = keep_published_year(app.store, app.clock, *entry, *model, form.file_or_text("result_file", "result"), signed_in(request)->account);
  if (!kept) {
    const std::string why = why_not(app, request, kept.error());
    return years_page(app, request, form.fields, {{"result_file", why.empty() ? app.locales.sentence(request.language, kept.error()) : why}});
  }
  return HttpResponse::redirect("/staff/campaigns/" + entry->campaign.id + "/index/years?model=" + model->identity.id);
}

}  // namespace khaosat
