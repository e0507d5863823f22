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
