# A full disk: the image that does not fit fails, a smaller one is written, nothing is left half.
# Where no small file system can be mounted, a limit on the size of files takes its place.
picture photos/scene-1.jpg in/large.jpg
picture tiny/1x1.jpg in/small.jpg
mkdir out
script='"$IMGLOOM" run in -o out -q 95 -j1 --report r.json; echo "exit $?"; find out | sort'
if unshare -m mount -t tmpfs -o size=64k tmpfs out 2>/dev/null; then
    unshare -m sh -c "mount -t tmpfs -o size=64k tmpfs out; $script" >"$CAPTURE" 2>&1
else
    (ulimit -f 64 && eval "$script") >"$CAPTURE" 2>&1
fi
stable <"$CAPTURE" | sed -E 's/: [^:]* \((ENOSPC|EFBIG)\)/: CAUSE/'
rows r.json
