#include "server/services/paper/paper_service.h"

#include <algorithm>

#include "base/json_text.h"
#include "server/services/slip_code.h"

namespace khaosat {

namespace {

constexpr int kMostForms = 200;

ClerkTally tally(const std::string& clerk, int fields, int compared, int wrong) { return {clerk, 1, fields, compared, wrong}; }

}  // namespace

int PaperTotals::open() const {
  return of(PaperState::handed_out) + of(PaperState::first_keyed) + of(PaperState::disagreed) + of(PaperState::settled);
}

// What every act needs.
struct PaperService::Desk {
  CampaignEntryPtr entry;
  std::shared_ptr<PaperStore> paper;
  CampaignKeys keys;
  AnsweringContext context;

  const Campaign& campaign() const { return entry->campaign; }
  // Of the sheet once a form is on the desk, see desk_of_form().
  const Questionnaire& questionnaire() const { return *entry->questionnaire; }
  bool with_slips() const { return campaign().admission == Admission::slips; }
  int fields() const { return paper_field_count(questionnaire(), context, with_slips()); }
};

Result<PaperService::Desk> PaperService::desk(std::string_view campaign_id) {
  const auto entry = TRY(book_.find(campaign_id));
  // Asking for the key of a closed campaign would make a new one.
  if (entry->campaign.state == CampaignState::closed) {
    return fail(ErrorCode::campaign_closed, "this campaign takes no more answers", entry->campaign.id);
  }
  return Desk{entry, TRY(store_.paper(campaign_id)), TRY(keys_.campaign(campaign_id)), paper_context(entry->campaign)};
}

// With the questionnaire as that form was printed, whatever was published since.
Result<PaperService::Desk> PaperService::desk_of_form(std::string_view campaign_id, int form) {
  auto desk = TRY(this->desk(campaign_id));
  desk.entry = as_of_paper(desk.entry, TRY(form_of(desk, form)).batch);
  return desk;
}

Result<void> PaperService::journal(const std::string& actor, std::string action, std::string_view subject, std::string detail) {
  return store_.registry().append_journal(
      {0, clock_.now(), actor, std::move(action), std::string(subject), std::move(detail), ""});
}

Result<PaperForm> PaperService::form_of(const Desk& desk, int form) {
  const auto found = TRY(desk.paper->form(form));
  if (!found) return fail(ErrorCode::serial_wrong, "no such form was handed out", std::to_string(form));
  return *found;
}

Result<PaperBatch> PaperService::hand_out(std::string_view campaign_id, PaperBatch batch, const std::string& actor) {
  const auto desk = TRY(this->desk(campaign_id));
  const auto* psu = desk.campaign().psu(batch.psu);
  if (!psu) return fail(ErrorCode::unit_not_valid, "the campaign has no such place", batch.psu);
  if (batch.forms < 1 || batch.forms > kMostForms) {
    return fail({ErrorCode::out_of_range, "1 to 200 forms at a time", "forms", {{"minimum", "1"}, {"maximum", "200"}}});
  }
  if (desk.with_slips()) {
    int out = 0;
    for (const auto& row : TRY(totals(campaign_id))) {
      if (row.batch.psu == batch.psu) out += row.batch.forms - row.of(PaperState::returned_blank) - row.of(PaperState::spoiled);
    }
    if (out + batch.forms > psu->slips) {
      return fail({ErrorCode::too_many_forms, "more forms than slips at this place", batch.psu,
                   {{"slips", std::to_string(psu->slips)}, {"out", std::to_string(out)}}});
    }
  }
  const auto added = TRY(desk.paper->add_batch(std::move(batch)));
  TRY_VOID(journal(actor, "paper.hand_out", campaign_id, added.psu + " " + std::to_string(added.forms)));
  return added;
}

Result<int> PaperService::second_share(std::string_view campaign_id) { return TRY(store_.paper(campaign_id))->second_share(); }

Result<void> PaperService::set_second_share(std::string_view campaign_id, int percent, const std::string& actor) {
  const auto desk = TRY(this->desk(campaign_id));
  for (const auto& form : TRY(desk.paper->forms())) {
    const bool keyed = form.state == PaperState::entered || form.state == PaperState::first_keyed ||
                       form.state == PaperState::disagreed || form.state == PaperState::settled;
    if (keyed) return fail(ErrorCode::campaign_wrong_state, "the share is set before the first form is keyed", desk.campaign().id);
  }
  TRY_VOID(desk.paper->set_second_share(percent));
  return journal(actor, "paper.second_share", campaign_id, std::to_string(percent));
}

Result<std::vector<PaperTotals>> PaperService::totals(std::string_view campaign_id) {
  const auto paper = TRY(store_.paper(campaign_id));
  std::vector<PaperTotals> table;
  for (auto& batch : TRY(paper->batches())) table.push_back({std::move(batch), {}});
  for (const auto& form : TRY(paper->forms())) {
    ++table[static_cast<std::size_t>(form.batch) - 1].by_state[static_cast<std::size_t>(form.state)];
  }
  return table;
}

Result<std::vector<PaperForm>> PaperService::forms(std::string_view campaign_id) { return TRY(store_.paper(campaign_id))->forms(); }
Result<std::vector<ClerkTally>> PaperService::tallies(std::string_view campaign_id) { return TRY(store_.paper(campaign_id))->tallies(); }

Result<PaperTurn> PaperService::turn(std::string_view campaign_id, int form, const std::string& clerk) {
  const auto desk = TRY(this->desk(campaign_id));
  const auto found = TRY(form_of(desk, form));
  if (found.state == PaperState::handed_out) return PaperTurn::first;
  if (found.state != PaperState::first_keyed) return fail(ErrorCode::form_accounted, "the form is " + std::string(name_of(found.state)));
  if (found.clerks.front() == clerk) return fail(ErrorCode::same_clerk, "the second entry is somebody else's");
  return PaperTurn::second;
}

Result<PaperBatch> PaperService::batch_of(std::string_view campaign_id, int form) {
  const auto desk = TRY(this->desk(campaign_id));
  const auto found = TRY(form_of(desk, form));
  return TRY(desk.paper->batches())[static_cast<std::size_t>(found.batch) - 1];
}

Result<KeyedForm> PaperService::opened(const Desk& desk, int form, const PaperEntry& entry) {
  const auto bytes = TRY(desk.keys.open_paper(form, entry.sealed));
  return keyed_from_bytes(desk.questionnaire(), bytes);
}

Result<PaperEntry> PaperService::sealed(const Desk& desk, int form, const KeyedForm& keyed, const std::string& clerk) {
  return PaperEntry{clerk, desk.keys.seal_paper(form, keyed_to_bytes(desk.questionnaire(), keyed))};
}

Result<PaperOutcome> PaperService::enter(std::string_view campaign_id, int form, KeyedForm keyed, const std::string& clerk) {
  const auto desk = TRY(desk_of_form(campaign_id, form));
  if (desk.campaign().state != CampaignState::open) {
    return fail(ErrorCode::campaign_not_open, "this campaign has not opened", desk.campaign().id);
  }
  if (desk.with_slips()) {
    const auto code = read_slip_code(keyed.slip_code);
    if (!code) return fail(ErrorCode::slip_refused, "the slip code is not accepted", "_slip");
    keyed.slip_code = *code;
  } else {
    keyed.slip_code.clear();
  }
  const int fields = desk.fields();
  if (TRY(turn(campaign_id, form, clerk)) == PaperTurn::first) {
    if (!desk.keys.second_wanted(form, TRY(desk.paper->second_share()))) {
      return settle(desk, form, PaperState::handed_out, keyed, clerk, {tally(clerk, fields, 0, 0)});
    }
    TRY_VOID(desk.paper->advance({form, PaperState::handed_out, PaperState::first_keyed, TRY(sealed(desk, form, keyed, clerk)), {}}));
    return PaperOutcome::waits_for_second;
  }
  const auto entries = TRY(desk.paper->entries(form));
  if (entries.size() != 1) return fail(ErrorCode::form_accounted, "the form was keyed twice meanwhile");
  const auto first = TRY(opened(desk, form, entries[0]));
  if (differences(desk.questionnaire(), desk.context, first, keyed).empty()) {
    return settle(desk, form, PaperState::first_keyed, keyed, clerk,
                  {tally(entries[0].clerk, fields, fields, 0), tally(clerk, fields, fields, 0)});
  }
  TRY_VOID(desk.paper->advance({form, PaperState::first_keyed, PaperState::disagreed, TRY(sealed(desk, form, keyed, clerk)), {}}));
  return PaperOutcome::waits_for_third;
}

Result<PaperOutcome> PaperService::settle(const Desk& desk, int form, PaperState from, const KeyedForm& keyed,
                                          const std::string& clerk, std::vector<ClerkTally> tallies) {
  TRY_VOID(desk.paper->advance({form, from, PaperState::settled, TRY(sealed(desk, form, keyed, clerk)), std::move(tallies)}));
  return send(desk, form);
}

Result<PaperOutcome> PaperService::send(const Desk& desk, int form) {
  const std::lock_guard lock(sending_);
  const auto found = TRY(form_of(desk, form));
  if (found.state == PaperState::entered) return PaperOutcome::sent;
  if (found.state != PaperState::settled) return fail(ErrorCode::form_accounted, "the form is " + std::string(name_of(found.state)));
  const auto entries = TRY(desk.paper->entries(form));
  const auto keyed = TRY(opened(desk, form, entries.at(0)));
  const auto batches = TRY(desk.paper->batches());
  const PaperBatch& batch = batches[static_cast<std::size_t>(found.batch) - 1];
  Submission submission{desk.keys.paper_submission(form), keyed.slip_code, batch.psu, Mode::paper, batch.language,
                        settled_answers(desk.questionnaire(), desk.context, keyed.answers), desk.questionnaire().identity.version};
  const auto receipt = submit_.submit(desk.campaign().id, submission);
  if (!receipt) {
    switch (receipt.error().code) {
      case ErrorCode::slip_refused: return PaperOutcome::slip_refused;
      // Sent before with other content, and this file was restored from an older copy: it counted then.
      case ErrorCode::submission_conflict: break;
      default: return PaperOutcome::waits_to_be_sent;
    }
  }
  TRY_VOID(desk.paper->advance({form, PaperState::settled, PaperState::entered, {}, {}}));
  return PaperOutcome::sent;
}

Result<int> PaperService::send_waiting() {
  int sent = 0;
  for (const auto& id : TRY(store_.campaigns_with_paper())) {
    const auto entry = TRY(book_.find(id));
    if (entry->campaign.state != CampaignState::open) continue;
    const auto desk = TRY(this->desk(id));
    for (const auto& form : TRY(desk.paper->forms())) {
      if (form.state != PaperState::settled) continue;
      const auto own = TRY(desk_of_form(id, form.number));
      const auto outcome = send(own, form.number);
      if (outcome && *outcome == PaperOutcome::sent) ++sent;
    }
  }
  return sent;
}

Result<void> PaperService::check_adjudicator(const PaperForm& form, const std::string& actor) {
  if (form.clerks.at(0) == actor) return fail(ErrorCode::same_clerk, "whoever keyed it first does not decide");
  if (form.clerks.at(1) != actor) return {};
  for (const auto& account : TRY(store_.registry().accounts())) {
    const bool may = account.active && (account.role == Role::administrator || account.role == Role::officer);
    const bool is_clerk = account.name == form.clerks[0] || account.name == form.clerks[1];
    if (may && !is_clerk) return fail(ErrorCode::same_clerk, "somebody who keyed neither entry decides");
  }
  return {};
}

Result<PaperCase> PaperService::open_case(std::string_view campaign_id, int form, const std::string& actor) {
  const auto desk = TRY(desk_of_form(campaign_id, form));
  const auto found = TRY(form_of(desk, form));
  if (found.state != PaperState::disagreed) return fail(ErrorCode::form_accounted, "the form is " + std::string(name_of(found.state)));
  TRY_VOID(check_adjudicator(found, actor));
  const auto entries = TRY(desk.paper->entries(form));
  PaperCase open{form, TRY(opened(desk, form, entries.at(0))), TRY(opened(desk, form, entries.at(1))), {}};
  open.different = differences(desk.questionnaire(), desk.context, open.first, open.second);
  return open;
}

Result<PaperOutcome> PaperService::adjudicate(std::string_view campaign_id, int form, KeyedForm settled, const std::string& actor) {
  const auto desk = TRY(desk_of_form(campaign_id, form));
  const auto open = TRY(open_case(campaign_id, form, actor));
  if (desk.with_slips()) {
    const auto code = read_slip_code(settled.slip_code);
    if (!code) return fail(ErrorCode::slip_refused, "the slip code is not accepted", "_slip");
    settled.slip_code = *code;
  }
  const int fields = desk.fields();
  const auto wrong = [&](const KeyedForm& keyed) {
    return static_cast<int>(differences(desk.questionnaire(), desk.context, keyed, settled).size());
  };
  const auto clerks = TRY(form_of(desk, form)).clerks;
  return settle(desk, form, PaperState::disagreed, settled, actor,
                {tally(clerks.at(0), fields, fields, wrong(open.first)), tally(clerks.at(1), fields, fields, wrong(open.second))});
}

Result<void> PaperService::account_for(std::string_view campaign_id, const std::vector<int>& forms, PaperState fate,
                                       const std::string& actor) {
  const auto desk = TRY(this->desk(campaign_id));
  if (fate != PaperState::handed_out && (!is_end(fate) || fate == PaperState::entered)) {
    return fail(ErrorCode::bad_request, "a form is returned blank, spoiled, missing or handed out again", "fate");
  }
  std::vector<PaperStep> steps;
  for (const int number : forms) {
    const auto form = TRY(form_of(desk, number));
    if (form.state == fate) continue;
    if (form.state == PaperState::entered) return fail(ErrorCode::form_accounted, "the form was entered", std::to_string(number));
    steps.push_back({number, form.state, fate, {}, {}});
  }
  TRY_VOID(desk.paper->advance(steps));
  return journal(actor, "paper.account_for", campaign_id, std::string(name_of(fate)) + " " + std::to_string(steps.size()));
}

Result<PaperOpen> paper_open(Store& store, std::string_view campaign_id) {
  PaperOpen open;
  const auto known = TRY(store.campaigns_with_paper());
  if (std::find(known.begin(), known.end(), campaign_id) == known.end()) return open;
  const auto paper = TRY(store.paper(campaign_id));
  for (const auto& form : TRY(paper->forms())) {
    if (form.state == PaperState::handed_out) ++open.out;
    else if (!is_end(form.state)) ++open.keyed;
  }
  return open;
}

Result<std::optional<std::string>> paper_report_json(Store& store, std::string_view campaign_id) {
  const auto known = TRY(store.campaigns_with_paper());
  if (std::find(known.begin(), known.end(), campaign_id) == known.end()) return std::optional<std::string>();
  const auto paper = TRY(store.paper(campaign_id));
  const auto batches = TRY(paper->batches());
  if (batches.empty()) return std::optional<std::string>();
  std::map<std::string, std::array<int, 8>> places;
  for (const auto& form : TRY(paper->forms())) {
    ++places[batches[static_cast<std::size_t>(form.batch) - 1].psu][static_cast<std::size_t>(form.state)];
  }
  std::string places_json;
  for (const auto& [psu, states] : places) {
    places_json += (places_json.empty() ? "" : ",") + ("{\"psu\":" + json_quoted(psu));
    for (std::size_t i = 0; i < states.size(); ++i) {
      places_json += ",\"" + std::string(name_of(static_cast<PaperState>(i))) + "\":" + std::to_string(states[i]);
    }
    places_json += "}";
  }
  std::string clerks_json;
  for (const auto& clerk : TRY(paper->tallies())) {
    clerks_json += (clerks_json.empty() ? "" : ",") +
                   ("{\"clerk\":" + json_quoted(clerk.clerk) + ",\"forms\":" + std::to_string(clerk.forms) +
                    ",\"fields\":" + std::to_string(clerk.fields) + ",\"compared\":" + std::to_string(clerk.compared) +
                    ",\"wrong\":" + std::to_string(clerk.wrong) + "}");
  }
  return std::optional<std::string>("{\"second_share\":" + std::to_string(TRY(paper->second_share())) + ",\"places\":[" +
                                    places_json + "],\"clerks\":[" + clerks_json + "]}");
}

}  // namespace khaosat
