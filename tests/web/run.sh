#!/bin/sh
# Runs tests that need node and what tests/web/package-lock.json names: run.sh FILE.test.mjs
# Those of pages also need Chromium; IMGLOOM_NO_BROWSER=1 in the environment leaves them out, and
# IMGLOOM_NO_NODE=1 all.
set -u
here=$(cd "$(dirname "$0")" && pwd)

if [ -n "${IMGLOOM_NO_NODE:-}" ]; then
    echo "IMGLOOM_NO_NODE is set: left out"
    exit 77
fi
if [ -n "${IMGLOOM_NO_BROWSER:-}" ] && grep -q browser.mjs "$here/$1"; then
    echo "IMGLOOM_NO_BROWSER is set: left out"
    exit 77
fi
command -v node >/dev/null || { echo "there is no node: scripts/test installs it" >&2; exit 1; }
[ -d "$here/node_modules" ] || { echo "run npm ci in tests/web, as scripts/test does" >&2; exit 1; }
exec node --test "$here/$1"
