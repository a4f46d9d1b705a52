#include "server/catalog/recordings.h"

#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "server/catalog/catalog.h"
#include "tests/support/silent_sound.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;
namespace fs = std::filesystem;

namespace {

constexpr const char* kScale =
    R"({"schema":"khaosat/scale/1","id":"mood","version":1,"title":{"vi":"Thang"},)"
    R"("options":[{"id":"good","text":{"vi":"Tốt"},"score":1},{"id":"bad","text":{"vi":"Kém"},"score":0}]})";
constexpr const char* kForm =
    R"({"schema":"khaosat/questionnaire/1","id":"exit","version":1,"title":{"vi":"Phiếu"},"audience":"citizen",)"
    R"("languages":["vi","tay"],"reviewed":["vi"],"sections":[{"id":"s","title":{"vi":"Mục"},"questions":[)"
    R"({"id":"service","type":"single_choice","text":{"vi":"Việc gì"},"options":[{"id":"land","text":{"vi":"Đất đai"}},{"id":"birth","text":{"vi":"Khai sinh"}}]},)"
    R"({"id":"pleased","type":"likert","text":{"vi":"Hài lòng không"},"scale":"mood","absences":["dont_know"]}]}]})";
const std::string kPlace = "questionnaires/exit/audio/1/vi/";

struct Office {
  Office() {
    folder.write("scales/mood.json", kScale);
    folder.write("questionnaires/exit.json", kForm);
  }
  Catalog load() const { return Catalog::load(folder.path()); }
  test::TemporaryFolder folder;
};

// The form itself lacks Tày, which is warned of as well.
Faults warnings_of_sound(const Catalog& catalog) {
  Faults found;
  for (const auto& warning : catalog.warnings()) {
    if (warning.file.find("/audio/") != std::string::npos) found.push_back(warning);
  }
  return found;
}

const std::string kSound = test::silent_mp3(0.2);

}  // namespace

TEST_CASE("recordings are found for questions, their answers, the answers of a scale and ways of not answering") {
  Office office;
  for (const char* name : {"service.mp3", "service.land.mp3", "pleased.mp3", "pleased.bad.mp3", "scale.mood.good.mp3", "scale.mood.bad.mp3", "absence.dont_know.mp3"}) {
    office.folder.write(kPlace + name, kSound + name);
  }
  office.folder.write(kPlace + "reviewed.txt", "Bà Nông Thị Hoa, 20/11/2026\nĐã nghe hết.\n");
  const Catalog catalog = office.load();
  REQUIRE(to_text(catalog.faults()) == "");
  CHECK(warnings_of_sound(catalog).empty());
  const auto* set = catalog.recordings().find("exit", 1, "vi");
  REQUIRE(set);
  CHECK(set->reviewed_by == "Bà Nông Thị Hoa, 20/11/2026");
  CHECK(set->files.size() == 7);
  CHECK(set->spoken.at("service") == "service.mp3");
  CHECK(set->spoken.at("service.land") == "service.land.mp3");
  CHECK_FALSE(set->spoken.contains("service.birth"));
  CHECK(set->spoken.at("pleased.good") == "scale.mood.good.mp3");
  CHECK(set->spoken.at("pleased.bad") == "pleased.bad.mp3");  // its own before the scale's
  CHECK(set->spoken.at("pleased.~dont_know") == "absence.dont_know.mp3");
  CHECK(catalog.recordings().with_token(set->token()) == set);
  CHECK(catalog.recordings().with_token("0000000000000000") == nullptr);

  const auto questionnaire = catalog.questionnaire("exit");
  const Spoken spoken = spoken_of(*questionnaire, set);
  CHECK(spoken.questions_recorded == 2);
  CHECK(spoken.questions == 2);
  CHECK(spoken.options_recorded == 4);
  CHECK(spoken.options == 5);
  CHECK(spoken_of(*questionnaire, nullptr).questions_recorded == 0);
}

TEST_CASE("what is wrong with a recording is said with its file and a way out") {
  struct Case {
    const char* file;
    std::string content;
    ErrorCode code;
    const char* says;
  };
  const Case cases[] = {
      {"questionnaires/exit/audio/1/vi/servise.mp3", kSound, ErrorCode::definition_unknown, "did you mean \"service\"?"},
      {"questionnaires/exit/audio/1/vi/service.lend.mp3", kSound, ErrorCode::definition_unknown, "did you mean \"service.land\"?"},
      {"questionnaires/exit/audio/1/vi/scale.mood.fine.mp3", kSound, ErrorCode::definition_unknown, "no question or answer"},
      {"questionnaires/exit/audio/1/vi/absence.declined.mp3", kSound, ErrorCode::definition_unknown, "no question or answer"},
      {"questionnaires/exit/audio/1/vi/Câu 1.mp3", kSound, ErrorCode::definition_unknown, "no question or answer"},
      {"questionnaires/exit/audio/1/vi/service.wav", kSound, ErrorCode::definition_invalid, ".ogg, .opus or .mp3"},
      {"questionnaires/exit/audio/1/vi/service", kSound, ErrorCode::definition_invalid, ".ogg, .opus or .mp3"},
      {"questionnaires/exit/audio/1/vi/service.ogg", kSound, ErrorCode::definition_invalid, "save it anew as Ogg (Opus)"},
      {"questionnaires/exit/audio/1/vi/service.mp3", "OggS and so on", ErrorCode::definition_invalid, "save it anew as MP3"},
      {"questionnaires/exit/audio/1/vi/service.mp3", "", ErrorCode::definition_invalid, "does not hold"},
      {"questionnaires/exit/audio/1/vi/service.mp3", kSound + std::string(kMaxRecordingBytes, '\0'), ErrorCode::too_large, "512 KB"},
      {"questionnaires/exit/audio/1/vi/old/service.mp3", kSound, ErrorCode::definition_invalid, "directly in the folder"},
      {"questionnaires/exit/audio/1/vi/reviewed.txt", "\xff\xfe", ErrorCode::definition_invalid, "UTF-8"},
      {"questionnaires/exit/audio/1/vn/service.mp3", kSound, ErrorCode::definition_unknown, "did you mean \"vi\"?"},
      {"questionnaires/exit/audio/2/vi/service.mp3", kSound, ErrorCode::definition_unknown, "there is 1"},
      {"questionnaires/exit/audio/01/vi/service.mp3", kSound, ErrorCode::definition_unknown, "there is 1"},
      {"questionnaires/exit/audio/service.mp3", kSound, ErrorCode::definition_invalid, "audio/<version>/<language>/"},
      {"questionnaires/exit/sound/1/vi/service.mp3", kSound, ErrorCode::definition_invalid, "\"audio\""},
      {"questionnaires/exti/audio/1/vi/service.mp3", kSound, ErrorCode::definition_unknown, "did you mean \"exit\"?"},
  };
  for (const auto& one : cases) {
    INFO(one.file);
    Office office;
    office.folder.write(one.file, one.content);
    const Catalog catalog = office.load();
    INFO(to_text(catalog.faults()));
    REQUIRE(catalog.faults().size() == 1);
    CHECK(catalog.faults()[0].code == one.code);
    CHECK(std::string(one.file).starts_with(catalog.faults()[0].file));
    CHECK(catalog.faults()[0].message.find(one.says) != std::string::npos);
    CHECK(catalog.questionnaire("exit"));  // the questionnaire itself serves
    CHECK(catalog.recordings().all().empty());
  }
}

TEST_CASE("two recordings of the same, too many bytes together, and links that lead out are refused") {
  Office office;
  SECTION("twice") {
    office.folder.write(kPlace + "service.mp3", kSound);
    office.folder.write(kPlace + "service.ogg", "OggS");
    const auto catalog = office.load();
    REQUIRE(catalog.faults().size() == 1);
    CHECK(catalog.faults()[0].code == ErrorCode::duplicate_key);
  }
  SECTION("a link out of the folder") {
    test::TemporaryFolder elsewhere;
    const auto secret = elsewhere.write("secret.mp3", kSound);
    fs::create_directories(office.folder.path() / kPlace);
    fs::create_symlink(secret, office.folder.path() / kPlace / "service.mp3");
    const auto catalog = office.load();
    REQUIRE(catalog.faults().size() == 1);
    CHECK(catalog.faults()[0].message.find("leads out of the folder") != std::string::npos);
    CHECK(catalog.recordings().all().empty());
  }
  SECTION("a questionnaire with a fault of its own is complained of once") {
    office.folder.write("questionnaires/exit.json", "{}");
    office.folder.write(kPlace + "service.mp3", kSound);
    const auto catalog = office.load();
    REQUIRE_FALSE(catalog.faults().empty());
    for (const auto& fault : catalog.faults()) CHECK(fault.file == "questionnaires/exit.json");
  }
}

TEST_CASE("recordings nobody has listened to are warned of and not offered") {
  Office office;
  office.folder.write(kPlace + "service.mp3", kSound);
  SECTION("no mark") {}
  SECTION("an empty mark") { office.folder.write(kPlace + "reviewed.txt", " \n"); }
  const auto catalog = office.load();
  CHECK(catalog.faults().empty());
  REQUIRE(warnings_of_sound(catalog).size() == 1);
  CHECK(warnings_of_sound(catalog)[0].message.find("reviewed.txt") != std::string::npos);
  const auto* set = catalog.recordings().find("exit", 1, "vi");
  REQUIRE(set);
  CHECK(catalog.recordings().with_token(set->token()) == nullptr);
  CHECK(recordings_manifest(catalog.recordings(), *catalog.questionnaire("exit")) == "");
}

TEST_CASE("what is pinned names every file with its digest, in languages that are offered only") {
  Office office;
  for (const std::string language : {"vi", "tay"}) {
    const std::string place = "questionnaires/exit/audio/1/" + language + "/";
    office.folder.write(place + "service.mp3", kSound);
    office.folder.write(place + "reviewed.txt", "Ông A, 2026");
  }
  const auto before = office.load();
  const std::string manifest = recordings_manifest(before.recordings(), *before.questionnaire("exit"));
  const auto hashes = hashes_in_manifest(manifest);
  REQUIRE(hashes.size() == 1);  // Tày was read over by nobody
  CHECK(hashes.at("vi") == before.recordings().find("exit", 1, "vi")->hash);
  CHECK(manifest.find("vi/service.mp3 " + to_hex(view_of(sha256(kSound)))) != std::string::npos);
  CHECK(before.recordings().find("exit", 1, "tay")->hash != hashes.at("vi"));

  office.folder.write(kPlace + "service.mp3", kSound + kSound);
  const auto after = office.load();
  CHECK(after.recordings().find("exit", 1, "vi")->hash != hashes.at("vi"));
}
