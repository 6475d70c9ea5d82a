# Which metadata is kept: kinds, and the place, which EXIF tells in a directory of its own.
picture photos/scene-3.jpg a.jpg
# II*, a directory at 8 with Artist "Ann" and GPS at 38, there GPSDateStamp at 56 (Exif 2.32, 4.6).
exif() {
    printf '\377\330\377\341\000\113Exif\000\000II*\000\010\000\000\000'
    printf '\002\000\073\001\002\000\004\000\000\000Ann\000\045\210\004\000\001\000\000\000\046\000\000\000\000\000\000\000'
    printf '\001\000\035\000\002\000\013\000\000\000\070\000\000\000\000\000\000\000'
    printf '2024:05:01\000'
}
{ exif && tail -c +3 a.jpg; } >in.jpg
told() {
    for file in "$@"; do
        echo "$file:$(grep -aq 'Ann' "$file" && echo ' the artist')$(grep -aq '2024:05:01' "$file" && echo ' the place')"
    done
}
told in.jpg
for kinds in all all,-gps -gps exif xmp copyright none; do
    for format in jpeg png webp; do
        imgloom run in.jpg -o "out/$kinds" -f $format --width 50 --metadata=$kinds -Q --report r.json |
            grep -v 'exit 0'
    done
    told out/"$kinds"/in.*
    jq -c .recipe.metadata r.json
done
