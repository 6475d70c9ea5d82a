# With few open files allowed there are fewer images at once, or a clear error; never a hang, and
# never a file that is half there.
picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg in/b.jpg
picture tiny/1x1.png in/c.png
for limit in 5 7 9 12 20 32; do
    rm -rf out
    (ulimit -n $limit && exec timeout 60 "$IMGLOOM" run in -o out --width 50 -j8 --report - -Q) \
        >"$CAPTURE" 2>messages
    status=$?
    case $status in
    0) ;;
    1) jq -r '.results[] | select(.success | not) | .errorCode' "$CAPTURE" | grep -vx io ;;
    4) grep -q EMFILE messages || cat messages ;;
    127) grep -q 'shared librar' messages || cat messages ;; # it could not even be loaded
    *) echo "limit $limit: exit $status" && cat messages ;;
    esac
    # As many pictures as rows that tell of one.
    ok=$(jq '[.results[] | select(.success)] | length' "$CAPTURE" 2>/dev/null)
    [ "$(find out -type f 2>/dev/null | wc -l)" = "${ok:-0}" ] || echo "limit $limit: files"
done
(ulimit -n 40 && "$IMGLOOM" run in -o out --width 50 -j8 -Q) && echo enough
