#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "server/cli/commands.h"

namespace khaosat::cli {

int report(const Error& error) {
  std::cerr << "khaosat: " << error.message;
  if (!error.where.empty()) std::cerr << " (" << error.where << ")";
  std::cerr << " [" << name_of(error.code) << "]\n";
  return exit_code_of(error.code);
}

int report(const Faults& faults) {
  std::cerr << to_text(faults);
  return faults.empty() ? 0 : exit_code_of(faults.front().code);
}

int finish(const std::string& output, const Result<std::string>& text, const Faults& faults) {
  if (!faults.empty()) return report(faults);
  if (!text) return report(text.error());
  const auto written = write_output(output, *text);
  return written ? 0 : report(written.error());
}

Result<std::string> read_input(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return fail(ErrorCode::file_unreadable, "this is a folder, not a file", path);
    file.open(path, std::ios::binary);
    if (!file) return fail(ErrorCode::file_unreadable, "cannot read the file", path);
  }
  // Held once only: tables of respondents are large.
  std::istream& stream = path == "-" ? std::cin : file;
  constexpr std::size_t kPiece = 1U << 20U;
  std::string content;
  std::string piece(kPiece, '\0');
  while (stream.read(piece.data(), kPiece) || stream.gcount() > 0) content.append(piece, 0, static_cast<std::size_t>(stream.gcount()));
  if (stream.bad()) return fail(ErrorCode::file_unreadable, "reading the file failed", path);
  return content;
}

Result<std::string> read_password(const std::string& file) {
  std::string line;
  if (file.empty()) {
    std::getline(std::cin, line);
  } else {
    std::ifstream stream(file);
    if (!stream || !std::getline(stream, line)) return fail(ErrorCode::file_unreadable, "cannot read the password", file);
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

namespace {
// `write` gets the stream and says whether there is all to write.
template <typename Write>
Result<void> write_with(const std::string& path, Write write) {
  if (path.empty() || path == "-") {
    TRY_VOID(write(std::cout));
    if (!std::cout.flush()) return fail(ErrorCode::file_unwritable, "cannot write to standard output");
    return {};
  }
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  TRY_VOID(write(stream));
  if (!stream.flush()) return fail(ErrorCode::file_unwritable, "cannot write the file", path);
  return {};
}
}  // namespace

Result<void> write_output(const std::string& path, const std::string& content) {
  return write_with(path, [&](std::ostream& stream) -> Result<void> {
    stream << content;
    return {};
  });
}

Result<void> write_output(const std::string& path, const OpenFile& content) {
  return write_with(path, [&](std::ostream& stream) { return content.each_piece([&](std::string_view piece) { stream << piece; }); });
}

}  // namespace khaosat::cli
