# Links below the output folder are never followed: each output that would go through one is an
# error before anything is written. A link at the last name is replaced. DIR itself may be a link.
picture photos/gray.jpg in/a/b/1.jpg
picture photos/gray.jpg in/c/2.jpg
picture photos/gray.jpg in/d/3.jpg
picture photos/gray.jpg in/4.jpg
mkdir -p disk/a elsewhere
ln -s disk out
ln -s ../../elsewhere out/a/b
ln -s ../elsewhere out/c
ln -s nowhere out/d
echo precious >elsewhere/file
ln -s ../elsewhere/file out/4.jpg
imgloom run in -o out --width 50 -n --report r.json -Q
rows r.json
imgloom run in -o out --width 50 --report r.json
rows r.json
tree disk elsewhere
cat elsewhere/file
[ -L out/4.jpg ] || echo replaced
# Beside inputs: below the input's folder, where a name makes folders.
ln -s ../elsewhere in/small
imgloom run in/4.jpg --name 'small/{stem}.jpg' --width 50 --report r.json -Q
jq -r '.results[].error' r.json
tree elsewhere
