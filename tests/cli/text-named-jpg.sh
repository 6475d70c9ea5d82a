# What a file is, its content decides: a line of text is no picture.
picture photos/gray.jpg in/a.jpg
picture broken/text.jpg in/text.jpg
imgloom run in -o out --width 50 --report r.json
rows r.json
tree out
# PDF is known and never read: in a folder it is ignored, and takes no picture's name.
picture photos/gray.jpg mixed/b.jpg
printf '%%PDF-1.7\n' >mixed/b.pdf
imgloom run mixed -o png -f png --allow-untrusted --width 50
imgloom run mixed/b.pdf -o pdf --allow-untrusted -Q --report pdf.json
jq -r '.results[] | "\(.errorCode) \(.originalFormat): \(.error)"' pdf.json
