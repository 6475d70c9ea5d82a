# Pictures that their EXIF orientation has turned: -v and a dry run say so, as long as it is applied.
for n in 1 3 6 7; do picture orientation/landscape-$n.jpg in/$n.jpg; done
picture formats/quadrants.png in/none.png
imgloom run in -o out -j1 --inside 40x40 -v
imgloom run in -o out -j1 --inside 40x40 -n
imgloom run in -o out -j1 --inside 40x40 -v --no-auto-orient
"$IMGLOOM" run in/6.jpg -o - --inside 40x40 -v 2>&1 >/dev/null | stable
imgloom run in/6.jpg -o out --inside 40x40 -v --if-exists skip
