# A sub-folder that may not be read is a row in error; the rest of the tree is processed.
picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg in/locked/b.jpg
picture photos/gray.jpg in/open/c.jpg
mkdir out && chmod 777 out . && chmod 000 in/locked
imgloom_as_user run in -o out --width 50 --report r.json
rows r.json
tree out
