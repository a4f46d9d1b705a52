#include "server/services/columns/column_file_of.h"

#include "base/log.h"
#include "server/services/columns/column_builder.h"

namespace khaosat {

namespace {

// Another way to make columns of the same answers needs another number here.
constexpr std::string_view kMadeBy = "khaosat/columns/1";

Result<Digest> source_of(const CampaignEntry& entry) {
  std::string text(kMadeBy);
  text += view_of(TRY(entry.answers->fingerprint()));
  // The hash of the whole names every version.
  text += entry.whole().identity.label() + "\n" + entry.whole().identity.hash;
  return sha256(text);
}

Result<columns::ColumnFile> kept_file(const CampaignEntry& entry, const Digest& source) {
  auto bytes = TRY(entry.answers->columns());
  auto file = TRY(columns::ColumnFile::open(std::move(bytes)));
  if (file.layout().source != source) return fail(ErrorCode::not_found, "the column file is of other answers");
  TRY_VOID(file.verify());
  return file;
}

}  // namespace

Result<columns::ColumnFile> column_file_of(const CampaignEntry& entry) {
  const Digest source = TRY(source_of(entry));
  if (auto kept = kept_file(entry, source)) return std::move(*kept);

  ColumnBuilder builder(entry.whole());
  std::optional<Error> trouble;
  bool any = false;
  TRY_VOID(each_answer(entry, [&](const Cell& cell, std::string_view packed) {
    any = true;
    if (trouble) return;
    if (const auto added = builder.add(cell, packed); !added) trouble = added.error();
  }));
  if (trouble) return fail(*trouble);
  if (!any) return fail(ErrorCode::too_few_answers, "the campaign has no answers to compute from");
  std::string made = TRY(builder.finish(source));
  auto bytes = std::make_shared<MemoryBytes>(std::move(made));
  const Bytes all = *bytes->in_memory();
  const auto kept = entry.answers->keep_columns({reinterpret_cast<const char*>(all.data()), all.size()});
  if (!kept && kept.error().code != ErrorCode::not_allowed)
    log(LogLevel::warning, "columns.not_kept", {{"campaign", entry.campaign.id}, {"error", kept.error().message}});
  return columns::ColumnFile::open(std::move(bytes));
}

std::optional<std::vector<columns::ScoredColumn>> scored_columns(const columns::ColumnFile& file,
                                                                 const std::vector<index::SurveyItem>& items) {
  std::vector<columns::ScoredColumn> scored;
  for (const auto& item : items) {
    columns::ScoredColumn one;
    one.item = item.key;
    const auto& list = file.layout().columns;
    while (one.column < list.size() && list[one.column].question != item.question) ++one.column;
    if (one.column == list.size()) return std::nullopt;
    for (const auto& answer : list[one.column].answers) {
      const std::vector<std::string_view> chosen(answer.options.begin(), answer.options.end());
      const auto score = list[one.column].number ? index::answer_from_number(item, answer.number)
                                                 : index::answer_from_options(item, chosen);
      // Counted all the same; only somebody's giving this answer is refused.
      one.answers.push_back(score ? std::optional<sums::Answer>(*score) : std::nullopt);
    }
    for (std::size_t kind = 0; kind < sums::kAbsenceKinds; ++kind)
      one.absences.push_back(index::answer_from_absence(item, static_cast<sums::Absence>(kind)));
    scored.push_back(std::move(one));
  }
  return scored;
}

}  // namespace khaosat
