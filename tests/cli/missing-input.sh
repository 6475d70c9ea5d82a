# A named INPUT that does not exist ends the run before anything is written: it is most often an
# output without -o, a pattern in quotes, or a slip. In a list it is a row, and the others go on.
picture photos/gray.jpg photos/a.jpg
picture photos/gray.jpg photos/b.jpg
imgloom run photos thumbs9 --width 50
imgloom run photos thumbs9 --width 50 -o out
imgloom run photos thumbs9 --width 50 --discard
imgloom run thumbs9 photos --width 50 --report r.json --html r.html
imgloom run thumbs9 --width 50
imgloom run photo --width 50
imgloom run photos ./phtoos/ --width 50 -o out
imgloom run photos/a.jpeg --width 50
imgloom run 'photos/*.jpg' --width 50
imgloom run 'photos/*.png' --width 50
imgloom run photos/a.jpg/b.jpg --width 50
imgloom run photos --sharpen 2 -o out
imgloom run --grayscale luminance photos -o out
imgloom run photos --trim thumbs9 -n
imgloom run --inside 800 600 photos -o out
imgloom run photos --size 800x 600
imgloom run photos --size 800x600 600
ln -s nowhere dangling
imgloom run photos dangling -n
imgloom run "$(printf 'new\nline')" -n
imgloom bench photos thumbs9 --width 50 --runs 1 --warmup 0
tree .
printf '%s\n' missing.jpg photos/a.jpg nowhere/ >list
imgloom run --files-from list -o out --width 50 --report r.json
rows r.json
tree out
imgloom run '' -o out
