# What libvips said of a picture is in reports and with -v; else a sentence of our own is enough.
picture broken/truncated.tif in/a.tif
plain() { sed -E 's/(libvips says: ).*/\1WORDS/'; }
imgloom run in -o out -f png --report r.json
jq -r '.results[].error' r.json | plain
imgloom run in -o out -f png -v | plain
"$IMGLOOM" run in -o out -f png --progress always 2>&1 | cat -v | grep -oE 'error   .*'
imgloom report r.json | grep truncated
imgloom run in/a.tif -o - -f png
imgloom run in/a.tif -o - -f png -v | plain
