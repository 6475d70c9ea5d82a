#!/usr/bin/env bash
# Measures `imgloom serve` beside other services, by wrk on the loopback: bench/serve/compare.sh [OPTIONS],
# see --help and bench/README.md. Installs what is missing (wrk, nginx with its image filter, what
# package-lock.json names); Node.js 20.9 or later must be there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"

for tool in node npm; do
  command -v $tool >/dev/null || {
    say "compare.sh: $tool is missing: install Node.js 20.9 or later (nodejs.org), which sharp needs"
    exit 1
  }
done
# shellcheck disable=SC2086
need $build_packages imagemagick libjpeg-turbo-progs wrk libnginx-mod-http-image-filter
build release imgloom
cd "$here/bench/serve"
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund >&2
fi
case " $* " in
  *" --photos"* | *" --help "*) ;;
  *) ../peers/photos.sh "$here/build/peers/photos" >&2 ;;
esac
cd "$OLDPWD"
exec node "$here/bench/serve/compare.mjs" "$@"
