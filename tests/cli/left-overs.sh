# What a run that was killed left behind is removed by the next; a stranger's dot-file is not.
picture photos/gray.jpg in/a.jpg
mkdir -p out/sub
: >out/.imgloom-0123456789abcdef.tmp
: >out/.hidden
imgloom run in -o out --width 50 -n -Q
tree out
imgloom run in -o out --width 50 -Q
tree out
