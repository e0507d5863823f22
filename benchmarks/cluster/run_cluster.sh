#!/usr/bin/env bash
# Measures the cluster set on this machine in one run: Kafka, Redis and nine processes, beside a bare copy by librdkafka
# through the same Kafka. README.md says what each figure means. Normally called by `./dev bench --cluster [OPTION...]`:
#
#   --messages N     of accepted -> queued, of the copies and of each part of ingest alone (default 300000)
#   --lives N        whole conversations (40000)
#   --latency S      seconds at --latency-rate messages a second (10)
#   --latency-rate N (1000)
#   --open N         open conversations when a router is killed (1000000; 0: leave that part out)
#   --agents N       simulated agents for whole lives and latency (200)
#   --quick          a tenth of everything: to see that it works, not what it does
#   --only PARTS     some of: lives,latency,queued,recovery,ingest,copy (the parts that they need run too)
#   --keep           leaves the folder with logs and data
#
# Writes build/bench/cluster.json and prints a table. Ctrl-C ends everything that it started.
# By environment: CENTRALITA_CLUSTER_PARTITIONS (of each topic; default 2, as many as classifiers and routers),
# CENTRALITA_BIN (programs), CENTRALITA_CLUSTER_PORT (default 0: any hundred ports that are free).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export LC_ALL=C.UTF-8 CENTRALITA_API_KEY=luna-demo-key
source benchmarks/cluster/measure.sh
source benchmarks/cluster/parts.sh
source benchmarks/cluster/report.sh

messages=300000 lives=40000 latency=10 latency_rate=1000 open=1000000 agents=200
parts=lives,latency,queued,recovery,ingest,copy
keep=no
while [ $# -gt 0 ]; do
  case $1 in
    --messages) messages=$2; shift ;;
    --lives) lives=$2; shift ;;
    --latency) latency=$2; shift ;;
    --latency-rate) latency_rate=$2; shift ;;
    --open) open=$2; shift ;;
    --agents) agents=$2; shift ;;
    --only) parts=$2; shift ;;
    --quick) messages=30000 lives=4000 latency=5 open=100000 ;;
    --keep) keep=yes ;;
    *) sed -n '2,18s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift
done

out=$PWD/build/bench
work=$out/cluster
export CENTRALITA_BIN=${CENTRALITA_BIN:-$PWD/build/release/bin}
export CENTRALITA_CLUSTER_FOLDER=$work/run CENTRALITA_CLUSTER_POLICY=$work/policy.yaml
export CENTRALITA_CLUSTER_PARTITIONS=${CENTRALITA_CLUSTER_PARTITIONS:-2}
export CENTRALITA_CLUSTER_PORT=${CENTRALITA_CLUSTER_PORT:-0} CENTRALITA_CLUSTER_OWNER=$$
bin=$CENTRALITA_BIN
for program in centralita centralita-router kafka_copy offer_hops; do
  [ -x "$bin/$program" ] || die "there is no $bin/$program; run ./dev bench --cluster, which builds it."
done
if [ -e "$work/owner" ] && kill -0 "$(cat "$work/owner")" 2>/dev/null; then
  die "another one runs already (process $(cat "$work/owner"))."
fi
rm -rf "$work"
mkdir -p "$work"
echo $$ >"$work/owner"

clean_up() {
  trap - EXIT INT TERM
  end_children
  # At once: nobody needs what is there. Whatever is left dies with this process (CENTRALITA_CLUSTER_OWNER).
  end_cluster
  rm -f "$work/owner"
  if [ "$keep" = no ]; then rm -rf "$work/run/kafka" "$work/run/redis" "$work"/ledger-*; fi
}
trap clean_up EXIT
trap 'say "Interrupted; ending all processes ..."; exit 130' INT TERM

started=$SECONDS
load_before=$(cut -d' ' -f1-3 /proc/loadavg)
benchmarks/load/bench_policy.sh "$agents" >"$work/policy.yaml"
say "Starting Kafka, Redis and nine processes ..."
scripts/cluster.sh up >"$work/up.txt" 2>&1 || { cat "$work/up.txt" >&2; die "the cluster did not come up."; }
read_addresses
warm_up

if wants lives; then measure_lives; fi
if wants latency; then measure_latency; fi
if wants queued || wants recovery; then measure_queued; fi
if wants recovery && [ "$open" -gt 0 ]; then measure_recovery; fi
stop_services router-0 router-1 sla-timer-0 metrics-0 gateway-0 gateway-1 classifier-0 classifier-1
if wants ingest; then measure_ingest; fi
stop_services ingest-0 redis
if wants copy || wants queued; then measure_copies; fi

load_after=$(cut -d' ' -f1-3 /proc/loadavg)
write_json >"$out/cluster.json"
print_table | tee "$work/table.txt"
say "Took $((SECONDS - started)) s. JSON: build/bench/cluster.json"
