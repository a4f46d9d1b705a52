// A paper as an Office Open XML document, which Word, LibreOffice and WPS open (docs/decisions/papers.md).
#pragma once

#include <string>

#include "base/result.h"
#include "server/exports/office_paper.h"

namespace khaosat::exports {

inline constexpr const char* kDocxMediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

// The same bytes for the same paper. A4, margins 20 mm above and below, 30 mm left, 15 mm right; Times New
// Roman 14; page numbers from the second page on; heads of tables repeat. out_of_space when memory runs out.
Result<std::string> docx_file(const OfficePaper& paper);

}  // namespace khaosat::exports
