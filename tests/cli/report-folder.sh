# report --html DIR/ writes a page with small pictures of the outputs that stand, of one run or several.
picture photos/scene-1.jpg in/a.jpg
picture formats/quadrants.png in/b.png
echo junk >in/broken.jpg
imgloom run in -o large --long-edge 600 --report large.json -Q
imgloom run in -o small --width 40 -f webp --report small.ndjson -Q
named() { sed 's/pictures-[0-9a-f]*/PICTURES/'; }
imgloom report --html one/ large.json
tree one | named
sed -n 's/.*"pictures":"\([^"]*\)".*/\1/p' one/index.html | named
# They are whole, no larger than 320 px, and never enlarged.
"$IMGLOOM" run -n one/pictures-* -Q --report - | jq -r '.results[] | "\(.originalFormat) \(.originalWidth)x\(.originalHeight)"'
# A merged page has those of each run; a row that a later one replaces, and an output that is gone, have none.
imgloom run in/a.jpg -o large --long-edge 500 --report again.json -Q
rm small/b.webp
imgloom report --html two/ large.json small.ndjson again.json
tree two | named
# From elsewhere, by the folders of the runs; and where nothing is to be shown.
mkdir elsewhere
(cd elsewhere && imgloom report --html three/ ../large.json && tree three | named)
imgloom run in/broken.jpg -o none -q 9 --report none.json -Q
imgloom report --html none/ none.json
tree none | named
imgloom report --html in/a.jpg/ none.json
