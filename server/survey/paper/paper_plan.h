// A questionnaire as it stands on paper: which questions under which numbers, where an answer leads
// elsewhere, and what comes on which page. Heights are estimated on the safe side, as the program
// cannot know the printer's fonts; a browser test holds every shipped form against its pages. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/survey/question_type.h"
#include "server/survey/read_answers.h"

namespace khaosat {

// "If you chose this, go on with number 7."
struct PaperJump {
  std::variant<Absence, OptionPosition> answer;
  int to = 0;  // number; 0: to the end of the form

  bool operator==(const PaperJump&) const = default;
};

struct PaperItem {
  std::size_t question = 0;
  std::string unit;    // of a rater's units: each stands by itself
  int number = 0;      // as printed; 0 for a block of text
  bool begins_section = false;
  std::vector<PaperJump> jumps;
  // The questions up to this item share a condition that is printed here; 0: nothing to print.
  int condition_until = 0;
};

struct PaperPlan {
  std::vector<PaperItem> items;
  std::vector<std::size_t> page_starts;  // items; the first page may hold none but the head
  std::size_t page_of(std::size_t item) const;
};

// How much room the head of the first page takes: introduction, consent, boxes.
struct PaperHead {
  std::vector<std::string> paragraphs;
  bool slip_box = false;
};

PaperPlan paper_plan(const Questionnaire& questionnaire, std::string_view language, const AnsweringContext& context,
                     const PaperHead& head);

}  // namespace khaosat
