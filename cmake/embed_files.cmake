# embed_files(TARGET FOLDER FUNCTION): compiles every file below FOLDER into TARGET; FUNCTION() lists
# them. The assembler includes the bytes, so a change of a template costs no C++ compilation.
function(embed_files target folder function)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*)
  list(FILTER files EXCLUDE REGEX "README\\.md$|OFL\\.txt$|node_modules|package.*json$")
  set(assembly ".section .rodata\n")
  set(declarations "")
  set(rows "")
  set(number 0)
  set(absolute "")
  foreach(file ${files})
    set(symbol "${function}_${number}")
    string(APPEND assembly ".global ${symbol}_begin\n${symbol}_begin:\n.incbin \"${folder}/${file}\"\n"
                           ".global ${symbol}_end\n${symbol}_end:\n.byte 0\n")
    string(APPEND declarations "extern \"C\" const char ${symbol}_begin[];\nextern \"C\" const char ${symbol}_end[];\n")
    string(APPEND rows "    {\"${file}\", {${symbol}_begin, static_cast<std::size_t>(${symbol}_end - ${symbol}_begin)}},\n")
    list(APPEND absolute ${folder}/${file})
    math(EXPR number "${number} + 1")
  endforeach()
  string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
  set(base ${CMAKE_CURRENT_BINARY_DIR}/${function})
  file(CONFIGURE OUTPUT ${base}.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${base}.cpp CONTENT
"// Made by cmake/embed_files.cmake.
#include <string_view>
#include <utility>
#include <vector>
${declarations}
namespace khaosat {
const std::vector<std::pair<std::string_view, std::string_view>>& ${function}() {
  static const std::vector<std::pair<std::string_view, std::string_view>> files = {
${rows}  };
  return files;
}
}  // namespace khaosat
" @ONLY)
  set_source_files_properties(${base}.S PROPERTIES OBJECT_DEPENDS "${absolute}")
  target_sources(${target} PRIVATE ${base}.cpp ${base}.S)
endfunction()
