# khaosat_library(NAME sources... [LINKS targets...])
# One static library per folder, so that linking says the same as the table of inclusion.
function(khaosat_library name)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${ARG_LINKS})
endfunction()

# Folders collect their own sources; CONFIGURE_DEPENDS makes a new file enough.
macro(khaosat_sources out)
  file(GLOB ${out} CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
endmacro()
