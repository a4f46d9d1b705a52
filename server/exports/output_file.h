// A file written from front to back. Readable by this account only. One thread.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace khaosat::exports {

class OutputFile {
 public:
  // file_unwritable; refuses to write over anything.
  static Result<OutputFile> create(std::string path);

  // Errors are kept and told by finish().
  void write(std::string_view bytes);
  bool failed() const { return failed_; }
  // On the disk when it returns. out_of_space, file_unwritable.
  Result<void> finish();
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  OutputFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  bool failed_ = false;
  int reason_ = 0;
};

}  // namespace khaosat::exports
