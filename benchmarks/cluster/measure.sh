# What measuring needs; sourced by run_cluster.sh.
# shellcheck shell=bash disable=SC2154

say() { printf '%s\n' "$*"; }
die() {
  printf 'bench: %s\n' "$*" >&2
  exit 1
}
now_ms() { date +%s%3N; }
wants() { case ",$parts," in *",$1,"*) true ;; *) false ;; esac; }
# ratio A B [FACTOR [DIGITS]]: A * FACTOR / B; 0 if B is.
ratio() { awk -v a="$1" -v b="$2" -v f="${3:-1}" -v d="${4:-1}" 'BEGIN { printf("%.*f", d, (b > 0 ? a * f / b : 0)) }'; }
json_of() { sed -n "s/.*\"$2\":\([0-9.]*\).*/\1/p" "$1" 2>/dev/null || true; }

# ---- processes

children=()
cluster_parts="kafka redis router-0 router-1 sla-timer-0 metrics-0 gateway-0 gateway-1 classifier-0 classifier-1 ingest-0"
pid_of_part() { cut -d' ' -f1 "$work/run/pids/$1" 2>/dev/null || true; }

end_children() {
  local pid
  for pid in "${children[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${children[@]}"; do wait "$pid" 2>/dev/null || true; done
  children=()
}

# Only what scripts/cluster.sh started: it notes when each process began, so an id that is somebody else's by now is told.
end_cluster() {
  local part pid began
  for part in $cluster_parts; do
    read -r pid began 2>/dev/null <"$work/run/pids/$part" || continue
    if [ "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f20)" = "$began" ]; then
      kill -KILL "$pid" 2>/dev/null || true
    fi
  done
}

stop_services() {
  local part
  for part in "$@"; do
    scripts/cluster.sh stop "$part" >>"$work/up.txt" 2>&1 || die "$part did not stop; see $work/run/logs/$part.log"
  done
}

read_addresses() {
  ingest=$(sed -n 's/.*senders  *gRPC \([^,]*\),.*/\1/p' "$work/up.txt")
  ingest_http=$(sed -n 's|.*senders .*http://\([^/]*\)/.*|\1|p' "$work/up.txt")
  gateways=$(sed -n 's/.*agents  *gRPC \(.*\) and \(.*\)/\1 \2/p' "$work/up.txt")
  questions=$(sed -n 's/.*questions  *gRPC \([^ ]*\) .*/\1/p' "$work/up.txt")
  admin=$(sed -n 's|.*metrics  *http://\([^/]*\)/.*|\1|p' "$work/up.txt")
  kafka=$(sed -n 's/.*brokers: \["\(.*\)"\].*/\1/p' "$work/run/common.yaml")
  local address
  for address in "$ingest" "$ingest_http" "$gateways" "$questions" "$admin" "$kafka"; do
    [ -n "$address" ] || die "the cluster's addresses are not to be read in $work/up.txt."
  done
}

# ---- processor time, as lines of "name milliseconds"

# With that of its children that have ended: Redis writes its file anew in one.
cpu_of() {
  awk -v name="$1" -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print name, int(($12 + $13 + $14 + $15) * 1000 / hz) }' \
    "/proc/$2/stat" 2>/dev/null || true
}
cpu_now() {
  local part pid
  for part in $cluster_parts; do
    pid=$(pid_of_part "$part")
    [ -z "$pid" ] || cpu_of "$part" "$pid"
  done
}
# cpu_between BEFORE AFTER: lines of "name milliseconds", processes of one service together, and "all".
cpu_between() {
  awk '{ sub(/-[0-9]+$/, "", $1) }
       NR == FNR { spent[$1] -= $2; next }
       { spent[$1] += $2; if (!($1 in seen)) { seen[$1] = 1; order[++n] = $1 } }
       END { for (i = 1; i <= n; i++) { print order[i], spent[order[i]]; all += spent[order[i]] }
             print "all", all + 0 }' "$1" "$2"
}
# cpu_json FILE COUNT: {"kafka": 12.3, ...}, microseconds for each of COUNT.
cpu_json() {
  awk -v n="$2" '{ printf("%s\"%s\": %.2f", sep, $1, (n > 0 ? $2 * 1000 / n : 0)); sep = ", " }' "$1" | sed 's/.*/{&}/'
}
cpu_all() { awk '$1 == "all" { print $2 }' "$1"; }

# ---- what the cluster says

# Messages by state, as "accepted settled behind": settled are those in a queue (with `queued`) or at their end.
standing() {
  curl -s --max-time 5 "http://$admin/metrics" | awk -v queued="$1" -F'[{"} ]+' '/^centralita_messages\{/ { n[$3] = $NF }
    END { done = n["resolved"] + n["duplicate"] + n["dead_lettered"]
          if (queued == "queued") done += n["queued"]
          printf "%d %d\n", n["accepted"], done }' || echo "0 0"
}

# The table of queues; on a machine that is busy a question may come too late.
queues_now() {
  local try
  for try in 1 2 3 4 5; do
    if "$bin/centralita" queues --server "$questions" >"$work/queues.txt" 2>"$work/queues-error.txt"; then
      cat "$work/queues.txt"
      return
    fi
    sleep "$try"
  done
  cat "$work/queues-error.txt" >&2
  die "metrics-0 does not answer."
}
# Conversations that were ever closed, and that wait now.
conversations_now() { queues_now | awk '$3 ~ /^[0-9]+$/ { n += $(NF - 1) } END { print n + 0 }'; }
waiting_now() { queues_now | awk '$3 ~ /^[0-9]+$/ { n += $3 } END { print n + 0 }'; }

# until_settled WHAT ACCEPTED SETTLED LIMIT_S: waits until so many are there. To answer, metrics looks at each open
# conversation and asks Kafka for the ends of its topics: it is to spend a fifth of its time on that at most.
until_settled() {
  local accepted settled until=$((SECONDS + $4)) asked wait
  while :; do
    asked=$(now_ms)
    read -r accepted settled <<<"$(standing "$1")"
    if [ "$accepted" -ge "$2" ] && [ "$settled" -ge "$3" ]; then return; fi
    [ $SECONDS -lt $until ] || die "only $settled of $3 messages were done after $4 s; logs: $work/run/logs"
    wait=$((($(now_ms) - asked) * 4))
    if [ $wait -lt 50 ]; then wait=50; fi
    if [ $wait -gt 1000 ]; then wait=1000; fi
    sleep "$(ratio $wait 1 0.001 3)"
  done
}

# until_taken LIMIT_S: waits until no message is on its way or in a queue.
until_taken() {
  local left until=$((SECONDS + $1))
  while :; do
    left=$(curl -s --max-time 5 "http://$admin/metrics" |
      awk -F'[{"} ]+' '/^centralita_messages\{/ && ($3 == "queued" || $3 == "in_flight" || $3 == "offered") { n += $NF; seen = 1 }
        END { print seen ? n : -1 }')
    [ "$left" -ne 0 ] || return 0
    [ $SECONDS -lt $until ] || die "$left messages were not taken by an agent after $1 s; logs: $work/run/logs"
    sleep 0.5
  done
}

# All that was ever appended to the topics of the data's way.
records_now() {
  "$bin/kafka_copy" ends --brokers "$kafka" inbound routing commands events signals outbound |
    awk '{ n += $2 } END { print n + 0 }'
}

# load NAME OPTION...: centralita load with its result in NAME.json and its processor seconds in NAME.cpu.
load() {
  local name=$1
  shift
  { TIMEFORMAT='%U %S'; time "$bin/centralita" load --quiet --json "$work/$name.json" "$@" >"$work/$name.txt" 2>&1; } \
    2>"$work/$name.cpu" || { cat "$work/$name.txt" >&2; die "the load of '$name' failed."; }
}
load_cpu_ms() { awk '{ print int(($1 + $2) * 1000) }' "$work/$1.cpu"; }

# Half of the agents at each gateway. start_agents LEDGER OPTION...: LEDGER begins the name of a folder for each half's
# ledger; empty for none.
crew=()
start_agents() {
  local gateway first=1 until ids half=$((agents / 2)) name connected ledger=$1 book
  shift
  crew=()
  for gateway in $gateways; do
    ids=$(seq -s, -f 'agent-%g' $first $((first + half - 1)))
    first=$((first + half))
    name=agents-${#crew[@]}
    book=()
    [ -z "$ledger" ] || book=(--ledger "$ledger-${#crew[@]}")
    "$bin/centralita" agents --server "$gateway" --ids "$ids" --decline 0 "${book[@]}" "$@" >"$work/$name.txt" 2>&1 &
    crew+=($!)
    children+=($!)
  done
  until=$((SECONDS + 60))
  while :; do
    connected=$(cat "$work"/agents-?.txt | grep -c "connected *$half " || true)
    [ "$connected" -lt 2 ] || return 0
    [ $SECONDS -lt $until ] || die "the agents did not connect; see $work/agents-0.txt"
    sleep 0.1
  done
}
agents_cpu() {
  local pid
  for pid in "${crew[@]}"; do cpu_of agents "$pid"; done | awk '{ n += $2 } END { print n + 0 }'
}
stop_agents() {
  local pid
  for pid in "${crew[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${crew[@]}"; do wait "$pid" || die "the agents did not stop well; see $work/agents-0.txt"; done
  crew=()
  children=()
}
