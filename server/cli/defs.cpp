#include <iostream>

#include "server/cli/commands.h"
#include "server/cli/definitions.h"

namespace khaosat::cli {

int run_defs_check(const DefsOptions& options) {
  const Catalog catalog = Catalog::load(defs_folder(options.defs));
  std::cout << (options.format == Format::json ? report_json(catalog) : report_text(catalog));
  return catalog.faults().empty() ? 0 : exit_code_of(catalog.faults().front().code);
}

}  // namespace khaosat::cli
