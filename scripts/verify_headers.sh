#!/usr/bin/env bash
# Each public header compiles on its own: configures a build that verifies the interface header sets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset release -B build/headers -DCENTRALITA_TESTS=OFF -DCENTRALITA_BENCHMARKS=OFF \
  -DCMAKE_VERIFY_INTERFACE_HEADER_SETS=ON >build/logs/configure-headers.log 2>&1
cmake --build build/headers -j "${CENTRALITA_JOBS:-2}" --target all_verify_interface_header_sets \
  >build/logs/build-headers.log 2>&1 || {
  grep -E -A 8 'error:' build/logs/build-headers.log | head -n 40 >&2
  echo "A public header does not compile alone. Whole log: build/logs/build-headers.log" >&2
  exit 1
}
echo "Public headers compile alone."
