// One open connection's bytes, plain or TLS, never blocking. Used by the event loop's thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace khaosat {

class OpenFile;

enum class IoStatus {
  done,        // `bytes` were moved, more may follow
  want_read,   // nothing moved; try again when the socket is readable
  want_write,  // the same, writable
  closed,      // the other side has finished sending
  failed,      // the connection is of no use any more
};

struct IoResult {
  IoStatus status = IoStatus::failed;
  std::size_t bytes = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  // done when no handshake is needed or it is over.
  virtual IoStatus handshake() = 0;
  virtual IoResult read(char* buffer, std::size_t size) = 0;
  // `second` follows `first`; the count runs over both.
  virtual IoResult write(std::string_view first, std::string_view second) = 0;
  // Bytes of the file from there, as many as fit into `scratch` at most, which may be used meanwhile. `done`
  // with no bytes: the file ends before or cannot be read. After want_… the same bytes must be offered again.
  virtual IoResult write_file(const OpenFile& file, std::uint64_t offset, std::span<char> scratch) = 0;
  // True when decrypted bytes wait inside, of which the socket knows nothing.
  virtual bool has_pending() const = 0;
  // Says that nothing more will be sent. Does not close the socket.
  virtual void finish() = 0;
};

// The transports do not own the descriptor.
std::unique_ptr<Transport> make_plain_transport(int descriptor);

// Certificate, key and settings shared by all TLS connections of a listener. TLS 1.2 and 1.3,
// forward secret ciphers only; sessions are resumed by tickets, so nothing is kept per client.
class TlsContext {
 public:
  // file_unreadable or config_bad_value, naming the file and what is wrong with it.
  static Result<std::shared_ptr<TlsContext>> create(const std::string& certificate_file,
                                                    const std::string& key_file);
  virtual ~TlsContext() = default;
  virtual std::unique_ptr<Transport> accept(int descriptor) = 0;
};

}  // namespace khaosat
