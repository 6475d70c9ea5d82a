# A FIFO is never opened: nobody may be at its other end.
picture photos/gray.jpg in/a.jpg
mkfifo in/pipe.jpg
imgloom run in /dev/null -o out --width 50 --report r.json
rows r.json
tree out
