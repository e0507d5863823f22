# What was measured, for machines and for people; sourced by run_cluster.sh. A part that did not run is zeros.
# shellcheck shell=bash disable=SC2154

copy_rate() { json_of "$work/copy-$1.json" rate; }
way_rate() { copy_rate way | grep . || echo 0; }
whole_rate() { copy_rate whole | grep . || echo 0; }
# of NAME FIELD: of a load's result, 0 if there is none.
of() { json_of "$work/$1.json" "$2" | grep . || echo 0; }
processes() { if [ -e "$work/$1.processes" ]; then cpu_json "$work/$1.processes" "$2"; else echo '{}'; fi; }

figures() {
  queued_rate=$(ratio "$messages" "$queued_ms" 1000)
  [ "$queued_ms" -gt 0 ] || queued_rate=0
  way=$(way_rate) whole=$(whole_rate)
  lives_rate=$(ratio "$conversations" "$lives_ms" 1000)
  lives_records_rate=$(ratio "$lives_records" "$lives_ms" 1000)
  # A message of the copy is a record in each of its five topics.
  copy_records_rate=$(ratio "$whole" 1 5)
  recovery_s=0
  [ "$recovery_ms" -eq 0 ] || recovery_s=$(ratio $((recovery_ms - session_ms)) 1 0.001 2)
}

ingest_json() {
  cat <<JSON
{"requests_or_messages_per_second": $(of "$1" rate), "goal_per_second": $2, "ack_at_half_load_p50_ms": $(of "$1-half" ack_p50_ms),
      "ack_at_half_load_p99_ms": $(of "$1-half" ack_p99_ms), "goal_p99_ms": 20, "half_load_per_second": $(of "$1-half" rate),
      "cpu_microseconds": $(processes "$1" "$messages")}
JSON
}

write_json() {
  figures
  cat <<JSON
{
  "processors": $(nproc), "load_average_before": "$load_before", "load_average_after": "$load_after",
  "copy": {
    "through_4_topics_per_second": $way, "cpu_microseconds": $(of copy-way cpu_us), "kafka": $(processes copy-way "$messages"),
    "bytes_each": $(of copy-way bytes_each),
    "through_5_topics_with_7_readers_per_second": $whole, "whole_cpu_microseconds": $(of copy-whole cpu_us),
    "whole_kafka": $(processes copy-whole "$messages")},
  "accepted_to_queued": {
    "messages": $messages, "milliseconds": $queued_ms, "messages_per_second": $queued_rate, "records": $queued_records,
    "percent_of_copy_4": $(ratio "$queued_rate" "$way" 100), "percent_of_copy_5_with_7_readers": $(ratio "$queued_rate" "$whole" 100),
    "goal_percent": 40, "load_cpu_microseconds": $(ratio "$(load_cpu_ms queued 2>/dev/null || echo 0)" "$messages" 1000 2),
    "cpu_microseconds": $(processes queued "$messages")},
  "whole_lives": {
    "conversations": $conversations, "milliseconds": $lives_ms, "conversations_per_second": $lives_rate,
    "records": $lives_records, "records_per_second": $lives_records_rate,
    "percent_of_copy_records": $(ratio "$lives_records_rate" "$copy_records_rate" 100),
    "agents_cpu_microseconds": $(ratio "${lives_agents_cpu:-0}" "$conversations" 1000 2),
    "cpu_microseconds": $(processes lives "$conversations")},
  "ingest_alone": {
    "frames_of_10": $(ingest_json frames10 100000),
    "frames_of_100": $(ingest_json frames100 100000),
    "http": $(ingest_json http 15000)},
  "accepted_to_offered": {
    "messages": $offer_count, "per_second": $latency_rate, "p50_ms": $offer_p50, "p99_ms": $offer_p99,
    "goal_p50_ms": 15, "goal_p99_ms": 60, "hops": $(cat "$work/hops.json" 2>/dev/null || echo '{}'),
    "cpu_microseconds": $(processes latency "${offer_count:-0}")},
  "recovery": {
    "open_conversations": $recovery_open, "from_kill_ms": $recovery_ms, "session_timeout_ms": $session_ms,
    "longest_gap_of_a_partition_ms": ${recovery_gap:-0}, "seconds_after_session_timeout": $recovery_s, "goal_seconds": 10}
}
JSON
}

# row NAME FIGURE GOAL NOTE
row() { printf '%-44s %14s %14s  %s\n' "$@"; }
print_table() {
  figures
  printf '\nCluster; %s processors shared with Kafka, Redis, load and agents; load average %s -> %s\n' \
    "$(nproc)" "$load_before" "$load_after"
  row "" FIGURE ASKED ""
  row "bare copy, 4 topics, msg/s" "$way" "" "$(of copy-way bytes_each) bytes each"
  row "bare copy, 5 topics, 7 readers, msg/s" "$whole" "" ""
  row "accepted -> queued, msg/s" "$queued_rate" "" "$(ratio "$queued_records" "$messages" 1 2) records a message"
  row "  of the copy through 4 topics" "$(ratio "$queued_rate" "$way" 100) %" ">= 40 %" ""
  row "  of the copy with as many topics and readers" "$(ratio "$queued_rate" "$whole" 100) %" ">= 40 %" ""
  row "whole lives, conversations/s" "$lives_rate" "" "$(ratio "$lives_records" "$conversations" 1 1) records each"
  row "  records/s of the copy's" "$(ratio "$lives_records_rate" "$copy_records_rate" 100) %" "" "$lives_records_rate records/s"
  row "ingest, gRPC frames of 10, msg/s" "$(of frames10 rate)" ">= 100000" "ack at half: $(acks frames10)"
  row "ingest, gRPC frames of 100, msg/s" "$(of frames100 rate)" ">= 100000" "ack at half: $(acks frames100)"
  row "ingest, HTTP, requests/s" "$(of http rate)" ">= 15000" "ack at half: $(acks http)"
  row "accepted -> offered at $latency_rate/s, p50 ms" "$offer_p50" "< 15" "$offer_count offers"
  row "accepted -> offered at $latency_rate/s, p99 ms" "$offer_p99" "< 60" ""
  row "recovery, s after the session's timeout" "$recovery_s" "< 10" "$recovery_open open; $recovery_ms ms from the kill"
  row "  longest gap of a partition, ms" "${recovery_gap:-0}" "" "from when it was given until it had caught up"
  print_processes
  if [ -e "$work/hops.txt" ]; then
    printf '\nAt %s messages/s, where the time goes:\n' "$latency_rate"
    cat "$work/hops.txt"
  fi
}
acks() { printf 'p50 %s, p99 %s ms (asked < 20)' "$(of "$1-half" ack_p50_ms)" "$(of "$1-half" ack_p99_ms)"; }

print_processes() {
  printf '\nProcessor time, microseconds each                queued, a message   whole life, a conversation\n'
  local name
  for name in kafka redis ingest classifier router sla-timer metrics gateway all; do
    printf '  %-44s %18s %28s\n' "$name" "$(us_of queued "$name" "$messages")" "$(us_of lives "$name" "$conversations")"
  done
  printf '  %-44s %18s %28s\n' "senders (apart)" "$(ratio "$(load_cpu_ms queued 2>/dev/null || echo 0)" "$messages" 1000)" \
    "$(ratio "$(load_cpu_ms lives 2>/dev/null || echo 0)" "$conversations" 1000)"
  printf '  %-44s %18s %28s\n' "agents (apart)" "" "$(ratio "${lives_agents_cpu:-0}" "$conversations" 1000)"
  printf '  %-44s %18s\n' "bare copy, 4 topics: Kafka, and the copy" \
    "$(us_of copy-way kafka "$messages") + $(of copy-way cpu_us)"
}
us_of() { ratio "$(awk -v name="$2" '$1 == name { print $2 }' "$work/$1.processes" 2>/dev/null | grep . || echo 0)" "$3" 1000; }
