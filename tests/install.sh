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

int main(void)
{
    loom_engine engine;
    loom_error err = LOOM_ERROR_INIT;

    if (loom_engine_start(&engine, NULL, &err) != LOOM_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("%s %s\n", loom_version(), loom_format_get(LOOM_FORMAT_JPEG)->name);
    return 0;
}
C
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name imgloom.pc)")
export PKG_CONFIG_PATH
prefix_flag="--define-variable=prefix=$prefix"

# shellcheck disable=SC2046
"$cc" -o "$prefix/shared" "$prefix/example.c" $(pkg-config "$prefix_flag" --cflags --libs imgloom)
LD_LIBRARY_PATH=$(pkg-config "$prefix_flag" --variable=libdir imgloom) "$prefix/shared" |
  grep -x '[0-9.]* jpeg'
# The archive with the shared libraries that it needs itself; what those need is theirs.
needs=$(pkg-config --print-requires-private imgloom | sed 's/[ >=].*//')
# shellcheck disable=SC2046,SC2086
"$cc" -o "$prefix/static" "$prefix/example.c" $(pkg-config "$prefix_flag" --cflags imgloom) \
  "$(pkg-config "$prefix_flag" --variable=libdir imgloom)/libimgloom.a" \
  $(pkg-config --libs $needs) -fopenmp -lm
"$prefix/static" | grep -x '[0-9.]* jpeg'
"$prefix/bin/imgloom" --version | grep imgloom
