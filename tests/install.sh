#!/bin/sh
# Installs into a temporary folder and builds a program against it by pkg-config.
#   install.sh BUILD_FOLDER CC
set -eu
build=$1 cc=$2
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT

cmake --install "$build" --prefix "$prefix" >"$prefix/log"
cat >"$prefix/example.c" <<'C'
#include <imgloom/imgloom.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    const loom_engine_options options = {.isolate = LOOM_ISOLATE_NEVER, .worker_path = argv[1]};
    loom_engine engine;
    loom_error err = LOOM_ERROR_INIT;

    if (argc != 2 || loom_engine_start(&engine, &options, &err) != LOOM_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("%s %s %s\n", loom_version(), loom_format_get(LOOM_FORMAT_JPEG)->name,
           loom_engine_writes(LOOM_FORMAT_PNG) ? "png" : "no png");
    return 0;
}
C
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name imgloom.pc)")
export PKG_CONFIG_PATH
worker=$prefix/libexec/imgloom/imgloom-worker
prefix_flag="--define-variable=prefix=$prefix"

# shellcheck disable=SC2046
"$cc" -o "$prefix/shared" "$prefix/example.c" $(pkg-config "$prefix_flag" --cflags --libs imgloom)
LD_LIBRARY_PATH=$(pkg-config "$prefix_flag" --variable=libdir imgloom) "$prefix/shared" "$worker" |
  grep -x '[0-9.]* jpeg png'
# The archive with the shared libraries that it needs itself; what those need is theirs.
needs=$(pkg-config --print-requires-private imgloom | sed 's/[ >=].*//')
# shellcheck disable=SC2046,SC2086
"$cc" -o "$prefix/static" "$prefix/example.c" $(pkg-config "$prefix_flag" --cflags imgloom) \
  "$(pkg-config "$prefix_flag" --variable=libdir imgloom)/libimgloom.a" \
  $(pkg-config --libs $needs) -fopenmp -lm
"$prefix/static" "$worker" | grep -x '[0-9.]* jpeg png'
"$prefix/bin/imgloom" --version | grep -x 'libvips [0-9.]*, libjpeg-turbo [0-9.]*'
