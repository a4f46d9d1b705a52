#include "server/services/campaign_keys.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

using namespace khaosat;

namespace {
struct Folder {
  Folder() {
    char pattern[] = "/tmp/khaosat_keys_XXXXXX";
    path = mkdtemp(pattern);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};
}  // namespace

TEST_CASE("a sealed response opens unchanged with its key and with no other") {
  const CampaignKeys keys(std::string(32, 'k'));
  Response response;
  response.questionnaire_version = 3;
  response.mode = Mode::paper;
  response.language = "vi";
  response.packed = std::string("\0\1answers", 9);
  const auto opened = keys.open_response(keys.seal_response(response));
  REQUIRE(opened);
  CHECK(opened->questionnaire_version == 3);
  CHECK(opened->mode == Mode::paper);
  CHECK(opened->language == "vi");
  CHECK(opened->packed == response.packed);
  CHECK_FALSE(CampaignKeys(std::string(32, 'o')).open_response(keys.seal_response(response)));
  std::string damaged = keys.seal_response(response);
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  CHECK_FALSE(keys.open_response(damaged));
}

TEST_CASE("the length of a sealed answer does not tell how much was written") {
  const CampaignKeys keys(std::string(32, 'k'));
  Response response;
  std::size_t length = 0;
  for (const std::size_t written : {0u, 1u, 500u, 1900u}) {
    response.packed = std::string(written, 'x');
    response.language = written % 2 == 0 ? "vi" : "";
    const auto sealed = keys.seal_response(response, 2048);
    if (length != 0) CHECK(sealed.size() == length);
    length = sealed.size();
    CHECK(keys.open_response(sealed)->packed == response.packed);
  }
  // More than was foreseen still fits, and comes back whole; also when it ends in zeros.
  response.packed = std::string(5000, 'x') + std::string(3, '\0');
  CHECK(keys.open_response(keys.seal_response(response, 2048))->packed == response.packed);
}

TEST_CASE("digests of different purposes never meet, and content is keyed with the submission") {
  const CampaignKeys keys(std::string(32, 'k'));
  CHECK(keys.slip("A") != keys.submission("A"));
  CHECK(keys.content("one", "same") != keys.content("two", "same"));
  CHECK(keys.receipt("submission-1") == keys.receipt("submission-1"));
  CHECK(keys.receipt("submission-1") != keys.receipt("submission-2"));
  CHECK(keys.receipt("submission-1").size() == 9);
}

TEST_CASE("a campaign keeps its key over restarts until it is destroyed") {
  Folder folder;
  const auto first = KeyFolder::open(folder.path + "/keys");
  REQUIRE(first);
  const Digest digest = first->campaign("abc")->slip("X");
  CHECK(KeyFolder::open(folder.path + "/keys")->campaign("abc")->slip("X") == digest);
  const auto rights = std::filesystem::status(folder.path + "/keys/campaign-abc.key").permissions();
  CHECK((rights & std::filesystem::perms::others_read) == std::filesystem::perms::none);
  REQUIRE(first->destroy("abc"));
  CHECK_FALSE(first->has_campaign("abc"));
  CHECK(first->destroy("abc"));
}
