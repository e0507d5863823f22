#!/usr/bin/env bash
# From where scripts/cluster_deps.sh would get source packages: this machine's own Debian mirrors, in both forms of apt's
# source files, and nothing else.
set -euo pipefail
script=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=/dev/null
suite=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-stable}")
mkdir "$work/sources.list.d"
cat >"$work/sources.list" <<LIST
# deb http://commented.example/debian $suite main
deb [arch=amd64 signed-by=/x] http://line.example/debian/ $suite main contrib # why
deb-src http://source.example/debian $suite contrib main
deb http://line.example/debian-security $suite-security main
deb https://apt.vendor.example $suite main
deb https://docker.example/linux/debian $suite stable
deb cdrom:[disc]/debian $suite main
LIST
cat >"$work/sources.list.d/deb822.sources" <<SOURCES
Enabled: no
Types: deb
URIs: http://disabled.example/debian
Suites: $suite
Components: main

# A comment.
Types: deb deb-src
URIs: http://first.example/debian
 http://second.example/mirror/debian
# Another one.
Suites: $suite $suite-updates
Components: main non-free-firmware
Signed-By: /x
SOURCES
expected='http://first.example/debian
http://second.example/mirror/debian
http://line.example/debian/
http://source.example/debian'
found=$(CENTRALITA_APT_ETC=$work "$script" --mirrors)
if [ "$found" != "$expected" ]; then
  printf 'expected:\n%s\nfound:\n%s\n' "$expected" "$found" >&2
  exit 1
fi
# A place that the user names must be right.
if CENTRALITA_RDKAFKA_ROOT=$work "$script" --where 2>"$work/error"; then
  echo 'a root without librdkafka was taken' >&2
  exit 1
fi
grep -q 'CENTRALITA_RDKAFKA_ROOT' "$work/error"
