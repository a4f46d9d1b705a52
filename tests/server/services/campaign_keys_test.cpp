#include "server/services/campaign_keys.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <vector>

#include "base/bytes.h"
#include "server/security/sealing.h"
#include "server/services/campaign_book.h"
#include "server/services/compact.h"
#include "server/survey/question_types.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {

// Words drawn again and again in no order, so that little repeats as it stands.
std::string sample_text(const std::string& script) {
  static const std::map<std::string, std::vector<std::string>> kWords = {
      {"vi", {"đường", "vào", "thôn", "lầy", "lội", "cán", "bộ", "hướng", "dẫn", "rõ", "ràng", "mong", "sớm", "được", "sửa", "người",
              "già", "phải", "chờ", "lâu", "giấy", "khai", "sinh", "nước", "sạch", "trường", "học", "xin", "cảm", "ơn", "nhưng", "vẫn",
              "thiếu", "điện", "buổi", "tối", "mưa", "lũ", "ruộng", "vườn"}},
      {"km", {"ផ្លូវ", "ចូល", "ភូមិ", "ពិបាក", "ធ្វើដំណើរ", "រដូវ", "វស្សា", "មន្ត្រី", "ពន្យល់", "ច្បាស់", "សូម", "ជួយ", "ជួសជុល", "ទឹក", "ស្អាត", "សាលា"}},
      {"upper", {"ĐƯỜNG", "VÀO", "THÔN", "LẦY", "LỘI", "CÁN", "BỘ", "HƯỚNG", "DẪN", "RÕ", "RÀNG", "MONG", "SỚM", "ĐƯỢC", "SỬA", "NGƯỜI", "GIÀ"}}};
  const auto& words = kWords.at(script);
  std::mt19937 random(7);
  std::string text;
  while (text.size() < 6000) text += words[random() % words.size()] + (random() % 9 == 0 ? ". " : " ");
  return text;
}

std::string first_letters(const std::string& text, std::size_t letters) {
  std::size_t end = 0;
  while (letters > 0 && end < text.size()) {
    ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    --letters;
  }
  return text.substr(0, end);
}
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
    response.packed = random_bytes(written);  // does not shrink
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

TEST_CASE("the longest comment in any alphabet takes the room that a short one takes") {
  const CampaignKeys keys(std::string(32, 'k'));
  Questionnaire questionnaire;
  const std::size_t room = sealed_size(questionnaire, 0) + 1000;
  std::size_t length = 0;
  for (const char* script : {"vi", "km", "upper"}) {
    for (const std::size_t letters : {0u, 20u, 1000u}) {
      Response response;
      response.language = "vi";
      response.packed = first_letters(sample_text(script), letters);
      const auto sealed = keys.seal_response(response, room);
      INFO(script << " " << letters);
      if (length != 0) CHECK(sealed.size() == length);
      length = sealed.size();
      CHECK(keys.open_response(sealed)->packed == response.packed);
    }
  }
}

TEST_CASE("room is kept for own words only where the form has a field for them") {
  const auto room = [](std::vector<Option> options) {
    Questionnaire questionnaire;
    for (int i = 0; i < 20; ++i) {
      Question question;
      question.type = question_type_named("single_choice");
      question.id = "q" + std::to_string(i);
      question.options = options;
      question.max_letters = 200;  // the type's own, whether or not it is of use
      questionnaire.questions.push_back(std::move(question));
    }
    return sealed_size(questionnaire, 0);
  };
  Option plain, other;
  plain.id = "yes";
  other.id = "other";
  other.other_text = true;
  CHECK(room({plain}) <= 256);
  CHECK(room({plain, other}) >= 20 * 200);
}

TEST_CASE("an answer sealed before answers were compacted still opens") {
  const std::string secret(32, 'k');
  const std::string plain = std::string("\1\1\0\0\0003\2\2\0\0\0vi\3\0\0\0abc", 20) + std::string(1000, '\0');
  const auto key = SealingKey::create(view_of(hmac_sha256(secret, "khaosat/seal/1")));
  const auto opened = CampaignKeys(secret).open_response(seal(*key, plain, "khaosat/inbox/1"));
  REQUIRE(opened);
  CHECK(opened->questionnaire_version == 3);
  CHECK(opened->language == "vi");
  CHECK(opened->packed == "abc");
}

TEST_CASE("whatever is compacted expands to the same bytes, and nothing else expands") {
  for (const std::size_t size : {0u, 1u, 300u, 5000u, 70000u}) {
    for (const std::string& bytes : {std::string(size, 'a'), random_bytes(size)}) {
      CHECK(expand(compact(bytes), size + 1) == bytes);
      CHECK(compact(bytes).size() <= bytes.size() + bytes.size() / 200 + 16);
      if (size > 0) CHECK_FALSE(expand(compact(bytes), size - 1));
    }
  }
  CHECK_FALSE(expand("", 100));
  CHECK_FALSE(expand("no such thing", 100));
  CHECK_FALSE(expand(compact("whole") + "more", 100));
  CHECK_FALSE(expand(compact(random_bytes(500)).substr(0, 400), 1000));
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
  const test::TemporaryFolder folder;
  const auto first = KeyFolder::open(folder.file("keys"));
  REQUIRE(first);
  const Digest digest = first->campaign("abc")->slip("X");
  CHECK(KeyFolder::open(folder.file("keys"))->campaign("abc")->slip("X") == digest);
  const auto rights = std::filesystem::status(folder.file("keys/campaign-abc.key")).permissions();
  CHECK((rights & std::filesystem::perms::others_read) == std::filesystem::perms::none);
  REQUIRE(first->destroy("abc"));
  CHECK_FALSE(first->has_campaign("abc"));
  CHECK(first->destroy("abc"));
}
