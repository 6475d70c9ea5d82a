# A file of 0 bytes.
picture photos/gray.jpg in/a.jpg
picture broken/empty.jpg in/empty.jpg
imgloom run in -o out --width 50 --report r.json
rows r.json
tree out
