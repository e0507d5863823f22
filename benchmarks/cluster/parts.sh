# The parts of the measurement; sourced by run_cluster.sh. Each leaves its figures in variables for report.sh's two ends.
# shellcheck shell=bash disable=SC2154,SC2034

# Where a part begins: what was accepted, and what was settled of it.
base_accepted=0
base_settled=0
begin_part() {
  read -r base_accepted base_settled <<<"$(standing queued)"
  cpu_now >"$work/cpu-before"
  records_before=$(records_now)
  began=$(now_ms)
}
# end_part NAME: its time, its records, its processor time.
end_part() {
  printf -v "$1_ms" '%s' $(($(now_ms) - began))
  cpu_now >"$work/cpu-after"
  cpu_between "$work/cpu-before" "$work/cpu-after" >"$work/$1.processes"
  printf -v "$1_records" '%s' $(($(records_now) - records_before))
}

# Java compiles its hot code first, and each process reads what it needs for the first time.
warm_up() {
  say "Warming up ..."
  start_agents "" --think 5 --handling 20
  read -r base_accepted base_settled <<<"$(standing queued)"
  local count=$((messages / 10 + 5000))
  load warm --server "$ingest" --messages "$count" --customers $((count * 20)) --streams 4 --frame 100 --in-flight 8
  until_settled ended $((base_accepted + count)) $((base_settled + count)) 180
  stop_agents
}

lives_ms=0 lives_records=0 conversations=0
measure_lives() {
  say "Whole lives: $lives messages, $agents agents ..."
  start_agents "" --think 5 --handling 20
  local before agents_before
  before=$(conversations_now)
  agents_before=$(agents_cpu)
  begin_part
  # A customer of its own for nearly each message, so that nearly each is a conversation.
  load lives --server "$ingest" --messages "$lives" --customers $((lives * 20)) --streams 4 --frame 100 --in-flight 8
  until_settled ended $((base_accepted + lives)) $((base_settled + lives)) 300
  end_part lives
  lives_agents_cpu=$(($(agents_cpu) - agents_before))
  conversations=$(($(conversations_now) - before))
  stop_agents
}

# What is measured is the way to an agent who is free, so agents take what they are offered at once and keep it: each has
# room for a hundred. What they have is finished afterwards, by others.
offer_p50=0 offer_p99=0 offer_count=0
measure_latency() {
  local count=$((latency * latency_rate))
  # The pools get unequal parts.
  [ $((count * 3 / 2)) -le $((agents * 100)) ] ||
    die "$agents agents have no room for $count conversations at once; --agents $((count / 60)), or less --latency."
  say "Accepted to offered: $latency_rate messages/s for $latency s ..."
  rm -rf "$work"/ledger-*
  start_agents "$work/ledger-agents" --think 0 --handling 3600000
  begin_part
  load latency --server "$ingest" --messages "$count" --rate "$latency_rate" --customers $((count * 20)) --streams 4 \
    --frame 1 --in-flight 1000 --ledger "$work/ledger-load"
  until_taken 60
  end_part latency
  stop_agents
  start_agents "" --think 5 --handling 20
  until_settled ended $((base_accepted + count)) $((base_settled + count)) 180
  stop_agents
  "$bin/offer_hops" --brokers "$kafka" --senders "$work/ledger-load" --agents "$work"/ledger-agents-? \
    >"$work/hops.json" 2>"$work/hops.txt" || { cat "$work/hops.txt" >&2; die "the hops of offers could not be read."; }
  read -r offer_p50 offer_p99 offer_count <<<"$(hop_of acked_to_seen)"
  [ "$offer_count" -gt 0 ] || die "no offer was seen."
}
# hop_of NAME: "p50 p99 count" of one hop.
hop_of() {
  sed -n "s/.*\"$1\":{\"count\":\([0-9]*\),\"p50_ms\":\([-0-9]*\),\"p90_ms\":[-0-9]*,\"p99_ms\":\([-0-9]*\),.*/\2 \3 \1/p" \
    "$work/hops.json"
}

queued_ms=0 queued_records=0
measure_queued() {
  say "Accepted to queued: $messages messages, no agents ..."
  begin_part
  load queued --server "$ingest" --messages "$messages" --customers $((messages * 20)) --streams 4 --frame 200 --in-flight 16
  until_settled queued $((base_accepted + messages)) $((base_settled + messages)) 300
  end_part queued
}

recovery_ms=0 recovery_open=0 recovery_gap=0
# From the kill until each message that was sent since then lies in a queue: finding out takes the session's timeout, the
# rest is what counts.
session_ms=6000
measure_recovery() {
  local accepted settled missing probes=2000
  read -r accepted settled <<<"$(standing queued)"
  missing=$((open - $(waiting_now)))
  if [ $missing -gt 0 ]; then
    say "Recovery: filling up to $open open conversations ..."
    load fill --server "$ingest" --messages "$missing" --customers $((missing * 50)) --streams 4 --frame 200 --in-flight 8
    until_settled queued $((accepted + missing)) $((settled + missing)) 600
  fi
  # As it mostly is: the last checkpoint is not this moment's.
  sleep 3
  recovery_open=$(waiting_now)
  read -r accepted settled <<<"$(standing queued)"
  say "Recovery: killing a router at $recovery_open open conversations ..."
  local log=$work/run/logs/router-1.log lines
  lines=$(wc -l <"$log")
  began=$(now_ms)
  scripts/cluster.sh kill router-0
  load probes --server "$ingest" --messages $probes --customers $((probes * 1000)) --streams 2 --frame 50
  until_settled queued $((accepted + probes)) $((settled + probes)) 180
  recovery_ms=$(($(now_ms) - began))
  recovery_gap=$(tail -n "+$((lines + 1))" "$log" | sed -n 's/.* partition_taken .* gap_ms=\([0-9]*\).*/\1/p' | sort -n | tail -n 1)
  scripts/cluster.sh start router-0 >>"$work/up.txt" 2>&1 || die "router-0 did not come back."
}

# ingest_part NAME OPTION...: as fast as it goes, then at half that rate for the acks' times.
ingest_part() {
  local name=$1 rate
  shift
  cpu_of ingest "$(pid_of_part ingest-0)" >"$work/cpu-before"
  load "$name" "$@" --messages "$messages" --customers "$messages"
  cpu_of ingest "$(pid_of_part ingest-0)" >"$work/cpu-after"
  cpu_between "$work/cpu-before" "$work/cpu-after" >"$work/$name.processes"
  rate=$(json_of "$work/$name.json" rate)
  load "$name-half" "$@" --messages $((rate * 4)) --rate $((rate / 2)) --customers "$messages"
}
measure_ingest() {
  say "Ingest alone: frames of 10 ..."
  ingest_part frames10 --server "$ingest" --streams 4 --frame 10 --in-flight 100
  say "Ingest alone: frames of 100 ..."
  ingest_part frames100 --server "$ingest" --streams 4 --frame 100 --in-flight 16
  say "Ingest alone: HTTP ..."
  ingest_part http --http --server "$ingest_http" --streams 64
}

# Twice: through the four topics that a message passes on its way into a queue, one reader each; and through as many
# topics with as many readers as Centralita uses for it (inbound, routing, commands, events, signals; two read inbound, and
# two events).
measure_copies() {
  copy_part way --topics 4
  copy_part whole --topics 5 --extra 2
}
copy_part() {
  local name=$1
  shift
  say "Bare copy: $* ..."
  cpu_of kafka "$(pid_of_part kafka)" >"$work/cpu-before"
  "$bin/kafka_copy" copy --brokers "$kafka" --like inbound --prefix "copy-$name" --messages "$messages" \
    --partitions "$CENTRALITA_CLUSTER_PARTITIONS" "$@" >"$work/copy-$name.json" || die "the copy failed."
  cpu_of kafka "$(pid_of_part kafka)" >"$work/cpu-after"
  cpu_between "$work/cpu-before" "$work/cpu-after" >"$work/copy-$name.processes"
}
