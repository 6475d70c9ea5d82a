# What is beyond a limit ends by its header: no process may have more than 100 MB for data.
# (A sanitizer has its own needs.)
sh -c '(ulimit -d 100000 && "$IMGLOOM" --version); exit $?' >/dev/null 2>&1 && ulimit -d 100000
mkdir in
# 65,500 x 65,500 in less than 150 bytes, with and without an end; one side too long; 501 scans.
claim() { printf '\377\330\377\333\0\103\0%s\377%b\0\013\010%b\001\001\021\0' "$(printf '1%.0s' $(seq 64))" "$1" "$2"; }
scan='\377\332\0\010\001\001\0\0\0\0\0'
{ claim '\300' '\377\334\377\334' && printf "$scan"; } >in/a.jpg
{ claim '\300' '\377\334\377\334' && printf "$scan\377\331"; } >in/b.jpg
{ claim '\300' '\0\012\377\377' && printf "$scan\377\331"; } >in/c.jpg
{ claim '\302' '\0\100\0\100' && for n in $(seq 501); do printf "$scan"; done; } >in/d.jpg
printf '\211PNG\r\n\032\n\0\0\0\015IHDR\177\377\377\377\177\377\377\377\010\0\0\0\0CRC.\0\0\0\0IDAT' >in/e.png
printf '\211PNG\r\n\032\n\0\0\0\015IHDR\0\0\0\001\0\017\102\101\010\0\0\0\0CRC.\0\0\0\0IDAT' >in/f.png
printf 'GIF89a\377\377\377\377\200\0\0\0\0\0\377\377\377,\0\0\0\0\377\377\377\377\0\002\002D\001\0;' >in/g.gif
printf 'II*\0\010\0\0\0\003\0\0\001\004\0\001\0\0\0\0\0\001\0\001\001\004\0\001\0\0\0\0\0\001\0\006\001\003\0\001\0\0\0\001\0\0\0\0\0\0\0' >in/h.tif
printf 'RIFF\026\0\0\0WEBPVP8X\012\0\0\0\0\0\0\0\377\377\377\377\377\377' >in/i.webp
for mode in auto all never; do
    imgloom run in -o out --isolate $mode -Q --report r.json
    jq -r '.results | sort_by(.seq)[] | "\(.originalPath) \(.errorCode) \(.errorStage): \(.error)"' r.json >$mode
    cmp auto $mode
done
cat auto
imgloom run in -o out --max-pixels 0 -Q --report r.json
rows r.json
# Of an animation all frames count where they are wanted, and there may not be too many.
frame=',\0\0\0\0\001\0\001\0\0\002\002D\001\0'
{ printf 'GIF89a\0\004\0\004\200\0\0\0\0\0\377\377\377' && for n in $(seq 300); do printf "$frame"; done && printf ';'; } >many.gif
{ printf 'GIF89a\002\0\002\0\200\0\0\0\0\0\377\377\377' && for n in $(seq 4097); do printf "$frame"; done && printf ';'; } >more.gif
imgloom run many.gif more.gif -o out -f png -Q --report r.json
rows r.json
imgloom run many.gif more.gif -o out --animated -f png -Q
imgloom run many.gif more.gif -o out --animated -Q --report r.json
jq -r '.results | sort_by(.seq)[] | "\(.errorCode): \(.error)"' r.json
