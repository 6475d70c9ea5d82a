# Libraries that a worker program cannot load (they are being upgraded, or there is no memory for
# them): each image that needs them says so.
picture formats/quadrants.webp in/a.webp
picture photos/gray.jpg in/b.jpg
picture formats/quadrants.png in/c.png
mkdir lib && : >lib/libvips.so.42
LD_LIBRARY_PATH=$PWD/lib && export LD_LIBRARY_PATH
imgloom run in -o out -j1 --isolate all --width 20 | sed "s|$PWD|HERE|"
imgloom run in -o out -j1 --width 20 | sed "s|$PWD|HERE|"
tree out
