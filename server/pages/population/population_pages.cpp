#include "server/pages/population/population_pages.h"

#include <map>

#include "server/catalog/catalog.h"
#include "server/pages/design.h"
#include "server/pages/population/population_words.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"
#include "server/services/campaign_service.h"
#include "server/services/population/campaign_population.h"

namespace khaosat {

namespace {

std::string grouped_digits(std::uint64_t number, const std::string& language) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, language == "vi" ? "." : ",");
  return digits;
}

void put_counts(View& view, const App& app, const Request& request, const Questionnaire& questionnaire, const index::Population& population) {
  int number = 0;
  for (const auto& margin : population.margins) {
    auto named = margin.questions;
    if (margin.by_unit) named.insert(named.begin(), "unit");
    View table;
    table.set("margin", margin_words(app, request, questionnaire, named)).set("margin_id", "margin-" + std::to_string(++number));
    std::map<std::string, std::uint64_t> of_unit;
    std::uint64_t total = 0;
    for (const auto& count : margin.counts) {
      of_unit[count.unit] += count.people;
      total += count.people;
    }
    std::string last = "-";
    std::vector<View> units;
    for (const auto& count : margin.counts) {
      if (count.unit != last) {
        View unit;
        unit.set("unit", count.unit.empty() ? say(app, request, "staff.population.all_units") : unit_name(app, count.unit, request.language));
        unit.set("people", grouped_digits(of_unit[count.unit], request.language));
        units.push_back(std::move(unit));
        last = count.unit;
      }
      units.back().add("classes", View().set("class", class_words(request, questionnaire, margin.questions, count.options))
                                      .set("class_people", grouped_digits(count.people, request.language)));
    }
    for (auto& unit : units) table.add("units", std::move(unit));
    table.set("total", grouped_digits(total, request.language));
    view.add("margins", std::move(table));
  }
}

Result<HttpResponse> population_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  const auto entry = TRY(campaign_of(app, request));
  const Campaign& campaign = entry->campaign;
  View view = campaign_view(app, request, campaign, say(app, request, "staff.population.title"));
  const auto population = TRY(population_of(app.store.registry(), campaign.id));
  const auto records = TRY(app.store.registry().records(kPopulationRecord, campaign.id));
  const auto questions = population_questions(campaign, entry->whole());
  const bool drawn = campaign.sample == SampleKind::drawn;
  const bool closed = campaign.state == CampaignState::closed;
  const Role role = signed_in(request)->role;
  const bool may = (role == Role::administrator || role == Role::officer) && !closed && drawn && !questions.empty();
  view.set("is_kept", population.has_value()).set("is_closed", closed).set("not_drawn", !drawn).set("no_question", drawn && questions.empty());
  view.set("may_hand_in", may).set("may_withdraw", may && population.has_value()).set("closed_without", closed && drawn && !population);
  if (population) {
    put_counts(view, app, request, entry->whole(), *population);
    view.set("kept_on", shown_date(vietnam_date(records.front().created))).set("kept_by", records.front().author).set("kept_hash", population->source);
  }
  for (const auto& id : questions) {
    const Question* question = entry->whole().question(id);
    View row;
    row.set("question_id", id).set("question", question->text.in(request.language));
    for (const auto& option : question->options) row.add("options", View().set("option_id", option.id).set("option", option.text.in(request.language)));
    view.add("questions", std::move(row));
  }
  view.set("minimum", campaign.minimum_cell).set("results_href", "/staff/campaigns/" + campaign.id + "/index");
  StaffFields fields(app, request, "population", typed, std::move(wrong));
  fields.input("table_file", "file").area("table", 10);
  fields.put(view);
  return staff_page(app, request, "population", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> show_population(const App& app, const Request& request) { return population_page(app, request, {}, {}); }

Result<HttpResponse> take_population(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  const std::string& actor = signed_in(request)->account;
  index::Population population;
  if (form.text("withdraw") != "yes") {
    Faults faults;
    population = read_population(form.file_or_text("table_file", "table"), entry->campaign, entry->whole(), app.catalog.units(), faults);
    if (!faults.empty()) {
      std::vector<FieldWrong> wrong;
      for (const auto& fault : faults) {
        std::string sentence = sentence_of(app, request, fault, "population");
        // What no row tells: which class of which unit, which numbers.
        if (!fault.place.starts_with("row ") && !fault.message.empty() && sentence.find(fault.message) == std::string::npos) sentence += " (" + fault.message + ")";
        wrong.push_back({"table", std::move(sentence)});
      }
      return population_page(app, request, form.fields, std::move(wrong));
    }
  }
  TRY_VOID(app.campaigns.set_population(entry->campaign.id, population, actor));
  return HttpResponse::redirect("/staff/campaigns/" + entry->campaign.id + "/population");
}

Result<HttpResponse> download_population(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  const auto population = TRY(population_of(app.store.registry(), entry->campaign.id));
  std::string table = population ? population_csv(*population) : population_template(entry->campaign, entry->whole());
  return HttpResponse::bytes("\xEF\xBB\xBF" + table, "text/csv; charset=utf-8", "population-" + entry->campaign.id + ".csv");
}

}  // namespace khaosat
