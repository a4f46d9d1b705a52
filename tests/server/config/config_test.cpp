#include "server/config.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {
// A data folder with a configuration file in it.
struct Folder : test::TemporaryFolder {
  void write(const std::string& content) { TemporaryFolder::write("khaosat.json", content); }
};
}  // namespace

TEST_CASE("a flag beats the environment, which beats the file, which beats the default") {
  Folder folder;
  folder.write(R"({"listen":"127.0.0.1:1","defs":"file","workers":3,"web":"file"})");
  const auto config = load_config({{"data", folder.path()}, {"listen", "127.0.0.1:3"}},
                                  {{"listen", "127.0.0.1:2"}, {"defs", "environment"}}, "");
  REQUIRE(config);
  CHECK(config->listen == "127.0.0.1:3");
  CHECK(config->defs == "environment");
  CHECK(config->web == "file");
  CHECK(config->workers == 3);
  CHECK(config->max_connections == Config{}.max_connections);
}

TEST_CASE("a misspelt key is refused with the nearest right one, in file and environment") {
  Folder folder;
  folder.write(R"({"lisen":"x"})");
  const auto config = load_config({{"data", folder.path()}}, {}, "");
  REQUIRE_FALSE(config);
  CHECK(config.error().code == ErrorCode::config_unknown_key);
  CHECK(config.error().message.find("\"listen\"") != std::string::npos);

  char variable[] = "KHAOSAT_WORKER=3";
  char* environment[] = {variable, nullptr};
  const auto values = config_environment(environment);
  REQUIRE_FALSE(values);
  CHECK(values.error().message.find("\"workers\"") != std::string::npos);
}

TEST_CASE("values that do not fit are refused wherever they come from") {
  Folder folder;
  const auto flags = GENERATE(std::map<std::string, std::string>{{"listen", "8080"}},
                              std::map<std::string, std::string>{{"listen", "host:99999"}},
                              std::map<std::string, std::string>{{"workers", "many"}},
                              std::map<std::string, std::string>{{"workers", "0"}});
  auto given = flags;
  given["data"] = folder.path();
  const auto config = load_config(given, {}, "");
  REQUIRE_FALSE(config);
  CHECK(config.error().code == ErrorCode::config_bad_value);
}

TEST_CASE("a configuration file that was named must exist and be sound") {
  CHECK(load_config({}, {}, "/nowhere/khaosat.json").error().code == ErrorCode::file_unreadable);
  Folder folder;
  folder.write("{\"workers\": true}");
  CHECK(load_config({{"data", folder.path()}}, {}, "").error().code == ErrorCode::config_bad_value);
}
