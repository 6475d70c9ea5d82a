# Where outputs go, and that a rerun never takes its own outputs for inputs.
picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg in/sub/b.jpeg
picture photos/gray.jpg in/.hidden.jpg
echo text >in/notes.txt
imgloom run in --width 50 -Q
imgloom run in --width 50
tree in
imgloom run in --width 50 --prefix '' --suffix _small -Q
tree in
imgloom run in in/a.jpg -o out --hidden --exclude '*_*' --prefix p- --suffix -s -f webp --width 50
tree out
imgloom run in -o flat --flatten --max-depth 1 --include '*.jpg' --exclude '*_*' --width 50 -Q
tree flat
