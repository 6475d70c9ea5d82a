# A pattern of --include or --exclude that matches nothing is told, in one line.
picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg in/sub/b.JPG
picture photos/gray.jpg in/.hidden/c.jpg
touch in/notes.txt
run() { imgloom run in -o out --width 20 "$@" | grep -v '^read'; }
run --exclude '*.tmp'
run --exclude '*.tmp' -Q
run --exclude '*.tmp' -n -j1
run --exclude '*.tmp' --exclude 'draft*' --exclude x --include '*.png' --include '*.jpg'
run --include '*.png' --exclude sub
run --include png -Q
run --include '*.jpg' --include '*.png' --ignore-case
echo "-- what matches a folder, or what is ignored all the same, is no slip"
run --exclude sub/ --exclude '*.txt' --exclude .hidden
run --exclude '*.txt' -v -j1
echo "-- a file that is named"
imgloom run in/a.jpg -o out --width 20 --exclude 'a*' | grep -v '^read'
ls in/sub/b.JPG | imgloom run --files-from - -o out --width 20 --exclude 'b*' | grep -v '^read'
echo "-- plan and bench"
imgloom plan --plan p1 in -o out --width 20 --exclude '*.tmp' | grep warning
imgloom plan --plan p2 in -o out --width 20 --include '*.png'
imgloom bench in --width 20 --runs 1 --warmup 0 -j1 --exclude '*.tmp' | grep warning
