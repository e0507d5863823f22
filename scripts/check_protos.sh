#!/usr/bin/env bash
# The protos: lint, and nothing in them that breaks what an earlier release has written or speaks. What lies in logs for
# 30 days, what snapshots hold and what clients of last year send must be read as it was meant.
#
#   scripts/check_protos.sh            compares proto/ with those of the last release, in tests/golden/protos/
#   scripts/check_protos.sh --release  at a release: takes over proto/ as it is; refuses if it breaks
#
# A break is what buf's rules WIRE_JSON say (buf.yaml).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
released=tests/golden/protos
log=build/logs/buf.log
mkdir -p build/logs

buf() { npx --yes @bufbuild/buf@1.50.0 "$@" >"$log" 2>&1; }
fail() {
  cat "$log" >&2
  printf 'check_protos: %s\n' "$*" >&2
  exit 1
}

buf --version || fail "buf (npm package @bufbuild/buf) could not be had."
buf lint || fail "buf found something in proto/."
buf breaking --against "$released" ||
  fail "proto/ breaks what the last release has ($released). Add fields, values and messages; never remove, renumber,
rename or retype them."
case ${1:-} in
  '') ;;
  --release)
    rm -rf "$released"
    (cd proto && find . -name '*.proto') | while IFS= read -r file; do
      install -D -m 644 "proto/$file" "$released/$file"
    done ;;
  *) fail "unknown option '$1'; see the top of this script." ;;
esac
