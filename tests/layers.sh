#!/bin/sh
# The layers are real: loom_core knows no codec, and no room includes one that stands after it.
#   layers.sh SOURCE_FOLDER LIBLOOM_CORE.a LIBLOOM_ENGINE.a PROGRAM
set -u
source=$1 core=$2 engine=$3 program=$4
failed=0

fail() {
  echo "$1"
  failed=1
}

# Undefined symbols of codecs, of libvips or of glib in the core.
symbols=$(nm -u "$core" 2>/dev/null | awk '$1 == "U" { print $2 }' |
  grep -E '^(vips_|stbi_|jpeg_|png_|tiff|TIFF|WebP|heif_|zimg_|libdeflate_|isal_|g_)' | sort -u)
[ -z "$symbols" ] || fail "loom_core needs codec symbols: $symbols"
[ -n "$(nm "$core" 2>/dev/null | grep -w loom_batch_run)" ] || fail "nm cannot read $core"

# The engine, and what is linked with it, start without libvips.
symbols=$(nm -u "$engine" 2>/dev/null | awk '$1 == "U" { print $2 }' |
  grep -E '^(vips_|stbi_|g_)' | sort -u)
[ -z "$symbols" ] || fail "loom_engine needs symbols of the plug-in: $symbols"
needed=$(readelf -d "$program" | grep NEEDED) || fail "readelf cannot read $program"
case $needed in
  *libvips*) fail "$program is linked with libvips" ;;
  *libjpeg*) ;;
  *) fail "$program is not linked with libjpeg" ;;
esac

# Codec headers below the engine.
found=$(grep -nE '#include *[<"](vips/|jpeglib|turbojpeg|zimg|libdeflate|isa-l|webp/|png\.h|stb|glib)' -r \
  "$source/src/base" "$source/src/format" "$source/src/picture" "$source/src/files" "$source/src/batch" \
  "$source/src/report" "$source/src/isolation" "$source/include")
[ -z "$found" ] || fail "codec headers in loom_core: $found"

# The rooms in their order: each includes only itself and those before it.
later="base format picture files batch report isolation engine worker cli"
for room in base format picture files batch report isolation engine worker cli; do
  later=${later#"$room"} later=${later# }
  [ -d "$source/src/$room" ] || continue
  for other in $later; do
    found=$(grep -n "#include \"$other/" -r "$source/src/$room")
    [ -z "$found" ] || fail "$room includes a later room: $found"
  done
done

# Within the engine: the jpeg lane and the vips lane know nothing of each other, and what helps both
# knows of neither.
for pair in jpeg:vips vips:jpeg codec:jpeg codec:vips; do
  found=$(grep -n "#include \"engine/${pair#*:}/" -r "$source/src/engine/${pair%:*}")
  [ -z "$found" ] || fail "engine/${pair%:*} includes engine/${pair#*:}: $found"
done

# The program stands on the public headers alone.
found=$(grep -nE '#include "(base|format|picture|files|batch|report|isolation|engine|worker)/' -r "$source/src/cli")
[ -z "$found" ] || fail "cli includes private headers: $found"

exit $failed
