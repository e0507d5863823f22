#!/usr/bin/env bash
# Holds the documentation to what is real: links lead somewhere, the table of codes in docs/guarantees.md is that of the
# sources, metrics and settings named in docs/operations.md exist, and marked commands run as they are written.
#
#   scripts/check_docs.sh [FOLDER_OF_BINARIES]        default: build/release/bin
#
# A block is run when the line before its fence is `<!-- run -->`. The blocks of one file run in one shell, in order, in
# the root of the checkout, against a `centralita up` of their own on a temporary folder and free ports: ports as
# written (7400 to 7403) become the actual ones.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C.UTF-8
bin=$(realpath "${1:-build/release/bin}")
table=docs/guarantees.md
operations=docs/operations.md
failures=0
work=$(mktemp -d)
server=

fail() {
  printf 'check_docs: %s\n' "$*" >&2
  failures=$((failures + 1))
}

# SIGTERM first, so that it drains; the folder goes when it is gone.
stop_server() {
  [ -n "$server" ] || return 0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" || fail "'centralita up' did not stop in good order; see its log below." "$(cat "$work/up.log")"
  server=
}
cleanup() {
  [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

documents() { git ls-files -co --exclude-standard '*.md' | grep -v '^tests/'; }

# Headings as GitHub writes them in addresses.
anchors_of() {
  sed -nE 's/^#+ +//p' "$1" | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

check_links() {
  local file target path anchor
  while IFS= read -r file; do
    while IFS= read -r target; do
      case $target in http://* | https://* | mailto:*) continue ;; esac
      path=${target%%#*}
      anchor=${target#"$path"}
      if [ -n "$path" ]; then path=$(dirname "$file")/$path; else path=$file; fi
      [ -e "$path" ] || { fail "$file links to '$target', which is not there."; continue; }
      [ -z "$anchor" ] || anchors_of "$path" | grep -qxF -- "${anchor#\#}" ||
        fail "$file links to '$target', and $path has no such heading."
    done < <(perl -ne 'next if /^```/ .. /^```\s*$/; print "$1\n" while /\]\(([^)\s]+)[^)]*\)/g' "$file")
  done < <(documents)
}

# All ways in which the sources give a code to somebody; one a line, sorted.
# shellcheck disable=SC2016
codes_in_sources() {
  git ls-files -co --exclude-standard 'libs/*.cc' 'libs/*.h' 'services/*.cc' 'services/*.h' 'tools/centralita/*.cc' \
    'tools/training/*.cc' |
    xargs perl -0777 -ne '
      s{//[^\n]*}{}g;
      print "$1\n" while /\bError\(\s*[\w:.()]+\s*,\s*"([a-z][a-z0-9_]*)"\s*,/g;
      print "$1\n" while /\bCode::k\w+,\s*"([a-z][a-z0-9_]*)"\s*,/g;
      print "$1\n" while /\bUnfit\(\s*"([a-z][a-z0-9_]*)"\s*,/g;
      print "$1\n" while /\bk\w+ = "(redis_[a-z_]+)"/g;
      print "$1\n" while /\bError\(\s*"([a-z][a-z0-9_]*)"\s*,\s*(?:"|fmt)/g;
      print "$1\n" while /\bReject\([^";]*"([a-z][a-z0-9_]*)"\s*,/g;
      print "$1\n" while /\bErrorResponse\(\s*[\w.]+\s*,\s*"([a-z][a-z0-9_]*)"/g;
      print "$1\n" while /\b(?:letter|out)\.set_reason\(\s*"([a-z][a-z0-9_]*)"\s*\)/g;
      print "$1\n" while /\bitem\.reason = "([a-z][a-z0-9_]*)"/g;
      print "$1\n" while /\bDeadLetter\([^";]*"([a-z][a-z0-9_]*)"\s*,/g;
      print "$1\n" while /\bset_code\([^;"]*"([a-z][a-z0-9_]*)"\s*\)/g;
      print "$1\n" while /\bbad\(\s*"([a-z][a-z0-9_]*)"/g;
      if (/namespace code \{(.*?)\}/s) { my $b = $1; print "$1\n" while $b =~ /"([a-z][a-z0-9_]*)"/g; }' |
    sort -u
}

# First cells of the tables between the marks.
codes_in_table() {
  sed -n '/<!-- codes:begin -->/,/<!-- codes:end -->/p' "$table" |
    perl -ne 'next unless /^\| *(`[^|]*)\|/; my $c = $1; print "$1\n" while $c =~ /`([a-z0-9_]+)`/g' | sort -u
}

check_codes() {
  local code
  codes_in_sources >"$work/sources"
  codes_in_table >"$work/table"
  [ -s "$work/sources" ] || fail "no codes were found in the sources; has their writing changed?"
  while IFS= read -r code; do
    fail "the code '$code' is in the sources and not in $table."
  done < <(comm -23 "$work/sources" "$work/table")
  while IFS= read -r code; do
    fail "the code '$code' is in $table and not in the sources."
  done < <(comm -13 "$work/sources" "$work/table")
}

# Prints the marked blocks of a file, each with a line that says where it stands.
blocks_of() {
  perl -ne '
    if ($run && /^```(?:sh|console)\s*$/) { $in = 1; $run = 0; printf "doc_place=%s:%d\n", $ARGV, $. + 1; next }
    if ($in && /^```\s*$/) { $in = 0; next }
    if ($in) { s/^\$ //; print; next }
    $run = /^<!-- run -->\s*$/' "$1"
}

start_server() {
  local deadline=$((SECONDS + 60)) ready
  "$bin/centralita" up --data "$work/data" --policy deploy/demo/policy.yaml --node.ingest_port=0 --node.grpc_port=0 \
    --node.http_port=0 --node.admin_port=0 >"$work/up.log" 2>&1 &
  server=$!
  # The last line first, so that those before it are whole.
  until grep -q '^Ctrl-C' "$work/up.log"; do
    kill -0 "$server" 2>/dev/null || { cat "$work/up.log" >&2; fail "'centralita up' ended at its start."; exit 1; }
    [ $SECONDS -lt $deadline ] || { cat "$work/up.log" >&2; fail "'centralita up' did not say its ports."; exit 1; }
    sleep 0.1
  done
  senders=$(sed -nE 's/^ +senders +gRPC ([^,]+),.*/\1/p' "$work/up.log")
  http=$(sed -nE 's|^ +senders .*HTTP http://([^/]+)/.*|\1|p' "$work/up.log")
  questions=$(sed -nE 's/^ +agents, questions +gRPC (.*)/\1/p' "$work/up.log")
  admin=$(sed -nE 's|^ +admin +http://([^ ]+) .*|\1|p' "$work/up.log")
  until ready=$(curl -s "http://$admin/readyz") && [ "$ready" = ok ]; do
    [ $SECONDS -lt $deadline ] || { fail "'centralita up' is not ready: $ready"; exit 1; }
    sleep 0.1
  done
}

# In front of PATH: the same command, with the ports of this server where it would take the default ones.
write_shim() {
  mkdir -p "$work/bin"
  cat >"$work/bin/centralita" <<TEXT
#!/usr/bin/env bash
case " \$* " in *" --server "*) exec "$bin/centralita" "\$@" ;; esac
case \$1 in
  send | load) exec "$bin/centralita" "\$@" --server "$senders" ;;
  agent | agents | queues | trace | explain) exec "$bin/centralita" "\$@" --server "$questions" ;;
  dlq) exec "$bin/centralita" "\$@" --server "$questions" ;;
  *) exec "$bin/centralita" "\$@" ;;
esac
TEXT
  chmod +x "$work/bin/centralita"
}

check_commands() {
  local file runs=0 count
  start_server
  write_shim
  while IFS= read -r file; do
    blocks_of "$file" >"$work/blocks"
    count=$(grep -c '^doc_place=' "$work/blocks" || true)
    [ "$count" -gt 0 ] || continue
    runs=$((runs + count))
    {
      printf '%s\n' 'set -eEu -o pipefail' "trap 'echo \"failed in the block at \$doc_place: \$BASH_COMMAND\" >&2' ERR"
      sed -E -e "s/127\.0\.0\.1:7400/$http/g" -e "s/127\.0\.0\.1:7401/$senders/g" -e "s/127\.0\.0\.1:7402/$admin/g" \
        -e "s/127\.0\.0\.1:7403/$questions/g" -e "s#PATH=[^ ]*/build/release/bin:#PATH=$work/bin:$bin:#" "$work/blocks"
    } >"$work/run.sh"
    if ! timeout -k 10 180 bash "$work/run.sh" </dev/null >"$work/out" 2>&1; then
      tail -n 20 "$work/out" >&2
      fail "a command that $file shows does not work; its output is above."
    fi
  done < <(documents)
  [ "$runs" -gt 0 ] || fail "no marked block was found; has the mark changed?"
  check_names
  stop_server
  printf 'check_docs: %s blocks of commands ran.\n' "$runs"
}

# docs/operations.md has each metric of /metrics and each setting of --print-config, and no metric that is not there.
check_names() {
  local name
  curl -s "http://$admin/metrics" | sed -nE 's/^# TYPE ([a-z_]+) .*/\1/p' | sort -u >"$work/metrics"
  grep -oE '`centralita_[a-z_]+' "$operations" | tr -d '`' | sort -u >"$work/metrics_told"
  "$bin/centralita" up --print-config | sed -nE 's/^  ([a-z_]+):.*/\1/p' | sort -u >"$work/settings"
  while IFS= read -r name; do fail "/metrics has '$name', $operations does not."; done \
    < <(comm -23 "$work/metrics" "$work/metrics_told")
  # A family with labels appears with its first value, so what is told needs only to be in the sources.
  while IFS= read -r name; do
    git grep -qF "\"$name\"" -- libs services tools || fail "$operations names the metric '$name', the sources do not."
  done < <(comm -13 "$work/metrics" "$work/metrics_told")
  while IFS= read -r name; do
    grep -qE "\`(node|classifier|log)\.$name\`" "$operations" || fail "--print-config has '$name', $operations does not."
  done <"$work/settings"
}

check_links
check_codes
if [ -x "$bin/centralita" ]; then
  check_commands
else
  fail "there is no $bin/centralita to run the commands with: ./dev build"
fi
[ $failures -eq 0 ] || { printf 'check_docs: %s failures.\n' "$failures" >&2; exit 1; }
printf 'check_docs: links, codes, metrics, settings and commands are as the documentation says.\n'
