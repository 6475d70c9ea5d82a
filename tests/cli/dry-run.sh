# A dry run says what would be done and writes nothing but the report.
picture photos/scene-3.jpg in/a.jpg
picture photos/scene-4.jpg in/sub/b.jpg
picture broken/text.jpg in/text.jpg
imgloom run in -n -o out --size 80x60 -f webp -j1 -v --report r.json
rows r.json
sizes r.json
tree . | grep -v '^./in'
