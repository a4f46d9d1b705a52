#include "server/cli/demo_places.h"

#include <filesystem>

#include "base/csv.h"
#include "server/cli/commands.h"
#include "server/services/draw_sample.h"

namespace khaosat::cli {

namespace {

constexpr int kVillagesPerCommune = 6;
// Of a thousand grown-ups, how many are of each age the form asks for, youngest first.
constexpr int kAgesOfThousand[] = {140, 220, 300, 215, 125};

}  // namespace

Result<std::vector<DemoVillage>> draw_demo_villages(const Catalog& catalog, DemoPeople& people, const std::string& folder) {
  std::vector<FramePerson> all;
  for (const char* commune : kDemoCommunes) {
    for (const Unit* village : catalog.units().children_of(commune)) all.push_back({commune, village->id});
  }
  const auto drawn = TRY(draw_sample("demo villages", all, std::to_string(kDemoSeed), kVillagesPerCommune));
  std::vector<DemoVillage> villages;
  std::vector<FramePerson> frame;
  for (const auto& one : drawn.people) {
    if (!one.drawn) continue;
    const int population = people.between(90, 260);
    villages.push_back({one.person, catalog.units().find(one.person)->name.in("vi"), one.psu, population});
    for (int p = 1; p <= population; ++p) frame.push_back({one.person, "p" + std::to_string(p)});
  }
  const auto draw = TRY(draw_sample("demo", frame, std::to_string(kDemoSeed), kDemoSlipsPerVillage));
  CsvWriter frame_csv({"psu", "person"});
  for (const auto& member : frame) {
    frame_csv.text(member.psu).text(member.person);
    frame_csv.end_row();
  }
  CsvWriter draw_csv({"psu", "person", "rank", "drawn"});
  for (const auto& person : draw.people) {
    draw_csv.text(person.psu).text(person.person).integer(person.rank).integer(person.drawn ? 1 : 0);
    draw_csv.end_row();
  }
  std::filesystem::create_directories(folder);
  TRY_VOID(write_output(folder + "/frame.csv", frame_csv.str()));
  TRY_VOID(write_output(folder + "/draw.csv", draw_csv.str()));
  return villages;
}

Result<std::string> demo_population(const Catalog& catalog, const std::vector<DemoVillage>& villages) {
  const auto questionnaire = catalog.questionnaire("citizen_satisfaction");
  const auto* age = questionnaire->question("age_band");
  if (!age || age->options.size() != std::size(kAgesOfThousand)) return fail(ErrorCode::internal, "demo: the form asks for other ages");
  CsvWriter counts({"unit", "sex", "age_band", "people"});
  int which = 0;
  for (const char* commune : kDemoCommunes) {
    int drawn = 0;
    for (const auto& village : villages)
      if (village.commune == commune) drawn += village.population;
    const int people = drawn * static_cast<int>(catalog.units().children_of(commune).size()) / kVillagesPerCommune;
    for (const char* sex : {"female", "male"}) {
      for (std::size_t band = 0; band < age->options.size(); ++band) {
        const int older = 12 * (which % 3 - 1) * (static_cast<int>(band) - 2);
        const int of_sex = std::string(sex) == "female" ? 508 + 6 * (which % 2) : 492 - 6 * (which % 2);
        counts.text(commune).text(sex).text(age->options[band].id).integer(people * of_sex / 1000 * (kAgesOfThousand[band] + older) / 1000);
        counts.end_row();
      }
    }
    ++which;
  }
  return counts.str();
}

}  // namespace khaosat::cli
