// Starting a server and saying where it is; shared by `serve`, `init` and `demo`.
#pragma once

#include "base/result.h"
#include "server/application.h"
#include "server/cli/commands.h"
#include "server/config.h"

namespace khaosat::cli {

Result<Config> config_of(const ServeOptions& options);
// Prints addresses, data folder and, while there is no account, the link for the first one.
Result<void> announce(Application& application, const Config& config);
// SIGTERM and SIGINT finish what has begun, then stop.
void serve_until_stopped(Application& application);

}  // namespace khaosat::cli
