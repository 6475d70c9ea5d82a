# An INPUT that may not be read.
picture photos/gray.jpg a.jpg
picture photos/gray.jpg locked.jpg
mkdir out && chmod 777 out . && chmod 000 locked.jpg
imgloom_as_user run a.jpg locked.jpg -o out --width 50 --report r.json
rows r.json
tree out
