# A missing INPUT is a row in error; the others are processed.
picture photos/gray.jpg a.jpg
imgloom run missing.jpg a.jpg nowhere/ -o out --width 50 --report r.json
rows r.json
tree out
