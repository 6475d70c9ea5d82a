# Names are bytes: nothing in them is an option, a page, a pattern or a list.
long=$(printf '%0251d' 7)
mkdir in
for name in -x '--help' 'a[page=3]' '%d' '%s%n' '@list' 'a b' '*' '$(id)' 'a?b' ' ' '.hidden..' \
    "$(printf 'tab\tbell\007esc\033[31m')" "$(printf 'new\nline')" "$(printf 'bad\377\376utf8')" "$long"; do
    cp "$TESTDATA/photos/gray.jpg" "in/$name.jpg"
done
imgloom run in -o out --width 50 --report r.json
jq -r '.results | sort_by(.seq)[] | "\(.status) \(.outputPath | tojson)"' r.json
ls out | wc -l
# The same names named, and from lists.
cd in || exit 1
imgloom run --width 50 -o ../out2 --report ../r2.json -Q -- *.jpg
find . -type f -print0 | "$IMGLOOM" run --files-from - -0 -o ../out3 --width 50 -Q
cd .. || exit 1
(cd out && find . -type f | sort | sha256sum) >1
(cd out2 && find . -type f | sort | sha256sum) | cmp - 1 && echo same names
(cd out3 && find . -type f ! -name '.hidden*' | sort | wc -l)
# A name that has no room for a prefix.
imgloom run "in/$long.jpg" --width 50 -Q --report r.json
jq -r '.results[] | .errorCode, .error' r.json
