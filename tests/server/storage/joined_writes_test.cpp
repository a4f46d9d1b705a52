#include "server/storage/sqlite/joined_writes.h"

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <random>
#include <sstream>
#include <vector>

#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {

class LogFile {
 public:
  LogFile(const std::string& layer, const std::string& path) : vfs_(sqlite3_vfs_find(layer.c_str())) {
    REQUIRE(vfs_ != nullptr);
    memory_.resize((static_cast<std::size_t>(vfs_->szOsFile) + sizeof(std::max_align_t)) / sizeof(std::max_align_t));
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL;
    REQUIRE(vfs_->xOpen(vfs_, path.c_str(), file(), kFlags, nullptr) == SQLITE_OK);
  }
  ~LogFile() { CHECK(file()->pMethods->xClose(file()) == SQLITE_OK); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  int write(const std::string& bytes, std::size_t place) {
    return file()->pMethods->xWrite(file(), bytes.data(), static_cast<int>(bytes.size()), static_cast<sqlite3_int64>(place));
  }
  std::string read(std::size_t count, std::size_t place) {
    std::string bytes(count, '?');
    REQUIRE(file()->pMethods->xRead(file(), bytes.data(), static_cast<int>(count), static_cast<sqlite3_int64>(place)) == SQLITE_OK);
    return bytes;
  }
  std::size_t size() {
    sqlite3_int64 size = -1;
    REQUIRE(file()->pMethods->xFileSize(file(), &size) == SQLITE_OK);
    return static_cast<std::size_t>(size);
  }
  int truncate(std::size_t size) { return file()->pMethods->xTruncate(file(), static_cast<sqlite3_int64>(size)); }
  int sync() { return file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL); }

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
  sqlite3_vfs* vfs_;
  std::vector<std::max_align_t> memory_;
};

std::string content_of(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

}  // namespace

TEST_CASE("whatever is written to a log in whatever pieces, the file holds it after each flush") {
  const auto layer = sqlite::joined_writes_over("");
  REQUIRE(layer);
  std::mt19937 random(std::random_device{}());
  const unsigned seed = random();
  CAPTURE(seed);
  random.seed(seed);
  const auto below = [&](std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random); };
  for (int round = 0; round < 40; ++round) {
    const test::TemporaryFolder folder("/dev/shm");
    const std::string path = folder.file("data-wal");
    std::ofstream(folder.file("data")).put('x');  // the log takes over its mode
    LogFile log(*layer, path);
    std::string model;
    for (int act = 0; act < 300; ++act) {
      switch (below(12)) {
        case 0: {
          if (model.empty()) break;
          const std::size_t place = below(model.size());
          const std::size_t count = 1 + below(model.size() - place);
          REQUIRE(log.read(count, place) == model.substr(place, count));
          break;
        }
        case 1:
          REQUIRE(log.size() == model.size());
          break;
        case 2:
          model.resize(below(model.size() + 1));
          REQUIRE(log.truncate(model.size()) == SQLITE_OK);
          break;
        case 3:
          REQUIRE(log.sync() == SQLITE_OK);
          REQUIRE(content_of(path) == model);
          break;
        default: {
          // Mostly one after the other, now and then over what is there, rarely very long.
          const std::size_t place = below(8) == 0 ? below(model.size() + 1) : model.size();
          const std::string bytes(below(50) == 0 ? 100000 + below(31000) : 1 + below(5000), static_cast<char>('a' + below(26)));
          model.resize(std::max(model.size(), place + bytes.size()));
          model.replace(place, bytes.size(), bytes);
          REQUIRE(log.write(bytes, place) == SQLITE_OK);
        }
      }
    }
    REQUIRE(log.sync() == SQLITE_OK);
    REQUIRE(content_of(path) == model);
  }
}

TEST_CASE("a layer over none that is known is refused") {
  const auto layer = sqlite::joined_writes_over("no such layer");
  REQUIRE_FALSE(layer);
  CHECK(layer.error().code == ErrorCode::storage_failed);
}
