#!/usr/bin/env bash
# Runs every fuzz target of build/fuzz for so many seconds; keeps what it finds. By hand only: needs clang and its runtime
# (Debian: clang libclang-rt-14-dev), and the preset built first.
#   cmake --preset fuzz && cmake --build --preset fuzz && scripts/fuzz.sh SECONDS
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:?usage: scripts/fuzz.sh SECONDS}
status=0
for program in build/fuzz/fuzz/fuzz_*; do
  [ -x "$program" ] || { echo "fuzz: nothing is built; run: cmake --preset fuzz && cmake --build --preset fuzz" >&2; exit 1; }
  name=$(basename "$program")
  corpus=build/fuzz/corpus/$name
  log=build/fuzz/$name.log
  mkdir -p "$corpus" "build/fuzz/found/$name"
  seeds=tests/fuzz/seeds/$name
  [ -d "$seeds" ] || seeds=
  # shellcheck disable=SC2086
  if "$program" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
      -artifact_prefix="build/fuzz/found/$name/" "$corpus" $seeds >"$log" 2>&1; then
    echo "fuzz: $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s, nothing found"
  else
    tail -n 30 "$log" >&2
    echo "fuzz: $name found something; the input is in build/fuzz/found/$name/, the whole log is $log" >&2
    status=1
  fi
done
exit $status
