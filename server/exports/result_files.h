// A published index run as a file for people's programs. Takes what may be published only. Thread safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/disclosure/published_run.h"
#include "base/open_file.h"
#include "base/result.h"

namespace khaosat::exports {

// csv: one row per unit and node, with a byte order mark, without which Excel reads Vietnamese as
// another alphabet; our own readers, R and LibreOffice take it away. xlsx: the same rows with words for
// people, the tree, the cells kept back, and what the figures rest on. json: everything, for programs.
enum class ResultFormat { csv, xlsx, json };
std::optional<ResultFormat> result_format_named(std::string_view name);
std::string_view name_of(ResultFormat format);
std::string_view media_type_of(ResultFormat format);

// The sentence of a key in the reader's language, for the words of the workbook ("export.…").
using Say = std::function<std::string(std::string_view key)>;

// A file without a name, written unit by unit. out_of_space, file_unwritable.
Result<std::shared_ptr<const OpenFile>> result_file(const disclosure::PublishedRun& run, ResultFormat format,
                                std::string_view language, const Say& say);

}  // namespace khaosat::exports
