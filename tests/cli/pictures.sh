# The small pictures of --html DIR/ are no inputs of later runs, wherever DIR is.
photo() { picture photos/scene-1.jpg "$1"; }
photo photos/a.jpg
photo photos/sub/b.jpg
photo photos/pictures-2024/mine.jpg
cd photos || exit
for n in 1 2; do imgloom run . --inside 60 -o ../web --html report/; done
# What each has made stays; one folder counts as one ignored file.
imgloom run . --inside 60 -o ../web --html report/ --report ../r.json -Q
named() { sed 's/pictures-[0-9a-f]\{8,\}/PICTURES/'; }
tree report | named | sort | uniq -c
jq -c '.ignored[], .summary.ignoredByReason' ../r.json | named
# Elsewhere, and with another page; in the output folder itself; by a plan; by a report's page.
imgloom run . --inside 60 -o ../web --html ../other.html
imgloom run . --inside 60 -o ../out --html ../out/ -Q
imgloom run ../out -n --inside 60 | grep images
imgloom report --html ../again/ ../r.json
imgloom run ../again -n --inside 60
imgloom plan . --inside 60 -o ../web --plan ../planned
# A folder that is named is walked, as any other.
"$IMGLOOM" run report/pictures-* -n --inside 60 | grep images
cd .. || exit

cat photos/report/pictures-*/.imgloom-pictures | sort -u

# Interrupted while they are made: a line says how many are lacking, and those that are there are whole.
photo many/0.jpg
many_links 299 many/0.jpg many/%d.jpg
env --default-signal=INT "$IMGLOOM" run many -o large --inside 800x800 -j1 --progress never --html site/ 2>errors &
pid=$!
until [ -n "$(find site -name .imgloom-pictures 2>/dev/null)" ]; do
    kill -0 $pid || break
    sleep 0.01
done
kill -INT $pid
{ wait $pid; } 2>/dev/null
echo "exit $?"
lacking=$(sed -n 's/.* small pictures of \([0-9]*\) of .*/\1/p' errors)
made=$(find site -name '*.webp' | wc -l)
echo "all: $((lacking + made))"
sed "s/of $lacking of/of LACKING of/" errors | stable
find site -name '.imgloom-*.tmp'
# Earlier than that: all of them.
rm -r large site
env --default-signal=INT "$IMGLOOM" run many -o large --inside 800x800 -j1 --ndjson r.ndjson -Q --html site/ 2>errors &
pid=$!
until [ "$(wc -l 2>/dev/null <r.ndjson || echo 0)" -gt 4 ]; do
    kill -0 $pid || break
    sleep 0.02
done
kill -INT $pid
{ wait $pid; } 2>/dev/null
echo "exit $?"
made=$(grep -c '"status":"ok"' r.ndjson)
sed "s/of $made of $made/of MADE of MADE/" errors
tree site
