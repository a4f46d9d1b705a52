#include "server/services/exports/make_microdata.h"

#include <algorithm>
#include <map>
#include <set>

#include "analysis/disclosure/trait_guard.h"
#include "analysis/index/survey_items.h"
#include "base/bytes.h"
#include "server/catalog/questionnaire_facts.h"
#include "server/exports/codebook.h"
#include "server/exports/ddi.h"
#include "server/exports/output_file.h"
#include "server/exports/r_script.h"
#include "server/exports/row_files.h"
#include "server/services/campaign_design.h"
#include "server/services/exports/file_digest.h"
#include "server/services/exports/shuffled_spool.h"
#include "server/survey/packed.h"

namespace khaosat {

namespace {

using disclosure::TraitGuard;
using exports::Cell;
using exports::Codebook;

// New numbers for labels, in an order that only the seed knows.
template <typename Label>
std::map<Label, double> recoded(const std::map<Label, double>& labels, const std::string& seed, std::string_view what) {
  std::vector<std::pair<Digest, Label>> order;
  std::size_t number = 0;
  for (const auto& [label, ignored] : labels) {
    order.emplace_back(hmac_sha256(seed, std::string(what) + std::to_string(number++)), label);
  }
  std::sort(order.begin(), order.end());
  std::map<Label, double> codes;
  for (const auto& [digest, label] : order) codes.emplace(label, static_cast<double>(codes.size() + 1));
  return codes;
}

// One cell of the sample as it stands in the files.
struct Place {
  std::string unit;
  std::string stratum;
  std::string psu;
  std::uint64_t records = 0;
  bool mixed = false;  // of several versions, and what only some of them asked is withheld
  std::vector<Cell> design;
};

class Maker {
 public:
  Maker(const CampaignEntry& entry, const MicrodataRequest& request, const std::string& folder, const std::string& seed)
      : entry_(entry),
        questionnaire_(entry.whole()),
        request_(request),
        folder_(folder),
        seed_(seed),
        rated_units_(entry.campaign.audience == Audience::rater ? entry.campaign.units : RatedUnits()),
        minimum_(static_cast<std::uint64_t>(std::max(5, entry.campaign.minimum_cell))),
        guard_(minimum_) {}

  Result<MicrodataReport> make(const index::IndexModel* model, const index::IndexRun* run) {
    for (const auto& id : request_.traits) {
      const auto position = questionnaire_.position_of(id);
      if (!position || !exports::is_trait(questionnaire_, *position) || !entry_.form->is_asked_in_all(*position)) {
        return fail(ErrorCode::unknown_option, "the questionnaire has no such trait", id);
      }
      if (std::find(traits_.begin(), traits_.end(), *position) == traits_.end()) traits_.push_back(*position);
    }
    TRY_VOID(find_small_groups());
    TRY_VOID(count_places());
    TRY_VOID(guard_traits());
    book_ = exports::make_codebook(entry_.campaign, questionnaire_, kept_positions(), rated_units_);
    book_.questionnaire = entry_.campaign.questionnaire;
    describe_versions();
    describe_traits();
    TRY_VOID(write_rows());
    TRY_VOID(write_text("codebook.xml", exports::ddi_codebook(book_, report_.records, request_.made_on)));
    if (model && run) {
      const auto facts = questionnaire_facts(questionnaire_);
      TRY_VOID(write_text("rebuild.R", exports::r_script(book_, questionnaire_, *model, *run, index::survey_items(*model, run->year, &facts))));
    }
    std::string sums;
    for (const auto& file : report_.files) sums += file.sha256 + "  " + file.name + "\n";
    TRY_VOID(write_text("SHA256SUMS", sums));
    return report_;
  }

 private:
  // Errors of what is done with a row end the reading's result, as the store knows no errors of ours.
  Result<void> each_answer(const std::function<Result<void>(std::uint32_t, const std::string& packed)>& visit) {
    std::optional<Error> trouble;
    TRY_VOID(entry_.answers->each_response([&](const Response& response) {
      if (trouble) return;
      auto packed = entry_.form->repacked(response.questionnaire_version, response.packed);
      if (!packed) {
        trouble = packed.error();
        return;
      }
      const auto done = visit(place_of(response), *packed);
      if (!done) trouble = done.error();
    }));
    if (trouble) return fail(*trouble);
    return {};
  }

  // Which questions a person was not asked tells which version they answered, so in each place those of
  // one version stand for themselves; where they are too few, nobody there shows what tells them apart.
  Result<void> find_small_groups() {
    if (entry_.form->has_one()) return {};
    std::map<std::array<std::string, 3>, std::map<std::string, std::uint64_t>> groups;
    TRY_VOID(entry_.answers->each_response([&](const Response& response) {
      ++groups[name_of_place(response.cell)][asked_in(response.questionnaire_version)];
    }));
    for (const auto& [place, sizes] : groups) {
      const bool small = std::any_of(sizes.begin(), sizes.end(), [&](const auto& group) { return group.second < minimum_; });
      if (small && sizes.size() > 1) mixed_.insert(place);
    }
    return {};
  }

  static std::array<std::string, 3> name_of_place(const khaosat::Cell& cell) { return {cell.unit, cell.stratum, cell.psu}; }

  // A letter for each question: whether the version asks it.
  const std::string& asked_in(int version) {
    auto& asked = asked_in_[version];
    if (asked.empty()) {
      for (std::size_t at = 0; at < questionnaire_.questions.size(); ++at) asked += entry_.form->is_asked_in(at, version) ? 'a' : 'n';
    }
    return asked;
  }

  std::uint32_t place_of(const Response& response) {
    const auto name = name_of_place(response.cell);
    const bool mixed = mixed_.contains(name);
    const std::string group = mixed || entry_.form->has_one() ? std::string() : asked_in(response.questionnaire_version);
    const auto [at, fresh] = place_numbers_.try_emplace({name, group}, static_cast<std::uint32_t>(places_.size()));
    if (fresh) places_.push_back({name[0], name[1], name[2], 0, mixed, {}});
    return at->second;
  }

  Result<void> count_places() {
    TRY_VOID(each_answer([&](std::uint32_t place, const std::string&) -> Result<void> {
      ++places_[place].records;
      ++report_.records;
      return {};
    }));
    if (report_.records == 0) return fail(ErrorCode::too_few_answers, "there are no answers to export");
    std::map<CellKey, double> respondents;
    std::map<std::string, double> units;
    std::map<std::string, double> strata;
    std::map<CellKey, double> clusters;
    for (const auto& place : places_) {
      if (place.records < minimum_) return fail(ErrorCode::too_few_answers, "a place has too few answers for microdata");
      respondents[{place.stratum, place.psu}] += static_cast<double>(place.records);
      units[place.unit] = strata[place.stratum] = clusters[{place.stratum, place.psu}] = 0;
    }
    const bool drawn = entry_.campaign.sample == SampleKind::drawn;
    const auto weights = cell_weights(entry_.campaign, respondents);
    const auto unit_codes = recoded(units, seed_, "unit");
    const auto stratum_codes = recoded(strata, seed_, "stratum");
    const auto cluster_codes = recoded(clusters, seed_, "cluster");
    for (auto& place : places_) {
      const CellKey key{place.stratum, place.psu};
      const Stratum* stratum = entry_.campaign.stratum(place.stratum);
      const bool known = drawn && stratum && stratum->psu_population > 0;
      place.design = {Cell::of(unit_codes.at(place.unit)), Cell::of(stratum_codes.at(place.stratum)), Cell::of(cluster_codes.at(key)),
                      Cell::of(drawn ? weights.at(key) : 1),
                      known ? Cell::of(stratum->psu_population) : Cell::without(exports::NoValue::blank)};
    }
    return {};
  }

  // A kind of no answer is a value others may know too.
  double trait_value(std::size_t position, const Answers& answers) const {
    const auto cells = exports::cells_of(questionnaire_.questions[position], answers[position], {});
    return cells[0].none ? TraitGuard::kNoAnswer - static_cast<double>(*cells[0].none) : cells[0].value;
  }

  std::vector<double> trait_values(const Answers& answers, std::size_t count) const {
    std::vector<double> values;
    for (std::size_t k = 0; k < count; ++k) values.push_back(trait_value(traits_[k], answers));
    return values;
  }

  disclosure::TraitKind kind_of(const Question& question) const {
    if (question.type->answer_kind() != AnswerKind::number) return {{0}};
    // Days tell more than anybody needs: years at the finest.
    if (question.type->name() == "date") return {{10'000, 50'000, 100'000, 200'000}};
    return {{0, 5, 10, 20, 50, 100, 1000, 10'000}};
  }

  // One reading of the answers for each trait.
  Result<void> guard_traits() {
    for (std::size_t k = 0; k < traits_.size(); ++k) {
      guard_.begin(kind_of(questionnaire_.questions[traits_[k]]));
      TRY_VOID(each_answer([&](std::uint32_t place, const std::string& packed) -> Result<void> {
        const auto answers = TRY(unpack(questionnaire_, packed));
        guard_.count(place, trait_values(answers, k + 1));
        return {};
      }));
      const auto outcome = guard_.decide();
      report_.traits.push_back({questionnaire_.questions[traits_[k]].id, outcome.kept, outcome.width, outcome.withheld});
    }
    return {};
  }

  std::vector<std::size_t> kept_positions() const {
    std::vector<std::size_t> kept;
    for (std::size_t k = 0; k < traits_.size(); ++k) {
      if (report_.traits[k].kept) kept.push_back(traits_[k]);
    }
    return kept;
  }

  void note(const std::string& vietnamese, const std::string& english) {
    LocalText text(vietnamese);
    text.set("en", english);
    book_.notes.push_back(std::move(text));
  }

  void describe_versions() {
    if (entry_.form->has_one()) return;
    std::string labels;
    for (const auto& identity : entry_.campaign.questionnaires()) labels += (labels.empty() ? "" : ", ") + identity.label() + " (" + identity.hash + ")";
    note("Đợt khảo sát dùng các phiên bản: " + labels + ". Tệp không nói ai trả lời phiên bản nào.",
         "The campaign used the versions " + labels + ". The file does not say who answered which.");
    for (std::size_t at = 0; at < questionnaire_.questions.size(); ++at) {
      std::string with;
      for (const auto& version : entry_.form->versions()) {
        const int number = version->identity.version;
        if (entry_.form->is_asked_in(at, number)) with += (with.empty() ? "" : ", ") + std::to_string(number);
      }
      if (entry_.form->is_asked_in_all(at)) continue;
      const std::string& id = questionnaire_.questions[at].id;
      note("Câu " + id + " chỉ có ở phiên bản " + with + "; người trả lời phiên bản khác: không hỏi.",
           "Question " + id + " stands in version " + with + " only; who answered another one was not asked.");
    }
    if (!mixed_.empty()) {
      note("Ở " + std::to_string(mixed_.size()) + " địa bàn có quá ít người trả lời một phiên bản: câu chỉ có ở một số phiên bản được giữ lại.",
           "In " + std::to_string(mixed_.size()) + " places too few answered one of the versions: what only some versions asked is withheld there.");
    }
  }

  void describe_traits() {
    if (book_.demo) note("Dữ liệu dựng lên để dùng thử, không phải của ai.", "Made-up data for trying the program out.");
    if (!book_.drawn) note("Không phải mẫu xác suất: quyền số bằng 1, không suy ra cho dân số.", "No probability sample: weights are 1 and nothing follows for a population.");
    note("Mã đơn vị, lớp và địa bàn được đánh lại ngẫu nhiên; thứ tự dòng ngẫu nhiên. Ai so với kết quả đã công bố vẫn nhận ra được địa bàn, "
         "nên đặc điểm của người trả lời được giữ như khi địa bàn đã biết. Không tìm cách nhận ra người hay nơi.",
         "Units, strata and clusters are recoded at random and rows are in random order. Whoever compares with published results can still tell "
         "the places, so traits are kept as if places were known. Do not try to recognise people or places.");
    note("Câu trả lời bằng chữ không có trong tệp.", "Answers in words are not in the file.");
    for (const auto& trait : report_.traits) {
      if (!trait.kept) {
        note("Đặc điểm " + trait.question + " không đưa vào: sẽ làm lộ người trả lời.", "Trait " + trait.question + " is left out: it would point at people.");
        continue;
      }
      for (auto& variable : book_.variables) {
        if (variable.question_id != trait.question || trait.width <= 0) continue;
        variable.decimals = 0;
        LocalText label;
        for (const auto& [language, words] : variable.label.all()) {
          label.set(language, words + (language == "vi" ? " (số đầu của khoảng rộng " : " (lower end of bands of ") + std::to_string(static_cast<long>(trait.width)) + ")");
        }
        variable.label = label;
      }
      if (trait.withheld > 0) {
        note("Đặc điểm " + trait.question + ": " + std::to_string(trait.withheld) + " người được giữ lại giá trị.",
             "Trait " + trait.question + ": withheld for " + std::to_string(trait.withheld) + " records.");
      }
    }
  }

  Result<void> write_rows() {
    auto spool = TRY(ShuffledSpool::create(folder_, seed_, report_.records));
    TRY_VOID(each_answer([&](std::uint32_t place, const std::string& packed) { return spool.add(place, packed); }));
    std::vector<std::pair<std::string, std::unique_ptr<exports::RowFile>>> files;
    const auto path = [&](const char* name) { return folder_ + "/" + name; };
    files.emplace_back("microdata.csv", TRY(exports::csv_rows(path("microdata.csv"), book_)));
    files.emplace_back("microdata.sav", TRY(exports::sav_rows(path("microdata.sav"), book_, report_.records, request_.language)));
    files.emplace_back("microdata.dta", TRY(exports::dta_rows(path("microdata.dta"), book_, report_.records, request_.language)));
    files.emplace_back("microdata.json", TRY(exports::json_rows(path("microdata.json"), book_)));
    std::map<std::uint64_t, std::uint64_t> groups;
    const auto write = [&](const ShuffledSpool::Entry& entry) -> Result<void> {
      const auto answers = TRY(unpack(questionnaire_, entry.bytes));
      const auto row = cells_of_row(entry.tag, answers, groups);
      for (auto& [name, file] : files) TRY_VOID(file->row(row));
      return {};
    };
    TRY_VOID(spool.each(write));
    report_.smallest_group = report_.records;
    for (const auto& [group, records] : groups) report_.smallest_group = std::min(report_.smallest_group, records);
    // By construction this cannot be; if it is, nothing leaves.
    if (report_.smallest_group < minimum_) return fail(ErrorCode::internal, "the protection of traits does not hold");
    for (auto& [name, file] : files) {
      TRY_VOID(file->finish());
      file.reset();
      TRY_VOID(remember(name));
    }
    return {};
  }

  std::vector<Cell> cells_of_row(std::uint32_t place, const Answers& answers, std::map<std::uint64_t, std::uint64_t>& groups) {
    std::vector<Cell> row = places_[place].design;
    const auto values = trait_values(answers, traits_.size());
    std::vector<std::optional<double>> shown(traits_.size());
    guard_.show(place, values, shown);
    ++groups[guard_.group_of(place, values)];
    for (std::size_t position = 0; position < questionnaire_.questions.size(); ++position) {
      const Question& question = questionnaire_.questions[position];
      const auto trait = std::find(traits_.begin(), traits_.end(), position);
      if (trait == traits_.end()) {
        if (exports::is_trait(questionnaire_, position)) continue;  // not asked for
        auto cells = exports::cells_of(question, answers[position], rated_units_);
        if (places_[place].mixed && !entry_.form->is_asked_in_all(position)) {
          std::fill(cells.begin(), cells.end(), Cell::without(exports::NoValue::withheld));
        }
        row.insert(row.end(), cells.begin(), cells.end());
        continue;
      }
      const auto k = static_cast<std::size_t>(trait - traits_.begin());
      if (!report_.traits[k].kept) continue;
      if (!shown[k]) {
        row.push_back(Cell::without(exports::NoValue::withheld));
      } else if (*shown[k] <= TraitGuard::kNoAnswer) {
        row.push_back(exports::cells_of(question, answers[position], {})[0]);
      } else {
        row.push_back(Cell::of(*shown[k]));
      }
    }
    return row;
  }

  Result<void> write_text(const std::string& name, const std::string& text) {
    auto file = TRY(exports::OutputFile::create(folder_ + "/" + name));
    file.write(text);
    TRY_VOID(file.finish());
    return remember(name);
  }

  Result<void> remember(const std::string& name) {
    const auto file = TRY(OpenFile::open(folder_ + "/" + name));
    report_.files.push_back(TRY(digest_of_file(*file, name)));
    return {};
  }

  const CampaignEntry& entry_;
  const Questionnaire& questionnaire_;
  const MicrodataRequest& request_;
  const std::string& folder_;
  const std::string& seed_;
  const RatedUnits rated_units_;
  const std::uint64_t minimum_;
  TraitGuard guard_;
  std::vector<std::size_t> traits_;
  std::set<std::array<std::string, 3>> mixed_;  // places where too few answered one of the versions
  std::map<int, std::string> asked_in_;
  std::map<std::pair<std::array<std::string, 3>, std::string>, std::uint32_t> place_numbers_;
  std::vector<Place> places_;
  Codebook book_;
  MicrodataReport report_;
};

}  // namespace

Result<void> check_may_leave(const Campaign& campaign) {
  if (campaign.audience != Audience::citizen) {
    return fail(ErrorCode::not_allowed, "answers of staff and raters never leave one by one: so few people are easily recognised", campaign.id);
  }
  if (campaign.state != CampaignState::closed) {
    return fail(ErrorCode::campaign_not_closed, "microdata are made after the campaign has closed", campaign.id);
  }
  return {};
}

std::vector<std::string> traits_of(const CampaignForm& form) {
  const Questionnaire& questionnaire = *form.whole();
  std::vector<std::string> ids;
  for (std::size_t position = 0; position < questionnaire.questions.size(); ++position) {
    if (exports::is_trait(questionnaire, position) && form.is_asked_in_all(position)) ids.push_back(questionnaire.questions[position].id);
  }
  return ids;
}

Result<MicrodataReport> make_microdata(const CampaignEntry& entry, const MicrodataRequest& request, const std::string& folder,
                                       const std::string& seed, const index::IndexModel* model, const index::IndexRun* run) {
  TRY_VOID(check_may_leave(entry.campaign));
  return Maker(entry, request, folder, seed).make(model, run);
}

}  // namespace khaosat
