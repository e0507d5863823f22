#!/usr/bin/env bash
# A whole cluster on this machine: Kafka, Redis, and one process per service (classifier, router and gateway twice).
#
#   scripts/cluster.sh up      starts everything, empty; says where
#   scripts/cluster.sh down    stops everything in good order
#   scripts/cluster.sh demo    up, the demo played in it, its report, down
#   scripts/cluster.sh status  which process runs
#   scripts/cluster.sh kill PART     SIGKILL to one of them, for tests: kafka, redis, router-0, ...
#   scripts/cluster.sh stop PART     SIGTERM to one of them, and waits for its end
#   scripts/cluster.sh start PART [OFF]  starts one of them again, with what it has; waits until it is ready. OFF: by
#                                    how many seconds its wall clock is wrong, for tests (tests/e2e/clock_off.c)
#   scripts/cluster.sh pause PART    SIGSTOP to one of them, for tests; resume PART: SIGCONT
#   scripts/cluster.sh empty redis   deletes what Redis has, once it was killed or stopped
#
# Everything lies in build/cluster: data, settings, process ids, and the log of each process in logs/. By environment:
#   CENTRALITA_CLUSTER_PORT     the first of a hundred ports (default 7500; 0: any hundred that are free)
#   CENTRALITA_CLUSTER_FOLDER   another folder than build/cluster
#   CENTRALITA_CLUSTER_POLICY   another policy than the demo's
#   CENTRALITA_CLUSTER_OWNER    a process id: when that process ends, whatever still runs is killed
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C.UTF-8
folder=${CENTRALITA_CLUSTER_FOLDER:-$PWD/build/cluster}
bin=${CENTRALITA_BIN:-$PWD/build/release/bin}
start_limit=120
stop_limit=40
# Of the wall clock of a part that is started.
offset=

# assign_ports FIRST
assign_ports() {
  ingest_http=$1
  ingest_grpc=$(($1 + 1))
  gateway_0=$(($1 + 3))
  gateway_1=$(($1 + 4))
  metrics_grpc=$(($1 + 5))
  router_0=$(($1 + 10))
  router_1=$(($1 + 11))
  admin_first=$(($1 + 20))
  redis_port=$(($1 + 79))
  kafka_port=$(($1 + 92))
  controller_port=$(($1 + 93))
}
# In the order of starting; stopped in reverse. Each has its admin port from admin_first on.
services="router-0 router-1 sla-timer-0 metrics-0 gateway-0 gateway-1 classifier-0 classifier-1 ingest-0"
everything="kafka redis $services"

say() { printf '%s\n' "$*"; }
die() { printf 'cluster: %s\n' "$*" >&2; exit 1; }

# When a process began, in the kernel's ticks: its id alone may be somebody else's by now.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
pid_of() { cut -d' ' -f1 "$folder/pids/$1" 2>/dev/null; }
runs() {
  local pid since
  read -r pid since 2>/dev/null <"$folder/pids/$1" || return 1
  [ "$(began "$pid")" = "$since" ]
}
any_runs() { local name; for name in $everything; do if runs "$name"; then return 0; fi; done; return 1; }

admin_port() {
  local name at=$admin_first
  for name in $services; do
    if [ "$name" = "$1" ]; then printf '%s' "$at"; return; fi
    at=$((at + 1))
  done
}

# launch NAME COMMAND...: in a session of its own, so that Ctrl-C here does not end it in the middle.
launch() {
  local name=$1
  shift
  if [ -n "$offset" ]; then
    set -- env LD_PRELOAD="${CENTRALITA_CLOCK_LIBRARY:?names libclock_off.so}" CENTRALITA_CLOCK_OFF="$offset" "$@"
  fi
  setsid "$@" >>"$folder/logs/$name.log" 2>&1 </dev/null 9>&- &
  printf '%s %s\n' $! "$(began $!)" >"$folder/pids/$name"
}

# wait_for NAME WHAT...: until the command succeeds; the end of the log if the process ends first.
wait_for() {
  local name=$1 until=$((SECONDS + start_limit))
  shift
  until "$@" >/dev/null 2>&1; do
    if ! runs "$name" || [ $SECONDS -ge $until ]; then
      tail -n 8 "$folder/logs/$name.log" >&2
      die "$name did not come up. Its log: $folder/logs/$name.log"
    fi
    sleep 0.1
  done
}

# The first port of ours that somebody listens on; nothing if all are free.
taken_port() {
  local port
  for port in $kafka_port $controller_port $redis_port $ingest_http $ingest_grpc $gateway_0 $gateway_1 $metrics_grpc \
    $router_0 $router_1 $(seq "$admin_first" $((admin_first + 8))); do
    if (exec 7<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      printf '%s' "$port"
      return
    fi
  done
}

choose_ports() {
  local first=${CENTRALITA_CLUSTER_PORT:-7500} port tries
  if [ "$first" != 0 ]; then
    assign_ports "$first"
    port=$(taken_port)
    [ -z "$port" ] || die "port $port is in use. Name another first port: CENTRALITA_CLUSTER_PORT=8500 $0 $verb"
  else
    for ((tries = 0; tries < 50; tries++)); do
      # Below those that the kernel gives to clients.
      first=$((20000 + RANDOM % 120 * 100))
      assign_ports "$first"
      [ -n "$(taken_port)" ] || break
    done
  fi
  printf '%s' "$first" >"$folder/first_port"
}

java_kafka() {
  local jars
  jars=$(scripts/cluster_deps.sh --where | sed -n 's/^kafka_jars=//p')
  [ -n "$jars" ] || die "Apache Kafka is not here; run ./dev setup --cluster."
  printf '%s/*' "$jars"
}

write_settings() {
  cat >"$folder/common.yaml" <<TEXT
kafka:
  brokers: ["127.0.0.1:$kafka_port"]
redis:
  addresses: ["127.0.0.1:$redis_port"]
TEXT
  cat >"$folder/kafka.properties" <<TEXT
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller_port
listeners=PLAINTEXT://127.0.0.1:$kafka_port,CONTROLLER://127.0.0.1:$controller_port
advertised.listeners=PLAINTEXT://127.0.0.1:$kafka_port
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$folder/kafka
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=2
TEXT
}

format_kafka() {
  java -Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$(java_kafka)" kafka.tools.StorageTool format \
    -t Y2VudHJhbGl0YS1sb2NhbA -c "$folder/kafka.properties" >>"$folder/logs/kafka.log" 2>&1 ||
    die "Kafka could not format its storage. Its log: $folder/logs/kafka.log"
}

# start_service NAME FLAGS...: NAME is SERVICE-NUMBER, which is its member's name too.
start_service() {
  local name=$1 service=${1%-*}
  shift
  launch "$name" "$bin/centralita-$service" --config "$folder/common.yaml" --process.member="$name" \
    --process.host=127.0.0.1 --process.admin_port="$(admin_port "$name")" "$@"
}

start_part() {
  case $1 in
    kafka) launch kafka java -Xms256m -Xmx512m -XX:+UseSerialGC -cp "$(java_kafka)" kafka.Kafka "$folder/kafka.properties" ;;
    redis)
      launch redis redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$folder/redis" --appendonly yes \
        --appendfsync everysec --auto-aof-rewrite-min-size 1gb --save '' --maxmemory-policy noeviction \
        --enable-debug-command local --daemonize no ;;
    router-0) start_service "$1" --router.grpc_port="$router_0" --router.advertise=127.0.0.1 ;;
    router-1) start_service "$1" --router.grpc_port="$router_1" --router.advertise=127.0.0.1 ;;
    gateway-0) start_service "$1" --gateway.grpc_port="$gateway_0" ;;
    gateway-1) start_service "$1" --gateway.grpc_port="$gateway_1" ;;
    metrics-0) start_service "$1" --metrics.grpc_port="$metrics_grpc" ;;
    ingest-0) start_service "$1" --ingest.grpc_port="$ingest_grpc" --ingest.http_port="$ingest_http" ;;
    sla-timer-0 | classifier-*) start_service "$1" ;;
    *) die "there is no part '$1'; there are: $everything" ;;
  esac
}

wait_ready() {
  case $1 in
    kafka) wait_for kafka bash -c "exec 7<>/dev/tcp/127.0.0.1/$kafka_port" ;;
    redis) wait_for redis redis-cli -p "$redis_port" ping ;;
    *) wait_for "$1" curl -sf "http://127.0.0.1:$(admin_port "$1")/readyz" ;;
  esac
}

# Kills what runs when the process that wanted it is gone.
watch_owner() {
  local pid
  tail --pid="$1" -f /dev/null
  for pid in "$folder"/pids/*; do
    if runs "$(basename "$pid")"; then kill -KILL "$(pid_of "$(basename "$pid")")"; fi
  done
}

up() {
  local name policy=${CENTRALITA_CLUSTER_POLICY:-deploy/demo/policy.yaml}
  if any_runs; then die "a cluster runs already ('$0 down' stops it)."; fi
  [ -x "$bin/centralita-router" ] || die "the services are not built; run: ./dev cluster build"
  for name in common.yaml kafka.properties first_port kafka redis logs pids; do rm -rf "${folder:?}/$name"; done
  mkdir -p "$folder/logs" "$folder/pids" "$folder/kafka" "$folder/redis"
  choose_ports
  write_settings
  if [ -n "${CENTRALITA_CLUSTER_OWNER:-}" ]; then
    watch_owner "$CENTRALITA_CLUSTER_OWNER" >/dev/null 2>&1 </dev/null 9>&- &
  fi
  say "Starting Kafka and Redis ..."
  format_kafka
  start_part kafka
  start_part redis
  wait_ready redis
  wait_ready kafka
  "$bin/centralita" topics apply --config "$folder/common.yaml" --topics.replication=1 --topics.min_in_sync=1 \
    --topics.partitions="${CENTRALITA_CLUSTER_PARTITIONS:-6}" \
    --topics.commands_partitions="${CENTRALITA_CLUSTER_PARTITIONS:-6}" >"$folder/logs/topics.log" 2>&1 ||
    { cat "$folder/logs/topics.log" >&2; die "the topics could not be made."; }
  "$bin/centralita" policy apply "$policy" --config "$folder/common.yaml" >"$folder/logs/policy.log" 2>&1 ||
    { cat "$folder/logs/policy.log" >&2; die "the policy could not be published."; }
  say "Starting the services ..."
  for name in $services; do start_part "$name"; done
  for name in $services; do wait_ready "$name"; done
  cat <<TEXT
The cluster is up.
  senders     gRPC 127.0.0.1:$ingest_grpc, HTTP http://127.0.0.1:$ingest_http/v1/messages
  agents      gRPC 127.0.0.1:$gateway_0 and 127.0.0.1:$gateway_1
  questions   gRPC 127.0.0.1:$metrics_grpc   (centralita queues --server 127.0.0.1:$metrics_grpc)
  metrics     http://127.0.0.1:$(admin_port metrics-0)/metrics
  logs        $folder/logs
TEXT
}

stop() {
  local name=$1 pid until=$((SECONDS + stop_limit))
  if ! runs "$name"; then return; fi
  pid=$(pid_of "$name")
  kill -TERM "$pid" 2>/dev/null || true
  while runs "$name"; do
    if [ $SECONDS -ge $until ]; then
      say "$name does not stop; ending it at once."
      kill -KILL "$pid" 2>/dev/null || true
      return
    fi
    sleep 0.05
  done
  rm -f "$folder/pids/$name"
}

down() {
  local name reversed=""
  for name in $everything; do reversed="$name $reversed"; done
  for name in $reversed; do stop "$name"; done
  say "The cluster is down. Logs: $folder/logs"
}

demo() {
  local exit=0
  # Somebody else's stays up.
  if any_runs; then die "a cluster runs already ('$0 down' stops it)."; fi
  trap down EXIT
  up
  mkdir -p build/cluster-demo
  "$bin/centralita" demo --data build/cluster-demo --input deploy/demo --join --config "$folder/common.yaml" \
    --ingest "127.0.0.1:$ingest_grpc" --gateway "127.0.0.1:$gateway_0,127.0.0.1:$gateway_1" \
    --metrics "127.0.0.1:$metrics_grpc" --admin "127.0.0.1:$(admin_port metrics-0)" "$@" || exit=$?
  return $exit
}

status() {
  local name
  for name in $everything; do
    if runs "$name"; then say "$name runs ($(pid_of "$name"))"; else say "$name does not run"; fi
  done
}

signal_part() {
  runs "$2" || die "$2 does not run."
  kill "-$1" "$(pid_of "$2")"
}

empty_part() {
  [ "$1" = redis ] || die "only redis can be emptied: the rest of a cluster lives on what Kafka has."
  if runs redis; then die "redis runs; kill or stop it first."; fi
  rm -rf "${folder:?}/redis"
  mkdir -p "$folder/redis"
}

kill_part() {
  runs "$1" || die "$1 does not run."
  kill -KILL "$(pid_of "$1")"
  while runs "$1"; do sleep 0.02; done
}

verb=${1:-}
[ $# -gt 0 ] && shift
if [ -e "$folder/first_port" ]; then assign_ports "$(cat "$folder/first_port")"; fi
case $verb in
  up | down | demo | status) "$verb" "$@" ;;
  kill) kill_part "${1:?kill whom?}" ;;
  stop) stop "${1:?stop whom?}" ;;
  start)
    offset=${2:-}
    start_part "${1:?start whom?}"
    wait_ready "$1" ;;
  pause) signal_part STOP "${1:?pause whom?}" ;;
  resume) signal_part CONT "${1:?resume whom?}" ;;
  empty) empty_part "${1:?empty whom?}" ;;
  *) sed -n '2,19s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
