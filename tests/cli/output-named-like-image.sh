# `-o b.jpg` is meant as a file's name, and there is none to give.
picture photos/gray.jpg a.jpg
imgloom run a.jpg -o b.jpg
imgloom run a.jpg -o b.jpg --dry-run
ls -A
mkdir b.jpg
imgloom run a.jpg -o b.jpg --width 50
tree b.jpg
