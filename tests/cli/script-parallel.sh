# The script for GNU parallel runs as it is printed.
command -v parallel >/dev/null || skip "there is no GNU parallel"
for n in 1 2 3 4 5 6 7 8 9; do picture tiny/photo-333x222.jpg in/$n.jpg; done
picture broken/text.jpg in/10.jpg
"$IMGLOOM" plan in -o out --width 20 --shards 3 --plan "a run" >/dev/null 2>&1
"$IMGLOOM" script parallel --plan "a run" >job.sh
PATH=$(dirname "$IMGLOOM"):$PATH sh job.sh >said 2>&1
echo "exit $?"
awk 'NR > 1 { print $7 }' "a run/log/jobs"
imgloom report --plan "a run" | head -3
imgloom report --plan "a run" --missing
tree out
