#!/bin/sh
# Reports of a million rows in 300 MB: each way to read them, with a limit on what the program may
# allocate. Only with IMGLOOM_LONG in the environment. Prints the seconds, and asserts none.
set -eu
[ -n "${IMGLOOM_LONG:-}" ] || exit 77
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-million.XXXXXX")
trap 'rm -rf "$work"' EXIT
rows=1000000

make() { # file lines first foreign
    awk -v rows=$rows -v lines="$2" -v first="$3" -v foreign="${4:-0}" -v out=out \
        -f "$here/million_rows.awk" >"$work/$1"
}

limited() {
    begin=$(date +%s)
    (ulimit -d 300000 && "$IMGLOOM" report "$@") || { echo "report $*: exit $?" >&2 && exit 1; }
    echo "report $*: $(($(date +%s) - begin)) s" >&2
}

fail() {
    echo "$*" >&2
    exit 1
}

make a.json 0 0
make b.ndjson 1 500000
cd "$work"
limited a.json | grep -q '^1000000 images, 999000 ok, 1000 failed' || fail "summary"
limited b.ndjson | grep -q '^1000000 images, 999000 ok, 1000 failed' || fail "summary of NDJSON"
[ "$(limited --failed a.json | wc -l)" = 1000 ] || fail "failed"
[ "$(limited --csv - <b.ndjson | wc -l)" = 1000001 ] || fail "csv"
limited --compare a.json b.ndjson | grep -q '^500000 rows in both' || fail "compare"

limited --merge a.json b.ndjson -o all.ndjson 2>said
cat said >&2
grep -q "^1500000 rows of 2 runs; other rows of the same outputs: 500000" said || fail "merge"
tail -1 all.ndjson | grep -q '"rows":1500000' || fail "summary of the merged report"
[ "$(wc -l <all.ndjson)" = 1500002 ] || fail "rows of the merged report"

# Of a later version: each row with fields that are not known, and a record before it that is not.
rm all.ndjson a.json
make later.ndjson 1 0 1
limited later.ndjson 2>said | grep -q '^1000000 images, 999000 ok, 1000 failed' || fail "later"
grep -c 'not known' said | grep -qx 20 || fail "later: names"
grep -q 'and 80 more such messages' said || fail "later: more names"
limited --merge later.ndjson b.ndjson -o all.ndjson 2>said
grep -q "^1500000 rows of 2 runs; other rows of the same outputs: 500000" said || fail "merge of later"
[ "$(grep -c '"hue":' all.ndjson)" = 500000 ] || fail "fields of later rows"
! grep -q '"shard"' all.ndjson || fail "records of later"
make later.json 0 0 1
limited later.json 2>said | grep -q '^1000000 images, 999000 ok, 1000 failed' || fail "later document"
