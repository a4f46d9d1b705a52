// One connection's way through its phases: handshake, head, body, handling, writing, and again.
#include <sys/epoll.h>

#include <algorithm>

#include "base/clock.h"
#include "base/log.h"
#include "base/open_file.h"
#include "server/gate/answer_text.h"
#include "server/gate/event_loop.h"

namespace khaosat {

namespace {
constexpr std::size_t kHeadChunk = 16 << 10;
// A refused client may go on sending. Reading a little of it lets the refusal arrive; resetting the
// connection at once would often destroy it on the way.
constexpr std::size_t kMostLingered = 16 << 20;
constexpr int kRetryAfterSeconds = 2;
// What one reader gets before the others have their turn: a fast one would take all there is.
constexpr std::uint64_t kMostPerTurn = 64 << 10;
// A reader who takes no more of a file is noticed within the time of this much, not of the whole.
constexpr std::uint64_t kFilePart = 1 << 20;
constexpr std::chrono::milliseconds kDiskLook{2};
// Where the system never says that a piece is there, it is read all the same.
constexpr std::chrono::milliseconds kDiskPatience{500};
}  // namespace

void Gate::Loop::on_ready(Connection& connection, std::uint32_t events) {
  switch (connection.phase) {
    case Phase::handshake: return continue_handshake(connection);
    case Phase::head:
    case Phase::body: return receive(connection);
    case Phase::lingering: return linger(connection);
    case Phase::writing:
      if ((events & (EPOLLERR | EPOLLHUP)) != 0) break;
      if ((events & EPOLLOUT) != 0 || connection.interest == EPOLLIN) return send(connection);
      return watch(connection, EPOLLOUT);
    case Phase::handling:
      if ((events & (EPOLLERR | EPOLLHUP)) != 0) break;
      // The next request arrives early: it waits in the kernel, where it costs its sender.
      return watch(connection, 0);
  }
  ++counts_.aborted;
  close(connection);
}

void Gate::Loop::continue_handshake(Connection& connection) {
  switch (connection.transport->handshake()) {
    case IoStatus::done:
      connection.phase = Phase::head;
      set_deadline(connection, config_.head_time);
      watch(connection, EPOLLIN);
      return receive(connection);
    case IoStatus::want_read: return watch(connection, EPOLLIN);
    case IoStatus::want_write: return watch(connection, EPOLLOUT);
    case IoStatus::closed:
    case IoStatus::failed: return close(connection);
  }
}

void Gate::Loop::receive(Connection& connection) {
  const ConnectionId id = connection.id;
  // Bounded, so that one fast sender does not keep the loop from the others.
  for (int turn = 0; turn < 4; ++turn) {
    const std::size_t room = connection.phase == Phase::head ? kHeadChunk : scratch_.size();
    const IoResult result = connection.transport->read(scratch_.data(), room);
    switch (result.status) {
      case IoStatus::want_read: return watch(connection, EPOLLIN);
      case IoStatus::want_write: return watch(connection, EPOLLOUT);
      case IoStatus::closed:
      case IoStatus::failed:
        if (!connection.is_idle()) ++counts_.aborted;
        return close(connection);
      case IoStatus::done: break;
    }
    const bool was_idle = connection.is_idle();
    connection.input.append(scratch_.data(), result.bytes);
    buffered_ += result.bytes;
    if (was_idle) set_deadline(connection, config_.head_time);
    advance(connection);
    if (find(id) == nullptr) return;
    if (connection.phase != Phase::head && connection.phase != Phase::body) return;
    // A short read emptied the socket; asking again would only cost a system call. TLS cannot know.
    if (!connection.is_tls && result.bytes < room) return;
  }
  // Decrypted bytes do not make the socket readable, so they are not left behind.
  if (connection.transport->has_pending()) receive(connection);
}

void Gate::Loop::linger(Connection& connection) {
  for (int turn = 0; turn < 4; ++turn) {
    const IoResult result = connection.transport->read(scratch_.data(), scratch_.size());
    if (result.status == IoStatus::want_read || result.status == IoStatus::want_write) return;
    connection.lingered += result.bytes;
    if (result.status != IoStatus::done || connection.lingered > kMostLingered) {
      return close(connection);
    }
  }
}

void Gate::Loop::advance(Connection& connection) {
  if (buffered_ > config_.max_buffered_bytes) return refuse(connection, {503, "out of buffers"});
  const bool had_head = connection.head.has_value();
  if (!had_head && !read_head(connection)) return;
  if (!read_body(connection)) {
    if (!had_head) {
      const auto allowed = callbacks_.allow_body(connection.head->request.method,
                                                 connection.head->request.path);
      connection.phase = Phase::body;
      set_deadline(connection, allowed.time);
    }
    return;
  }
  hand_on(connection);
}

// True when the head is complete and acceptable; otherwise more is needed or it has been refused.
bool Gate::Loop::read_head(Connection& connection) {
  if (const auto refusal = connection.scanner.scan(connection.input)) {
    refuse(connection, *refusal);
    return false;
  }
  const std::size_t length = connection.scanner.head_bytes();
  if (length == 0) return false;
  auto outcome = parse_head(std::string_view(connection.input).substr(0, length), config_.head);
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    refuse(connection, *refusal);
    return false;
  }
  auto& head = std::get<ParsedHead>(outcome);
  if (head.content_length > 0 &&
      head.content_length > callbacks_.allow_body(head.request.method, head.request.path).bytes) {
    refuse(connection, {413, "body too large"});
    return false;
  }
  connection.head = std::move(head);
  return true;
}

bool Gate::Loop::read_body(Connection& connection) {
  return connection.input.size() - connection.scanner.head_bytes() >=
         connection.head->content_length;
}

void Gate::Loop::hand_on(Connection& connection) {
  RawRequest request = std::move(connection.head->request);
  const std::size_t head_bytes = connection.scanner.head_bytes();
  const std::size_t length = connection.head->content_length;
  const std::size_t received = connection.input.size();
  if (received == head_bytes + length) {
    connection.input.erase(0, head_bytes);
    request.body = std::exchange(connection.input, {});
  } else {
    request.body = connection.input.substr(head_bytes, length);
    connection.input.erase(0, head_bytes + length);
  }
  buffered_ -= received - connection.input.size();
  request.is_tls = connection.counts_as_tls;
  request.is_loopback = connection.is_loopback;
  connection.method = request.method;
  connection.keep_alive = connection.head->keep_alive;
  connection.head.reset();
  connection.scanner = HeadScanner(config_.head);
  clear_deadline(connection);
  connection.phase = Phase::handling;
  if (workers_.try_submit(connection.id, request)) {
    ++counts_.handed_on;
  } else {
    refuse(connection, {503, "queue full"});
  }
}

void Gate::Loop::refuse(Connection& connection, Refusal refusal) {
  RawAnswer text = callbacks_.refusal ? callbacks_.refusal(refusal.status, connection.counts_as_tls) : RawAnswer{};
  text.status = refusal.status;
  text.close_after = true;
  if (refusal.status == 503) {
    // Sooner than the page of the owner would say.
    std::erase_if(text.headers, [](const auto& header) { return header.first == "Retry-After"; });
    text.headers.emplace_back("Retry-After", std::to_string(kRetryAfterSeconds));
  }
  if (connection.phase != Phase::handling) connection.method.clear();
  // What follows on this connection cannot be trusted to be the start of a request.
  buffered_ -= connection.input.size();
  connection.input = {};
  connection.head.reset();
  answer(connection, text);
}

void Gate::Loop::answer(Connection& connection, const RawAnswer& answer) {
  if (answer.close_after || draining_) connection.keep_alive = false;
  const bool known = answer.status >= 100 && answer.status < static_cast<int>(counts_.answers.size());
  ++counts_.answers[known ? static_cast<std::size_t>(answer.status) : 500];
  AnswerText text = to_text(answer, connection.method, connection.keep_alive, date());
  connection.output_head = std::move(text.head);
  connection.output_body = std::move(text.body);
  connection.output_file = std::move(text.file);
  connection.sent = 0;
  connection.next_allowance = kFilePart;
  connection.phase = Phase::writing;
  const std::uint64_t in_memory = connection.output_body ? connection.output_body->size() : 0;
  set_deadline(connection, allowed_for(in_memory + std::min(connection.output_file.length, kFilePart)));
  send(connection);
}

void Gate::Loop::send(Connection& connection) {
  const std::uint64_t in_memory =
      connection.output_head.size() + (connection.output_body ? connection.output_body->size() : 0);
  const std::uint64_t all = in_memory + connection.output_file.length;
  const std::uint64_t enough = connection.sent + kMostPerTurn;
  while (connection.sent < all) {
    if (connection.sent >= enough) return watch(connection, EPOLLOUT);
    const bool from_file = connection.sent >= in_memory;
    if (from_file && waits_for_disk(connection, connection.sent - in_memory)) return;
    const IoResult result = from_file ? send_file(connection, connection.sent - in_memory) : send_text(connection);
    switch (result.status) {
      case IoStatus::done: break;
      case IoStatus::want_read: return watch(connection, EPOLLIN);
      case IoStatus::want_write: return watch(connection, EPOLLOUT);
      case IoStatus::closed:
      case IoStatus::failed:
        ++counts_.aborted;
        return close(connection);
    }
    if (result.bytes == 0) {
      // Its length is promised already: only an end before that tells the reader.
      ++counts_.cut_short;
      log(LogLevel::error, "file_cut_short", {{"promised", std::to_string(connection.output_file.length)},
                                              {"sent", std::to_string(connection.sent - in_memory)}});
      return close(connection);
    }
    connection.sent += result.bytes;
    if (from_file && connection.sent >= connection.next_allowance) {
      connection.next_allowance = connection.sent + kFilePart;
      set_deadline(connection, allowed_for(kFilePart));
    }
  }
  after_answer(connection);
}

IoResult Gate::Loop::send_text(Connection& connection) {
  const std::string_view head = connection.output_head;
  const std::string_view body = connection.output_body ? *connection.output_body : std::string_view();
  const std::string_view rest_of_head = head.substr(std::min<std::size_t>(connection.sent, head.size()));
  return connection.transport->write(rest_of_head, body.substr(connection.sent - (head.size() - rest_of_head.size())));
}

IoResult Gate::Loop::send_file(Connection& connection, std::uint64_t sent) {
  const FileBody& body = connection.output_file;
  const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(scratch_.size(), body.length - sent));
  return connection.transport->write_file(*body.file, body.first + sent, std::span(scratch_).first(piece));
}

// A disk is slower than anything else here, and everybody would wait with this one reader. So the system is
// asked to bring the piece, and others are served until it is there.
bool Gate::Loop::waits_for_disk(Connection& connection, std::uint64_t sent) {
  const FileBody& body = connection.output_file;
  const std::uint64_t rest = body.length - sent;
  const bool is_there = body.file->is_at_hand(body.first + sent, std::min<std::uint64_t>(scratch_.size(), rest));
  if (is_there || (connection.waits_for_disk_since && now_ - *connection.waits_for_disk_since > kDiskPatience)) {
    connection.waits_for_disk_since.reset();
    return false;
  }
  if (!connection.waits_for_disk_since) {
    connection.waits_for_disk_since = now_;
    body.file->bring(body.first + sent, std::min<std::uint64_t>(kFilePart, rest));
  }
  if (wait_for_disk_.empty()) next_look_ = now_ + kDiskLook;
  wait_for_disk_.push_back(connection.id);
  watch(connection, 0);
  return true;
}

void Gate::Loop::look_at_disk() {
  if (wait_for_disk_.empty() || now_ < next_look_) return;
  for (const ConnectionId id : std::exchange(wait_for_disk_, {})) {
    Connection* const connection = find(id);
    if (connection != nullptr && connection->waits_for_disk_since) guarded(id, [&] { send(*connection); });
  }
}

// 16 KB a second is expected of the slowest line.
std::chrono::milliseconds Gate::Loop::allowed_for(std::uint64_t bytes) const {
  return config_.write_time + std::chrono::seconds(bytes >> 14);
}

void Gate::Loop::after_answer(Connection& connection) {
  connection.output_head = {};
  connection.output_body.reset();
  connection.output_file = {};
  watch(connection, EPOLLIN);
  if (!connection.keep_alive) {
    connection.transport->finish();
    connection.phase = Phase::lingering;
    set_deadline(connection, config_.linger_time);
    return;
  }
  connection.phase = Phase::head;
  if (connection.input.empty()) {
    set_deadline(connection, config_.idle_time);
    // A pipelined request may sit decrypted in the TLS layer.
    if (connection.transport->has_pending()) receive(connection);
    return;
  }
  set_deadline(connection, config_.head_time);
  advance(connection);
}

void Gate::Loop::collect_answers() {
  for (auto& finished : workers_.take_finished()) {
    if (Connection* const connection = find(finished.connection)) {
      guarded(connection->id, [&] { answer(*connection, finished.answer); });
    }
  }
}

const std::string& Gate::Loop::date() {
  const UnixSeconds second = SystemClock{}.now();
  if (second != date_second_) {
    date_second_ = second;
    date_ = http_date(second);
  }
  return date_;
}

}  // namespace khaosat
