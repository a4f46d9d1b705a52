// Facts in words for pages, and faults of a form at their fields.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/awards/fact_kind.h"
#include "server/pages/staff_fields.h"
#include "server/services/facts/register_entry.h"

namespace khaosat {

// "khá", "8,5/10", "hạng 3/14 (Tịnh Biên)", "đã xác minh là đúng · nghiêm trọng": what an entry says.
std::string words_of_cells(const App& app, const Request& request, const awards::FactKind* kind, const RegisterEntry& entry);
// "chính thức, UBND huyện Hớn Quản, 15/QĐ-UBND, 10/02/2023"
std::string source_of_cells(const App& app, const Request& request, const RegisterEntry& entry);
// What a detail's value is called: staff.fact.<detail>_<value>, or the value.
std::string detail_word(const App& app, const Request& request, const std::string& detail, const std::string& value);

// A number of a cell with its comma; anything else as it stands.
std::string shown_cell(const std::string& cell);

// Each fault at the field its "column X" names, in the language of the page.
std::vector<FieldWrong> wrong_fields(const App& app, const Request& request, const Faults& faults);

// Units that an official may choose: those about which something is recorded first, then the others.
std::vector<FieldChoice> unit_choices(const App& app, const std::vector<awards::Subject>& subjects, const std::vector<RegisterEntry>& entries);
// "Nguyễn Văn An (Văn phòng, Xã Thanh An)"
std::string subject_label(const std::vector<awards::Subject>& subjects, const awards::Subject& subject);
const awards::Subject* subject_with(const std::vector<awards::Subject>& subjects, std::string_view key_or_code);
// The unit it belongs to; itself for a unit; null when unknown.
const awards::Subject* unit_above(const std::vector<awards::Subject>& subjects, const awards::Subject& subject);
// True for the unit itself and for what belongs to it.
bool lies_in(const std::vector<awards::Subject>& subjects, const awards::Subject& subject, std::string_view unit);

// "năm 2023" · "tháng 4 năm 2023" · "12/04/2023" · "từ 05/01/2023 đến 30/11/2023"; other text unchanged.
std::string shown_period(const App& app, const Request& request, std::string_view period);
// The period of an entry, if it can be read.
std::optional<awards::Period> period_of(const RegisterEntry& entry);
// Whether it is about that year.
bool touches_year(const RegisterEntry& entry, int year);
// What the address says, or the newest year that entries are about.
int wanted_year(const App& app, const Request& request, const std::vector<RegisterEntry>& entries);
std::string wanted_unit(const Request& request, const std::vector<FieldChoice>& units, const std::vector<awards::Subject>& subjects,
                        const std::vector<RegisterEntry>& entries, int year);

// Notes in the journal that a list of these persons (keys of subjects) was shown.
Result<void> note_people(const App& app, const Request& request, const std::set<std::string>& persons, const std::string& purpose);

}  // namespace khaosat
