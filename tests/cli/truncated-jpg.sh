# A JPEG that was cut short is an error, unless damage is asked to be let through.
picture photos/gray.jpg in/a.jpg
picture broken/truncated.jpg in/cut.jpg
imgloom run in -o out --width 50 --report r.json
rows r.json
tree out
imgloom run in -o out --width 50 --fail-on none --report r.json
rows r.json
tree out
