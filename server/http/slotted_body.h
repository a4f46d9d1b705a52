// A page of which only a few letters differ from person to person, such as a receipt: rendered and
// compressed once, the letters are put in between. Costs a copy for each answer instead of a rendering
// and a compression.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/http/request.h"
#include "server/http/response.h"

namespace khaosat {

// Immutable, so shared by all threads.
class SlottedBody {
 public:
  // Compresses with gzip 9. The page is `before`, what is put in, `after`.
  static std::shared_ptr<const SlottedBody> make(std::string before, std::string after);

  // What is put in must be safe where it stands (letters and hyphens in HTML) and have at most 65,535
  // bytes; it goes out as it is.
  std::string identity(std::string_view inserted) const;
  // One gzip member (RFC 1952): the two compressed parts with a stored block between them. What is
  // put in refers to nothing else in the page, so the length tells nothing about it.
  std::string gzip(std::string_view inserted) const;

 private:
  std::string before_;
  std::string after_;
  std::string gzip_before_;  // header and blocks up to a byte's border
  std::string gzip_after_;   // blocks to the end of the stream, without the trailer
  unsigned long crc_before_ = 0;
  unsigned long crc_after_ = 0;
};

// Makes it the body of the answer, compressed if the browser takes gzip: whoever takes Brotli does.
void put_body(HttpResponse& response, const SlottedBody& body, std::string_view inserted, const Request& request);

}  // namespace khaosat
