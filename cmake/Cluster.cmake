# librdkafka and hiredis for the cluster set, as centralita_deps::rdkafka, ::hiredis and ::hiredis_ssl, and the jars of
# the Kafka that tests start. scripts/cluster_deps.sh knows where they are, and how to get them.
execute_process(
  COMMAND "${PROJECT_SOURCE_DIR}/scripts/cluster_deps.sh" --where
  OUTPUT_VARIABLE places ERROR_VARIABLE error RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  string(STRIP "${error}" error)
  message(FATAL_ERROR "CENTRALITA_CLUSTER is ON, but something that it needs is missing.\n${error}\n"
                      "Run scripts/cluster_deps.sh once, or turn CENTRALITA_CLUSTER off.")
endif()
foreach(name rdkafka hiredis kafka_jars)
  string(REGEX MATCH "(^|\n)${name}=([^\n]+)" ignored "${places}")
  set(place_${name} "${CMAKE_MATCH_2}")
endforeach()
set(CENTRALITA_KAFKA_JARS "${place_kafka_jars}")

# centralita_cluster_library(NAME ROOT HEADER [LINK...]): LINK is what a static build of it needs.
function(centralita_cluster_library name root header)
  unset(file CACHE)
  find_library(file NAMES lib${name}.a ${name} PATHS "${root}/lib" NO_DEFAULT_PATH NO_CACHE)
  if(NOT file OR NOT EXISTS "${root}/include/${header}")
    message(FATAL_ERROR "There is no lib/lib${name}.a (or .so) with include/${header} in ${root}.")
  endif()
  add_library(centralita_deps::${name} UNKNOWN IMPORTED)
  set_target_properties(centralita_deps::${name} PROPERTIES
    IMPORTED_LOCATION "${file}" INTERFACE_INCLUDE_DIRECTORIES "${root}/include")
  if(file MATCHES "\\.a$")
    target_link_libraries(centralita_deps::${name} INTERFACE ${ARGN})
  endif()
endfunction()

function(centralita_cluster_system_library name module)
  string(TOUPPER "CENTRALITA_${name}" prefix)
  pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET ${module})
  add_library(centralita_deps::${name} INTERFACE IMPORTED)
  target_link_libraries(centralita_deps::${name} INTERFACE PkgConfig::${prefix})
endfunction()

if(place_rdkafka STREQUAL "system")
  centralita_cluster_system_library(rdkafka rdkafka>=2.8)
else()
  find_package(ZLIB REQUIRED)
  find_package(CURL REQUIRED)
  pkg_check_modules(CENTRALITA_RDKAFKA_PARTS REQUIRED IMPORTED_TARGET liblz4 libzstd libsasl2)
  centralita_cluster_library(
    rdkafka "${place_rdkafka}" librdkafka/rdkafka.h
    PkgConfig::CENTRALITA_RDKAFKA_PARTS CURL::libcurl OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB Threads::Threads
    ${CMAKE_DL_LIBS} m)
endif()

if(place_hiredis STREQUAL "system")
  centralita_cluster_system_library(hiredis hiredis>=1.2)
  centralita_cluster_system_library(hiredis_ssl hiredis_ssl>=1.2)
else()
  centralita_cluster_library(hiredis "${place_hiredis}" hiredis/hiredis.h)
  centralita_cluster_library(hiredis_ssl "${place_hiredis}" hiredis/hiredis_ssl.h)
  target_link_libraries(
    centralita_deps::hiredis_ssl INTERFACE centralita_deps::hiredis OpenSSL::SSL OpenSSL::Crypto)
endif()
message(STATUS "Cluster: librdkafka ${place_rdkafka}, hiredis ${place_hiredis}")
