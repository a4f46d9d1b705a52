#include "base/open_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {
std::string all_of(const OpenFile& file) {
  std::string bytes;
  REQUIRE(file.each_piece([&](std::string_view piece) { bytes += piece; }));
  return bytes;
}
}  // namespace

TEST_CASE("an open file is read as it was, whatever becomes of its name") {
  const test::TemporaryFolder folder;
  std::string bytes;
  for (int i = 0; i < 40'000; ++i) bytes += std::to_string(i);
  const auto path = folder.write("x", bytes);
  const auto file = OpenFile::open(path.string());
  REQUIRE(file);
  std::filesystem::remove(path);
  folder.write("x", "other");
  CHECK((*file)->size() == bytes.size());
  CHECK((all_of(**file) == bytes));
  std::string part(100, '\0');
  CHECK((*file)->read_at(bytes.size() - 60, part.data(), part.size()).value() == 60);
  CHECK(part.substr(0, 60) == bytes.substr(bytes.size() - 60));
  CHECK((*file)->read_at(bytes.size() + 5, part.data(), part.size()).value() == 0);
}

TEST_CASE("only plain files are opened") {
  const test::TemporaryFolder folder;
  const auto path = folder.write("x", "x");
  std::filesystem::create_symlink(path, folder.path() / "link");
  REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
  for (const char* name : {"link", "pipe", "", "nothing", "../x"}) {
    CAPTURE(name);
    const auto file = OpenFile::open((folder.path() / name).string());
    REQUIRE_FALSE(file);
    CHECK(file.error().code == ErrorCode::file_unreadable);
  }
}

TEST_CASE("a file that has become shorter is told, not made up") {
  const test::TemporaryFolder folder;
  const auto path = folder.write("x", std::string(300'000, 'x'));
  const auto file = OpenFile::open(path.string()).value();
  std::filesystem::resize_file(path, 100'000);
  const auto read = file->each_piece([](std::string_view) {});
  REQUIRE_FALSE(read);
  CHECK(read.error().code == ErrorCode::file_unreadable);
}

TEST_CASE("without a descriptor left the office is asked to come again") {
  const test::TemporaryFolder folder;
  const auto path = folder.write("x", "x").string();
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 0;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto file = OpenFile::open(path);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE_FALSE(file);
  CHECK(file.error().code == ErrorCode::server_busy);
}
