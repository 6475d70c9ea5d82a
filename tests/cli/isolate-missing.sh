# The worker program is not there: what insists on it is refused, the default warns and goes on.
picture formats/quadrants.png in/a.png
picture broken/corrupt.png in/b.png
mkdir bin && cp "$IMGLOOM" bin/imgloom && IMGLOOM=bin/imgloom
imgloom run in -o out --isolate all
imgloom run in -o out --require-sandbox
imgloom run in -o out --report r.json
jq -c '.tool.sandbox' r.json
tree out
imgloom run in -o out --require-sandbox --isolate never
imgloom run in -o out --isolate some
