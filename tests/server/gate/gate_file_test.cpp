// Answers whose body stands in a file: sent in pieces, let go of in time, whatever becomes of file and reader.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <mutex>
#include <random>
#include <thread>

#include "base/clock.h"
#include "base/open_file.h"
#include "server/security/self_signed.h"
#include "tests/support/line_client.h"
#include "tests/support/running_gate.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;
using namespace khaosat::test;
using namespace std::chrono_literals;

namespace {

std::string noise(std::size_t size) {
  std::mt19937_64 random(size);
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

template <typename Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

std::string get(const std::string& path, const std::string& method = "GET") {
  return method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

// Serves the files of a folder by name, "/x?10-20" as bytes 10 to 29.
class FileGate {
 public:
  explicit FileGate(GateConfig config = {}) : gate_(with_both(std::move(config)), callbacks()) {}

  int port(bool tls) const { return gate_.port(tls ? 1 : 0); }
  GateCounters counters() { return gate_.gate().counters(); }
  // Whether anything still holds the file served last.
  bool is_held() {
    const std::lock_guard lock(mutex_);
    return !last_.expired();
  }

  TemporaryFolder folder;

 private:
  GateConfig with_both(GateConfig config) {
    SelfSignedRequest request;
    request.host_names = {"localhost"};
    request.now = SystemClock{}.now();
    const auto made = make_self_signed(request).value();
    const TlsFiles files{folder.write("tls.crt", made.certificate_pem), folder.write("tls.key", made.private_key_pem)};
    config.listen = {{"127.0.0.1", 0, std::nullopt}, {"127.0.0.1", 0, files}};
    return config;
  }
  GateCallbacks callbacks() {
    GateCallbacks callbacks;
    callbacks.handle = [this](RawRequest request) {
      RawAnswer answer;
      const auto file = OpenFile::open(folder.path().string() + request.path).value();
      {
        const std::lock_guard lock(mutex_);
        last_ = file;
      }
      answer.file = {file, 0, file->size()};
      if (const auto dash = request.query.find('-'); dash != std::string::npos) {
        answer.file.first = std::stoul(request.query);
        answer.file.length = std::stoul(request.query.substr(dash + 1));
      }
      return answer;
    };
    return callbacks;
  }

  std::mutex mutex_;
  std::weak_ptr<const OpenFile> last_;
  RunningGate gate_;
};

}  // namespace

TEST_CASE("a body in a file arrives byte for byte and the connection goes on") {
  FileGate server;
  for (const bool tls : {false, true}) {
    CAPTURE(tls);
    LineClient client(server.port(tls), tls);
    REQUIRE(client.is_open());
    for (const std::size_t size : {0ul, 1ul, (16ul << 10) - 1, 16ul << 10, (64ul << 10) + 1, (1ul << 20) + 7, 5ul << 20}) {
      CAPTURE(size);
      const std::string bytes = noise(size);
      server.folder.write("x", bytes);
      // Both are on their way before the first is answered.
      REQUIRE(client.send(get("/x") + get("/x", "HEAD") + get("/x?0-" + std::to_string(size / 2)) +
                          get("/x?" + std::to_string(size / 3) + "-" + std::to_string(size / 3))));
      const std::string length = "Content-Length: " + std::to_string(size) + "\r\n";
      CHECK(client.head().find(length) != std::string::npos);
      CHECK((client.exactly(size) == bytes));
      CHECK(client.head().find(length) != std::string::npos);
      CHECK(client.head().find("200 OK") != std::string::npos);
      CHECK((client.exactly(size / 2) == bytes.substr(0, size / 2)));
      CHECK(client.head().find("200 OK") != std::string::npos);
      CHECK((client.exactly(size / 3) == bytes.substr(size / 3, size / 3)));
    }
  }
  CHECK(server.counters().cut_short == 0);
  CHECK(eventually([&] { return !server.is_held(); }));
}

TEST_CASE("a file that becomes shorter ends the answer and the connection, and is counted") {
  for (const bool tls : {false, true}) {
    CAPTURE(tls);
    FileGate server;
    server.folder.write("x", "");
    const auto path = server.folder.path() / "x";
    std::filesystem::resize_file(path, 200 << 20);
    LineClient client(server.port(tls), tls);
    REQUIRE(client.send(get("/x")));
    CHECK(client.head().find("Content-Length: 209715200\r\n") != std::string::npos);
    CHECK(client.exactly(100'000).size() == 100'000);
    std::filesystem::resize_file(path, 1 << 20);
    std::size_t received = 0;
    for (std::string piece = client.some(1 << 20); !piece.empty(); piece = client.some(1 << 20)) received += piece.size();
    CHECK(received < (100u << 20));
    CHECK(eventually([&] { return server.counters().cut_short == 1 && server.counters().open == 0; }));
    CHECK(!server.is_held());
    // Nobody else notices.
    server.folder.write("y", "y");
    LineClient other(server.port(tls), tls);
    REQUIRE(other.send(get("/y")));
    CHECK(other.head().find("200 OK") != std::string::npos);
  }
}

TEST_CASE("a reader who goes away leaves no open file behind") {
  for (const bool tls : {false, true}) {
    CAPTURE(tls);
    FileGate server;
    server.folder.write("x", "");
    std::filesystem::resize_file(server.folder.path() / "x", 200 << 20);
    const auto descriptors = [] {
      return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
    };
    const auto before = descriptors();
    for (int k = 0; k < 20; ++k) {
      LineClient client(server.port(tls), tls);
      REQUIRE(client.send(get("/x")));
      CHECK(client.exactly(100'000).size() == 100'000);
      client.abort();
    }
    CHECK(eventually([&] { return server.counters().open == 0 && descriptors() == before; }));
    CHECK(server.counters().aborted == 20);
    CHECK(!server.is_held());
  }
}

TEST_CASE("who takes nothing more is cut off after a part's time, who goes on is not") {
  for (const bool tls : {false, true}) {
    CAPTURE(tls);
    GateConfig config;
    config.write_time = 400ms - 64s;  // a part of 1 MB has 64 s more
    FileGate server(config);
    server.folder.write("x", "");
    std::filesystem::resize_file(server.folder.path() / "x", 60 << 20);
    LineClient steady(server.port(tls), tls, 64 << 10);
    LineClient silent(server.port(tls), tls, 64 << 10);
    REQUIRE(steady.send(get("/x")));
    REQUIRE(silent.send(get("/x")));
    CHECK(!steady.head().empty());
    std::size_t received = 0;
    for (int part = 0; part < 60; ++part) {
      received += steady.exactly(1 << 20).size();
      std::this_thread::sleep_for(20ms);  // 1.2 s in all
    }
    CHECK(received == 60u << 20);
    CHECK(eventually([&] { return server.counters().timed_out == 1; }));
    CHECK(eventually([&] { return !server.is_held(); }));
  }
}

TEST_CASE("a file that has left the memory is fetched again without anybody waiting for the disk") {
  FileGate server;
  const std::string bytes = noise(24 << 20);
  server.folder.write("x", bytes);
  const int file = ::open((server.folder.path() / "x").c_str(), O_RDONLY);
  for (const bool tls : {false, true}) {
    CAPTURE(tls);
    REQUIRE(::fsync(file) == 0);
    REQUIRE(::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0);
    const auto same = OpenFile::open((server.folder.path() / "x").string()).value();
    if (same->is_at_hand(0, same->size())) WARN("this file system does not tell what is in memory: nothing is shown here");
    LineClient client(server.port(tls), tls);
    REQUIRE(client.send(get("/x")));
    CHECK(!client.head().empty());
    CHECK((client.exactly(bytes.size()) == bytes));
  }
  ::close(file);
}
