// What every answer says to browsers about what they may do with it (OWASP ASVS 3.2 and 3.4). Pure.
#pragma once

#include <string>
#include <vector>

#include "server/gate/raw_request.h"

namespace khaosat {

// Appends to `headers`. `style_hashes` are "sha256-…" of inline styles that the page may use.
void add_security_headers(HeaderList& headers, bool is_tls, const std::vector<std::string>& style_hashes);

}  // namespace khaosat
