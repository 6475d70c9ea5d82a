#!/usr/bin/env bash
# Makes DIR/jpeg: a flat folder of real JPEG photographs, out of Debian's wallpaper packages.
#
#   bench/peers/photos.sh DIR
#
# The packages are downloaded and unpacked, not installed, and no root is needed. Links are left
# out, and so are files whose content is already there and the 400x250 previews (screenshot.jpg).
# DIR/packages.txt says which versions the pictures come from. A DIR/jpeg that exists is kept.

set -euo pipefail
export LC_ALL=C

packages=(ukui-wallpapers mate-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04
  plasma-workspace-wallpapers)

if [ $# -ne 1 ] || [ -z "$1" ] || [ "${1#-}" != "$1" ]; then
  echo "usage: photos.sh DIR" >&2
  exit 2
fi
for tool in apt-get dpkg sha256sum; do
  if ! command -v "$tool" >/dev/null; then
    echo "photos.sh: $tool is needed (Debian or Ubuntu)" >&2
    exit 1
  fi
done

mkdir -p "$1"
dir=$(cd "$1" && pwd)
if [ -e "$dir/jpeg" ]; then
  echo "$dir/jpeg is already there"
  exit 0
fi

work=$(mktemp -d "$dir/.photos.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/deb" "$work/tree" "$work/jpeg"

# apt would warn that its own user cannot write to this folder.
(cd "$work/deb" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "${packages[@]}") || {
  echo "photos.sh: apt-get download failed; is the package list there (apt-get update)?" >&2
  exit 1
}
for deb in "$work"/deb/*.deb; do
  dpkg -x "$deb" "$work/tree"
done

declare -A seen
while IFS= read -r -d '' file; do
  sum=$(sha256sum <"$file")
  if [ -n "${seen[$sum]:-}" ]; then
    continue
  fi
  seen[$sum]=1
  name=${file#"$work"/tree/usr/share/}
  name=${name//\//-}
  mv "$file" "$work/jpeg/${name%.*}.jpg"
done < <(find "$work/tree" -type f \( -iname '*.jpg' -o -iname '*.jpeg' \) \
  ! -name screenshot.jpg -print0 | sort -z)

(cd "$work/deb" && ls) >"$dir/packages.txt"
mv "$work/jpeg" "$dir/jpeg"
find "$dir/jpeg" -type f -printf '%s\n' |
  awk -v dir="$dir/jpeg" '
    { bytes += $1 }
    END { printf "%s: %d photographs, %.1f MB\n", dir, NR, bytes / 1e6 }'
