# One line an image with --verbose, nothing with --quiet, colours when they are asked for.
picture photos/scene-3.jpg in/a.jpg
picture broken/empty.jpg in/b.jpg
picture broken/no-end.jpg in/c.jpg
imgloom run in -o out --width 50 -v -j1
imgloom run in -o out --width 50 -Q
imgloom run in -o out --width 50 --if-exists skip -v --color always | cat -v
NO_COLOR=1 imgloom run in -o out --width 50 --if-exists skip -v | cat -v | head -n 1
