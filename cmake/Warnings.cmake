# Warnings for our own code; generated code is exempt (it is a SYSTEM include).
set(DAFTAR_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
    -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  list(APPEND DAFTAR_WARNINGS -Wthread-safety)
else()
  # GCC 12 reports these falsely in optimised std::optional and std::vector code.
  list(APPEND DAFTAR_WARNINGS -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds
       -Wno-restrict -Wno-stringop-overread)
endif()

# Assertions stay on in every build: a wrong ledger is worse than a crash.
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
add_compile_options(-fstack-protector-strong -fno-omit-frame-pointer)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
