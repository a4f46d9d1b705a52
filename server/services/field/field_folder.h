// data/field/<campaign>/<device>: one sealed file per interviewer's device, replaced as a whole. A file that
// is written anew each time keeps no order and no time of what came to it piece by piece. Thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace khaosat {

class FieldFolder {
 public:
  explicit FieldFolder(std::string folder) : folder_(std::move(folder)) {}

  // On the disk when it returns. file_unwritable, out_of_space.
  Result<void> put(std::string_view campaign, std::string_view device, std::string_view bytes) const;
  // Nothing if there is none.
  Result<std::optional<std::string>> get(std::string_view campaign, std::string_view device) const;
  // Campaigns that have a folder, sorted.
  std::vector<std::string> campaigns() const;
  Result<void> remove(std::string_view campaign) const;
  // Every sheet as it stands, for backups; sealed as it is. How many.
  Result<std::size_t> copy_to(const FieldFolder& other) const;

 private:
  std::string path(std::string_view campaign, std::string_view device) const;
  std::string folder_;
};

}  // namespace khaosat
