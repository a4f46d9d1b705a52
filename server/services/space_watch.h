// How much room is left on the disk of the data folder. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

namespace khaosat {

class SpaceWatch {
 public:
  // `bound`: fewer free bytes than this are too few; 0 never warns.
  SpaceWatch(std::string folder, std::uint64_t bound) : folder_(std::move(folder)), bound_(bound) {}
  SpaceWatch(SpaceWatch&& other) noexcept : folder_(std::move(other.folder_)), bound_(other.bound_) {}
  SpaceWatch& operator=(SpaceWatch&&) = delete;

  // What the program's user may still write, asked now; nothing if the system does not say.
  std::optional<std::uint64_t> free_bytes() const;
  bool is_low() const;
  std::uint64_t bound() const { return bound_; }
  // Writes a line to the log when the bound is crossed, in either direction.
  void check();

 private:
  std::string folder_;
  std::uint64_t bound_;
  std::atomic<bool> warned_{false};
};

}  // namespace khaosat
