// A questionnaire as pages of paper: each question by the print template of its type
// (web/templates/paper/<type>). Options stand below one another in the order of every device.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/pages/design.h"
#include "server/pages/paper/paper_words.h"
#include "server/survey/campaign.h"

namespace khaosat {

struct PaperSetting {
  Design design;
  const Questionnaire& questionnaire;
  const Campaign* campaign = nullptr;  // null: a specimen, without promise, slip or place
  std::string language;
  AnsweringContext context;
};

PaperHead paper_head(const PaperSetting& setting);

// One question, as it stands on its page.
std::string paper_item_html(const PaperSetting& setting, const PaperWords& words, const PaperItem& item);

struct PrintedForm {
  std::string serial;  // empty: a specimen
  std::string qr_text;
};

// The document that a browser prints. `page_starts` as the batch keeps them, or the plan's own.
// too_long: a QR code that cannot hold its text.
Result<std::string> paper_document(const PaperSetting& setting, const PaperPlan& plan, const std::vector<std::size_t>& page_starts,
                                   const std::vector<PrintedForm>& forms, const std::string& place,
                                   const std::string& back, const std::string& back_title);

}  // namespace khaosat
