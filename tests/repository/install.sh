#!/bin/sh
# Installs into a temporary folder, and builds and runs the examples against it by pkg-config.
#   install.sh BUILD_FOLDER CC
set -eu
build=$1 cc=$2
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT

cmake --install "$build" --prefix "$prefix" >"$prefix/log"
examples=$(cd "$(dirname "$0")/../../examples" && pwd)
example=$examples/thumbnails.c
pictures=$(cd "$(dirname "$0")/../../testdata" && pwd)
# The example over good pictures and a broken one.
example() {
  mkdir "$prefix/$1.in"
  cp "$pictures/tiny/photo-333x222.jpg" "$pictures/formats/quadrants.png" \
    "$pictures/broken/truncated.png" "$prefix/$1.in"
  status=0
  "$prefix/bin/$1" "$prefix/$1.in" "$prefix/$1.out" >"$prefix/$1.log" || status=$?
  cat "$prefix/$1.log"
  [ $status = 1 ]
  grep -q "photo-333x222.jpg -> .* 320x213$" "$prefix/$1.log"
  grep -q "truncated.png: truncated: " "$prefix/$1.log"
  grep -q "^3 pictures, 1 failed" "$prefix/$1.log"
  [ "$(find "$prefix/$1.out" -type f | wc -l)" = 2 ]
}
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name imgloom.pc)")
export PKG_CONFIG_PATH

# shellcheck disable=SC2046
"$cc" -Wall -Wextra -Werror -o "$prefix/bin/shared" "$example" \
  $(pkg-config --cflags --libs imgloom)
LD_LIBRARY_PATH=$(pkg-config --variable=libdir imgloom)
export LD_LIBRARY_PATH
example shared
# From memory to memory: what the program makes, to the byte.
# shellcheck disable=SC2046
"$cc" -Wall -Wextra -Werror -o "$prefix/bin/buffer" "$examples/buffer.c" \
  $(pkg-config --cflags --libs imgloom)
"$prefix/bin/buffer" <"$pictures/photos/scene-1.jpg" >"$prefix/thumb.webp"
"$prefix/bin/imgloom" run --size 320x320 --fit inside --format webp -o "$prefix/thumbs" \
  "$pictures/photos/scene-1.jpg" >/dev/null 2>&1
cmp "$prefix/thumb.webp" "$prefix/thumbs/scene-1.webp"
status=0
"$prefix/bin/buffer" <"$pictures/broken/truncated.png" 2>"$prefix/buffer.log" || status=$?
[ $status = 1 ]
grep -q "^truncated at decode: the file is cut short" "$prefix/buffer.log"
# A service of one's own, on a socket.
# shellcheck disable=SC2046
"$cc" -Wall -Wextra -Werror -D_GNU_SOURCE -o "$prefix/bin/service" "$examples/service.c" \
  $(pkg-config --cflags --libs imgloom)
"$prefix/bin/service" "$prefix/socket" &
service=$!
for picture in photos/scene-1.jpg broken/truncated.png; do
  python3 -c '
import socket, sys, time
client = socket.socket(socket.AF_UNIX)
for _ in range(1000):
    try:
        client.connect(sys.argv[1])
        break
    except OSError:
        time.sleep(0.01)
client.sendall(open(sys.argv[2], "rb").read())
client.shutdown(socket.SHUT_WR)
while piece := client.recv(65536):
    sys.stdout.buffer.write(piece)' "$prefix/socket" "$pictures/$picture" >"$prefix/answer"
  case $picture in
    photos/*) cmp "$prefix/answer" "$prefix/thumb.webp" ;;
    *) grep -q "^error truncated: the file is cut short" "$prefix/answer" ;;
  esac
done
kill "$service"
wait "$service"
[ ! -e "$prefix/socket" ]
# A program somewhere else finds the worker by the library.
mkdir -p "$prefix/some/where"
mv "$prefix/bin/shared" "$prefix/some/where/else"
ln -s ../some/where/else "$prefix/bin/elsewhere"
example elsewhere
unset LD_LIBRARY_PATH
# The shared library asks for no other development package; the archive links with what it needs itself.
PKG_CONFIG_LIBDIR=$PKG_CONFIG_PATH pkg-config --cflags --libs imgloom >/dev/null
# shellcheck disable=SC2046
"$cc" -o "$prefix/bin/static" "$example" \
  $(pkg-config --static --cflags --libs imgloom | sed 's/-limgloom\>/-l:libimgloom.a/')
example static
"$prefix/bin/imgloom" --version | grep -x 'libvips [0-9.]*, libjpeg-turbo [0-9.]*'
for file in man/man1/imgloom.1.gz doc/imgloom/schema/report.schema.json bash-completion/completions/imgloom zsh/vendor-completions/_imgloom \
  fish/vendor_completions.d/imgloom.fish; do
  [ -s "$prefix/share/$file" ]
done
# The links of the documents lead to what is installed, too, but for those to the sources.
cd "$prefix/share/doc/imgloom"
for document in README.md docs/*.md clients/node/README.md; do
  grep -oE '\]\([^) #]+' "$document" | sed 's/^](//' | grep -v '^http' | sort -u | while read -r link; do
    case $link in
      *ARCHITECTURE.md | *CONTRIBUTING.md | *testdata/* | *tests/* | *scripts/* | *src/*) continue ;;
    esac
    [ -e "$(dirname "$document")/$link" ] || { echo "$document: no $link" && exit 1; }
  done
done
