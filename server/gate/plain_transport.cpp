#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

#include "base/open_file.h"
#include "server/gate/transport.h"

namespace khaosat {

namespace {

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int descriptor) : descriptor_(descriptor) {}

  IoStatus handshake() override { return IoStatus::done; }

  IoResult read(char* buffer, std::size_t size) override {
    const ssize_t count = ::recv(descriptor_, buffer, size, 0);
    if (count > 0) return {IoStatus::done, static_cast<std::size_t>(count)};
    if (count == 0) return {IoStatus::closed, 0};
    return {is_retry() ? IoStatus::want_read : IoStatus::failed, 0};
  }

  IoResult write(std::string_view first, std::string_view second) override {
    iovec parts[2] = {{const_cast<char*>(first.data()), first.size()},
                      {const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    const ssize_t count = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    if (count >= 0) return {IoStatus::done, static_cast<std::size_t>(count)};
    return {is_retry() ? IoStatus::want_write : IoStatus::failed, 0};
  }

  IoResult write_file(const OpenFile& file, std::uint64_t offset, std::span<char> scratch) override {
    auto at = static_cast<off_t>(offset);
    const ssize_t count = ::sendfile(descriptor_, file.descriptor(), &at, scratch.size());
    if (count >= 0) return {IoStatus::done, static_cast<std::size_t>(count)};
    if (errno == EIO) return {IoStatus::done, 0};
    return {is_retry() ? IoStatus::want_write : IoStatus::failed, 0};
  }

  bool has_pending() const override { return false; }
  void finish() override { ::shutdown(descriptor_, SHUT_WR); }

 private:
  static bool is_retry() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }
  int descriptor_;
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(int descriptor) {
  return std::make_unique<PlainTransport>(descriptor);
}

}  // namespace khaosat
