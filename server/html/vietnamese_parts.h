// Marks Vietnamese text in a page written in another language, so that a screen reader changes its voice:
// names, titles of definitions without a translation, what people typed.
#pragma once

#include <string>

namespace khaosat {

// Text between tags, from its first word with a letter that only Vietnamese has to its last, goes into
// <span lang="vi">. Titles, fields, options, styles and scripts are left alone, as they may hold no
// element; an option gets the mark itself. For pages in English: other languages share those letters.
std::string with_vietnamese_marked(const std::string& html);

}  // namespace khaosat
