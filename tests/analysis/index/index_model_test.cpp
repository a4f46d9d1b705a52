#include <catch2/catch.hpp>
#include <filesystem>

#include "analysis/index/index_model_json.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;

namespace {

std::string model_with(const std::string& nodes, const std::string& more = "") {
  return R"({"schema": "khaosat/index_model/1", "id": "m", "version": 1, "title": {"vi": "M"},
             "source": {"issuer": "x"}, "scale": [0, 1],
             "questionnaire": {"id": "q", "version": 1},)" +
         more + R"("nodes": [)" + nodes + "]}";
}

std::string leaf(const std::string& id, const std::string& parent, const std::string& more = "") {
  return R"({"id": ")" + id + R"(", "parent": ")" + parent + R"(", "title": {"vi": "L"},)" + more +
         R"("source": {"published": {"column": ")" + id + R"("}}})";
}

std::string root(const std::string& aggregate = "mean", const std::string& more = "") {
  return R"({"id": "root", "title": {"vi": "R"}, "aggregate": ")" + aggregate + "\"" + more + "}";
}

bool complains(const Faults& faults, const std::string& place, const std::string& words) {
  for (const Fault& fault : faults)
    if (fault.place == place && fault.message.find(words) != std::string::npos) return true;
  return false;
}

struct Broken {
  std::string why;
  std::string nodes;
  std::string place;
  std::string words;
};

}  // namespace

TEST_CASE("every model that ships is sound", "[index]") {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(KHAOSAT_SOURCE_DIR) +
                                                               "/survey_defs/index_models")) {
    if (entry.path().extension() != ".json") continue;
    const IndexModel model = test::shipped_model(entry.path().stem().string());
    CHECK(model.identity.id == entry.path().stem().string());
    CHECK(model.identity.hash.size() == 64);
    ++count;
  }
  CHECK(count >= 6);
}

TEST_CASE("SIPAS has two parts, nine factors and 33 items", "[index]") {
  const IndexModel model = test::shipped_model("sipas");
  const IndexTree tree = model.tree(2025);
  REQUIRE(tree.places.size() == 1 + 2 + 9 + 33);
  CHECK(model.nodes[tree.places[0].node].id == "sipas");
  CHECK(model.find("officials.item_27")->leaf->survey.question == "item_27");
  CHECK(model.parameters.at(0).value == 0.5);
  CHECK_FALSE(model.parameters.at(0).assumption.empty());
}

TEST_CASE("each way a model can be wrong is named with its place", "[index]") {
  const std::vector<Broken> cases = {
      {"unknown parent", root() + "," + leaf("a", "rot"), "/nodes/1/parent", "did you mean \"root\""},
      {"cycle",
       root() + "," + leaf("a", "root") +
           R"(,{"id":"x","parent":"y","title":{"vi":"X"},"aggregate":"mean"},
              {"id":"y","parent":"x","title":{"vi":"Y"},"aggregate":"mean"})",
       "/nodes/2/parent", "own ancestor"},
      {"two roots", root() + "," + leaf("a", "root") + R"(,{"id":"r2","title":{"vi":"R"},"aggregate":"mean"})",
       "/nodes/2", "both have no parent"},
      {"weights do not add up",
       root("weighted_mean") + "," + leaf("a", "root", R"("weight": 0.5,)") + "," +
           leaf("b", "root", R"("weight": 0.4,)"),
       "/nodes/0", "add up to 0.9"},
      {"a weight is missing",
       root("weighted_mean") + "," + leaf("a", "root", R"("weight": 1,)") + "," + leaf("b", "root"),
       "/nodes/0", "have no weight"},
      {"weights that nothing uses", root("mean") + "," + leaf("a", "root", R"("weight": 1,)"), "/nodes/0",
       "ignores"},
      {"anchor without width",
       root() + "," +
           leaf("a", "root",
                R"("scoring": {"method": "min_max", "anchors": [{"lo": 2, "hi": 2, "author": "x", "reason": "y"}]},)"),
       "/nodes/1/scoring/anchors/0", "two different ends"},
      {"no anchor", root() + "," + leaf("a", "root", R"("scoring": {"method": "min_max"},)"),
       "/nodes/1/scoring/anchors", "no anchor holds"},
      {"anchors of one version overlap",
       root() + "," +
           leaf("a", "root", R"("scoring": {"method": "min_max", "anchors": [
             {"lo": 0, "hi": 1, "years": [2000, 2010], "author": "x", "reason": "y"},
             {"lo": 0, "hi": 2, "years": [2010, null], "author": "x", "reason": "y"}]}, "years": [2000, null],)"),
       "/nodes/1/scoring/anchors/1/years", "another anchor"},
      {"unknown aggregator", root("avarage") + "," + leaf("a", "root"), "/nodes/0/aggregate", "unknown way"},
      {"unknown normalisation", root() + "," + leaf("a", "root", R"("scoring": {"method": "minmax"},)"),
       "/nodes/1/scoring/method", "did you mean \"min_max\""},
      {"relative without reason", root() + "," + leaf("a", "root", R"("scoring": {"method": "z_score"},)"),
       "/nodes/1/scoring/reason", "say in \"reason\" why"},
      {"codes overlap in time",
       root() + "," + leaf("a", "root", R"("code": "2.1", "years": [2011, 2018],)") + "," +
           leaf("b", "root", R"("code": "2.1", "years": [2018, null],)"),
       "/nodes/2/years", "code 2.1"},
      {"the same id twice", root() + "," + leaf("a", "root") + "," + leaf("a", "root"), "/nodes/2/id", "stands twice"},
      {"a child outlives its parent",
       root("mean", R"(, "years": [2011, 2015])") + "," + leaf("a", "root", R"("years": [2011, 2016],)"),
       "/nodes/1/years", "when its parent"},
      {"no children in some year",
       root("mean", R"(, "years": [2011, null])") +
           R"(,{"id":"d","parent":"root","title":{"vi":"D"},"years":[2011, null],"aggregate":"mean"},)" +
           leaf("a", "d", R"("years": [2011, 2015],)"),
       "/nodes/1", "no children in 2016"},
      {"a leaf with children", root() + "," + leaf("a", "root") + "," + leaf("b", "a"), "/nodes/2/parent",
       "cannot have children"},
      {"neither source nor aggregate", root() + R"(,{"id":"a","parent":"root","title":{"vi":"A"}})", "/nodes/1",
       "needs either"},
      {"unknown parameter",
       root("weighted_mean") + "," + leaf("a", "root", R"("weight": {"parameter": "w"},)"), "/nodes/1/weight",
       "no parameter \"w\""},
      {"points do not add up",
       root("sum", R"(, "max_points": 10)") + "," + leaf("a", "root", R"("max_points": 4,)") + "," +
           leaf("b", "root", R"("max_points": 5,)"),
       "/nodes/0/max_points", "add up to 9"},
      {"a sum that reweights",
       root("sum", R"(, "missing": {"policy": "reweight", "minimum_share": 0.5})") + "," + leaf("a", "root"),
       "/nodes/0/missing", "cannot reweight"},
      {"unknown key", root() + "," + leaf("a", "root", R"("wieght": 1,)"), "/nodes/1/wieght", "did you mean \"weight\""},
      {"two sources", root() + R"(,{"id":"a","parent":"root","title":{"vi":"A"},
           "source":{"published":{"column":"x"},"assessed":{"column":"y"}}})",
       "/nodes/1/source", "name one source"},
      {"survey values are not imputed",
       root() + R"(,{"id":"a","parent":"root","title":{"vi":"A"},"impute":{"method":"mean"},
           "source":{"survey":{"question":"q1"}}})",
       "/nodes/1", "neither imputed"},
      {"no nodes", "", "/nodes", "empty"},
  };
  for (const Broken& broken : cases) {
    const ReadModel read = read_index_model("m.json", model_with(broken.nodes));
    INFO(broken.why << "\n" << to_text(read.faults));
    CHECK_FALSE(read.model);
    CHECK(complains(read.faults, broken.place, broken.words));
  }
}

TEST_CASE("all faults of a file are told at once", "[index]") {
  const ReadModel read = read_index_model(
      "m.json", model_with(root("avarage") + "," + leaf("a", "rot") + "," +
                           leaf("b", "root", R"("scoring": {"method": "minmax"},)")));
  CHECK(read.faults.size() >= 3);
}

TEST_CASE("a parameter outside its limits and without its weight is refused", "[index]") {
  const ReadModel read = read_index_model(
      "m.json", model_with(root("weighted_mean") + "," + leaf("a", "root", R"("weight": {"parameter": "w"},)") +
                               "," + leaf("b", "root", R"("weight": {"one_minus": "w"},)"),
                           R"("parameters": [{"id": "w", "title": {"vi": "W"}, "value": 1.5}],)"));
  CHECK(complains(read.faults, "/parameters/0/value", "own limits"));
}

TEST_CASE("questions and options that the questionnaire lacks are named", "[index]") {
  const IndexModel model = test::model_from(model_with(
      root() + R"(,{"id":"a","parent":"root","title":{"vi":"A"},
        "source":{"survey":{"question":"item_1","share_of":["good","wonderful"]}}},
        {"id":"b","parent":"root","title":{"vi":"B"},"source":{"survey":{"question":"item_9"}}},
        {"id":"c","parent":"root","title":{"vi":"C"},
        "source":{"survey":{"question":"item_2","scores":{"good":1}}}})"));
  QuestionnaireFacts facts{"q", 1, {}};
  facts.questions["item_1"] = {{"bad", "good"}, {}, false};
  facts.questions["item_2"] = {{"bad", "good"}, {}, false};
  Faults faults;
  cross_check(model, facts, "m.json", faults);
  CHECK(faults.size() == 3);
  CHECK(complains(faults, "/nodes/1/source/survey", "no option \"wonderful\""));
  CHECK(complains(faults, "/nodes/2/source/survey", "no question \"item_9\""));
  CHECK(complains(faults, "/nodes/3/source/survey", "\"bad\" of \"item_2\" has no score"));
}

TEST_CASE("wrong files are refused without a crash", "[index]") {
  const std::string good = test::read_file("survey_defs/index_models/sipas.json");
  for (std::size_t cut = 0; cut < good.size(); cut += 37)
    CHECK_FALSE(read_index_model("m.json", good.substr(0, cut)).model);
  std::string nested(40000, '[');
  CHECK_FALSE(read_index_model("m.json", nested).model);
  CHECK_FALSE(read_index_model("m.json", "").model);
  CHECK_FALSE(read_index_model("m.json", "[]").model);
  CHECK_FALSE(read_index_model("m.json", "\xff\xfe").model);
}
