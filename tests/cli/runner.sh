#!/bin/sh
# Runs one golden test: runner.sh NAME. NAME.sh is run in an empty folder, and what it prints must
# be what NAME.out holds, byte for byte. IMGLOOM is the program, TESTDATA the folder of pictures.
# With ACCEPT=1 NAME.out is written instead: read the difference before it is committed. The exit
# status is 77 where NAME.sh says, by skip, that this system lacks what it needs.
set -u

here=$(cd "$(dirname "$0")" && pwd)
name=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-cli.XXXXXX") || exit 1
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

unset NO_COLOR TERM OMP_NUM_THREADS OMP_THREAD_LIMIT
LC_ALL=C
export IMGLOOM TESTDATA LC_ALL
chmod 755 "$work" && mkdir "$work/in" && cd "$work/in" || exit 1

# Another user may have to run the program, and need not be able to reach where it was built.
built=$(dirname "$IMGLOOM")
cp "$IMGLOOM" "$built/imgloom-worker" "$built/imgloom-vips.so" "$built/imgloom-text.so" "$work/" || exit 1
IMGLOOM=$work/imgloom
CAPTURE=$work/capture
SKIPPED=$work/skipped
export CAPTURE SKIPPED

(. "$here/lib.sh" && . "$here/$name.sh") >"$work/actual" 2>&1
if [ -s "$SKIPPED" ]; then
    echo "$name: skipped: $(cat "$SKIPPED")"
    exit 77
fi
if [ "${ACCEPT:-0}" = 1 ]; then
    cp "$work/actual" "$here/$name.out"
fi
diff -u "$here/$name.out" "$work/actual" && exit 0
echo "$name: what was printed is not what $name.out holds" >&2
exit 1
