// Pictures and numbers as people see them.
#include <catch2/catch.hpp>
#include <sstream>

#include "server/reports/index_report.h"
#include "server/reports/qr_picture.h"

using namespace khaosat;

namespace {

// The modules that the path paints, drawn again from its text alone.
std::vector<std::vector<bool>> painted(const QrPicture& picture) {
  const auto size = static_cast<std::size_t>(picture.size);
  std::vector<std::vector<bool>> modules(size, std::vector<bool>(size, false));
  std::string text = picture.path;
  for (char& c : text) {
    if (c == 'M' || c == 'h' || c == 'v' || c == 'z') c = ' ';
  }
  std::istringstream in(text);
  std::size_t x = 0, y = 0;
  int width = 0, down = 0, back = 0;
  while (in >> x >> y >> width >> down >> back) {
    CHECK(down == 1);
    CHECK(back == -width);
    for (int i = 0; i < width; ++i) modules.at(y).at(x + static_cast<std::size_t>(i)) = true;
  }
  return modules;
}

}  // namespace

TEST_CASE("a QR picture has its three finder patterns and a quiet zone of four modules") {
  const auto picture = qr_picture("https://khaosat.nganson.example/s/0rre94pb23#7QFK-2M9X-C0HT-5");
  REQUIRE(picture);
  const auto modules = painted(*picture);
  const std::size_t size = modules.size();
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t margin = 0; margin < 4; ++margin) {
      CHECK_FALSE(modules[margin][i]);
      CHECK_FALSE(modules[size - 1 - margin][i]);
      CHECK_FALSE(modules[i][margin]);
      CHECK_FALSE(modules[i][size - 1 - margin]);
    }
  }
  const std::size_t far = size - 4 - 7;
  for (const auto& [top, left] : {std::pair<std::size_t, std::size_t>{4, 4}, {4, far}, {far, 4}}) {
    for (std::size_t y = 0; y < 7; ++y) {
      for (std::size_t x = 0; x < 7; ++x) {
        const std::size_t ring = std::min({x, y, 6 - x, 6 - y});
        CHECK(modules[top + y][left + x] == (ring != 1));
      }
    }
  }
}

TEST_CASE("a text too long for a slip's QR code is refused") {
  CHECK(qr_picture(std::string(501, 'a')).error().code == ErrorCode::too_long);
}

TEST_CASE("numbers are written as the language writes them") {
  CHECK(decimal_text(72.35, 1, "vi") == "72,3");
  CHECK(decimal_text(72.36, 1, "vi") == "72,4");
  CHECK(decimal_text(72.36, 1, "en") == "72.4");
  CHECK(decimal_text(-0.04, 1, "vi") == "0,0");
  CHECK(decimal_text(-3.25, 2, "vi") == "-3,25");
  CHECK(decimal_text(95, 0, "vi") == "95");
}

TEST_CASE("an interval stays on its line, and only values are drawn") {
  disclosure::PublishedScore score;
  CHECK_FALSE(interval_picture(score, 0, 100));
  score.state = disclosure::PublishedState::value;
  score.value = 50;
  const auto alone = interval_picture(score, 0, 100);
  REQUIRE(alone);
  CHECK_FALSE(alone->with_interval);
  CHECK(alone->at == IntervalPicture::kWidth / 2);
  score.lower = -20;
  score.upper = 130;
  const auto wide = interval_picture(score, 0, 100);
  CHECK(wide->low == 0);
  CHECK(wide->high == IntervalPicture::kWidth);
  CHECK_FALSE(interval_picture(score, 5, 5));
  score.state = disclosure::PublishedState::hidden;
  CHECK_FALSE(interval_picture(score, 0, 100));
}
