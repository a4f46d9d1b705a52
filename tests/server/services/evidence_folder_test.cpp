#include "server/services/facts/evidence_folder.h"

#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "tests/support/answer_body.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;

TEST_CASE("a file of evidence is opened as it was put, and known for what it is wherever its names stand") {
  const test::TemporaryFolder folder;
  const auto evidence = EvidenceFolder::open((folder.path() / "evidence").string()).value();
  // Read in pieces of 64 KB: names are put across each place of a border.
  for (std::size_t at = (64 << 10) - 20; at <= 64 << 10; ++at) {
    CAPTURE(at);
    std::string bytes = "PK\x03\x04 [Content_Types].xml";
    bytes.resize(at, ' ');
    bytes += "word/document.xml";
    bytes.resize(150'000, ' ');
    const auto put = evidence.put(bytes);
    REQUIRE(put);
    CHECK(put->extension == "docx");
    const auto kept = evidence.open_kept(put->digest);
    REQUIRE(kept);
    CHECK(kept->extension == "docx");
    CHECK((bytes_of(*kept->file) == bytes));
  }
  CHECK(evidence.open_kept(std::string(64, 'a')).error().code == ErrorCode::not_found);
  CHECK(evidence.open_kept("../evidence").error().code == ErrorCode::not_found);
}

TEST_CASE("a file of evidence that was changed is not handed out") {
  const test::TemporaryFolder folder;
  const auto evidence = EvidenceFolder::open((folder.path() / "evidence").string()).value();
  const auto put = evidence.put("%PDF-1.7 quyết định");
  REQUIRE(put);
  folder.write("evidence/" + put->digest, "%PDF-1.7 quyết định khác");
  CHECK(evidence.open_kept(put->digest).error().code == ErrorCode::storage_failed);
}
