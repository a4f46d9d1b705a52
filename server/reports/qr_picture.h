// A QR code as the path of an SVG picture. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace khaosat {

struct QrPicture {
  int size = 0;      // modules of one side, quiet zone of 4 on each side included
  std::string path;  // of the dark modules, in a coordinate system of one unit per module
};

// Error correction M: a crease or a smudge over a seventh of the picture does no harm.
// too_long: more text than a QR code holds.
Result<QrPicture> qr_picture(const std::string& text);

}  // namespace khaosat
