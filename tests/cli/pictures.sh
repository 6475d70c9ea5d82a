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
