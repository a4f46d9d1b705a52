// What a microdata file holds, as DDI-Codebook 2.5: the metadata that archives and catalogues read.
#pragma once

#include <string>

#include "server/exports/codebook.h"

namespace khaosat::exports {

// All languages of the book, Vietnamese first. `rows`: records of the file; `made_on`: "YYYY-MM-DD".
std::string ddi_codebook(const Codebook& book, std::uint64_t rows, const std::string& made_on);

}  // namespace khaosat::exports
