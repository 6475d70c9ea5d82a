# Names are bytes. In the report U+FFFD stands for those that are not UTF-8, and base64 beside it.
name=$(printf 'in/caf\351.jpg')
picture photos/gray.jpg "$name"
mkdir "$(printf 'out\377')"
imgloom run "$name" -o "$(printf 'out\377')" --width 50 -v --report r.json
jq -c '.results[] | [.originalPath, .originalPathBase64, .outputPath, .outputPathBase64]' r.json
LC_ALL=C.UTF-8 imgloom run "$name" -o "$(printf 'out\377')" --width 50 -Q --report r2.json
jq -c '.results[] | [.originalPath, .originalPathBase64]' r2.json
ls out* | od -An -c
imgloom run "$(printf '\377.jpg')" -o out3
printf '\377.jpg\n' | imgloom run --files-from - -o out3
