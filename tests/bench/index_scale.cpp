// From the database of a closed campaign to a finished index, cold: 40 questions, 200 communes, villages
// as clusters, drawn. The database is written directly, in the form that closing leaves.
//
//   index_scale FOLDER [RESPONDENTS [VILLAGES]]     makes FOLDER, measures, prints one JSON object, removes it
//   index_scale --make FOLDER [RESPONDENTS]         only makes it: FOLDER/data, FOLDER/defs, campaign "scale"
//
// 5,000 villages (25 a commune) are as many as a campaign takes; with more the campaign is not read from the
// registry, which is then no part of what is measured.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>

#include "analysis/columns/column_sums.h"
#include "server/catalog/catalog.h"
#include "server/services/campaign_design.h"
#include "server/services/columns/column_file_of.h"
#include "server/services/compute_index.h"
#include "server/storage/sqlite/connection.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/survey/packed.h"

using namespace khaosat;

namespace {

constexpr std::size_t kItems = 40;
constexpr std::size_t kCommunes = 200;
constexpr std::size_t kMostVillages = 5000;
constexpr const char* kCampaign = "scale";
const std::string kModel = "forty_items";

template <typename T>
T require(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "index_scale: %s (%s)\n", result.error().message.c_str(), result.error().where.c_str());
    std::exit(1);
  }
  return std::move(*result);
}
void require(const Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "index_scale: %s (%s)\n", result.error().message.c_str(), result.error().where.c_str());
  std::exit(1);
}

std::string name(const char* kind, std::size_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "%s%05zu", kind, number);
  return text;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

void write_definitions(const std::filesystem::path& defs) {
  const char* const options[] = {"one", "two", "three", "four", "five"};
  std::string choices;
  for (const char* option : options)
    choices += std::string(choices.empty() ? "" : ", ") + R"({"id": ")" + option + R"(", "text": {"vi": ")" + option + R"("}})";
  std::string questions;
  std::string nodes = R"({"id": "index", "title": {"vi": "Chỉ số"}, "aggregate": "geometric_mean", "weights": "equal"})";
  for (std::size_t k = 0; k < kItems; ++k) {
    const std::string id = name("q", k);
    questions += std::string(k == 0 ? "" : ",\n") + R"({"id": ")" + id + R"(", "type": "single_choice", "text": {"vi": "Câu"}, "options": [)" + choices + "]}";
    const std::string parent = "d" + std::to_string(k / 5);
    if (k % 5 == 0)
      nodes += ",\n{\"id\": \"" + parent + R"(", "parent": "index", "title": {"vi": "Lĩnh vực"}, "aggregate": "mean"})";
    nodes += ",\n{\"id\": \"i" + std::to_string(k) + "\", \"parent\": \"" + parent +
             R"(", "title": {"vi": "Câu"}, "scoring": {"method": "min_max", "to": [1, 10], "anchors": [{"version": 1, "lo": 1, "hi": 5, "author": "khaosat", "reason": "ends of the scale"}]}, "source": {"survey": {"question": ")" +
             id + R"(", "scores": {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}}}})";
  }
  write(defs / "questionnaires/forty_questions.json",
        R"({"schema": "khaosat/questionnaire/1", "id": "forty_questions", "version": 1, "title": {"vi": "Bốn mươi câu"}, "audience": "citizen", "languages": ["vi"], "sections": [{"id": "all", "title": {"vi": "Tất cả"}, "questions": [)" +
            questions + "]}]}");
  write(defs / ("index_models/" + kModel + ".json"),
        R"({"schema": "khaosat/index_model/1", "id": ")" + kModel +
            R"(", "version": 1, "title": {"vi": "Bốn mươi câu"}, "summary": {"vi": "Để đo tốc độ."}, "source": {"issuer": "khaosat", "note": {"vi": "Để đo tốc độ."}}, "questionnaire": {"id": "forty_questions", "version": 1}, "unit_of_scale": {"vi": "điểm"}, "scale": [1, 10], "nodes": [)" +
            nodes + "]}");
}

Catalog load(const std::filesystem::path& defs) {
  Catalog catalog = Catalog::load(defs);
  for (const Fault& fault : catalog.faults()) std::fprintf(stderr, "%s: %s\n", fault.place.c_str(), fault.message.c_str());
  if (!catalog.faults().empty()) std::exit(1);
  return catalog;
}

Campaign campaign_of(const Questionnaire& questionnaire, std::size_t villages) {
  Campaign campaign;
  campaign.id = kCampaign;
  campaign.title = LocalText("Đo tốc độ");
  campaign.office = "UBND thử";
  campaign.questionnaire = questionnaire.identity;
  campaign.state = CampaignState::closed;
  campaign.opens_on = "2025-07-01";
  campaign.closes_on = "2025-07-31";
  campaign.sample = SampleKind::drawn;
  for (std::size_t c = 0; c < kCommunes; ++c) {
    campaign.units.push_back(name("c", c));
    campaign.strata.push_back({name("c", c), "", name("c", c), 0});
  }
  std::mt19937_64 random(1);
  for (std::size_t v = 0; v < villages; ++v)
    campaign.psus.push_back({name("v", v), "", name("c", v * kCommunes / villages), static_cast<int>(100 + random() % 200), 20, ""});
  return campaign;
}

void make(const std::filesystem::path& folder, std::size_t respondents, std::size_t villages) {
  write_definitions(folder / "defs");
  const Catalog catalog = load(folder / "defs");
  const auto questionnaire = catalog.questionnaire("forty_questions");
  const Campaign campaign = campaign_of(*questionnaire, villages);
  std::mt19937_64 random(2);
  {
    const auto store = require(SqliteStore::open((folder / "data").string()));
    const auto* content = catalog.content("questionnaire", "forty_questions");
    require(store->registry().pin_definition({"questionnaire", content->identity, content->text}));
    if (villages <= kMostVillages) require(store->registry().put_campaign(campaign));
    require(store->answers(kCampaign));
  }
  auto connection = require(sqlite::Connection::open((folder / "data/answers/scale.db").string(), sqlite::Access::write));
  {
    auto transaction = require(sqlite::Transaction::begin(*connection));
    for (std::size_t v = 0; v < villages; ++v) {
      const std::string commune = campaign.psus[v].stratum;
      require(connection->run("INSERT INTO cell (number, unit, stratum, psu, merged, slips, arrived, batched) VALUES (?1, ?2, ?3, ?4, 0, 20, 20, 20)",
                              static_cast<std::int64_t>(v * 40503 % 2147483647), commune, commune, campaign.psus[v].id));
    }
    // Keys are random, and rows lie in their order: neighbours in the file come from anywhere.
    std::vector<std::uint32_t> person(respondents);
    std::iota(person.begin(), person.end(), 0U);
    std::shuffle(person.begin(), person.end(), random);
    char key[16] = {};
    std::string salt(32, 's');
    Answers answers(kItems);
    for (std::size_t row = 0; row < respondents; ++row) {
      const std::uint64_t place = static_cast<std::uint64_t>(static_cast<double>(row) / static_cast<double>(respondents) * 1.8e19);
      for (std::size_t b = 0; b < 8; ++b) key[b] = static_cast<char>(place >> (56 - 8 * b));
      const std::uint64_t rest = random();
      std::memcpy(key + 8, &rest, 8);
      for (char& c : salt) c = static_cast<char>(random());
      const std::size_t village = person[row] * villages / respondents;
      for (std::size_t k = 0; k < kItems; ++k) {
        Answer& answer = answers[k];
        const std::uint64_t chance = random();
        if (chance % 100 < 6) answer = chance % 2 == 0 ? Absence::blank : Absence::dont_know;
        else answer = Choice{{static_cast<OptionPosition>((village % 3 + (chance >> 32U) % 3) % 5)}, {}};
      }
      const std::string packed = pack(*questionnaire, answers);
      require(connection->run("INSERT INTO response (key, cell, version, mode, language, batch, salt, packed) VALUES (?1, ?2, 1, 1, 'vi', ?3, ?4, ?5)",
                              sqlite::Blob{{key, 16}}, static_cast<std::int64_t>(village * 40503 % 2147483647),
                              static_cast<std::int64_t>(1 + row / 10), sqlite::Blob{salt}, sqlite::Blob{packed}));
    }
    require(connection->run("INSERT INTO state (name, value) VALUES ('closed', '1'), ('compact', '1'), ('responses', ?1), ('withheld', '0')",
                            std::to_string(respondents)));
    require(transaction.commit());
  }
  require(connection->checkpoint(true));
  require(connection->use_single_file());
}

struct Spent {
  double wall_ms = 1e300;
  double cpu_ms = 1e300;
};

double now_ms(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

template <typename Work>
Spent best(int rounds, Work work) {
  Spent spent;
  for (int round = 0; round < rounds; ++round) {
    const double wall = now_ms(CLOCK_MONOTONIC);
    const double cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID);
    work();
    spent.cpu_ms = std::min(spent.cpu_ms, now_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    spent.wall_ms = std::min(spent.wall_ms, now_ms(CLOCK_MONOTONIC) - wall);
  }
  return spent;
}

// Out of the memory of the system, so that it must come from the disk.
void forget(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY);
  if (file < 0) return;
  (void)::fdatasync(file);
  (void)::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

void row(const std::string& what, const Spent& spent, double bound = 0) {
  static bool first = true;
  std::printf("%s\n {\"what\": \"%s\", \"measured\": %.4g, \"unit\": \"ms\", \"cpu_ms\": %.4g", first ? "" : ",", what.c_str(),
              spent.wall_ms, spent.cpu_ms);
  first = false;
  if (bound > 0) std::printf(", \"target\": \"<= %g\", \"met\": %s", bound, spent.wall_ms <= bound ? "true" : "false");
  std::printf("}");
}

}  // namespace

int main(int argc, char** argv) {
  const bool only_make = argc > 1 && std::strcmp(argv[1], "--make") == 0;
  const int at = only_make ? 2 : 1;
  if (argc <= at) {
    std::fputs("usage: index_scale [--make] FOLDER [RESPONDENTS]\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[at];
  const std::size_t respondents = argc > at + 1 ? std::strtoul(argv[at + 1], nullptr, 10) : 1000000;
  const std::size_t villages = argc > at + 2 ? std::strtoul(argv[at + 2], nullptr, 10) : std::min(respondents / 20, kMostVillages);
  if (std::filesystem::exists(folder)) {
    std::fprintf(stderr, "index_scale: %s is there already; name a folder to be made\n", folder.c_str());
    return 2;
  }
  make(folder, respondents, villages);
  if (only_make) return 0;

  const auto database = folder / "data/answers/scale.db";
  const auto columns = folder / "data/answers/scale.columns";
  const Catalog catalog = load(folder / "defs");
  const std::string people = std::to_string(respondents) + " respondents, " + std::to_string(villages) + " villages: ";
  const bool whole = villages <= kMostVillages;
  const auto model = catalog.index_model(kModel);
  const auto items = index::survey_items(*model, 2025, nullptr);
  const auto questionnaire = catalog.questionnaire("forty_questions");
  const Campaign campaign = campaign_of(*questionnaire, villages);
  const auto entry_of = [&](Store& store) {
    CampaignEntry entry;
    entry.campaign = campaign;
    entry.questionnaire = questionnaire;
    entry.form = require(CampaignForm::create({questionnaire}));
    entry.answers = require(store.answers(kCampaign));
    return entry;
  };
  // What the service does, given the campaign.
  const auto input_of = [&](const CampaignEntry& entry) {
    index::IndexInput input;
    input.year = 2025;
    input.questionnaire = questionnaire->identity;
    auto file = require(column_file_of(entry));
    auto scored = scored_columns(file, items);
    input.scanned = require(columns::ColumnSums::create(std::move(file), std::move(*scored)));
    std::map<CellKey, double> counted;
    for (const auto& cell : input.scanned->cells()) counted[{cell.key.stratum, cell.key.psu}] += static_cast<double>(cell.respondents);
    input.design.drawn = true;
    input.design.cell_weights = cell_weights(campaign, counted);
    return input;
  };
  std::string hash;
  std::string bits;
  const auto compute = [&](bool read_only) {
    const auto store = require(read_only ? SqliteStore::open_read_only((folder / "data").string())
                                         : SqliteStore::open((folder / "data").string()));
    CampaignBook book(*store);
    ComputeIndex service(*store, catalog, book);
    const auto run = whole ? require(service.compute({kCampaign, kModel, {}, "", nullptr}))
                           : require(index::compute(*model, input_of(entry_of(*store)), {{}, "", "", 2}));
    std::string found;
    for (const auto& unit : run.units)
      for (const auto& score : unit.scores) {
        char text[128];
        std::snprintf(text, sizeof text, "%a %a;", score.estimate.value, score.estimate.standard_error.value_or(-1));
        found += text;
      }
    if (!bits.empty() && (found != bits || run.input_hash != hash)) std::exit(3);
    bits = found;
    hash = run.input_hash;
  };
  std::printf("{\"respondents\": %zu, \"rows\": [", respondents);
  row(people + "database, cold, no column file, to the finished index", best(3, [&] {
        std::filesystem::remove(columns);
        forget(database);
        compute(false);
      }), respondents == 1000000 ? 2000 : 0);
  row(people + "the same with the column file kept", best(3, [&] { compute(true); }));

  // What it is made of.
  const auto store = require(SqliteStore::open_read_only((folder / "data").string()));
  if (whole) {
    CampaignBook book(*store);
    row(people + "part: the campaign from the registry", best(1, [&] { require(book.find(kCampaign)); }));
  }
  const CampaignEntry entry = entry_of(*store);
  volatile std::size_t kept = 0;
  row(people + "part: reading every response", best(3, [&] {
        std::size_t sum = 0;
        require(entry.answers->each_packed([&](const Cell&, std::string_view packed) { sum += packed.size(); }));
        kept = kept + sum;
      }));
  row(people + "part: opening the kept column file", best(3, [&] { kept = kept + require(column_file_of(entry)).rows(); }));
  index::IndexInput input;
  row(people + "part: weights and what else goes in, with opening", best(3, [&] { input = input_of(entry); }));
  const auto& sums = input.scanned;
  for (const unsigned threads : {1U, 2U})
    row(people + "part: the engine, from the opened column file, " + std::to_string(threads) + " threads", best(5, [&] {
          kept = kept + require(index::compute(*model, input, {{}, "", "", threads})).units.size();
        }));
  sums::CellBlock block;
  row(people + "part of it: sums of every village", best(5, [&] {
        const auto reader = sums->reader();
        std::size_t first = 0;
        for (const std::size_t end : sums::unit_ends(sums->cells())) require(reader->read(std::exchange(first, end), end, block));
      }));
  std::printf("\n]}\n");
  std::filesystem::remove_all(folder);
  return 0;
}
