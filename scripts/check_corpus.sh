#!/usr/bin/env bash
# Builds the corpus tool (it needs nothing of libs/) and looks at the text in models/: see models/README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p build/logs
log=build/logs/corpus.log
[ -e build/release/build.ninja ] || cmake --preset release >"$log" 2>&1 || { tail -n 20 "$log" >&2; exit 1; }
cmake --build build/release --target centralita-corpus >"$log" 2>&1 || { tail -n 20 "$log" >&2; exit 1; }
build/release/bin/centralita-corpus check --models models
