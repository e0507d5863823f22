#!/usr/bin/env bash
# Runs the fuzz targets of build/fuzz, all at once, for so many seconds; keeps what they find, and what they have learnt for
# the next time. ./dev test runs it for ten seconds, with --full for an hour. By hand:
#   cmake --preset fuzz && cmake --build --preset fuzz --target fuzz_targets && scripts/fuzz.sh SECONDS
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:?usage: scripts/fuzz.sh SECONDS}
names=() pids=() status=0
for program in build/fuzz/fuzz/fuzz_*; do
  [ -x "$program" ] || { echo "fuzz: nothing is built; run: cmake --preset fuzz && cmake --build --preset fuzz --target fuzz_targets" >&2; exit 1; }
  name=$(basename "$program")
  mkdir -p "build/fuzz/corpus/$name" "build/fuzz/found/$name"
  seeds=tests/fuzz/seeds/$name
  [ -d "$seeds" ] || seeds=
  # shellcheck disable=SC2086
  "$program" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=4096 -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/found/$name/" "build/fuzz/corpus/$name" $seeds >"build/fuzz/$name.log" 2>&1 &
  names+=("$name") pids+=($!)
done
for i in "${!names[@]}"; do
  name=${names[$i]} log=build/fuzz/${names[$i]}.log
  if wait "${pids[$i]}"; then
    echo "fuzz: $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s, nothing found"
  else
    tail -n 30 "$log" >&2
    echo "fuzz: $name found something; the input is in build/fuzz/found/$name/, the whole log is $log" >&2
    status=1
  fi
done
exit $status
