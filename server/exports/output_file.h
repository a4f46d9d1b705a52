// A file written from front to back. Readable by this account only. One thread.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/open_file.h"
#include "base/result.h"

namespace khaosat::exports {

class OutputFile {
 public:
  // file_unwritable; refuses to write over anything.
  static Result<OutputFile> create(std::string path);

  // A file that never has a name, in the folder for temporary files, and is gone with whoever holds it last.
  // file_unwritable.
  static Result<OutputFile> unnamed();

  // Errors are kept and told by finish().
  void write(std::string_view bytes);
  bool failed() const { return failed_; }
  // On the disk when it returns. out_of_space, file_unwritable.
  Result<void> finish();
  // What was written, to be read; not forced to the disk, as no file without a name outlives the program.
  // out_of_space, file_unwritable.
  Result<std::shared_ptr<const OpenFile>> finish_unnamed();
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  OutputFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  Result<void> outcome() const;
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  bool failed_ = false;
  int reason_ = 0;
};

// These bytes as an unnamed file: a download keeps no memory while its reader is slow. Not for what must not be
// on a disk, such as the codes of slips. Errors as above.
Result<std::shared_ptr<const OpenFile>> unnamed_file(std::string_view bytes);

}  // namespace khaosat::exports
