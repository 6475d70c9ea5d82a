# Outputs on other file systems: a whole folder, and one below it; and a folder that cannot be
# written to. Without the right to mount, other folders take their places.
picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg in/sub/b.jpg
picture photos/gray.jpg in/ro/c.jpg
mkdir out
cat >run.sh <<'END'
"$IMGLOOM" run in -o out --width 50 --durable --report r.json
echo "exit $?"
find out | sort
"$IMGLOOM" run in/ro -o out/ro --width 50 -Q
echo "exit $?"
END
if unshare -m mount -t tmpfs tmpfs out 2>/dev/null; then
    unshare -m sh -c 'mount -t tmpfs tmpfs out; mkdir out/sub out/ro; mount -t tmpfs tmpfs out/sub
        mount -t tmpfs -o ro tmpfs out/ro; . ./run.sh' >"$CAPTURE" 2>&1
else
    mkdir out/sub out/ro && chmod 777 . out out/sub && chmod 555 out/ro
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid 65534 --regid 65534 --clear-groups sh run.sh >"$CAPTURE" 2>&1
    else
        sh run.sh >"$CAPTURE" 2>&1
    fi
fi
stable <"$CAPTURE" | sed -E 's/: [^:]* \((EROFS|EACCES)\)/: CAUSE/'
rows r.json
