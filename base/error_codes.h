// THE LIST of errors. A line per error: name, HTTP status, exit code of the command line.
// Names are stable: scripts, logs and web/locales/*.json ("error.<name>") rely on them. Add at the
// end of a group; never reuse a name for another meaning.
#pragma once

#include <string_view>

// Exit codes: 0 done · 1 internal · 2 wrong usage · 3 refused input · 4 not allowed now · 5 not found
//             6 storage or system trouble
#define KHAOSAT_ERRORS(X)                                                                    \
  /* trouble of our own */                                                                   \
  X(internal, 500, 1)                                                                        \
  X(storage_failed, 503, 6)                                                                  \
  X(storage_full, 503, 6)                                                                    \
  X(storage_busy, 503, 6)                                                                    \
  X(schema_newer, 500, 6)                                                                    \
  X(data_in_use, 409, 6)                                                                     \
  X(port_in_use, 500, 6)                                                                     \
  X(file_unreadable, 500, 6)                                                                 \
  X(file_unwritable, 500, 6)                                                                 \
  X(out_of_space, 507, 6)                                                                    \
  X(backup_damaged, 500, 6)                                                                  \
  X(server_busy, 503, 6)                                                                     \
  /* usage and configuration */                                                              \
  X(usage, 400, 2)                                                                           \
  X(config_unknown_key, 400, 2)                                                              \
  X(config_bad_value, 400, 2)                                                                \
  /* what strangers send */                                                                  \
  X(bad_request, 400, 3)                                                                     \
  X(not_utf8, 400, 3)                                                                        \
  X(media_type_unsupported, 415, 3)                                                          \
  X(request_timeout, 408, 3)                                                                 \
  X(too_long, 422, 3)                                                                        \
  X(too_large, 413, 3)                                                                       \
  X(too_deep, 422, 3)                                                                        \
  X(duplicate_key, 422, 3)                                                                   \
  X(bad_json, 422, 3)                                                                        \
  X(bad_csv, 422, 3)                                                                         \
  X(bad_spreadsheet, 422, 3)                                                                 \
  X(missing_field, 422, 3)                                                                   \
  X(wrong_type, 422, 3)                                                                      \
  X(out_of_range, 422, 3)                                                                    \
  X(unknown_option, 422, 3)                                                                  \
  X(unknown_field, 422, 3)                                                                   \
  X(exclusive_option, 422, 3)                                                                \
  X(too_many_choices, 422, 3)                                                                \
  X(ranks_invalid, 422, 3)                                                                   \
  X(constraint_broken, 422, 3)                                                               \
  X(answer_required, 422, 3)                                                                 \
  X(consent_missing, 422, 3)                                                                 \
  X(answers_invalid, 422, 3)                                                                 \
  /* slips, submissions, campaigns */                                                        \
  X(slip_refused, 403, 4)                                                                    \
  X(submission_conflict, 409, 4)                                                             \
  X(campaign_not_open, 403, 4)                                                               \
  X(campaign_closed, 410, 4)                                                                 \
  X(campaign_not_closed, 403, 4)                                                             \
  X(campaign_wrong_state, 409, 4)                                                            \
  X(unit_not_valid, 422, 3)                                                                  \
  X(too_few_answers, 403, 4)                                                                 \
  X(serial_wrong, 422, 3)                                                                    \
  X(form_accounted, 409, 4)                                                                  \
  X(same_clerk, 403, 4)                                                                      \
  X(too_many_forms, 422, 3)                                                                  \
  /* people */                                                                               \
  X(sign_in_required, 401, 4)                                                                \
  X(sign_in_failed, 403, 4)                                                                  \
  X(sign_in_throttled, 429, 4)                                                               \
  X(not_allowed, 403, 4)                                                                     \
  X(csrf_refused, 403, 4)                                                                    \
  X(tls_required, 403, 4)                                                                    \
  X(setup_link_refused, 403, 4)                                                              \
  X(password_too_weak, 422, 3)                                                               \
  X(kiosk_code_refused, 403, 4)                                                              \
  X(kiosk_staff_browser, 403, 4)                                                             \
  X(kiosk_not_enrolled, 403, 4)                                                              \
  X(kiosk_session_over, 410, 4)                                                              \
  X(kiosk_pin_refused, 403, 4)                                                               \
  X(kiosk_pin_throttled, 429, 4)                                                             \
  X(kiosk_not_for_staff, 403, 4)                                                             \
  X(kiosk_unequal_effort, 409, 4)                                                            \
  X(interviewer_code_refused, 403, 4)                                                        \
  X(interviewer_not_enrolled, 403, 4)                                                        \
  X(assignment_not_yours, 403, 4)                                                            \
  X(assignment_settled, 409, 4)                                                              \
  X(already_exists, 409, 4)                                                                  \
  X(not_found, 404, 5)                                                                       \
  X(method_not_allowed, 405, 3)                                                              \
  /* definitions */                                                                          \
  X(definition_invalid, 422, 3)                                                              \
  X(definition_unknown, 404, 5)                                                              \
  X(definition_in_use, 409, 4)                                                               \
  X(definition_changed, 409, 4)                                                              \
  /* statistics */                                                                           \
  X(weight_invalid, 422, 3)                                                                  \
  X(psu_in_two_strata, 422, 3)                                                               \
  X(lonely_psu, 422, 3)                                                                      \
  X(no_valid_answers, 422, 3)                                                                \
  X(anchor_degenerate, 422, 3)                                                               \
  X(weights_sum_to_zero, 422, 3)                                                             \
  X(not_converged, 422, 3)                                                                   \
  X(not_comparable, 422, 3)                                                                  \
  X(design_invalid, 422, 3)                                                                  \
  /* scorecards */                                                                           \
  X(scorecard_wrong_state, 409, 4)                                                           \
  X(scorecard_closed, 410, 4)                                                                \
  X(scorecard_too_early, 403, 4)                                                             \
  X(scorecard_too_late, 403, 4)                                                              \
  X(scorecard_not_yours, 403, 4)                                                             \
  X(scorecard_own_work, 403, 4)                                                              \
  X(scorecard_unassigned, 422, 3)                                                            \
  X(scorecard_computed, 422, 3)                                                              \
  X(scorecard_reason_missing, 422, 3)                                                        \
  X(scorecard_evidence_missing, 422, 3)                                                      \
  X(scorecard_unfinished, 409, 4)                                                            \
  /* awards */                                                                               \
  X(fact_invalid, 422, 3)                                                                    \
  X(grade_not_on_ladder, 422, 3)                                                             \
  X(reading_unknown, 422, 3)                                                                 \
  X(fact_unknown, 422, 3)                                                                    \
  X(points_above_maximum, 422, 3)                                                            \
  X(jury_wrong_state, 409, 4)                                                                \
  X(jury_conflict, 403, 4)                                                                   \
  X(grounds_missing, 422, 3)                                                                 \
  X(reply_time_running, 403, 4)                                                              \
  X(rewarded_twice, 409, 4)                                                                  \
  X(quota_exceeded, 409, 4)                                                                  \
  X(rank_without_population, 422, 3)                                                         \
  X(two_heads, 422, 3)                                                                       \
  X(fact_after_decision, 422, 3)                                                             \
  X(fact_superseded, 409, 4)                                                                 \
  X(evidence_refused, 422, 3)                                                                \
  X(second_account_needed, 403, 4)                                                           \
  X(content_removed, 410, 4)

namespace khaosat {

enum class ErrorCode {
#define KHAOSAT_ERROR_NAME(name, http_status, exit_code) name,
  KHAOSAT_ERRORS(KHAOSAT_ERROR_NAME)
#undef KHAOSAT_ERROR_NAME
};

std::string_view name_of(ErrorCode code);
int http_status_of(ErrorCode code);
int exit_code_of(ErrorCode code);

}  // namespace khaosat
