# A full disk under the state alone: one message, the images go on, and what was written counts.
many_pictures 400 tiny/1x1.jpg in/%d.jpg
find in -exec touch -d 2001-01-01 {} +
mkdir disk
cat >run.sh <<'END'
"$IMGLOOM" run in -o out --width 50 --state disk/s.db --report r.json
echo "exit $?"
rm -rf disk/filler
"$IMGLOOM" run in -o out --width 50 --state disk/s.db -Q --report again.json
echo "exit $?"
"$IMGLOOM" run in -o out --width 50 --state disk/s.db -Q --report last.json
echo "exit $?"
END
if unshare -m mount -t tmpfs -o size=1m tmpfs disk 2>/dev/null; then
    unshare -m sh -c 'mount -t tmpfs -o size=1m tmpfs disk; head -c 960000 /dev/zero >disk/filler
        . ./run.sh' >"$CAPTURE" 2>&1
else
    skip "no file system can be mounted"
fi
stable <"$CAPTURE"
jq -c '.summary | [.ok, .failed, .state.made.new]' r.json
jq -c '.summary | [.failed, .state.unchanged + .ok == 400]' again.json
jq -c '.summary | [.ok, .failed, .state.unchanged]' last.json
find out -type f | wc -l
