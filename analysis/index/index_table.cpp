#include "analysis/index/index_table.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/index/design_table.h"
#include "analysis/index/survey_items.h"
#include "analysis/index/table_rows.h"
#include "base/csv.h"
#include "base/text.h"

namespace khaosat::index {
namespace {

constexpr std::string_view kUnitsHelp =
    "Tables are CSV (UTF-8, header row; comma, semicolon or tab between cells; decimals with a dot, or with a\n"
    "comma where none separates cells) or a JSON array of flat objects with the same names.\n"
    "\n"
    "Unit table (published, assessed and administrative values): one row per unit and year.\n"
    "  unit       id of the unit; also: unit_code, commune_code, province_code\n"
    "  name       optional; also: unit_name, commune, province\n"
    "  year       four digits; may be left out when --year is given\n"
    "  others     the columns the model names (khaosat index show MODEL lists them). A number; empty\n"
    "             or \"withheld\" in a published column: its publisher keeps it back; empty elsewhere:\n"
    "             not recorded. Neither ever counts as 0. Columns the model does not name are ignored.\n"
    "\n"
    "Survey table: one row per respondent, one year (--year).\n"
    "  unit       id of the unit the answer is about\n";

constexpr std::string_view kQuestionsHelp =
    "  questions  one column per question of the model, named by its id: an option id (several\n"
    "             joined by |), a number, or ~dont_know, ~no_experience, ~declined, ~not_asked;\n"
    "             empty: left blank. Absences are kept out of denominators and reported by kind.\n"
    "Intervals are given only with --sample drawn: people drawn from a frame, not whoever came.\n";

class SurveyTable {
 public:
  SurveyTable(const IndexModel& model, const QuestionnaireFacts* questionnaire, std::string file,
              TableRows& rows, const TableOptions& options, Faults& faults)
      : file_(std::move(file)), rows_(rows), options_(options), faults_(faults),
        items_(survey_items(model, options.year.value_or(0), questionnaire)),
        known_(items_.size()), design_(file_, rows, options, faults) {}

  void read(IndexInput& input) {
    if (!rows_.good()) return;
    if (items_.empty())
      return complain("the model reads no survey questions in " +
                      std::to_string(options_.year.value_or(0)));
    if (!find_columns()) return;
    std::vector<std::string> keys;
    for (const SurveyItem& item : items_) keys.push_back(item.key);
    sums::SumsTable table(keys);
    std::vector<std::string> cells;
    while (!too_many(faults_) && rows_.next(cells)) read_row(cells, table);
    input.survey = std::move(table);
    if (design_.persons().wanted()) design_.persons().finish(items_, design_.populations(), input);
    input.design.drawn = options_.drawn;
    input.design.psu_ids_restart_in_each_stratum = options_.psu_ids_restart_in_each_stratum;
    input.design.lonely_policy = options_.lonely_policy;
    input.design.psus_in_population = design_.populations();
  }

 private:
  void complain(std::string message) {
    faults_.push_back({file_, "row 1", ErrorCode::missing_field, std::move(message)});
  }

  bool is_question(std::string_view name) const {
    return std::any_of(items_.begin(), items_.end(), [&](const SurveyItem& item) { return item.question == name; });
  }

  bool find_columns() {
    unit_ = rows_.column("unit");
    bool found = true;
    if (!unit_) {
      complain("there is no column \"unit\"");
      found = false;
    }
    found = design_.find([this](std::string_view name) { return is_question(name); }, options_.drawn) && found;
    for (const SurveyItem& item : items_) {
      const auto at = rows_.column(item.question);
      if (!at) {
        const auto near = nearest(item.question, rows_.header());
        complain("there is no column for question " + item.question +
                 (near ? "; did you mean \"" + *near + "\"?" : ""));
        found = false;
      }
      columns_.push_back(at.value_or(0));
    }
    return found;
  }

  // Nearly every cell is one of a few options: what they count is looked up once.
  std::optional<sums::Answer> answer(std::size_t item, const std::string& cell) {
    auto& known = known_[item];
    for (const auto& [text, answer] : known)
      if (text == cell) return answer;
    const auto found = answer(items_[item], cell);
    constexpr std::size_t kMostKnown = 12;
    if (found && known.size() < kMostKnown) known.emplace_back(cell, *found);
    return found;
  }

  std::optional<sums::Answer> answer(const SurveyItem& item, const std::string& cell) {
    if (cell.empty()) return answer_from_absence(item, sums::Absence::blank);
    if (cell.front() == '~') {
      const auto absence = absence_from(std::string_view(cell).substr(1));
      if (absence) return answer_from_absence(item, *absence);
      rows_.fault(ErrorCode::unknown_option, item.question,
                  "\"" + cell + "\" is no kind of absence; write ~no_experience, ~dont_know, ~declined, "
                                "~not_asked or leave the cell empty");
      return std::nullopt;
    }
    const auto number = item.number ? rows_.number(cell) : std::nullopt;
    if (number) return checked(answer_from_number(item, *number), item);
    chosen_.clear();
    for (std::string_view rest = cell; !rest.empty();) {
      const std::size_t bar = rest.find('|');
      chosen_.push_back(trim(rest.substr(0, bar)));
      rest = bar == std::string_view::npos ? std::string_view{} : rest.substr(bar + 1);
    }
    return checked(answer_from_options(item, chosen_), item);
  }

  std::optional<sums::Answer> checked(Result<sums::Answer> answer, const SurveyItem& item) {
    if (answer) return *answer;
    rows_.fault(answer.error().code, item.question, answer.error().message);
    return std::nullopt;
  }

  void read_row(const std::vector<std::string>& cells, sums::SumsTable& table) {
    sums::CellKey key{cells[*unit_], "", ""};
    bool sound = true;
    if (key.unit.empty()) {
      rows_.fault(ErrorCode::missing_field, "unit", "this cell may not be empty");
      sound = false;
    }
    const auto row_weight = design_.read(cells, key);
    answers_.clear();
    for (std::size_t k = 0; k < items_.size(); ++k) {
      const auto given = answer(k, cells[columns_[k]]);
      if (!given) {
        sound = false;
        continue;
      }
      answers_.push_back(*given);
    }
    if (!sound || !row_weight) return;
    if (design_.persons().wanted()) return design_.persons().read(cells, key, *row_weight, answers_);
    const auto added = table.add(key, *row_weight, answers_);
    if (!added) rows_.fault(added.error().code, "weight", added.error().message);
  }

  std::string file_;
  TableRows& rows_;
  const TableOptions& options_;
  Faults& faults_;
  std::vector<SurveyItem> items_;
  std::vector<std::vector<std::pair<std::string, sums::Answer>>> known_;  // by item
  std::optional<std::size_t> unit_;
  std::vector<std::size_t> columns_;
  DesignTable design_;
  std::vector<std::string_view> chosen_;
  std::vector<sums::Answer> answers_;
};

}  // namespace

std::string_view table_help() {
  static const std::string help = std::string(kUnitsHelp) + std::string(design_columns_help()) + std::string(kQuestionsHelp);
  return help;
}

void read_survey_table(const IndexModel& model, const QuestionnaireFacts* questionnaire,
                       const std::string& file, std::string_view text, const TableOptions& options,
                       IndexInput& input, Faults& faults) {
  input.year = options.year.value_or(0);
  const auto rows = open_table(file, text, faults);
  SurveyTable(model, questionnaire, file, *rows, options, faults).read(input);
}

}  // namespace khaosat::index
