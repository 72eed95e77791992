# What nearly every file reads is read once: parsing these headers is half of compiling a file without
# the optimiser and a quarter with it. Each file still includes what it uses; the header sets are
# compiled without these.
#
# A macro that only some of those who read them have would keep GCC from using them.
add_compile_options(-pthread)

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/common_headers.cc
     CONTENT "// Holds nothing: see cmake/PrecompiledHeaders.cmake.\n")
add_library(daftar_common_headers OBJECT ${CMAKE_BINARY_DIR}/common_headers.cc)
target_link_libraries(daftar_common_headers PRIVATE absl::status absl::statusor Threads::Threads)
target_compile_options(daftar_common_headers PRIVATE ${DAFTAR_WARNINGS})
target_precompile_headers(daftar_common_headers PRIVATE
  <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_cat.h> <algorithm> <array>
  <chrono> <condition_variable> <cstdint> <filesystem> <functional> <limits> <map> <memory> <mutex>
  <optional> <set> <span> <string> <string_view> <thread> <utility> <variant> <vector>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Else the compiler cache cannot use them again.
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
