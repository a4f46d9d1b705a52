// The screens of a citizen answering. Each takes the step as it stands and draws it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/http/response.h"
#include "server/pages/answering.h"
#include "server/pages/design.h"

namespace khaosat {

// Before the first question: what this is, what is promised, consent. Carries all sections, inert,
// for the module that pages on the device.
HttpResponse start_page(const Design& design, const Answering& answering, const std::vector<FormFault>& faults);

struct SectionShown {
  std::size_t screen = 1;      // from 1
  bool with_faults = false;    // show what is wrong in it
  bool more_questions = false; // shown again because an answer opened further questions
};
HttpResponse section_page(const Design& design, const Answering& answering, const SectionShown& shown);

struct CheckShown {
  std::optional<Error> refusal;     // what stood in the way of sending
  bool can_send = true;             // false once the campaign takes no answers
  std::vector<FormFault> faults;    // fields the form does not have
};
HttpResponse check_page(const Design& design, const Answering& answering, const CheckShown& shown);

HttpResponse receipt_page(const Design& design, const Answering& answering, const std::string& code);

}  // namespace khaosat
