#include "server/reports/qr_picture.h"

#include <qrcodegen/qrcodegen.hpp>

namespace khaosat {

namespace {
constexpr int kQuietZone = 4;
}

Result<QrPicture> qr_picture(const std::string& text) {
  if (text.size() > 500) return fail(ErrorCode::too_long, "more than a QR code on a slip should hold", "address");
  const auto code = qrcodegen::QrCode::encodeText(text.c_str(), qrcodegen::QrCode::Ecc::MEDIUM);
  QrPicture picture;
  picture.size = code.getSize() + 2 * kQuietZone;
  for (int y = 0; y < code.getSize(); ++y) {
    for (int x = 0; x < code.getSize(); ++x) {
      if (!code.getModule(x, y)) continue;
      const int begin = x;
      while (x < code.getSize() && code.getModule(x, y)) ++x;
      // One bar per run of dark modules; bars touch, so no hairlines show between rows.
      picture.path += "M" + std::to_string(begin + kQuietZone) + " " + std::to_string(y + kQuietZone) + "h" +
                      std::to_string(x - begin) + "v1h-" + std::to_string(x - begin) + "z";
    }
  }
  return picture;
}

}  // namespace khaosat
