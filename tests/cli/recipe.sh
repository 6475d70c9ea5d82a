# A recipe is read first, whatever the order; the report's recipe gives the same run again.
picture photos/scene-3.jpg a.jpg
imgloom run a.jpg -o out1 --size 90x90 --fit inside --rotate 90 --grayscale -q 70 -Q --report r1.json
jq .recipe r1.json >recipe.json
imgloom run a.jpg -o out2 --recipe recipe.json -Q --report r2.json
cmp out1/a.jpg out2/a.jpg && echo same
imgloom run a.jpg -o out3 --width 60 --height 30 --fit fill --recipe recipe.json -Q --report r3.json
jq -c '[.recipe.fit, .results[0].width, .results[0].height]' r1.json r2.json r3.json
# One size on the command line takes the place of several in the recipe.
echo '{"sizes": [{"width": 60, "height": 30}, {"percent": 50}]}' >sizes.json
imgloom run a.jpg -n --recipe sizes.json --name '{width}.{ext}' -Q --report r4.json
jq -c '.recipe.sizes, [.results[] | [.outputPath, .width, .height]]' r4.json
imgloom run a.jpg -n --recipe sizes.json --height 40 -Q --report r5.json
jq -c '[.recipe.width, .recipe.height, .recipe.sizes]' r5.json
echo '{"fit": "round"}' >bad.json
imgloom run a.jpg --recipe bad.json
echo '{"fit": ' >bad.json
imgloom run a.jpg --recipe bad.json
ls -A
# Short spellings are the fields that they set; of two that set the same one the last holds.
for words in "--inside 90x60" "--cover 90x60" "--contain 90x60" "--long-edge 90" "--short-edge 60" \
    "--fit fill --inside 90x60" "--inside 90x60 --fit fill" "--long-edge 90 --width 50"; do
    imgloom run a.jpg -o out $words -Q --report r.json
    jq -c '.recipe, [.results[0].width, .results[0].height]' r.json
done
