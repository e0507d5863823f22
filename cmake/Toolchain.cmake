# Language level, output folders, and what speeds a build up where it is installed.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
# Debug information is for line numbers; the full form doubles the time to link.
set(CMAKE_CXX_FLAGS_DEBUG "-g1 -O1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# The oldest processor that is served: x86-64-v2 (SSE4.2; Intel since 2009, AMD since 2011). `./dev` refuses others.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_compile_options(-march=x86-64-v2)
endif()

find_program(CENTRALITA_CCACHE ccache)
if(CENTRALITA_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${CENTRALITA_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CENTRALITA_CCACHE}")
endif()

find_program(CENTRALITA_MOLD mold)
if(CENTRALITA_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
