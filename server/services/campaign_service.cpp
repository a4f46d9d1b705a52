#include "server/services/campaign_service.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/definition_json.h"
#include "base/json_text.h"
#include "base/log.h"
#include "base/text.h"
#include "server/catalog/catalog.h"
#include "server/services/columns/column_file_of.h"
#include "server/services/paper/paper_service.h"
#include "server/services/population/campaign_population.h"
#include "server/services/slip_code.h"

namespace khaosat {

namespace {

constexpr int kMaxSlips = 20000;
constexpr std::size_t kMaxPsus = 5000;

class DraftCheck {
 public:
  DraftCheck(const Campaign& draft, const Catalog& catalog) : draft_(draft), catalog_(catalog) {}

  Faults faults() {
    check_title_and_dates();
    check_questionnaire();
    check_units();
    check_psus();
    check_protection();
    return std::move(faults_);
  }

 private:
  void fault(std::string place, ErrorCode code, std::string message) {
    faults_.push_back({"campaign", std::move(place), code, std::move(message)});
  }

  void check_title_and_dates() {
    if (trim(draft_.title.in("vi")).empty()) fault("title", ErrorCode::missing_field, "a campaign needs a title");
    if (letter_count(draft_.title.in("vi")) > 200) fault("title", ErrorCode::too_long, "longer than 200 letters");
    if (trim(draft_.office).empty()) {
      fault("office", ErrorCode::missing_field, "name the office that runs the survey and answers for the data");
    }
    if (letter_count(draft_.office) > 200) fault("office", ErrorCode::too_long, "longer than 200 letters");
    for (const auto& [place, date] : {std::pair{"opens_on", draft_.opens_on}, std::pair{"closes_on", draft_.closes_on}}) {
      if (date.empty()) {
        fault(place, ErrorCode::missing_field, "a campaign needs its first and its last day");
      } else if (!is_date(date)) {
        fault(place, ErrorCode::wrong_type, "\"" + date + "\" is not a day of the calendar");
      }
    }
    if (is_date(draft_.opens_on) && is_date(draft_.closes_on) && draft_.closes_on < draft_.opens_on) {
      fault("closes_on", ErrorCode::out_of_range, "the last day lies before the first");
    }
  }

  void check_questionnaire() {
    if (!catalog_.questionnaire(draft_.questionnaire.id, draft_.questionnaire.version)) {
      fault("questionnaire", ErrorCode::definition_unknown, "no questionnaire " + draft_.questionnaire.label());
    }
  }

  void check_units() {
    if (draft_.units.empty()) fault("units", ErrorCode::missing_field, "choose at least one unit");
    std::set<std::string> seen;
    for (const auto& id : draft_.units) {
      const Unit* unit = catalog_.units().find(id);
      if (!unit) {
        fault("units", ErrorCode::unit_not_valid, "the register has no unit " + id);
      } else if (!is_valid_on(*unit, draft_.opens_on)) {
        fault("units", ErrorCode::unit_not_valid, unit->name.in("vi") + " does not exist on " + draft_.opens_on);
      }
      if (!seen.insert(id).second) fault("units", ErrorCode::duplicate_key, id + " stands twice");
    }
    std::set<std::string> strata;
    for (const auto& stratum : draft_.strata) {
      if (!strata.insert(stratum.id).second) fault("strata", ErrorCode::duplicate_key, stratum.id + " stands twice");
      if (seen.find(stratum.unit) == seen.end()) {
        fault("strata", ErrorCode::unit_not_valid, stratum.id + " lies in " + stratum.unit + ", which is not surveyed");
      }
    }
  }

  void check_psus() {
    if (draft_.psus.empty()) fault("psus", ErrorCode::missing_field, "add at least one primary sampling unit");
    if (draft_.psus.size() > kMaxPsus) fault("psus", ErrorCode::too_large, "more than 5,000 primary sampling units");
    std::set<std::string> seen;
    for (const auto& psu : draft_.psus) {
      if (!seen.insert(psu.id).second) fault("psus", ErrorCode::duplicate_key, psu.id + " stands twice");
      if (!draft_.stratum(psu.stratum)) fault("psus", ErrorCode::unit_not_valid, psu.id + ": no stratum " + psu.stratum);
      if (psu.slips < 0 || psu.slips > kMaxSlips || psu.population < 0) {
        fault("psus", ErrorCode::out_of_range, psu.id + ": slips from 0 to 20,000, population from 0");
      }
      if (draft_.sample == SampleKind::drawn) {
        if (psu.population < 1) fault("psus", ErrorCode::missing_field, psu.id + ": a drawn sample needs the number of persons in the frame");
        if (psu.slips > psu.population) fault("psus", ErrorCode::out_of_range, psu.id + ": more slips than persons in the frame");
      }
      if (draft_.admission == Admission::slips && psu.slips < 1) {
        fault("psus", ErrorCode::missing_field, psu.id + ": no slips; nobody there could answer");
      }
      if (psu.neighbour.empty()) continue;
      const auto* neighbour = draft_.psu(psu.neighbour);
      if (!neighbour || neighbour->stratum != psu.stratum || neighbour->id == psu.id) {
        fault("psus", ErrorCode::unit_not_valid, psu.id + ": its neighbour must be another one of the same stratum");
      }
    }
    for (const auto& stratum : draft_.strata) {
      const auto inside = std::count_if(draft_.psus.begin(), draft_.psus.end(),
                                        [&](const auto& psu) { return psu.stratum == stratum.id; });
      if (inside == 0) fault("strata", ErrorCode::missing_field, stratum.id + " has no primary sampling unit");
      if (stratum.psu_population != 0 && stratum.psu_population < inside) {
        fault("strata", ErrorCode::out_of_range, stratum.id + ": the frame has fewer primary sampling units than the sample");
      }
    }
  }

  void check_protection() {
    const int least = draft_.audience == Audience::citizen ? 5 : 10;
    if (draft_.minimum_cell < least) {
      fault("minimum_cell", ErrorCode::out_of_range, "at least " + std::to_string(least) + " respondents");
    }
    if (draft_.batch_size < 10) fault("batch_size", ErrorCode::out_of_range, "batches hold at least 10");
    if (draft_.sample == SampleKind::drawn && draft_.admission == Admission::open) {
      fault("admission", ErrorCode::design_invalid, "a drawn sample admits by slips only");
    }
    for (const auto& need : draft_.stated_needs) {
      if (trim(need.reason).empty()) fault("stated_needs", ErrorCode::missing_field, need.topic + ": say why it is asked");
    }
  }

  const Campaign& draft_;
  const Catalog& catalog_;
  Faults faults_;
};

std::string new_campaign_id() {
  std::string id = to_base32(random_bytes(7), 10);
  for (char& c : id) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return id;
}

std::string closing_json(const ClosingReport& report) {
  std::string merges;
  for (const auto& merge : report.merges) {
    std::string psus;
    for (const auto& psu : merge.psus) psus += (psus.empty() ? "" : ",") + json_quoted(psu);
    merges += (merges.empty() ? "" : ",") + ("{\"psus\":[" + psus + "],\"into\":" + json_quoted(merge.into) +
                                             ",\"responses\":" + std::to_string(merge.responses) + "}");
  }
  return "{\"responses\":" + std::to_string(report.responses) + ",\"withheld\":" +
         std::to_string(report.withheld) + ",\"merges\":[" + merges + "]}";
}

}  // namespace

Result<void> pin(Registry& registry, const Catalog& catalog, const std::string& kind,
                 const DefinitionIdentity& identity) {
  const auto* content = catalog.content(kind, identity.id, identity.version);
  if (!content) return fail(ErrorCode::definition_unknown, "no " + kind + " " + identity.label());
  return registry.pin_definition({kind, content->identity, content->text});
}

Result<void> pin_recordings(Registry& registry, const Catalog& catalog, const std::string& campaign_id,
                            const Questionnaire& questionnaire) {
  std::string manifest = recordings_manifest(catalog.recordings(), questionnaire);
  if (manifest.empty()) return {};
  const std::string hash = to_hex(view_of(sha256(manifest)));
  return registry.pin_definition({"recordings", {campaign_id, questionnaire.identity.version, hash}, std::move(manifest)});
}

Faults faults_of(const Campaign& draft, const Catalog& catalog) { return DraftCheck(draft, catalog).faults(); }

Result<void> CampaignService::journal(const std::string& actor, std::string action, std::string_view subject,
                                      std::string detail) {
  return store_.registry().append_journal(
      {0, clock_.now(), actor, std::move(action), std::string(subject), std::move(detail), ""});
}

Result<Campaign> CampaignService::create(Campaign draft, const std::string& actor, Faults* faults) {
  const std::lock_guard lock(steps_);
  const Faults found = faults_of(draft, catalog_);
  if (!found.empty()) {
    if (faults) *faults = found;
    return fail(as_error(found));
  }
  const auto questionnaire = catalog_.questionnaire(draft.questionnaire.id, draft.questionnaire.version);
  draft.questionnaire = questionnaire->identity;
  draft.audience = questionnaire->audience;
  Registry& registry = store_.registry();
  TRY_VOID(pin(registry, catalog_, "questionnaire", questionnaire->identity));
  for (const auto& scale : questionnaire->scales) TRY_VOID(pin(registry, catalog_, "scale", scale));
  draft.id = new_campaign_id();
  draft.state = CampaignState::draft;
  TRY_VOID(pin_recordings(registry, catalog_, draft.id, *questionnaire));
  TRY_VOID(registry.put_campaign(draft));
  TRY_VOID(journal(actor, "campaign.create", draft.id, draft.questionnaire.label() + " " + draft.questionnaire.hash));
  return draft;
}

Result<std::vector<PrintedSlip>> CampaignService::make_slips(std::string_view campaign_id, const std::string& actor) {
  const std::lock_guard lock(steps_);
  const auto entry = TRY(book_.find(campaign_id));
  const Campaign& campaign = entry->campaign;
  if (campaign.state != CampaignState::draft) {
    return fail(ErrorCode::campaign_wrong_state, "slips are made before the campaign opens", campaign.id);
  }
  if (campaign.admission != Admission::slips) {
    return fail(ErrorCode::campaign_wrong_state, "this campaign admits without slips", campaign.id);
  }
  for (const auto& count : TRY(entry->answers->counts())) {
    if (count.slips > 0) return fail(ErrorCode::already_exists, "the slips were made before; codes are shown once", campaign.id);
  }
  const auto keys = TRY(keys_.campaign(campaign_id));
  std::vector<PrintedSlip> printed;
  int total = 0;
  for (const auto& psu : campaign.psus) {
    const Stratum* stratum = campaign.stratum(psu.stratum);
    std::vector<Digest> digests;
    for (int i = 0; i < psu.slips; ++i) {
      const std::string code = make_slip_code();
      digests.push_back(keys.slip(code));
      printed.push_back({psu.id, printed_slip_code(code)});
    }
    // In the order of the digests, so that the file does not keep the order of the sheets.
    std::sort(digests.begin(), digests.end());
    TRY_VOID(entry->answers->add_slips({stratum->unit, stratum->id, psu.id}, digests));
    total += psu.slips;
  }
  TRY_VOID(journal(actor, "campaign.slips", campaign_id, std::to_string(total)));
  return printed;
}

Result<void> CampaignService::open(std::string_view campaign_id, const std::string& actor) {
  const std::lock_guard lock(steps_);
  const auto entry = TRY(book_.find(campaign_id));
  Campaign campaign = entry->campaign;
  if (campaign.state != CampaignState::draft) {
    return fail(ErrorCode::campaign_wrong_state, "only a draft can be opened", campaign.id);
  }
  if (campaign.admission == Admission::slips) {
    int slips = 0;
    for (const auto& count : TRY(entry->answers->counts())) slips += count.slips;
    if (slips == 0) return fail(ErrorCode::campaign_wrong_state, "make and print the slips first", campaign.id);
  }
  TRY(keys_.campaign(campaign_id));
  campaign.state = CampaignState::open;
  TRY_VOID(store_.registry().put_campaign(campaign));
  book_.forget(campaign_id);
  return journal(actor, "campaign.open", campaign_id);
}

Result<void> CampaignService::set_population(std::string_view campaign_id, const index::Population& population, const std::string& actor) {
  const std::lock_guard lock(steps_);
  const auto entry = TRY(book_.find(campaign_id));
  const Campaign& campaign = entry->campaign;
  if (campaign.state == CampaignState::closed) {
    return fail(ErrorCode::campaign_closed, "what the population is counted by is settled before the campaign closes", campaign.id);
  }
  if (campaign.sample != SampleKind::drawn) return fail(ErrorCode::design_invalid, "without a probability sample weights mean nothing", campaign.id);
  const std::string content = to_json(population);
  const std::string hash = to_hex(view_of(sha256(content)));
  TRY_VOID(store_.registry().add_record({std::string(kPopulationRecord), to_hex(random_bytes(10)), campaign.id, content, hash, clock_.now(), actor}));
  return journal(actor, population.margins.empty() ? "campaign.population_withdrawn" : "campaign.population", campaign_id, hash);
}

Result<std::vector<Participation>> CampaignService::participation(std::string_view campaign_id) {
  const auto entry = TRY(book_.find(campaign_id));
  const auto counts = TRY(entry->answers->counts());
  std::vector<Participation> table;
  for (const auto& psu : entry->campaign.psus) {
    Participation row{psu.id, psu.title, "", psu.slips, 0};
    if (const Stratum* stratum = entry->campaign.stratum(psu.stratum)) row.unit = stratum->unit;
    for (const auto& count : counts) {
      if (count.psu == psu.id) row.arrived = count.arrived / 5 * 5;
    }
    table.push_back(std::move(row));
  }
  return table;
}

Unseal CampaignService::unsealer(std::string_view campaign_id) {
  auto keys = std::make_shared<Result<CampaignKeys>>(keys_.campaign(campaign_id));
  return [keys](std::string_view sealed) -> Result<Response> {
    if (!*keys) return fail((*keys).error());
    return (*keys)->open_response(sealed);
  };
}

Result<ClosingReport> CampaignService::close(std::string_view campaign_id, const std::string& actor) {
  const std::lock_guard lock(steps_);
  const auto entry = TRY(book_.find(campaign_id));
  Campaign campaign = entry->campaign;
  if (campaign.state == CampaignState::draft) {
    return fail(ErrorCode::campaign_wrong_state, "only an open campaign can be closed", campaign.id);
  }
  // Each step may have been done before a crash; doing it again changes nothing.
  const ClosingReport report = TRY(entry->answers->close(campaign, unsealer(campaign_id)));
  if (campaign.state == CampaignState::closed) return report;
  const std::string content = closing_json(report);
  const auto kept = store_.registry().add_record({"closing_report", campaign.id, campaign.id, content,
                                                  to_hex(view_of(sha256(content))), clock_.now(), actor});
  if (!kept && kept.error().code != ErrorCode::already_exists) return fail(kept.error());
  TRY_VOID(keep_paper_report(campaign.id, actor));
  campaign.state = CampaignState::closed;
  TRY_VOID(store_.registry().put_campaign(campaign));
  book_.forget(campaign_id);
  submit_.forget(campaign_id);
  TRY_VOID(keys_.destroy(campaign_id));
  TRY_VOID(journal(actor, "campaign.close", campaign_id, std::to_string(report.responses)));
  // Now, as the command line reads a folder only and could not keep it: made once instead of for every index. Whoever
  // needs it makes it anew where this did not work.
  if (const auto closed = book_.find(campaign_id)) {
    if (const auto made = column_file_of(**closed); !made && made.error().code != ErrorCode::too_few_answers && made.error().code != ErrorCode::no_valid_answers)
      log(LogLevel::warning, "columns.not_kept", {{"campaign", std::string(campaign_id)}, {"error", made.error().message}});
  }
  return report;
}

Result<void> CampaignService::keep_paper_report(const std::string& campaign_id, const std::string& actor) {
  const auto content = TRY(paper_report_json(store_, campaign_id));
  if (!content) return {};
  const auto kept = store_.registry().add_record({"paper_report", campaign_id, campaign_id, *content,
                                                  to_hex(view_of(sha256(*content))), clock_.now(), actor});
  if (!kept && kept.error().code != ErrorCode::already_exists) return fail(kept.error());
  // What still waits can no longer be sent, and its key goes with the campaign's.
  return TRY(store_.paper(campaign_id))->forget_entries();
}

Result<void> CampaignService::form_batches() {
  for (const auto& campaign : TRY(store_.registry().campaigns())) {
    if (campaign.state != CampaignState::open || campaign.audience == Audience::staff) continue;
    const std::lock_guard lock(steps_);
    const auto entry = TRY(book_.find(campaign.id));
    if (entry->campaign.state != CampaignState::open) continue;
    TRY(entry->answers->form_batches(entry->campaign, unsealer(campaign.id)));
  }
  return {};
}

}  // namespace khaosat
