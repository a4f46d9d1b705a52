#include "tests/bench/load_run.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <queue>
#include <string_view>

namespace khaosat::bench {

namespace {

struct Session {
  int socket = -1;
  std::size_t next = 0;      // request of the plan to send next
  std::size_t end = 0;       // open loop: one behind its last
  const PlannedRequest* current = nullptr;
  double due = 0;
  std::size_t written = 0;
  std::string head;          // of the answer, until complete
  std::optional<std::size_t> rest;  // of the answer's body
  int status = 0;
  bool answered_any = false;
};

class Run {
 public:
  Run(const std::vector<PlannedRequest>& plan, const LoadSetting& setting)
      : plan_(plan), setting_(setting), epoll_(::epoll_create1(EPOLL_CLOEXEC)), start_(Clock::now()) {}
  ~Run() { ::close(epoll_); }

  LoadResult finish() {
    result_.waits.reserve(plan_.size());
    if (is_closed_loop()) {
      for (std::size_t i = 0; i < setting_.clients; ++i) begin_closed(open());
    }
    std::vector<epoll_event> events(512);
    while (!is_over()) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms());
      for (int i = 0; i < count; ++i) on_ready(*static_cast<Session*>(events[static_cast<std::size_t>(i)].data.ptr));
      begin_due();
    }
    result_.seconds = last_answer_;
    for (auto& session : sessions_) {
      if (session->socket < 0) continue;
      ++(session->current ? result_.never_answered : result_.served);
      ::close(session->socket);
    }
    return std::move(result_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  bool is_closed_loop() const { return setting_.clients > 0; }
  double now() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  bool is_over() {
    const double time = now();
    if (is_closed_loop()) {
      const bool sends = time < setting_.seconds && (setting_.repeat || next_ < plan_.size()) && alive_ > 0;
      return !sends && (in_flight_ == 0 || time > setting_.seconds + setting_.drain_seconds);
    }
    if (began_ < setting_.arrivals.size()) return false;
    return alive_ == 0 || time > setting_.arrivals.back() + 5 + setting_.drain_seconds;
  }

  int wait_ms() const {
    double until = now() + 0.2;
    if (is_closed_loop()) until = std::min(until, std::max(setting_.seconds, now() + 0.001));
    if (began_ < setting_.arrivals.size()) until = std::min(until, setting_.arrivals[began_]);
    if (!pausing_.empty()) until = std::min(until, pausing_.top().first);
    return std::max(0, static_cast<int>((until - now()) * 1000 + 0.5));
  }

  Session& open() {
    sessions_.push_back(std::make_unique<Session>());
    Session& session = *sessions_.back();
    ++result_.opened;
    ++alive_;
    session.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int one = 1;
    ::setsockopt(session.socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(setting_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &session;
    const int connected = ::connect(session.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if ((connected != 0 && errno != EINPROGRESS) || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, session.socket, &event) != 0) {
      end(session, result_.refused);
    }
    return session;
  }

  void begin_closed(Session& session) {
    if (session.socket < 0 || now() >= setting_.seconds) return;
    if (next_ >= plan_.size() && !setting_.repeat) return;
    send(session, plan_[next_++ % plan_.size()], now());
  }

  // Everything whose time has come.
  void begin_due() {
    const double time = now();
    while (began_ < setting_.arrivals.size() && setting_.arrivals[began_] <= time) {
      Session& session = open();
      session.next = began_ * setting_.per_session % plan_.size();
      session.end = session.next + setting_.per_session;
      if (session.socket >= 0) send(session, plan_[session.next++], setting_.arrivals[began_]);
      ++began_;
    }
    while (!pausing_.empty() && pausing_.top().first <= time) {
      const auto [due, session] = pausing_.top();
      pausing_.pop();
      if (session->socket >= 0) send(*session, plan_[session->next++], due);
    }
  }

  void send(Session& session, const PlannedRequest& request, double due) {
    session.current = &request;
    session.due = due;
    session.written = 0;
    session.head.clear();
    session.rest.reset();
    ++result_.sent;
    ++in_flight_;
    flush(session);
  }

  void flush(Session& session) {
    const std::string& bytes = session.current->bytes;
    while (session.written < bytes.size()) {
      const ssize_t count =
          ::send(session.socket, bytes.data() + session.written, bytes.size() - session.written, MSG_NOSIGNAL);
      if (count < 0 && (errno == EAGAIN || errno == ENOTCONN)) return;
      if (count < 0) return lose(session);
      session.written += static_cast<std::size_t>(count);
    }
  }

  void on_ready(Session& session) {
    if (session.socket >= 0 && session.current && session.written < session.current->bytes.size()) flush(session);
    char buffer[64 << 10];
    while (session.socket >= 0) {
      const ssize_t count = ::recv(session.socket, buffer, sizeof buffer, 0);
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) return lose(session);
      take(session, std::string_view(buffer, static_cast<std::size_t>(count)));
      if (static_cast<std::size_t>(count) < sizeof buffer) return;
    }
  }

  void take(Session& session, std::string_view bytes) {
    if (!session.current) return;  // more than was asked for
    if (!session.rest) {
      session.head.append(bytes);
      const std::size_t end = session.head.find("\r\n\r\n");
      if (end == std::string::npos) return;
      const std::size_t body = session.head.size() - end - 4;
      std::size_t length = 0;
      const std::size_t at = session.head.find("Content-Length: ");
      if (at < end) std::from_chars(session.head.data() + at + 16, session.head.data() + end, length);
      std::from_chars(session.head.data() + std::min<std::size_t>(9, end), session.head.data() + end, session.status);
      session.rest = length - std::min(length, body);
    } else {
      *session.rest -= std::min(*session.rest, bytes.size());
    }
    if (*session.rest == 0) answered(session);
  }

  void answered(Session& session) {
    last_answer_ = now();
    ++result_.statuses[session.status];
    if (session.status == session.current->status) {
      result_.waits.push_back((last_answer_ - session.due) * 1000);
    } else {
      ++result_.unexpected;
    }
    session.current = nullptr;
    session.answered_any = true;
    --in_flight_;
    if (is_closed_loop()) return begin_closed(session);
    if (session.next == session.end) return end(session, result_.served);
    const double due = last_answer_ + plan_[session.next].pause;
    if (plan_[session.next].pause > 0) {
      pausing_.emplace(due, &session);
    } else {
      send(session, plan_[session.next++], due);
    }
  }

  void lose(Session& session) {
    if (session.current) --in_flight_;
    const bool finished = !session.current && session.answered_any && is_closed_loop();
    end(session, finished ? result_.served : session.answered_any || session.written > 0 ? result_.broken : result_.refused);
  }

  void end(Session& session, std::uint64_t& counter) {
    ++counter;
    --alive_;
    session.current = nullptr;
    ::close(session.socket);
    session.socket = -1;
  }

  const std::vector<PlannedRequest>& plan_;
  const LoadSetting& setting_;
  int epoll_;
  Clock::time_point start_;
  LoadResult result_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::size_t next_ = 0;   // closed loop: of the plan
  std::size_t began_ = 0;  // open loop: of the arrivals
  std::size_t alive_ = 0;
  std::size_t in_flight_ = 0;
  double last_answer_ = 0;
  using Pause = std::pair<double, Session*>;
  std::priority_queue<Pause, std::vector<Pause>, std::greater<>> pausing_;
};

}  // namespace

LoadResult run_load(const std::vector<PlannedRequest>& plan, const LoadSetting& setting) {
  return Run(plan, setting).finish();
}

}  // namespace khaosat::bench
