# A header that claims too much is refused before anything is decoded.
picture broken/huge-claim.jpg in/a.jpg
picture broken/huge-claim.png in/b.png
picture photos/gray.jpg in/c.jpg
imgloom run in -o out --width 50 --report r.json
rows r.json
imgloom run in/c.jpg -o out --max-pixels 239999 --report r.json
rows r.json
imgloom run in/c.jpg -o out --max-pixels 240000 --report r.json
rows r.json
