# --html writes a page that holds the same records as the report, in elements that are not run.
element() {
    sed -n "s|^<script type=\"application/json\" id=\"$1\">\\(.*\\)</script>\$|\\1|p" page.html
}

picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg 'in/<img src=x onerror=alert(1)>.jpg'
mkdir -p 'in/<script>alert(1)<' && echo junk >'in/<script>alert(1)</script>.jpg'
imgloom run in -o out --width 50 --report r.json --html page.html
sed -n '/class="rows"/,/<.script>/p' page.html | sed -e 's/^<script[^>]*>//' -e 's|</script>$||' |
    jq -S 'sort_by(.seq)' >rows
jq -S '.results | sort_by(.seq)' r.json | diff - rows && echo "the same rows"
element run | jq -S . >run
jq -S 'del(.results, .ignored, .summary, .finishedAt)' r.json | diff - run && echo "the same run"
element summary | jq -S .summary >summary
jq -S .summary r.json | diff - summary && echo "the same summary"
[ "$(element page | jq -r .folder)" = "$(pwd -P)" ] && echo "its folder"
grep -c '<script>alert' page.html
grep -o '<[a-z]*[^>]*\(src\|href\)="[^"]*"' page.html | cut -c 1-60
grep -o "default-src 'none'" page.html

# To standard output, beside a report; the same file twice; and nothing where no page can be.
"$IMGLOOM" run in -o out --width 50 -Q --html - --report r.json | sed -n '1p;$p'
imgloom run in -o out --report same --html ./same
imgloom run in -o out --report - --html -
imgloom run in -o out --width 50 --html /dev/full
imgloom run in -o out --width 50 --html in/a.jpg/page.html

# A page that is a folder: only one, and without pictures where nothing is written.
imgloom run in -o out --html a/ --html b/
imgloom run in -o out --width 50 -Q -n --html dry/
ls dry
sed -n 's/.*"pictures":\([^}]*\).*/\1/p' dry/index.html
# A log gets no line that is redrawn, of their progress neither.
imgloom run in -o out --width 50 --html site/
