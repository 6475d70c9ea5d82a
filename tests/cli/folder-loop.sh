# Links that lead back to where they stand end by themselves; those that lead to themselves fail.
picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg in/sub/b.jpg
ln -s .. in/sub/up
ln -s ../in in/again
ln -s self.jpg in/self.jpg
imgloom run in -o out --width 50 --report r.json
rows r.json
imgloom run in -o out2 --width 50 --follow --report r.json
rows r.json
tree out2
