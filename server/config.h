// Every option of the server, its default and where it may come from. One order: flag, then
// environment, then the configuration file, then the default.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace khaosat {

struct Config {
  std::string data = "data";
  std::string defs = "survey_defs";
  std::string listen = "127.0.0.1:8080";
  std::string listen_tls;
  std::string listen_proxy;
  std::string public_address;
  std::string certificate;
  std::string private_key;
  std::string web;
  int workers = 128;
  int max_connections = 8192;
  int low_space = 1000;  // megabytes
};

// THE LIST of options. `key` is the name in the file; the flag is --key with '-' for '_'; the
// environment variable is KHAOSAT_KEY in capitals.
struct ConfigOption {
  std::string_view key;
  std::string_view value;  // what stands behind the flag in help
  std::string_view help;
  Result<void> (*set)(Config&, const std::string& text);
};
const std::vector<ConfigOption>& config_options();

std::string flag_of(const ConfigOption& option);         // "--listen-tls"
std::string environment_of(const ConfigOption& option);  // "KHAOSAT_LISTEN_TLS"

// `flags` and `environment` hold only what was given, by key. `file` may be empty; then
// "<data>/khaosat.json" is read if it exists. A key nobody knows is config_unknown_key and names the
// nearest one; a value that does not fit is config_bad_value.
Result<Config> load_config(const std::map<std::string, std::string>& flags,
                           const std::map<std::string, std::string>& environment,
                           const std::string& file);

// What the process was started with, reduced to our variables. Variables that begin with KHAOSAT_
// and are no option are refused, so that a misspelt one does not pass unseen.
Result<std::map<std::string, std::string>> config_environment(char** environment);

}  // namespace khaosat
