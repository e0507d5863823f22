#!/usr/bin/env bash
# The same log gives byte-identical outputs in release and in the sanitizer build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

digest() {
  local program="build/$1/tests/replay_digest"
  if [ ! -x "$program" ]; then
    echo "compare_replay: $program is missing; build it with: cmake --build --preset $1 --target replay_digest" >&2
    exit 1
  fi
  "$program" || {
    echo "compare_replay: $program failed." >&2
    exit 1
  }
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
