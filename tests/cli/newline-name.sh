# A newline in a name is shown as \n, so that a line stays a line.
name=$(printf 'in/two\nlines.jpg')
picture photos/gray.jpg "$name"
picture broken/empty.jpg "$(printf 'in/bad\\b\t\033[31m.jpg')"
imgloom run in -o out --width 50 -j1 -v --report r.json
jq -c '.results | sort_by(.seq)[] | [.originalPath, .outputPath]' r.json
ls out | od -c | head -n 2
