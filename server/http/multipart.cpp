#include <algorithm>

#include "base/text.h"
#include "server/http/clean_field.h"
#include "server/http/form_data.h"
#include "server/http/media_type.h"

namespace khaosat {

namespace {

tl::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::bad_request, "the upload is not well-formed: " + std::move(message));
}

// RFC 2046 section 5.1.1; the blank, allowed there within a boundary, is never used by browsers.
bool is_boundary(std::string_view text) {
  constexpr std::string_view kAllowed =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'()+_,-./:=?";
  return !text.empty() && text.size() <= 70 &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

struct PartHead {
  std::string name;
  std::optional<std::string> file_name;
  std::string content_type;
};

// Browsers show a path's last component at most; a stranger may send "..\\..\\x".
std::string base_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  std::string name(path.substr(0, 200));
  while (!is_utf8(name)) name.pop_back();  // the cut may have split a letter
  return name;
}

Result<PartHead> parse_part_head(std::string_view head, const MultipartLimits& limits) {
  PartHead part;
  bool has_disposition = false;
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("a header of a part has no colon");
    const std::string name = lower_ascii(line.substr(0, colon));
    const auto value = parse_media_type(trim(line.substr(colon + 1)));
    if (!value) return malformed("header " + name + " of a part cannot be read");
    if (name == "content-disposition") {
      if (has_disposition || value->type != "form-data") return malformed("a part is not form data");
      has_disposition = true;
      const auto field = value->parameter("name");
      if (!field) return malformed("a part has no name");
      part.name = TRY(clean_field_name(*field, limits.form));
      if (const auto file = value->parameter("filename")) {
        part.file_name = base_name(TRY(clean_field_value(*file, part.name, limits.form)));
      }
    } else if (name == "content-type") {
      part.content_type = value->type;
    } else {
      return malformed("a part has the header " + name.substr(0, 40));
    }
  }
  if (!has_disposition) return malformed("a part has no name");
  return part;
}

}  // namespace

Result<Multipart> parse_multipart(std::string_view body, std::string_view content_type_header,
                                  const MultipartLimits& limits) {
  const auto type = parse_media_type(content_type_header);
  if (!type || type->type != "multipart/form-data") {
    return fail(ErrorCode::media_type_unsupported, "an upload must be multipart/form-data");
  }
  const auto boundary = type->parameter("boundary");
  if (!boundary || !is_boundary(*boundary)) return malformed("no usable boundary");
  const std::string first = "--" + *boundary;
  const std::string delimiter = "\r\n" + first;
  if (body.substr(0, first.size()) != first) return malformed("it does not begin with its boundary");
  body.remove_prefix(first.size());

  Multipart result;
  for (std::size_t parts = 0;; ++parts) {
    if (body.substr(0, 2) == "--") {
      const std::string_view rest = body.substr(2);
      if (!rest.empty() && rest != "\r\n") return malformed("something follows the end");
      return result;
    }
    if (body.substr(0, 2) != "\r\n") return malformed("a boundary line does not end");
    if (parts >= limits.parts) return too_large("parts", limits.parts);
    body.remove_prefix(2);
    const std::size_t head_end = body.substr(0, limits.part_header_bytes + 4).find("\r\n\r\n");
    if (head_end == std::string_view::npos) return malformed("the headers of a part do not end");
    const PartHead head = TRY(parse_part_head(body.substr(0, head_end), limits));
    body.remove_prefix(head_end + 4);
    const std::size_t content_end = body.find(delimiter);
    if (content_end == std::string_view::npos) return malformed("the last part does not end");
    const std::string_view content = body.substr(0, content_end);
    body.remove_prefix(content_end + delimiter.size());
    if (head.file_name) {
      result.files.push_back({head.name, *head.file_name, head.content_type, std::string(content)});
    } else {
      result.fields.add(head.name,
                        TRY(clean_field_value(std::string(content), head.name, limits.form)));
    }
  }
}

}  // namespace khaosat
