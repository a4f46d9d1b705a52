#include "server/html/vietnamese_parts.h"

#include <catch2/catch.hpp>

using namespace khaosat;

TEST_CASE("Vietnamese words in an English page are marked, and nothing else changes") {
  const std::pair<const char*, const char*> cases[] = {
      {"<p>Nothing here</p>", "<p>Nothing here</p>"},
      {"", ""},
      {"no tags at all", "no tags at all"},
      {"<p>Xã Ngân Sơn</p>", "<p><span lang=\"vi\">Xã Ngân Sơn</span></p>"},
      {"<p>Survey: Thôn Cầu Đá, 3 forms</p>", "<p>Survey: <span lang=\"vi\">Thôn Cầu Đá,</span> 3 forms</p>"},
      {"<td> đạt </td>", "<td> <span lang=\"vi\">đạt</span> </td>"},
      {"<p>3 × 4 – “quoted” … • ✓</p>", "<p>3 × 4 – “quoted” … • ✓</p>"},
      {"<title>Xã</title><p>Ơ</p>", "<title>Xã</title><p><span lang=\"vi\">Ơ</span></p>"},
      {"<textarea name=\"a\">Gõ</textarea>", "<textarea name=\"a\">Gõ</textarea>"},
      {"<option value=\"a\" selected>Thôn Đồi</option>", "<option lang=\"vi\" value=\"a\" selected>Thôn Đồi</option>"},
      {"<option>none</option>", "<option>none</option>"},
      {"<input value=\"Đây\">", "<input value=\"Đây\">"},
      {"<script type=\"module\" src=\"/a.js\"></script><b>Ầ</b>", "<script type=\"module\" src=\"/a.js\"></script><b><span lang=\"vi\">Ầ</span></b>"},
      {"<p>&lt;ăn&gt;</p>", "<p><span lang=\"vi\">&lt;ăn&gt;</span></p>"},
      {"<p>cut <", "<p>cut <"},
      {"<title>ă", "<title>ă"},
      {"<option>ă", "<option lang=\"vi\">ă"},
  };
  for (const auto& [before, after] : cases) {
    INFO(before);
    CHECK(with_vietnamese_marked(before) == after);
  }
}
