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

find_program(CENTRALITA_CCACHE ccache)
if(CENTRALITA_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${CENTRALITA_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CENTRALITA_CCACHE}")
endif()

find_program(CENTRALITA_MOLD mold)
if(CENTRALITA_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
