#!/usr/bin/env bash
# What the cluster set needs beyond the embedded one: librdkafka 2.8 and hiredis 1.2 to build with, and for tests and
# local clusters redis-server, Java and Apache Kafka.
#
#   scripts/cluster_deps.sh            installs and builds what is missing; prints where each is
#   scripts/cluster_deps.sh --where    prints where each is, installs nothing; fails if something is missing
#   scripts/cluster_deps.sh --mirrors  prints from which mirrors it would get source packages
#
# The output is one `name=place` a line: rdkafka, hiredis (a folder with include/ and lib/, or "system"), kafka_jars.
#
# Debian 12's own librdkafka and hiredis are too old. Debian 13's are built from its source packages, which the mirror
# that this machine is set up with has too; apt verifies them with Debian's archive keys. The system's own packages are
# used where they are new enough. Everything lands in a cache outside the checkout, so that each version is built once.
#
# Ways round, by environment:
#   CENTRALITA_RDKAFKA_ROOT, CENTRALITA_HIREDIS_ROOT   a folder with include/ and lib/ to use instead
#   CENTRALITA_KAFKA_JARS                              a folder with the jars of Apache Kafka 4.1 and slf4j-simple
#   CENTRALITA_CACHE                                   another cache than ~/.cache/centralita
#   CENTRALITA_APT_ETC                                 another folder of apt's settings than /etc/apt
set -euo pipefail
export LC_ALL=C.UTF-8
cache=$(realpath -m "${CENTRALITA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/centralita}")
deps=$cache/deps
logs=$cache/logs
jobs=${CENTRALITA_JOBS:-$(nproc)}

rdkafka_min=2.8
hiredis_min=1.2
source_suite=trixie
kafka_version=4.1.1
slf4j_version=1.7.36
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

rdkafka_flags="-DRDKAFKA_BUILD_STATIC=ON -DRDKAFKA_BUILD_EXAMPLES=OFF -DRDKAFKA_BUILD_TESTS=OFF -DWITH_SSL=ON
  -DWITH_SASL=ON -DWITH_ZLIB=ON -DWITH_ZSTD=ON -DENABLE_LZ4_EXT=ON -DWITH_CURL=ON"
hiredis_flags="-DBUILD_SHARED_LIBS=OFF -DENABLE_SSL=ON -DDISABLE_TESTS=ON"
common_flags="-DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DCMAKE_INSTALL_LIBDIR=lib"

# Found by cmake/Cluster.cmake too; libcurl is for the OAuth of SASL.
packages_build="libssl-dev zlib1g-dev liblz4-dev libzstd-dev libsasl2-dev libcurl4-openssl-dev pkg-config"
packages_source="g++ cmake ninja-build dpkg-dev xz-utils ca-certificates debian-archive-keyring"

say() { printf '%s\n' "$*" >&2; }
die() { printf 'cluster_deps: %s\n' "$*" >&2; exit 1; }

# ---- where things are ----

# shellcheck source=/dev/null
system_name() { (. /etc/os-release 2>/dev/null && printf '%s-%s' "${ID:-linux}" "${VERSION_ID:-rolling}") || printf linux; }
# Whatever changes what is built changes the folder's name.
key_of() { printf '%s\n' "$@" "$(system_name)" "$(uname -m)" | tr -s ' \n' ' ' | sha256sum | cut -c1-8; }
rdkafka_key() { key_of "$rdkafka_flags" "$common_flags"; }
hiredis_key() { key_of "$hiredis_flags" "$common_flags"; }
jars_folder() { printf '%s/kafka-%s-%s' "$deps" "$kafka_version" "$(printf '%s' "$slf4j_version" | sha256sum | cut -c1-8)"; }

newest() { # newest NAME KEY: the newest version in the cache
  [ -d "$deps" ] || return 0
  find "$deps" -mindepth 1 -maxdepth 1 -type d -name "$1-*-$2" 2>/dev/null | sort -V | tail -n 1
}

# check_root VARIABLE HEADER: a folder that the user named
check_root() {
  local root=${!1} header=$2
  [ -e "$root/include/$header" ] || die "$1 is '$root', and there is no include/$header in it."
  [ -d "$root/lib" ] || die "$1 is '$root', and there is no lib/ in it."
  realpath "$root"
}

where_rdkafka() {
  if [ -n "${CENTRALITA_RDKAFKA_ROOT:-}" ]; then
    check_root CENTRALITA_RDKAFKA_ROOT librdkafka/rdkafka.h
  elif pkg-config --atleast-version=$rdkafka_min rdkafka 2>/dev/null; then
    printf 'system\n'
  else
    newest librdkafka "$(rdkafka_key)"
  fi
}
where_hiredis() {
  if [ -n "${CENTRALITA_HIREDIS_ROOT:-}" ]; then
    check_root CENTRALITA_HIREDIS_ROOT hiredis/hiredis.h
  elif pkg-config --atleast-version=$hiredis_min hiredis hiredis_ssl 2>/dev/null; then
    printf 'system\n'
  else
    newest hiredis "$(hiredis_key)"
  fi
}
where_jars() {
  if [ -n "${CENTRALITA_KAFKA_JARS:-}" ]; then
    compgen -G "$CENTRALITA_KAFKA_JARS/kafka_2.13-*.jar" >/dev/null ||
      die "CENTRALITA_KAFKA_JARS is '$CENTRALITA_KAFKA_JARS', and there is no kafka_2.13-*.jar in it."
    realpath "$CENTRALITA_KAFKA_JARS"
  elif [ -d "$(jars_folder)" ]; then
    jars_folder
  fi
}

print_where() {
  local rdkafka hiredis jars
  rdkafka=$(where_rdkafka)
  hiredis=$(where_hiredis)
  jars=$(where_jars)
  [ -n "$rdkafka" ] || die "librdkafka $rdkafka_min is not here yet; run scripts/cluster_deps.sh (it builds it)."
  [ -n "$hiredis" ] || die "hiredis $hiredis_min is not here yet; run scripts/cluster_deps.sh (it builds it)."
  [ -n "$jars" ] || die "Apache Kafka is not here yet; run scripts/cluster_deps.sh (it fetches it)."
  printf 'rdkafka=%s\nhiredis=%s\nkafka_jars=%s\n' "$rdkafka" "$hiredis" "$jars"
}

# ---- packages of the system ----

missing_packages() {
  local name
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$name" 2>/dev/null)" = "install ok installed" ] || printf '%s ' "$name"
  done
}

install_packages() {
  local missing as=() log=$logs/apt.log
  read -r -a missing <<<"$(missing_packages "$@")"
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "no apt-get here; install the equivalents of these Debian packages: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
      die "these packages are missing: ${missing[*]}. Run once as an administrator: apt-get install ${missing[*]}"
    fi
    as=(sudo)
  fi
  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >"$log" 2>&1 ||
    say "Package lists could not be renewed (no network?); trying with those that are here. Log: $log"
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    >>"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    die "these packages could not be installed: ${missing[*]}. Whole log: $log"
  }
}

# The version that the system's package manager would install, without Debian's revision.
candidate() { apt-cache policy "$1" 2>/dev/null | sed -nE 's/^ +Candidate: ([0-9][^-+]*).*/\1/p'; }
at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }
has_candidate() { local have; have=$(candidate "$1"); [ -n "$have" ] && at_least "$have" "$2"; }

java_is_new_enough() {
  local major
  major=$(java -version 2>&1 | sed -nE '1s/.*"([0-9]+).*/\1/p') || return 1
  [ -n "$major" ] && [ "$major" -ge 17 ]
}

# ---- source packages of the newer Debian ----

# The addresses from which this machine gets Debian's main packages, one a line. Other repositories do not count, even
# those that use Debian's suite names: their address does not say debian.
debian_mirrors() {
  local codename etc=${CENTRALITA_APT_ETC:-/etc/apt} file
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  {
    # deb822: stanzas apart by empty lines, fields go on in lines that are indented.
    for file in "$etc"/sources.list.d/*.sources; do
      [ -f "$file" ] || continue
      awk -v RS= '
        { delete field; name = ""; count = split($0, lines, "\n")
          for (i = 1; i <= count; ++i) {
            line = lines[i]
            if (line ~ /^#/) continue
            if (line ~ /^[^ \t][^:]*:/) { name = tolower(line); sub(/:.*/, "", name); sub(/^[^:]*:/, "", line) }
            if (name != "") field[name] = field[name] " " line
          }
          if (tolower(field["enabled"]) ~ /no|false|0/) next
          if ((field["types"] " ") !~ / deb(-src)? /) next
          uris = split(field["uris"], uri, " "); suites = split(field["suites"], suite, " ")
          for (u = 1; u <= uris; ++u) for (s = 1; s <= suites; ++s) print uri[u], suite[s], field["components"] }' "$file"
    done
    # One line: deb [options] address suite components
    { cat "$etc"/sources.list "$etc"/sources.list.d/*.list 2>/dev/null || true; } |
      sed -nE 's/#.*//; s/^[[:space:]]*deb(-src)?[[:space:]]+(\[[^]]*\][[:space:]]*)?//p'
  } | awk -v codename="$codename" '
      $2 != codename && $2 != "stable" && $2 != "oldstable" { next }
      { main = 0; for (i = 3; i <= NF; ++i) if ($i == "main") main = 1
        last = tolower($1); sub(/\/+$/, "", last); sub(/.*\//, "", last)
        if (main && last ~ /debian/ && $1 !~ /^cdrom:/ && !seen[$1]++) print $1 }'
}

no_source() { # no_source NAME MINIMUM VARIABLE WHY
  die "$1 $2 or newer cannot be had: $4
  Ways round: install $1 $2 or newer and its headers by other means, or build it anywhere and name the folder that has
  include/ and lib/:   export $3=/path/to/$1"
}

# fetch_source NAME MINIMUM VARIABLE FOLDER: unpacks the source package into FOLDER/source; prints its version.
fetch_source() {
  local name=$1 minimum=$2 variable=$3 folder=$4 log=$logs/$1-source.log apt mirrors version dsc
  : >"$log"
  command -v apt-get >/dev/null || no_source "$name" "$minimum" "$variable" "there is no apt-get here."
  mirrors=$(debian_mirrors)
  [ -n "$mirrors" ] ||
    no_source "$name" "$minimum" "$variable" "apt's sources name no Debian mirror, so there is nowhere to get it from."
  [ -e "$keyring" ] || no_source "$name" "$minimum" "$variable" "Debian's archive keys ($keyring) are not here."
  apt=$folder/apt
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  while IFS= read -r mirror; do
    printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n' \
      "$mirror" "$source_suite" "$keyring"
  done <<<"$mirrors" >"$apt/debian.sources"
  # A configuration of its own: the system's lists and settings stay as they are.
  local options=(-o "Dir::Etc::sourcelist=$apt/debian.sources" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=-
    -o Dir::Etc::preferences=- -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache"
    -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3 -o Acquire::Languages=none
    -o Acquire::AllowInsecureRepositories=false -o APT::Get::AllowUnauthenticated=false)
  apt-get "${options[@]}" update --error-on=any >>"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    no_source "$name" "$minimum" "$variable" "the machine's Debian mirror does not serve $source_suite (log: $log)."
  }
  (cd "$folder" && apt-get "${options[@]}" source --download-only "$name") >>"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    no_source "$name" "$minimum" "$variable" "its source could not be fetched or verified (log: $log)."
  }
  dsc=$(find "$folder" -maxdepth 1 -name "${name}_*.dsc")
  version=$(sed -nE 's/^Version: ([0-9]+:)?([0-9][^-+~]*).*/\2/p' "$dsc" | head -n 1)
  at_least "$version" "$minimum" ||
    no_source "$name" "$minimum" "$variable" "the mirror's $source_suite has $name ${version:-without a version}."
  dpkg-source -x "$dsc" "$folder/source" >>"$log" 2>&1 || die "$dsc could not be unpacked. Log: $log"
  printf '%s\n' "$version"
}

# build NAME MINIMUM VARIABLE KEY FLAGS
build() {
  local name=$1 minimum=$2 variable=$3 key=$4 flags=$5 log=$logs/$1-build.log started=$SECONDS work version final
  # shellcheck disable=SC2086
  install_packages $packages_build $packages_source
  say "Fetching the source of $name ($source_suite) ..."
  work=$(mktemp -d "$deps/.work-XXXXXX")
  version=$(fetch_source "$name" "$minimum" "$variable" "$work")
  final=$deps/$name-$version-$key
  say "Building $name $version ..."
  # shellcheck disable=SC2086
  { cmake -S "$work/source" -B "$work/build" -G Ninja $common_flags $flags -DCMAKE_INSTALL_PREFIX="$final" &&
    cmake --build "$work/build" -j "$jobs" &&
    DESTDIR="$work/image" cmake --install "$work/build"; } >"$log" 2>&1 || {
    grep -E -A 5 'error|Error|FAILED' "$log" | head -n 30 >&2 || tail -n 20 "$log" >&2
    die "$name $version could not be built. Whole log: $log"
  }
  mv -T "$work/image$final" "$final"
  say "Built $name $version in $((SECONDS - started)) s."
}

# ---- Apache Kafka ----

fetch_jars() {
  local work final log=$logs/kafka-jars.log
  final=$(jars_folder)
  command -v mvn >/dev/null || install_packages maven
  say "Fetching Apache Kafka $kafka_version (43 MB) ..."
  work=$(mktemp -d "$deps/.work-XXXXXX")
  cat >"$work/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>centralita</groupId><artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$kafka_version</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>$slf4j_version</version></dependency>
  </dependencies>
</project>
POM
  mvn -B -q -f "$work/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/jars" >"$log" 2>&1 || {
    grep -m 3 ERROR "$log" >&2 || true
    die "Apache Kafka $kafka_version could not be had from Maven. Whole log: $log
  Way round: put the jars of a Kafka $kafka_version download (its libs/) and slf4j-simple into a folder and name it:
  export CENTRALITA_KAFKA_JARS=/path/to/jars"
  }
  [ -e "$work/jars/kafka_2.13-$kafka_version.jar" ] || die "Maven brought no kafka_2.13-$kafka_version.jar. Log: $log"
  mv -T "$work/jars" "$final"
}

# ---- what is asked for ----

# Called with the lock held, so nobody else's work is among them.
clean_work() { rm -rf "$deps"/.work-*; }

install_all() {
  mkdir -p "$deps" "$logs" || die "the cache '$cache' cannot be written; name another by CENTRALITA_CACHE."
  exec 8>"$deps/.lock"
  flock -n 8 || { say "Another cluster_deps.sh is at work; waiting until it is done ..."; flock 8; }
  clean_work
  trap clean_work EXIT
  # What the user named must be right, before anything else is done.
  where_rdkafka >/dev/null
  where_hiredis >/dev/null
  where_jars >/dev/null
  command -v redis-server >/dev/null || install_packages redis-server
  java_is_new_enough || install_packages default-jre-headless
  java_is_new_enough || die "Apache Kafka $kafka_version needs Java 17 or newer, and 'java -version' is older."
  # What is linked with librdkafka, wherever that comes from.
  # shellcheck disable=SC2086
  [ -n "${CENTRALITA_RDKAFKA_ROOT:-}" ] || install_packages $packages_build
  if [ -z "$(where_rdkafka)" ] && has_candidate librdkafka-dev $rdkafka_min; then install_packages librdkafka-dev; fi
  if [ -z "$(where_hiredis)" ] && has_candidate libhiredis-dev $hiredis_min; then install_packages libhiredis-dev; fi
  [ -n "$(where_hiredis)" ] ||
    build hiredis $hiredis_min CENTRALITA_HIREDIS_ROOT "$(hiredis_key)" "$hiredis_flags"
  [ -n "$(where_rdkafka)" ] ||
    build librdkafka $rdkafka_min CENTRALITA_RDKAFKA_ROOT "$(rdkafka_key)" "$rdkafka_flags"
  [ -n "$(where_jars)" ] || fetch_jars
}

case ${1:-} in
  '') install_all; print_where ;;
  --where) print_where ;;
  --mirrors) debian_mirrors ;;
  *) die "unknown option '$1'; see the top of this script." ;;
esac
