# Against a real Kafka that each program starts (tests/support/kafka_server.h).
function(centralita_kafka_test name)
  cmake_parse_arguments(A "" "" "SOURCES" ${ARGN})
  centralita_test(
    NAME ${name}
    SOURCES ${A_SOURCES} ../support/kafka_server.cc
    DEPS eventlog base
    LINK centralita_deps::rdkafka
    LABELS contract
    TIMEOUT 300)
  target_compile_definitions(${name} PRIVATE CENTRALITA_KAFKA_JARS="${CENTRALITA_KAFKA_JARS}")
endfunction()

centralita_kafka_test(kafka_log_contract_test SOURCES kafka_log_contract_test.cc ${EVENTLOG_CONTRACT})
centralita_kafka_test(
  kafka_log_test SOURCES kafka_log_test.cc kafka_group_test.cc kafka_outage_test.cc kafka_raw.cc kafka_test.cc)
centralita_kafka_test(kafka_secure_test SOURCES kafka_secure_test.cc)
add_executable(kafka_member kafka_member.cc)
target_link_libraries(kafka_member PRIVATE centralita::eventlog)
set_target_properties(kafka_member PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
centralita_own_flags(kafka_member)
add_dependencies(kafka_log_test kafka_member)
target_compile_definitions(kafka_log_test PRIVATE CENTRALITA_KAFKA_MEMBER="$<TARGET_FILE:kafka_member>")

# Without a server.
centralita_test(
  NAME kafka_producer_test
  SOURCES kafka_producer_test.cc
  DEPS eventlog base
  LINK centralita_deps::rdkafka
  LABELS contract)
centralita_test(
  NAME kafka_errors_test
  SOURCES kafka_errors_test.cc
  DEPS eventlog base
  LINK centralita_deps::rdkafka
  LABELS unit)
add_test(NAME kafka_deps_test COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/kafka_deps_test.sh"
                                      "${PROJECT_SOURCE_DIR}/scripts/cluster_deps.sh")
set_tests_properties(kafka_deps_test PROPERTIES LABELS unit)
