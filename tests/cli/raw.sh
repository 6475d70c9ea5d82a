# Raw files of cameras: not without being asked, and then by the JPEG that is embedded in them.
number() { printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255)))"; }
# A RAF: a header, of which bytes 84 to 91 tell where the JPEG is, and samples behind it.
raf() {
    { printf 'FUJIFILMCCD-RAW '; head -c 68 /dev/zero; number 148; number "$(wc -c <"$1")"; head -c 56 /dev/zero; cat "$1"; head -c 5000 /dev/zero; } >"$2"
}
picture photos/scene-1.jpg plain/a.jpg
picture photos/gray.jpg in/b.jpg
raf plain/a.jpg in/a.RAF
row() { jq -r '.results[] | "\(.status) \(.originalPath) \(.originalFormat) \(.originalWidth) \(.previewOf)"' "$1"; }
# In a folder it is ignored, and said so; by its name it is refused, and said how it is read.
imgloom run in -o out --width 60 -v -j1 --report r.json
jq -c '.ignored, .summary.ignoredByReason' r.json
imgloom run in/a.RAF -o out --width 60 --report r.json
row r.json
imgloom run in -o out --width 60 -j1 --raw preview -v --report r.json
row r.json
"$IMGLOOM" run plain -o same --width 60 -Q
cmp out/a.jpg same/a.jpg && echo "the same as of its JPEG"
imgloom run in/a.RAF --raw preview --width 60 --isolate all -o all -Q
cmp all/a.jpg same/a.jpg && echo "the same in a worker"
imgloom run in/a.RAF --raw preview -n
# One folder with JPEG and raw file of the same name: the collision says what to do.
picture photos/gray.jpg both/a.jpg
raf plain/a.jpg both/a.raf
imgloom run both -o out2 --raw preview --width 60 -j1
# What is no preview.
head -c 5000 in/a.RAF >cut.raf
imgloom run cut.raf -o out3 --raw preview --width 60
echo 'this is no JPEG' >text && raf text none.raf
imgloom run none.raf -o out3 --raw preview --width 60
printf '\0\0\0\030ftypcrx \0\0\0\001crx isom' >canon.cr3
imgloom run canon.cr3 -o out3 --raw preview --width 60
imgloom run in -o out3 --raw develop
# A recipe that was written down.
jq -c .recipe r.json
# Pages.
imgloom run in/b.jpg -o out4 --page 2
imgloom run in/b.jpg -o out4 --page 1 -Q
"$IMGLOOM" run in/b.jpg -f tiff -o tif -Q
imgloom run tif -o out4 -f png --page 2
imgloom run tif -o out4 -f png --page 0
