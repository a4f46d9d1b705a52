// Where the demo's made-up people live: real communes and villages, drawn so that anybody can repeat it; how many people
// live in each is made up.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/catalog/catalog.h"
#include "server/cli/demo_people.h"

namespace khaosat::cli {

inline constexpr std::uint64_t kDemoSeed = 20250701;
inline constexpr int kDemoSlipsPerVillage = 15;
inline constexpr const char* kDemoCommunes[] = {"xa_na_phac_2025", "xa_bang_van_2025", "xa_ngan_son_2025", "xa_thuong_quan_2025",
                                                "xa_hiep_luc_2025"};

struct DemoVillage {
  std::string id;
  std::string name;
  std::string commune;
  int population = 0;
};

// Villages of every commune, and persons within them. Writes the frame and the draw as tables into `folder`, which it makes.
Result<std::vector<DemoVillage>> draw_demo_villages(const Catalog& catalog, DemoPeople& people, const std::string& folder);

// How many grown-ups the communes have by sex and age, as the page of population counts takes it: about as many as their
// villages, drawn or not, hold, some communes older than others.
Result<std::string> demo_population(const Catalog& catalog, const std::vector<DemoVillage>& villages);

}  // namespace khaosat::cli
