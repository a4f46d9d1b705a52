#include "server/config.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/definition_json.h"
#include "base/text.h"

namespace khaosat {

namespace {

template <std::string Config::*member>
Result<void> set_text(Config& config, const std::string& text) {
  config.*member = text;
  return {};
}

template <std::string Config::*member>
Result<void> set_address(Config& config, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  int port = -1;
  if (colon != std::string::npos && colon > 0) {
    const char* begin = text.data() + colon + 1;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(begin, end, port);
    if (read.ec != std::errc() || read.ptr != end) port = -1;
  }
  if (!text.empty() && (port < 0 || port > 65535)) {
    return fail(ErrorCode::config_bad_value, "must be HOST:PORT, for instance 0.0.0.0:8080");
  }
  config.*member = text;
  return {};
}

// A proxy on another machine would be believed about TLS while the way to it is in the clear.
template <std::string Config::*member>
Result<void> set_loopback_address(Config& config, const std::string& text) {
  const bool is_loopback = text.starts_with("127.") || text.starts_with("::1:") || text.starts_with("localhost:");
  if (!text.empty() && !is_loopback) {
    return fail(ErrorCode::config_bad_value, "must be an address of this machine, for instance 127.0.0.1:8081");
  }
  return set_address<member>(config, text);
}

template <std::string Config::*member>
Result<void> set_web_address(Config& config, const std::string& text) {
  const bool is_web = text.starts_with("https://") || text.starts_with("http://");
  if (!text.empty() && (!is_web || text.ends_with("/"))) {
    return fail(ErrorCode::config_bad_value, "must be like https://khaosat.example.vn, without a path");
  }
  config.*member = text;
  return {};
}

template <int Config::*member, int low, int high>
Result<void> set_number(Config& config, const std::string& text) {
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < low || number > high) {
    return fail(ErrorCode::config_bad_value, "must be a whole number from " + std::to_string(low) +
                                                 " to " + std::to_string(high));
  }
  config.*member = number;
  return {};
}

Result<void> apply(Config& config, const std::map<std::string, std::string>& values, const char* origin) {
  for (const auto& option : config_options()) {
    const auto found = values.find(std::string(option.key));
    if (found == values.end()) continue;
    if (const auto set = option.set(config, found->second); !set) {
      return fail(ErrorCode::config_bad_value,
                  std::string(option.key) + " " + set.error().message + "; got \"" + found->second + "\"", origin);
    }
  }
  return {};
}

Error unknown_key(const std::string& key, std::string where) {
  std::vector<std::string> known;
  for (const auto& option : config_options()) known.emplace_back(option.key);
  const auto near = nearest(key, known);
  return {ErrorCode::config_unknown_key,
          "unknown option \"" + key + "\"" + (near ? "; did you mean \"" + *near + "\"?" : ""), std::move(where), {}};
}

Result<std::map<std::string, std::string>> read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return fail(ErrorCode::file_unreadable, "cannot read the configuration file", path);
  std::ostringstream content;
  content << stream.rdbuf();
  DefinitionFile file = parse_definition(path, content.str());
  if (!file.faults().empty()) return fail(as_error(file.faults()));
  const DefinitionNode root = file.root();
  std::map<std::string, std::string> values;
  for (const auto& key : root.keys()) {
    bool known = false;
    for (const auto& option : config_options()) known = known || option.key == key;
    if (!known) return fail(unknown_key(key, path + "#/" + key));
    const DefinitionNode value = root.member(key);
    if (value.is_number()) {
      values[key] = std::to_string(root.required_integer(key, -1'000'000'000, 1'000'000'000));
    } else {
      values[key] = root.optional_text(key);
    }
  }
  if (!file.faults().empty()) {
    Error error = as_error(file.faults());
    error.code = ErrorCode::config_bad_value;
    return fail(std::move(error));
  }
  return values;
}

}  // namespace

const std::vector<ConfigOption>& config_options() {
  static const std::vector<ConfigOption> options = {
      {"data", "DIR", "Folder of databases and keys; made if it does not exist", set_text<&Config::data>},
      {"defs", "DIR", "Folder of questionnaires, index models, award rules, units", set_text<&Config::defs>},
      {"listen", "HOST:PORT", "Plain HTTP for citizens; staff pages answer to this machine only",
       set_address<&Config::listen>},
      {"listen_tls", "HOST:PORT", "HTTPS; staff pages answer to the whole network",
       set_address<&Config::listen_tls>},
      {"listen_proxy", "HOST:PORT", "For a reverse proxy on this machine that speaks HTTPS to the network",
       set_loopback_address<&Config::listen_proxy>},
      {"public_address", "URL", "What people type to reach this server, where it is not the listening address",
       set_web_address<&Config::public_address>},
      {"certificate", "FILE", "PEM certificate chain (default: DATA/tls/certificate.pem)",
       set_text<&Config::certificate>},
      {"private_key", "FILE", "PEM private key (default: DATA/tls/private_key.pem)",
       set_text<&Config::private_key>},
      {"web", "DIR", "Read pages from this folder instead of the program itself (for designers)",
       set_text<&Config::web>},
      {"workers", "N", "Most threads that handle requests; started as needed", set_number<&Config::workers, 1, 512>},
      {"max_connections", "N", "Connections held at once", set_number<&Config::max_connections, 16, 100000>},
      {"low_space", "MB", "Warn when less than this is free on the disk of the data folder (0: never)",
       set_number<&Config::low_space, 0, 100000000>},
  };
  return options;
}

std::string flag_of(const ConfigOption& option) {
  std::string flag = "--" + std::string(option.key);
  for (char& c : flag) {
    if (c == '_') c = '-';
  }
  return flag;
}

std::string environment_of(const ConfigOption& option) {
  std::string name = "KHAOSAT_" + std::string(option.key);
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

Result<std::map<std::string, std::string>> config_environment(char** environment) {
  std::map<std::string, std::string> values;
  for (char** entry = environment; entry && *entry; ++entry) {
    const std::string_view line(*entry);
    const std::size_t equals = line.find('=');
    if (!line.starts_with("KHAOSAT_") || equals == std::string_view::npos) continue;
    const std::string name(line.substr(0, equals));
    bool known = false;
    for (const auto& option : config_options()) {
      if (environment_of(option) == name) {
        values[std::string(option.key)] = line.substr(equals + 1);
        known = true;
      }
    }
    if (!known) {
      std::string key = name.substr(8);
      for (char& c : key) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      }
      return fail(unknown_key(key, "environment variable " + name));
    }
  }
  return values;
}

Result<Config> load_config(const std::map<std::string, std::string>& flags,
                           const std::map<std::string, std::string>& environment, const std::string& file) {
  Config config;
  // The data folder decides where the file is, so it is looked up before the file is read.
  TRY_VOID(apply(config, environment, "environment"));
  TRY_VOID(apply(config, flags, "command line"));
  const std::string path = file.empty() ? config.data + "/khaosat.json" : file;
  config = Config{};
  if (!file.empty() || std::filesystem::exists(path)) TRY_VOID(apply(config, TRY(read_file(path)), path.c_str()));
  TRY_VOID(apply(config, environment, "environment"));
  TRY_VOID(apply(config, flags, "command line"));
  return config;
}

}  // namespace khaosat
