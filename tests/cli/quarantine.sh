# Originals that failed are linked into a tree like the outputs', by their absolute paths.
links() { find "$@" -type l -printf '%p -> %l\n' | sed "s|$PWD/|/HERE/|g" | sort; }
picture tiny/1x1.png in/good.png
picture broken/text.jpg in/a.jpg
picture broken/truncated.png 'in/sub/b c.png'
picture broken/empty.jpg in/sub/deep/e.jpg
picture tiny/1x1.png in/clash.png
picture photos/gray.jpg in/clash.jpg
mkfifo in/f.jpg && ln -s nowhere in/gone.jpg
imgloom run in -o out -j1 -f png --quarantine q
links q
# Again: the same links, no new ones. What stands there and is not ours is left alone.
rm q/a.jpg q/sub/b\ c.png && echo mine >q/a.jpg && ln -s /elsewhere 'q/sub/b c.png'
imgloom run in -o out -j1 -f png --quarantine q/ -Q
links q && cat q/a.jpg
# Several inputs keep their names; lists lead to where the outputs would be.
imgloom run in/sub in/a.jpg in/sub/../a.jpg -o out2 --quarantine two -Q
links two
printf 'in/a.jpg\n%s/in/sub/b c.png\n../in/in/sub/deep/e.jpg\n' "$PWD" |
    imgloom run --files-from - -o out3 --quarantine three -Q
links three
# Nothing failed: no folder. A dry run: none, either.
imgloom run in/good.png -o out4 --quarantine none
imgloom run in/a.jpg -o out4 --quarantine none -n -Q
test -e none || echo "no folder"
# Below the input its links are no inputs of the next run.
for n in 1 2; do imgloom run in -o out -j1 -f png --quarantine in/failed -Q --report r.json; done
jq .summary.rows r.json
links in/failed
