#!/bin/sh
# Each promise names tests, and those are there: promises.sh PROMISES BUILD_FOLDER
set -u
promises=$1 build=$2
failed=0

table=$(grep '^| [A-Z]' "$promises")
[ -n "$table" ] || { echo "there are no promises in $promises"; exit 1; }
there=$(ctest --test-dir "$build" -N | sed -n 's/^ *Test *#[0-9]*: //p')
names=$(echo "$table" | sed 's/.*| \(.*\) |$/\1/' | tr ',' '\n' | tr -d ' `' | sort -u)
[ "$(echo "$table" | grep -c '| `[^|]*` |$')" = "$(echo "$table" | wc -l)" ] || {
  echo "a promise names no test"
  failed=1
}
for name in $names; do
  echo "$there" | grep -qx -- "$name" || {
    echo "no test is called $name"
    failed=1
  }
done
exit $failed
