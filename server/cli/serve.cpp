#include "server/cli/serve.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iostream>

#include "server/security/self_signed.h"

extern char** environ;

namespace khaosat::cli {

namespace {

Application* running = nullptr;

void stop_running(int) {
  if (running) running->stop();
}

Result<void> write_file(const std::string& path, const std::string& content, unsigned mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return fail(ErrorCode::file_unwritable, "cannot make the file", path);
  const bool written = ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written) return fail(ErrorCode::file_unwritable, "cannot write the file", path);
  return {};
}

std::vector<std::string> names_of_this_machine() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  std::vector<std::string> names = {"localhost", "127.0.0.1"};
  if (*name) names.emplace_back(name);
  return names;
}

Result<void> make_certificate(const Config& config, const std::vector<std::string>& hosts) {
  const std::string certificate = config.data + "/tls/certificate.pem";
  if (std::filesystem::exists(certificate)) {
    std::cout << "Certificate: " << certificate << " (kept)\n";
    return {};
  }
  std::error_code trouble;
  std::filesystem::create_directories(config.data + "/tls", trouble);
  if (trouble) return fail(ErrorCode::file_unwritable, "cannot make the folder", config.data + "/tls");
  SelfSignedRequest request;
  request.now = SystemClock{}.now();
  for (const auto& host : hosts.empty() ? names_of_this_machine() : hosts) {
    const bool is_address = host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos;
    (is_address ? request.ip_addresses : request.host_names).push_back(host);
  }
  const auto made = TRY(make_self_signed(request));
  TRY_VOID(write_file(config.data + "/tls/private_key.pem", made.private_key_pem, 0600));
  TRY_VOID(write_file(certificate, made.certificate_pem, 0644));
  std::cout << "Certificate: " << certificate << "\nFingerprint (SHA-256): " << made.fingerprint << "\n";
  return {};
}

}  // namespace

Result<Config> config_of(const ServeOptions& options) {
  return load_config(options.flags, TRY(config_environment(environ)), options.config_file);
}

Result<void> announce(Application& application, const Config& config) {
  std::cout << "khaosat " KHAOSAT_VERSION "\nData:    " << std::filesystem::absolute(config.data).lexically_normal().string() << "\n";
  for (const auto& address : application.addresses()) std::cout << "Address: " << address << "\n";
  if (const auto link = TRY(application.setup_link())) {
    std::cout << "First account (once, within 30 minutes): " << *link << "\n";
  }
  std::cout << std::flush;
  return {};
}

void serve_until_stopped(Application& application) {
  running = &application;
  std::signal(SIGTERM, stop_running);
  std::signal(SIGINT, stop_running);
  std::signal(SIGPIPE, SIG_IGN);
  application.run();
  running = nullptr;
}

int run_serve(const ServeOptions& options) {
  const auto config = config_of(options);
  if (!config) return report(config.error());
  auto application = Application::create(*config);
  if (!application) return report(application.error());
  if (const auto announced = announce(**application, *config); !announced) return report(announced.error());
  serve_until_stopped(**application);
  return 0;
}

int run_init(const InitOptions& options) {
  const auto config = config_of(options.serve);
  if (!config) return report(config.error());
  Config local = *config;
  local.listen = "127.0.0.1:0";
  local.listen_tls.clear();
  auto application = Application::create(local);
  if (!application) return report(application.error());
  if (const auto made = make_certificate(*config, options.hosts); !made) return report(made.error());
  std::cout << "Data folder: " << config->data << "\nNext: khaosat serve --data " << config->data
            << " --listen " << config->listen << " --listen-tls 0.0.0.0:8443\n"
            << "The server prints a link for the first account; it works once, for 30 minutes.\n";
  return 0;
}

int run_version() {
  std::cout << "khaosat " KHAOSAT_VERSION "\n";
  return 0;
}

}  // namespace khaosat::cli
