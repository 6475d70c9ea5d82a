# A PNG named .jpg is read as the PNG it is, and written as the name says.
picture broken/png-named.jpg in/a.jpg
imgloom run in -o out --report r.json
rows r.json
jq -r '.results[] | "\(.originalFormat) \(.format)"' r.json
head -c 3 out/a.jpg | od -An -tx1
