#!/usr/bin/env bash
# Plants bugs, one at a time, in a copy of the sources and asks of each that the simulation finds it: what a check is
# worth shows when it fails. The bugs are the patches of tests/simulation/planted; a name's first line says what it does.
#   scripts/planted_bugs.sh [--check] [NAME...]     --check: only whether the patches fit the sources
# Environment: CENTRALITA_PLANTED_RUNS, seeds to try for each (200).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
runs=${CENTRALITA_PLANTED_RUNS:-200}
steps=500
work=$root/build/planted
# Or git would take the copy for a folder of this repository.
export GIT_CEILING_DIRECTORIES=$work

die() { printf 'planted_bugs: %s\n' "$*" >&2; exit 1; }

# patch NAME FOLDER [OPTION...]
patch() { git -C "$2" apply -C1 "${@:3}" "$root/tests/simulation/planted/$1.patch"; }

check_only=no
if [ "${1:-}" = --check ]; then
  check_only=yes
  shift
fi
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for file in tests/simulation/planted/*.patch; do names+=("$(basename "$file" .patch)"); done
fi
for name in "${names[@]}"; do
  [ -f "tests/simulation/planted/$name.patch" ] || die "there is no tests/simulation/planted/$name.patch."
  patch "$name" "$root" --check 2>/dev/null ||
    die "the patch '$name' does not fit the sources any more: plant the same mistake anew (git diff -U2)."
done
[ "$check_only" = no ] || exit 0

rm -rf "$work/source"
mkdir -p "$work/source"
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- -c | tar -x -m -C "$work/source"
# The compiler's cache knows what is built already, in whichever folder.
export CCACHE_BASEDIR=$work/source CCACHE_NOHASHDIR=1
cmake --preset release -S "$work/source" -B "$work/build" -DCENTRALITA_TESTS=ON -DCENTRALITA_BENCHMARKS=OFF \
  >"$work/configure.log" || die "CMake could not configure; see $work/configure.log."

build() {
  cmake --build "$work/build" --target centralita-simulate >"$work/build-$1.log" 2>&1 ||
    die "with the bug '$1' it does not build; see $work/build-$1.log."
}
# simulate NAME: its exit status; what it said is in simulate-NAME.log.
simulate() {
  local status=0
  "$work/build/tests/centralita-simulate" --runs "$runs" --steps "$steps" --no-shrink \
    >"$work/simulate-$1.log" 2>&1 || status=$?
  return "$status"
}

printf 'Without any bug, %s seeds: ' "$runs"
build none
simulate none || die "something is broken already; see $work/simulate-none.log."
printf 'nothing is broken.\n\n%-26s %6s  %s\n' BUG SEED 'FOUND AS'
missed=0
for name in "${names[@]}"; do
  patch "$name" "$work/source"
  build "$name"
  status=0
  simulate "$name" || status=$?
  if [ "$status" -eq 1 ]; then
    printf '%-26s %6s  %.110s\n' "$name" "$(sed -n 's/^Seed \([0-9]*\) .*/\1/p' "$work/simulate-$name.log")" \
      "$(sed -n '/^Seed /,$ { /^Seed /d; /./ { p; q } }' "$work/simulate-$name.log")"
  else
    printf '%-26s %6s  %s\n' "$name" - "NOT FOUND (exit $status; $work/simulate-$name.log)"
    missed=$((missed + 1))
  fi
  patch "$name" "$work/source" --reverse
done
[ "$missed" -eq 0 ] || die "$missed of ${#names[@]} bugs were not found."
