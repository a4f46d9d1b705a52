#include "analysis/disclosure/published_quality.h"
#include "analysis/index/json_writer.h"

namespace khaosat::disclosure {

namespace {

using index::JsonWriter;

void write_range(JsonWriter& out, std::string_view name, const CountRange& range) {
  out.key(name).open('[');
  out.integer(range.low);
  out.integer(range.high);
  out.close(']');
}

void write_flags(JsonWriter& out, const CountRange& flagged, const std::array<CountRange, quality::kFlags>& by_flag) {
  write_range(out, "flagged", flagged);
  for (std::size_t flag = 0; flag < quality::kFlags; ++flag) write_range(out, quality::name_of(static_cast<quality::Flag>(flag)), by_flag[flag]);
}

void write_percent(JsonWriter& out, std::string_view name, const std::optional<int>& value) {
  if (value) out.key(name).number(*value);
}

void write_share(JsonWriter& out, std::string_view name, const std::optional<PublishedPercent>& share) {
  if (!share) return;
  out.key(name).open('[');
  out.number(share->percent);
  out.number(share->lower);
  out.number(share->upper);
  out.close(']');
}

void write_fieldwork(JsonWriter& out, const PublishedQuality& quality) {
  out.key("contradictions").open('[');
  for (const auto& pair : quality.pairs) {
    out.open('{');
    out.key("id").text(pair.id);
    out.key("answered_at_least").integer(pair.answered);
    write_percent(out, "contradictory_percent", pair.percent);
    out.close('}');
  }
  out.close(']');
  out.key("interviewers").open('[');
  for (const auto& one : quality.interviewers) {
    out.open('{');
    out.key("label").text(one.label);
    out.key("interviewed_at_least").integer(one.interviewed);
    write_share(out, "refused_percent", one.refused);
    out.close('}');
  }
  out.close(']');
  if (quality.refusal_p) out.key("refusal_p").number(*quality.refusal_p);
  if (const auto& check = quality.back_check) {
    out.key("back_check").open('{');
    out.key("people_at_least").integer(check->people);
    write_share(out, "agreed_percent", check->agreed);
    if (check->kappa) {
      out.key("kappa").open('[');
      out.number(*check->kappa);
      out.number(*check->kappa_lower);
      out.number(*check->kappa_upper);
      out.close(']');
    }
    write_share(out, "confirmed_percent", check->confirmed);
    out.close('}');
  }
  if (const auto& response = quality.response) {
    out.key("response").open('{');
    out.key("rate_percent").number(response->rate_percent);
    out.key("r").number(response->r);
    out.key("adjusted_r").number(response->adjusted_r);
    out.close('}');
  }
}

}  // namespace

std::string to_json(const PublishedQuality& quality) {
  JsonWriter out;
  out.open('{');
  out.key("schema").text("khaosat/quality/1");
  out.key("items").integer(quality.items);
  out.key("minimum").integer(quality.rules.minimum);
  out.key("calibration").text(quality.calibration);
  out.key("compared_in_blocks").boolean(quality.in_blocks);
  out.key("threshold_percent").number(quality.threshold_percent);
  out.key("with_times").boolean(quality.with_times);
  out.key("with_contradictions").boolean(quality.with_contradictions);
  out.key("with_directions").boolean(quality.with_directions);
  out.key("few_items").boolean(quality.few_items);
  write_percent(out, "variance_between_units_percent", quality.place_percent);
  write_percent(out, "variance_between_groups_percent", quality.group_percent);
  if (quality.group_p) out.key("group_p").number(*quality.group_p);
  write_share(out, "variance_between_units", quality.place_share);
  if (quality.place_p) out.key("unit_p").number(*quality.place_p);
  write_share(out, "variance_between_groups", quality.group_share);
  write_share(out, "variance_between_interviewers", quality.interviewer_share);
  if (quality.interviewer_p) out.key("interviewer_p").number(*quality.interviewer_p);
  write_fieldwork(out, quality);
  write_flags(out, quality.flagged, quality.by_flag);
  out.key("units").open('[');
  for (const auto& place : quality.places) {
    out.open('{');
    out.key("unit").text(place.id);
    out.key("shown").boolean(place.shown);
    write_range(out, "respondents", place.respondents);
    if (place.shown) {
      write_flags(out, place.flagged, place.by_flag);
      write_range(out, "one_answer_throughout", place.one_answer_throughout);
      write_percent(out, "missing_percent", place.missing_percent);
      write_percent(out, "best_option_percent", place.top_percent);
      if (place.spread_ratio) out.key("spread_ratio").number(*place.spread_ratio);
      write_percent(out, "variance_between_groups_percent", place.group_percent);
      if (place.group_p) out.key("group_p").number(*place.group_p);
      write_percent(out, "median_seconds", place.median_seconds);
    }
    out.close('}');
  }
  out.close(']');
  out.close('}');
  return out.take() + "\n";
}

}  // namespace khaosat::disclosure
