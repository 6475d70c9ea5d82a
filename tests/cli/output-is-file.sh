# An output folder that is a file.
picture photos/gray.jpg a.jpg
echo text >out
imgloom run a.jpg -o out --report r.json
imgloom run a.jpg -o out/below -n
cat out
ls -A
