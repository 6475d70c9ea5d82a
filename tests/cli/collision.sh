# Two inputs with one output: the first keeps it, before any of them runs.
picture photos/gray.jpg one/a.jpg
picture photos/scene-3.jpg two/a.jpg
picture photos/gray.jpg two/b.png
picture photos/gray.jpg two/b.jpg
imgloom run one two -o out --flatten -f jpeg --width 60 --report r.json
rows r.json
sizes r.json
tree out
