# What scripts/run and scripts/test share: installing what is missing, and building. Sourced.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# A name that ends in ? is of a package that not every suite has: AV1's encoder is in libheif1 there.
build_packages="gcc libc6-dev cmake ninja-build pkg-config libvips-dev libjansson-dev
  libglib2.0-dev libjpeg-dev libseccomp-dev
  zlib1g-dev libdeflate-dev libisal-dev libwebp-dev libxxhash-dev libmd-dev libsqlite3-dev libmicrohttpd-dev
  libheif-plugin-aomenc? libpango1.0-dev libfontconfig-dev fonts-dejavu-core"
test_packages="check libstb-dev libtiff-dev jq util-linux groff-base imagemagick python3 curl openssl"
# The tests of plans on a cluster, which are left out where these are missing.
cluster_packages="slurmctld slurmd slurm-client munge parallel"
# ThreadSanitizer needs clang with libomp: gcc's libgomp gives false reports.
tsan_packages="clang libclang-rt-dev libomp-dev"

log=$here/build/setup.log # the full text of what is installed and built

say() {
  printf '%s\n' "$*" >&2
}

# logged COMMAND...: runs it into the log; of one that fails the end is shown.
logged() {
  mkdir -p "$here/build"
  { printf '\n$ %s\n' "$*" && "$@"; } >>"$log" 2>&1 && return
  local status=$?
  tail -n 40 "$log" >&2
  say "The full text is in $log"
  return $status
}

# missing PACKAGE...: prints those that are not installed, of NAME? only what apt knows of.
missing() {
  local package name
  for package in "$@"; do
    name=${package%\?}
    case $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) in
      installed) continue ;;
    esac
    [ "$name" = "$package" ] || [ -n "$(apt-cache policy "$name" 2>/dev/null)" ] || continue
    printf ' %s' "$name"
  done
}

# need PACKAGE...: installs those Debian packages that are missing.
need() {
  local missing
  missing=$(missing "$@")
  [ -n "$missing" ] || return 0
  local as_root=""
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      say "These Debian packages are missing:$missing"
      say "Install them as root, or install sudo."
      return 1
    }
    as_root=sudo
  fi
  logged $as_root apt-get update -qq || return 1
  missing=$(missing "$@") # now that apt knows what there is
  say "Installing:$missing"
  # shellcheck disable=SC2086  # lists of words
  logged $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $missing
}

# need_node: node and npm, from Debian where there are none, and what tests/web names exactly. Where
# npm's registry cannot be reached the tests in node are left out.
need_node() {
  local lock=$here/tests/web/package-lock.json
  command -v node >/dev/null && command -v npm >/dev/null || need nodejs npm
  if [ "$lock" -nt "$here/tests/web/node_modules/.package-lock.json" ]; then
    npm ci --prefix "$here/tests/web" --no-audit --no-fund --silent >&2 || {
      say "npm cannot install what tests/web needs: the tests in node are left out"
      export IMGLOOM_NO_NODE=1
    }
  fi
}

# build PRESET [TARGET...]: configures build/PRESET where needed, and builds. Warnings are errors in
# all presets but release, where they are in the log.
build() {
  local preset=$1 began=$SECONDS
  shift
  if [ ! -f "$here/build/$preset/build.ninja" ]; then
    say "Building imgloom in build/$preset; the first time takes a minute or two"
    (cd "$here" && logged cmake --preset "$preset") || return
  fi
  (cd "$here" && logged cmake --build --preset "$preset" ${1:+--target "$@"}) || return
  [ $((SECONDS - began)) -lt 5 ] || say "Built in $((SECONDS - began)) s"
}
