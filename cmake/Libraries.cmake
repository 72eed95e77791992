# daftar_library(NAME folder_name SOURCES a.cc ... HEADERS a.h ... [PUBLIC libs] [PRIVATE libs]
#                [PRECOMPILED <b.h> ...])
# One library per folder; its headers are verified to stand alone by `all_verify_interface_header_sets`.
# PRECOMPILED names what this folder reads beside the common headers and is costly to read.
function(daftar_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;HEADERS;PUBLIC;PRIVATE;PRECOMPILED" ${ARGN})
  add_library(daftar_${ARG_NAME} STATIC ${ARG_SOURCES})
  add_library(daftar::${ARG_NAME} ALIAS daftar_${ARG_NAME})
  target_sources(daftar_${ARG_NAME} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}
                 FILES ${ARG_HEADERS})
  set_target_properties(daftar_${ARG_NAME} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_compile_options(daftar_${ARG_NAME} PRIVATE ${DAFTAR_WARNINGS})
  target_link_libraries(daftar_${ARG_NAME} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  if(ARG_PRECOMPILED)
    target_precompile_headers(daftar_${ARG_NAME} PRIVATE ${ARG_PRECOMPILED})
  else()
    target_precompile_headers(daftar_${ARG_NAME} REUSE_FROM daftar_common_headers)
  endif()
  daftar_tidy(daftar_${ARG_NAME})
endfunction()

function(daftar_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_compile_options(${name} PRIVATE ${DAFTAR_WARNINGS})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES})
  daftar_tidy(${name})
endfunction()

function(daftar_tidy target)
  if(DAFTAR_TIDY)
    set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "clang-tidy;--quiet")
  endif()
endfunction()
