#include "analysis/sums/sums_table.h"
#include "server/pages/analyst/analyst_pages.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_index_view.h"
#include "server/pages/staff_page.h"
#include "server/services/analyst/option_counts.h"
#include "server/services/compute_index.h"

namespace khaosat {

namespace {

using disclosure::PublishedDistribution;

std::string label_of(const Question& question, std::size_t first, std::size_t last, const std::string& language) {
  const std::string from = question.options[first].text.in(language);
  return first == last ? from : from + " – " + question.options[last].text.in(language);
}

View question_view(const App& app, const Request& request, const Question& question, const QuestionSpread& spread,
                   const disclosure::PublishedScore& score, int number) {
  const std::string& language = request.language;
  View view;
  view.set("question", question.text.in(language)).set("question_number", number).set("question_id", question.id);
  view.set("counted", score.n_high > 0).set("n", people_text(score));
  const auto& told = spread.distribution;
  view.set("with_shares", told.state == PublishedDistribution::State::shown);
  std::string words;
  if (told.state == PublishedDistribution::State::hidden) words = say(app, request, "staff.answers.hidden");
  if (told.state == PublishedDistribution::State::mean_only) words = say(app, request, "staff.answers.mean_only");
  if (told.state == PublishedDistribution::State::alike) {
    words = say(app, request, "staff.answers.alike") + " " + label_of(question, told.first_option, told.last_option, language) + ": ≥ " +
            std::to_string(told.at_least_percent) + " %";
  }
  view.set("with_words", !words.empty()).set("words", words);
  for (const auto& share : told.shares) {
    const std::string label = label_of(question, share.first_option, share.last_option, language);
    View row;
    row.set("option", label).set("percent", share.percent).set("bar", share.percent * 2);
    row.set("picture_label", label + ": " + std::to_string(share.percent) + " %");
    view.add("shares", std::move(row));
  }
  view.set("with_missing", !score.missing_percent.empty());
  struct Kind {
    sums::Absence absence;
    const char* key;
  };
  for (const Kind& kind : {Kind{sums::Absence::no_experience, "form.absence.no_experience"}, Kind{sums::Absence::dont_know, "form.absence.dont_know"},
                           Kind{sums::Absence::declined, "form.absence.declined"}, Kind{sums::Absence::blank, "staff.results.blank"}}) {
    const auto at = static_cast<std::size_t>(kind.absence);
    if (at >= score.missing_percent.size()) continue;
    view.add("missing", View().set("kind", say(app, request, kind.key)).set("percent", score.missing_percent[at]));
  }
  return view;
}

}  // namespace

Result<HttpResponse> show_answers(const App& app, const Request& request) {
  const auto [entry, model, run, published] = TRY(analysed_campaign(app, request));
  const auto wanted = request.query.one("unit");
  const disclosure::PublishedUnit* unit = nullptr;
  const disclosure::PublishedUnit* first = nullptr;  // with an answer of its own
  View view = analyst_view(app, request, *entry, *model, say(app, request, "staff.answers.title"), "answers");
  for (const auto& one : published.units) {
    if (one.group) continue;
    if (!first && !is_without_answers(one)) first = &one;
    if (wanted && one.id == *wanted) unit = &one;
  }
  if (!unit && (!wanted || wanted->empty())) unit = first;
  if (!unit) return fail(ErrorCode::not_found, "the run has no such unit");
  for (const auto& one : published.units)
    if (!one.group && !is_without_answers(one)) view.add("units", View().set("unit_id", one.id).set("name", one.name).set("unit_here", unit == &one));
  view.set("unit", unit->name).set("without_answers", is_without_answers(*unit));
  view.set("unit_href", unit_href(entry->campaign.id, model->identity.id, unit->id));
  if (is_without_answers(*unit)) return staff_page(app, request, "analyst_answers", view);
  int number = 0;
  for (const auto& spread : TRY(option_spreads(*entry, published, *unit))) {
    view.add("questions", question_view(app, request, entry->whole().questions[spread.question], spread, unit->scores[spread.node], ++number));
  }
  return staff_page(app, request, "analyst_answers", view);
}

}  // namespace khaosat
