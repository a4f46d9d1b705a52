#include "server/survey/campaign_json.h"

#include <catch2/catch.hpp>

#include "base/error_codes.h"

using namespace khaosat;

namespace {

Campaign sample() {
  Campaign campaign;
  campaign.id = "7qfk2m9xab";
  campaign.title = LocalText("Khảo sát \"hài lòng\"\n2026");
  campaign.title.set("en", "Satisfaction");
  campaign.questionnaire = {"citizen_satisfaction", 3, std::string(64, 'a')};
  campaign.audience = Audience::rater;
  campaign.state = CampaignState::open;
  campaign.opens_on = "2026-02-28";
  campaign.closes_on = "2026-03-31";
  campaign.sample = SampleKind::drawn;
  campaign.admission = Admission::open;
  campaign.minimum_cell = 7;
  campaign.batch_size = 12;
  campaign.units = {"xa_a", "xa_b"};
  campaign.strata = {{"s1", "Tầng 1", "xa_a", 9}, {"s2", "", "xa_b", 0}};
  campaign.psus = {{"p1", "Thôn 1", "s1", 120, 30, "p2"}, {"p2", "Thôn 2", "s1", 80, 20, ""}};
  campaign.stated_needs = {{"ethnicity", "Nghị quyết …"}};
  campaign.demo = true;
  return campaign;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a campaign comes back from its text as it was") {
  const auto campaign = GENERATE(sample(), [] {
    Campaign draft;
    draft.id = "0123456789";
    return draft;
  }());
  const std::string text = campaign_to_json(campaign);
  const auto read = campaign_from_json(text);
  REQUIRE(read);
  CHECK(campaign_to_json(*read) == text);
  CHECK(read->id == campaign.id);
  CHECK(read->title.all().size() == campaign.title.all().size());
  for (const auto& [language, words] : campaign.title.all()) CHECK(read->title.in(language) == words);
  CHECK(read->questionnaire == campaign.questionnaire);
  CHECK(read->audience == campaign.audience);
  CHECK(read->state == campaign.state);
  CHECK(read->opens_on == campaign.opens_on);
  CHECK(read->closes_on == campaign.closes_on);
  CHECK(read->sample == campaign.sample);
  CHECK(read->admission == campaign.admission);
  CHECK(read->minimum_cell == campaign.minimum_cell);
  CHECK(read->batch_size == campaign.batch_size);
  CHECK(read->units == campaign.units);
  REQUIRE(read->strata.size() == campaign.strata.size());
  REQUIRE(read->psus.size() == campaign.psus.size());
  if (!campaign.psus.empty()) {
    CHECK(read->strata[0].psu_population == 9);
    CHECK(read->psus[0].population == 120);
    CHECK(read->psus[0].slips == 30);
    CHECK(read->psus[0].neighbour == "p2");
    CHECK(read->stated_needs[0].reason == campaign.stated_needs[0].reason);
  }
  CHECK(read->demo == campaign.demo);
}

TEST_CASE("the versions of a campaign come back, and the last is what it asks") {
  Campaign campaign = sample();
  CHECK(campaign.questionnaires() == std::vector<DefinitionIdentity>{campaign.questionnaire});
  campaign.versions = {{{"citizen_satisfaction", 1, std::string(64, 'b')}, "", "", 1},
                       {{"citizen_satisfaction", 2, std::string(64, 'c')}, "2026-03-01", "câu 5 bị hiểu sai", 1},
                       {campaign.questionnaire, "2026-03-09", "thêm câu", 4}};
  const std::string text = campaign_to_json(campaign);
  const auto read = campaign_from_json(text);
  REQUIRE(read);
  CHECK(read->versions == campaign.versions);
  CHECK(read->asks("citizen_satisfaction", 2));
  CHECK_FALSE(read->asks("citizen_satisfaction", 4));
  CHECK(read->questionnaires().size() == 3);
  // No paper was out when the second version came.
  for (const auto& [batch, version] : {std::pair(1, 2), std::pair(3, 2), std::pair(4, 3), std::pair(9, 3)}) {
    CHECK(read->version_of_paper(batch) == version);
  }
  campaign.versions.pop_back();
  CHECK_FALSE(campaign_from_json(campaign_to_json(campaign)));
}

TEST_CASE("a campaign's text is read strictly") {
  struct Change {
    std::string from, to;
    ErrorCode code;
  };
  const auto [from, to, code] = GENERATE(
      Change{"\"format\":1", "\"format\":2", ErrorCode::out_of_range},
      Change{"\"demo\":true", "\"demo\":true,\"extra\":1", ErrorCode::unknown_field},
      Change{"\"state\":\"open\"", "\"state\":\"opened\"", ErrorCode::unknown_option},
      Change{"\"batch_size\":12", "\"batch_size\":\"12\"", ErrorCode::wrong_type},
      Change{"\"batch_size\":12", "\"batch_size\":0", ErrorCode::out_of_range},
      Change{"\"batch_size\":12,", "", ErrorCode::missing_field},
      Change{"2026-02-28", "2026-02-30", ErrorCode::wrong_type},
      Change{"\"stratum\":\"s1\"", "\"stratum\":\"s9\"", ErrorCode::definition_invalid},
      Change{"\"neighbour\":\"p2\"", "\"neighbour\":\"p9\"", ErrorCode::definition_invalid},
      Change{"\"unit\":\"xa_a\"", "\"unit\":\"xa_z\"", ErrorCode::definition_invalid},
      Change{"\"id\":\"p2\"", "\"id\":\"p1\"", ErrorCode::definition_invalid},
      Change{"}", "", ErrorCode::bad_json});
  const auto read = campaign_from_json(replaced(campaign_to_json(sample()), from, to));
  REQUIRE_FALSE(read);
  CHECK(read.error().code == code);
}
