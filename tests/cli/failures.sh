# The summary names up to five failures of each code.
for n in 1 2 3 4 5 6 7; do picture broken/empty.jpg in/$n.jpg; done
picture broken/text.jpg in/text.jpg
imgloom run in -o out -j1
