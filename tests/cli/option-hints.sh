# The library's messages know no options: the program adds the one that decides, also in reports.
picture photos/gray.jpg in/a.jpg
picture formats/quadrants.png png/b.png
mkdir svg
printf '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>' >svg/a.svg
said() {
    imgloom run "$@" -o out -Q --report r.json
    jq -r '.results[] | .error // .warnings[]' r.json
}
said in --max-pixels 10
said svg/a.svg
said in --lane jpeg -f png
said in --width 50 --max-bytes 10
said png/b.png --max-bytes 10
said in --lossless -f same
said in --lossless --isolate all
said in --near-lossless
said png --near-lossless
picture formats/quadrants.gif gif/c.gif
said gif --lossless
said png --lossless
said in/a.jpg --lossless -f png
imgloom run in/a.jpg -o out --lossless | grep -v '^read'
"$IMGLOOM" run in/a.jpg -o - --lossless 2>&1 >/dev/null
echo nothing >list
said in/a.jpg --files-from list --max-errors 0
head -c -2 in/a.jpg >in/b.jpg
said in/b.jpg --fail-on warning
printf 'in/a.jpg\0' >list
imgloom run --files-from list -o out
