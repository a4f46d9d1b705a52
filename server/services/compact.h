// Short texts made shorter before they are sealed and padded, so that every answer takes the room of the
// longest one in fewer bytes. Raw DEFLATE of zlib. Pure; thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace khaosat {

// Never much longer than `bytes`: what does not shrink is kept as it is, with a few bytes more.
// std::bad_alloc when there is no memory.
std::string compact(std::string_view bytes);
// None: not made by compact(), or longer than `most` bytes.
std::optional<std::string> expand(std::string_view compacted, std::size_t most);

}  // namespace khaosat
