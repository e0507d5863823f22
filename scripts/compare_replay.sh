#!/usr/bin/env bash
# The same log gives byte-identical outputs in release and in the sanitizer build: synthetic lives, and what the last
# cluster of tests/e2e left in `routing` and `commands` (build/recorded), if there was one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

recorded=build/recorded

# run PRESET PROGRAM ARGUMENTS...
run() {
  local program="build/$1/tests/$2"
  if [ ! -x "$program" ]; then
    echo "compare_replay: $program is missing; build it with: cmake --build --preset $1 --target $2" >&2
    exit 1
  fi
  "$program" "${@:3}" || {
    echo "compare_replay: $program failed." >&2
    exit 1
  }
}
digest() {
  run "$1" replay_digest
  if [ -d "$recorded" ]; then run "$1" replay_recording "$recorded"; fi
}

release=$(digest release)
for preset in asan "$@"; do
  other=$(digest "$preset")
  if [ "$release" != "$other" ]; then
    echo "compare_replay: the same log gives other outputs in release (<) than in $preset (>):" >&2
    diff <(printf '%s\n' "$release") <(printf '%s\n' "$other") >&2 || true
    echo "Look for a hash map's order, an uninitialised value, floating point or a clock in route or dispatch." >&2
    exit 1
  fi
done
echo "Replay is byte-identical in release and ${*:+$* and }asan:"
printf '%s\n' "$release"
if [ ! -d "$recorded" ]; then echo "No cluster was recorded (build/recorded): only synthetic lives were compared."; fi
