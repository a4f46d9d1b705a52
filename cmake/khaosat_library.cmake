# khaosat_library(NAME sources... [LINKS targets...])
# One static library per folder, so that linking says the same as the table of inclusion.
function(khaosat_library name)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${ARG_LINKS})
endfunction()

# Folders collect their own sources; CONFIGURE_DEPENDS makes a new file enough. Folders below belong to
# the library too, unless they have a CMakeLists.txt of their own.
macro(khaosat_sources out)
  file(GLOB ${out} CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB khaosat_below CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/*.cpp)
  foreach(khaosat_file ${khaosat_below})
    get_filename_component(khaosat_folder ${khaosat_file} DIRECTORY)
    if(NOT EXISTS ${khaosat_folder}/CMakeLists.txt)
      list(APPEND ${out} ${khaosat_file})
    endif()
  endforeach()
endmacro()
