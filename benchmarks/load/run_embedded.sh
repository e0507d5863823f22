#!/usr/bin/env bash
# Measures the embedded set, everything synced to disk, on this machine and in one run:
#   (a) accepted -> queued, messages a second: from the first send until the last message lies in a queue;
#   (b) whole lives, conversations a second: opened, offered, accepted, replied to, resolved;
#   (c) processor time per message, of the server alone.
# Writes build/bench/embedded_load.json and prints a table.
#   BENCH_BIN, BENCH_MESSAGES, BENCH_LIVES, BENCH_AGENTS, BENCH_DATA change what is run, how much and where.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export LC_ALL=C.UTF-8 CENTRALITA_API_KEY=luna-demo-key
bin=${BENCH_BIN:-build/release/bin}
messages=${BENCH_MESSAGES:-200000}
lives=${BENCH_LIVES:-40000}
agents=${BENCH_AGENTS:-200}
data=${BENCH_DATA:-build/bench/data}
limit=${BENCH_LIMIT:-300}
work=$(mktemp -d)
children=()
up=

end_all() {
  local pid
  for pid in "${children[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work" "$data"
}
trap end_all EXIT

die() {
  printf 'run_embedded: %s\n' "$*" >&2
  tail -n 5 "$work"/*.txt >&2 || true
  exit 1
}
now_ms() { date +%s%3N; }

# start NAME: a fresh node on free ports; sets up, ingest, grpc, admin.
start() {
  rm -rf "$data"
  mkdir -p "$data" build/bench
  "$bin/centralita" up --data "$data" --policy "$work/policy.yaml" --node.http_port=0 --node.ingest_port=0 \
    --node.admin_port=0 --node.grpc_port=0 --log.level=warning >"$work/$1.txt" 2>&1 &
  up=$!
  children+=("$up")
  for ((i = 0; i < 300; i++)); do
    grep -q 'Ctrl-C stops it' "$work/$1.txt" && break
    kill -0 "$up" 2>/dev/null || die "the node did not come up."
    sleep 0.1
  done
  ingest=$(sed -n 's/.*senders  *gRPC \([^,]*\),.*/\1/p' "$work/$1.txt")
  grpc=$(sed -n 's/.*questions  *gRPC \(.*\)/\1/p' "$work/$1.txt")
  admin=$(sed -n 's|.*admin  *http://\([^ ]*\) .*|\1|p' "$work/$1.txt")
  if [ -z "$ingest" ] || [ -z "$grpc" ] || [ -z "$admin" ]; then die "the ports of the node are not to be read."; fi
}

stop() {
  kill -TERM "$up"
  wait "$up" || die "the node did not stop well."
}

# Messages by state, as "accepted resolved queued duplicate dead_lettered".
standing() {
  curl -s "http://$admin/metrics" | awk -F'[{"} ]+' '/^centralita_messages\{/ { n[$3] = $NF }
    END { printf "%d %d %d %d %d\n", n["accepted"], n["resolved"], n["queued"], n["duplicate"], n["dead_lettered"] }'
}
cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print int(($12 + $13) * 1000 / hz) }' "/proc/$up/stat"; }
json_of() { sed -n "s/.*\"$2\":\([0-9.]*\).*/\1/p" "$1"; }
ratio() { awk -v a="$1" -v b="$2" -v f="$3" 'BEGIN { printf("%.1f", (b > 0 ? a * f / b : 0)) }'; }

# until_done COUNT QUEUED_COUNTS: waits until COUNT messages are at their end (with `yes`: or in a queue).
until_done() {
  local accepted resolved queued duplicates dead done_so_far give_up=$((SECONDS + limit))
  while :; do
    read -r accepted resolved queued duplicates dead <<<"$(standing)"
    done_so_far=$((resolved + duplicates + dead))
    [ "$2" = yes ] && done_so_far=$((done_so_far + queued))
    [ "$accepted" -ge "$1" ] && [ "$done_so_far" -ge "$1" ] && return
    [ $SECONDS -lt $give_up ] || die "only $done_so_far of $1 messages were done after $limit s."
    sleep 0.05
  done
}

benchmarks/load/bench_policy.sh "$agents" >"$work/policy.yaml"
load_before=$(cut -d' ' -f1-3 /proc/loadavg)

echo "(a) $messages messages, no agents ..."
start queued
cpu=$(cpu_ms)
began=$(now_ms)
"$bin/centralita" load --server "$ingest" --messages "$messages" --customers "$messages" --streams 4 --frame 200 \
  --in-flight 16 --quiet --json "$work/queued.json" >"$work/queued-load.txt" 2>&1 || die "load failed."
until_done "$messages" yes
queued_ms=$(($(now_ms) - began))
queued_cpu=$(($(cpu_ms) - cpu))
stop

echo "(b) $lives conversations, $agents agents ..."
start lives
"$bin/centralita" agents --server "$grpc" --number "$agents" --prefix agent- --think 5 --handling 20 --decline 0 \
  >"$work/agents.txt" 2>&1 &
crew=$!
children+=("$crew")
for ((i = 0; i < 300; i++)); do
  grep -q "connected *$agents " "$work/agents.txt" && break
  sleep 0.1
done
cpu=$(cpu_ms)
began=$(now_ms)
# A customer of its own for nearly each message, so that nearly each is a conversation.
"$bin/centralita" load --server "$ingest" --messages "$lives" --customers $((lives * 20)) --streams 4 --frame 100 \
  --in-flight 8 --quiet --json "$work/lives.json" >"$work/lives-load.txt" 2>&1 || die "load failed."
until_done "$lives" no
lives_ms=$(($(now_ms) - began))
lives_cpu=$(($(cpu_ms) - cpu))
# A reopening is a life of its own.
conversations=$("$bin/centralita" queues --server "$grpc" | awk '$3 ~ /^[0-9]+$/ { n += $8 } END { print n + 0 }')
kill -TERM "$crew"
wait "$crew" || die "the agents did not stop well."
stop
load_after=$(cut -d' ' -f1-3 /proc/loadavg)

messages_per_s=$(ratio "$messages" "$queued_ms" 1000)
lives_per_s=$(ratio "$conversations" "$lives_ms" 1000)
cat >build/bench/embedded_load.json <<JSON
{
  "processors": $(nproc),
  "load_average_before": "$load_before",
  "load_average_after": "$load_after",
  "accepted_to_queued": {"messages": $messages, "milliseconds": $queued_ms, "messages_per_second": $messages_per_s,
    "cpu_microseconds_per_message": $(ratio "$queued_cpu" "$messages" 1000),
    "ack_p50_ms": $(json_of "$work/queued.json" ack_p50_ms), "ack_p99_ms": $(json_of "$work/queued.json" ack_p99_ms),
    "goal_per_second": 20000},
  "whole_lives": {"conversations": $conversations, "milliseconds": $lives_ms,
    "conversations_per_second": $lives_per_s,
    "cpu_microseconds_per_conversation": $(ratio "$lives_cpu" "$conversations" 1000), "agents": $agents,
    "goal_per_second": 4000}
}
JSON
cat <<TABLE

Embedded, synced to disk; $(nproc) processors shared with load generator and agents; load average $load_before -> $load_after
                                        RATE/s       GOAL/s   CPU us each   AMOUNT
accepted -> queued, messages    $(printf '%14s %12s %13s %8s' "$messages_per_s" 20000 "$(ratio "$queued_cpu" "$messages" 1000)" "$messages")
whole lives, conversations      $(printf '%14s %12s %13s %8s' "$lives_per_s" 4000 "$(ratio "$lives_cpu" "$conversations" 1000)" "$conversations")
Ack at maximum load: half $(json_of "$work/queued.json" ack_p50_ms) ms, 99 % $(json_of "$work/queued.json" ack_p99_ms) ms. JSON: build/bench/embedded_load.json
TABLE
