#include "server/pages/answer_form.h"

#include <algorithm>
#include <stdexcept>

#include "base/json_text.h"
#include "server/http/awaited_response.h"
#include "server/pages/answer_pages.h"
#include "server/pages/published_pages.h"
#include "server/services/campaign_book.h"
#include "server/services/slip_code.h"
#include "server/services/submit_response.h"
#include "server/storage/accept_later.h"

namespace khaosat {

namespace {

Result<void> takes_answers(const CitizenApp& app, const Campaign& campaign) {
  return check_takes_answers(campaign, vietnam_date(app.clock.now()));
}

// Consent, slip and place: what must be there before the first question.
std::vector<FormFault> faults_at_entrance(const CitizenApp& app, const Answering& answering) {
  std::vector<FormFault> faults;
  const auto say = [&](const char* name, std::string_view key) {
    faults.push_back({name, app.design.locales.text(answering.language, key)});
  };
  if (answering.campaign().admission == Admission::slips) {
    if (answering.slip.empty()) {
      say(field::kSlip, "start.slip_missing");
    } else if (!read_slip_code(answering.slip)) {
      say(field::kSlip, "error.slip_refused");
    }
  } else if (answering.place.empty()) {
    say(field::kPlace, "start.place_missing");
  } else if (!answering.campaign().psu(answering.place)) {
    say(field::kPlace, "error.unit_not_valid");
  }
  if (!answering.consented) say(field::kConsent, "error.consent_missing");
  return faults;
}

std::vector<FormFault> unknown_fields(const CitizenApp& app, const Answering& answering) {
  for (const auto& fault : answering.read.faults) {
    if (fault.question.empty()) return {{"", app.design.locales.sentence(answering.language, fault.error)}};
  }
  return {};
}

std::size_t section_of(const Answering& answering, const FieldFault& fault) {
  const auto position = answering.questionnaire().position_of(fault.question);
  return position ? answering.questionnaire().questions[*position].section + 1 : 0;
}

// Conditional questions of the section that an answer has opened just now.
std::vector<std::string> newly_asked(const Answering& answering) {
  std::vector<std::string> ids;
  if (!answering.knows_shown || answering.at < 1 || answering.at > answering.section_count()) return ids;
  const Section& section = answering.questionnaire().sections[answering.at - 1];
  for (std::size_t i = section.first_question; i < section.first_question + section.question_count; ++i) {
    const Question& question = answering.questionnaire().questions[i];
    const bool was_shown = std::find(answering.shown.begin(), answering.shown.end(), question.id) != answering.shown.end();
    if (question.relevant && !was_shown && answering.is_asked(i)) ids.push_back(question.id);
  }
  return ids;
}

bool has_fault_in(const Answering& answering, std::size_t screen, const std::vector<std::string>& except) {
  const auto& faults = answering.read.faults;
  return std::any_of(faults.begin(), faults.end(), [&](const FieldFault& fault) {
    return section_of(answering, fault) == screen &&
           std::find(except.begin(), except.end(), fault.question) == except.end();
  });
}

HttpResponse draw(const Design& design, const Answering& answering, std::size_t screen) {
  if (screen == 0) return start_page(design, answering, {});
  if (screen <= answering.section_count()) return section_page(design, answering, {screen});
  return check_page(design, answering, {});
}

// The check page, or the first section that has something wrong.
std::optional<HttpResponse> first_fault(const Design& design, Answering& answering) {
  for (const auto& fault : answering.read.faults) {
    const std::size_t screen = section_of(answering, fault);
    if (screen == 0) continue;
    answering.to_check = true;
    return section_page(design, answering, {screen, true});
  }
  return std::nullopt;
}

HttpResponse next_step(const CitizenApp& app, Answering& answering) {
  const Design& design = app.design;
  if (answering.at >= 1 && answering.at <= answering.section_count()) {
    const auto opened = newly_asked(answering);
    if (has_fault_in(answering, answering.at, opened)) return section_page(design, answering, {answering.at, true});
    if (!opened.empty()) return section_page(design, answering, {answering.at, false, true});
  }
  const std::size_t next = answering.to_check ? answering.check_screen() : answering.next_screen(answering.at);
  if (next <= answering.section_count()) return section_page(design, answering, {next});
  if (auto page = first_fault(design, answering)) return *std::move(page);
  return check_page(design, answering, {std::nullopt, true, unknown_fields(app, answering)});
}

Submission submission_of(const Answering& answering) {
  return Submission{answering.submission_id, answering.slip, answering.place, answering.mode, answering.language,
                    answering.read.answers, answering.questionnaire().identity.version};
}

// How an answer came out that is not what it was expected to be; the request is there to be read again.
using Otherwise = std::function<HttpResponse(const Request&, const Result<Receipt>&)>;

// The person hears once the answer is on the disk; no thread waits for that.
HttpResponse when_stored(std::string campaign, SealedSubmission sealed, HttpResponse if_accepted, bool same_if_repeated,
                         Otherwise otherwise) {
  struct Sending {
    Arrival arrival;
    Result<ArrivalOutcome> outcome;
  };
  const auto sending = std::make_shared<Sending>(Sending{std::move(sealed.arrival), ArrivalOutcome::closed});
  AwaitedResponse awaited;
  awaited.begin = [answers = std::move(sealed.answers), sending, same_if_repeated](std::function<void(bool)> known) {
    // Without the store: what this holds is freed by the store's own thread.
    accept_later(*answers, std::move(sending->arrival), [sending, same_if_repeated, known = std::move(known)](Result<ArrivalOutcome> outcome) {
      sending->outcome = std::move(outcome);
      known(sending->outcome && (*sending->outcome == ArrivalOutcome::accepted ||
                                 (*sending->outcome == ArrivalOutcome::repeated && same_if_repeated)));
    });
  };
  awaited.expected = std::move(if_accepted);
  awaited.otherwise = [sending, otherwise = std::move(otherwise), code = std::move(sealed.receipt),
                       campaign = std::move(campaign)](const Request& request) {
    return otherwise(request, SubmitResponse::receipt(sending->outcome, code, campaign));
  };
  return await_instead(std::move(awaited));
}

Result<FormData> answer_form(const Request& request) { return read_form(request, FormLimits{5000, 200, 64 << 10}); }

// The page is the same for everyone but for the code.
HttpResponse show_receipt(const CitizenApp& app, const Request& request, const Answering& answering, const std::string& code) {
  HttpResponse response = HttpResponse::html({});
  put_body(response, *app.published.receipt_page(answering.entry, answering.language), code, request);
  response.style_hashes.push_back(app.design.assets.citizen_style_hash());
  return response;
}

HttpResponse not_taken(const Design& design, const Answering& answering, const Error& error) {
  const bool over = error.code == ErrorCode::campaign_closed || error.code == ErrorCode::submission_conflict;
  return check_page(design, answering, {error, !over, {}});
}

HttpResponse send_from_phone(const CitizenApp& app, const Request& request, const Answering& answering) {
  auto sealed = app.submit.seal(answering.campaign().id, submission_of(answering));
  if (!sealed) return not_taken(app.design, answering, sealed.error());
  HttpResponse receipt = show_receipt(app, request, answering, sealed->receipt);
  return when_stored(answering.campaign().id, std::move(*sealed), std::move(receipt), true,
                     [design = app.design, entry = answering.entry](const Request& again, const Result<Receipt>& result) {
                       const auto form = answer_form(again);
                       if (!form || result) throw std::logic_error("an answer taken apart twice differs");
                       return not_taken(design, continue_answering(entry, again.language, *form), result.error());
                     });
}

HttpResponse send_step(const CitizenApp& app, const Request& request, Answering& answering) {
  const Design& design = app.design;
  if (auto page = first_fault(design, answering)) return *std::move(page);
  auto unknown = unknown_fields(app, answering);
  if (!unknown.empty()) return check_page(design, answering, {std::nullopt, true, std::move(unknown)});
  if (answering.mode == Mode::phone) return send_from_phone(app, request, answering);
  const auto receipt = app.submit.submit(answering.campaign().id, submission_of(answering));
  if (!receipt) return not_taken(design, answering, receipt.error());
  answering.sent = true;
  // A kiosk's receipt leads back to its welcome, an interviewer's to the list.
  return receipt_page(design, answering, receipt->code);
}

std::string json_error(const CitizenApp& app, const std::string& language, const Error& error,
                       const std::vector<FieldFault>& faults) {
  std::string json = "{\"error\":" + json_quoted(name_of(error.code)) +
                     ",\"sentence\":" + json_quoted(app.design.locales.sentence(language, error)) + ",\"faults\":[";
  for (std::size_t i = 0; i < faults.size(); ++i) {
    json += std::string(i == 0 ? "" : ",") + "{\"question\":" + json_quoted(faults[i].question) +
            ",\"field\":" + json_quoted(faults[i].error.where) + ",\"error\":" + json_quoted(name_of(faults[i].error.code)) +
            ",\"sentence\":" + json_quoted(app.design.locales.sentence(language, faults[i].error)) + "}";
  }
  return json + "]}";
}

HttpResponse refuse_program(const CitizenApp& app, const std::string& language, const Error& error,
                            const std::vector<FieldFault>& faults) {
  return HttpResponse::json(json_error(app, language, error, faults), http_status_of(error.code));
}

HttpResponse json_receipt(const Receipt& receipt) {
  return HttpResponse::json("{\"receipt\":" + json_quoted(receipt.code) +
                            ",\"repeated\":" + (receipt.repeated ? "true" : "false") + "}");
}

// Programs send all answers at once and get a receipt or every fault.
HttpResponse answer_program(const CitizenApp& app, const Answering& answering, bool has_id) {
  std::optional<Error> error;
  if (!has_id) error = Error{ErrorCode::missing_field, "send your own id", field::kSubmission, {}};
  if (!answering.consented) error = Error{ErrorCode::consent_missing, "consent is missing", field::kConsent, {}};
  if (!answering.read.faults.empty()) error = Error{ErrorCode::answers_invalid, "see faults", "", {}};
  if (!error) {
    auto sealed = app.submit.seal(answering.campaign().id, submission_of(answering));
    if (sealed) {
      HttpResponse receipt = json_receipt({sealed->receipt, false});
      return when_stored(answering.campaign().id, std::move(*sealed), std::move(receipt), false,
                         [app, language = answering.language](const Request&, const Result<Receipt>& result) {
                           return result ? json_receipt(*result) : refuse_program(app, language, result.error(), {});
                         });
    }
    error = sealed.error();
  }
  return refuse_program(app, answering.language, *error, answering.read.faults);
}

}  // namespace

Result<HttpResponse> show_answer_form(const CitizenApp& app, const Request& request) {
  const auto entry = as_asked(TRY(app.book.find(request.params.at(0))), request);
  const std::string language = language_for(*entry, request.language);
  if (const auto open = takes_answers(app, entry->campaign); !open) {
    const bool closed = open.error().code == ErrorCode::campaign_closed;
    return notice_page(app.design, language,
                       app.design.locales.text(language, closed ? "start.closed_title" : "start.not_open_title"),
                       {entry->campaign.title.in(language),
                        app.design.locales.text(language, closed ? "start.closed" : "start.not_open",
                                         {{"opens", shown_date(entry->campaign.opens_on)}, {"closes", shown_date(entry->campaign.closes_on)}})},
                       http_status_of(open.error().code));
  }
  HttpResponse response = HttpResponse::from_prepared(app.published.start_page(entry, language), "text/html; charset=utf-8");
  response.style_hashes.push_back(app.design.assets.citizen_style_hash());
  response.cache_control = "no-cache";
  return response;
}

Result<HttpResponse> take_answer_form(const CitizenApp& app, const Request& request) {
  const auto entry = TRY(app.book.find(request.params.at(0)));
  const FormData form = TRY(answer_form(request));
  Answering answering = continue_answering(entry, request.language, form);
  if (request.content_type == "application/json") return answer_program(app, answering, form.has(field::kSubmission));
  if (answering.step == "refuse") {
    return notice_page(app.design, answering.language, app.design.locales.text(answering.language, "refused.title"),
                       {app.design.locales.text(answering.language, "refused.text")});
  }
  return take_step(app, request, answering, form.has(field::kSubmission));
}

HttpResponse take_step(const CitizenApp& app, const Request& request, Answering& answering, bool has_id) {
  const Design& design = app.design;
  if (answering.step != "send") {
    if (const auto open = takes_answers(app, answering.campaign()); !open) {
      return check_page(design, answering, {open.error(), false, {}});
    }
  }
  if (answering.step == "switch") return draw(design, answering, answering.at);
  if (answering.step == "back") return draw(design, answering, answering.previous_screen(answering.at));
  // A wrong slip found at sending is mended on the check page; everything else at the entrance.
  auto entrance = faults_at_entrance(app, answering);
  if (answering.step == "send") {
    std::erase_if(entrance, [&](const FormFault& fault) { return fault.field == field::kSlip; });
  }
  if (!entrance.empty()) return start_page(design, answering, entrance);
  if (answering.step.starts_with("section-")) {
    for (std::size_t screen = 1; screen <= answering.section_count(); ++screen) {
      if (answering.step != "section-" + std::to_string(screen) || !answering.is_section_asked(screen)) continue;
      answering.to_check = true;
      return section_page(design, answering, {screen});
    }
  }
  if (answering.step == "send" && has_id) return send_step(app, request, answering);
  if (answering.step == "check" || answering.step == "send") answering.at = answering.check_screen();
  return next_step(app, answering);
}

}  // namespace khaosat
