#!/bin/sh
# The layers are real: loom_core knows no codec, and no room includes one that stands after it.
#   layers.sh SOURCE_FOLDER LIBLOOM_CORE.a LIBLOOM_ENGINE.a PROGRAM LIBLOOM_OPTIONS.a LIBIMGLOOM.so
set -u
source=$1 core=$2 engine=$3 program=$4 options=$5 library=$6
failed=0

# In their order: each includes only itself and those before it.
rooms="base format picture files batch report state shards isolation engine worker options serve cli"
core_rooms="base format picture files batch report state shards isolation"

fail() {
  echo "$1"
  failed=1
}

# includes PATTERN PLACE...: the includes there whose path, behind the quote or bracket, begins so.
includes() {
  pattern=$1
  shift
  for place in "$@"; do
    [ -e "$place" ] || fail "layers.sh looks for $place, which is not there"
  done
  grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($pattern)" -r "$@"
}

# undefined SYMBOLS LIBRARY: those that it wants and that begin so.
undefined() {
  nm -u "$2" 2>/dev/null | awk '$1 == "U" { print $2 }' | grep -E "^($1)" | sort -u
}

# ---- symbols: codecs, libvips and glib in the core; the plug-in's in the engine
symbols=$(undefined 'vips_|stbi_|jpeg_|png_|spng_|tiff|TIFF|WebP|Jxl|rsvg_|heif_|zimg_|libdeflate_|isal_|inflate|deflate|g_' "$core")
[ -z "$symbols" ] || fail "loom_core needs codec symbols: $symbols"
nm "$core" 2>/dev/null | grep -qw loom_batch_run || fail "nm cannot read $core"
symbols=$(undefined 'vips_|stbi_|g_' "$engine")
[ -z "$symbols" ] || fail "loom_engine needs symbols of the plug-in: $symbols"
# The option table has of the library only what other programs have of it, too.
public=$(nm -D --defined-only "$library" 2>/dev/null | awk '{ print $3 }' | sort -u)
echo "$public" | grep -qx loom_recipe_set || fail "nm cannot read $library"
symbols=$(undefined loom_ "$options" | grep -vxF "$public")
[ -z "$symbols" ] || fail "loom_options needs private symbols: $symbols"
[ -n "$(undefined loom_recipe_ "$options")" ] || fail "nm cannot read $options"
needed=$(readelf -d "$program" | grep NEEDED) || fail "readelf cannot read $program"
case $needed in
  *libvips*) fail "$program is linked with libvips" ;;
  *libjpeg*) ;;
  *) fail "$program is not linked with libjpeg" ;;
esac

# ---- rooms: the list is complete, and each includes only what stands before it
for folder in "$source"/src/*/; do
  room=$(basename "$folder")
  case " $rooms " in
    *" $room "*) ;;
    *) fail "layers.sh does not know the room $room" ;;
  esac
done
later=$rooms
for room in $rooms; do
  later=${later#"$room"} later=${later# }
  for other in $later; do
    found=$(includes "$other/" "$source/src/$room")
    [ -z "$found" ] || fail "$room includes a later room: $found"
  done
done
found=$(includes '\.\.?/' "$source/src" "$source/include")
[ -z "$found" ] || fail "a file is included by its room and name: $found"

# ---- codec headers below the engine
for room in $core_rooms; do
  found=$(includes 'vips/|jpeglib|turbojpeg|zimg|libdeflate|isa-l|webp/|png\.h|spng|stb|glib|zlib' "$source/src/$room")
  [ -z "$found" ] || fail "codec headers in $room: $found"
done

# ---- within the engine: the lanes know nothing of each other, what helps them all knows of none, and
# ---- what is above all lanes knows their table alone
lanes=$(cd "$source/src/engine" && echo */lane.c | sed 's:/lane\.c::g')
case $lanes in
  *jpeg*vips*) ;;
  *) fail "layers.sh does not find the folders of the lanes" ;;
esac
for lane in $lanes; do
  for other in baseline codec $lanes; do
    [ "$lane" != "$other" ] || continue
    found=$(includes "engine/$lane/" "$source/src/engine/$other")
    [ -z "$found" ] || fail "engine/$other includes engine/$lane: $found"
  done
  found=$(includes "engine/$lane/" "$source"/src/engine/*.[ch])
  [ -z "$found" ] || fail "the engine includes what is a lane's own: $found"
done

# ---- the programs and their option table stand on the public headers alone
for room in options serve cli; do
  found=$(includes '(base|format|picture|files|batch|report|state|shards|isolation|engine|worker)/' "$source/src/$room")
  [ -z "$found" ] || fail "$room includes private headers: $found"
done

# ---- one file knows libmicrohttpd, and one program is linked with it
found=$(includes 'microhttpd' "$source/src" "$source/include" | grep -v '/src/serve/http\.c:')
[ -z "$found" ] || fail "libmicrohttpd is known beyond serve/http.c: $found"
case $needed in
  *libmicrohttpd*) fail "$program is linked with libmicrohttpd" ;;
esac

exit $failed
