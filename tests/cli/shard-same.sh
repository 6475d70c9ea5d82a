# One plan made by one process, by eight, and the same images by a plain run: the same bytes, and the
# same rows but for times and threads.
. "$here/plans.sh"
many_pictures 40 tiny/photo-333x222.jpg in/a/%d.jpg
many_pictures 20 photos/gray.jpg in/b/%d.png
many_pictures 20 tiny/1x1.jpg in/c/%d.jpg
picture broken/text.jpg in/d/text.jpg
picture broken/truncated.jpg in/d/cut.jpg
mkdir in/e.jpg
ln -s nowhere in/gone.jpg
mkdir -p one eight
cp -a in one/in && cp -a in eight/in
name='{dir}/{stem}-{width}.{ext}'
set -- in -o out --size 50x,20x30 --format webp,jpeg --name "$name" -Q
"$IMGLOOM" run "$@" --report plain.json
echo "exit $?"
(cd one && "$IMGLOOM" plan --plan RUN "$@" --shards 1 && "$IMGLOOM" run --plan RUN --shard all -Q)
echo "exit $?"
(cd eight && "$IMGLOOM" plan --plan RUN "$@" --shards 8)
for n in 7 3 1 0 2 6 4 5; do (cd eight && "$IMGLOOM" run --plan RUN --shard $n/8 -Q) || true; done
diff -r out one/out && diff -r out eight/out && echo "the same bytes"
jq -c '.results[]' plain.json | facts | sort >plain
best_rows one/RUN | facts | sort | diff plain - && echo "the same rows of one"
best_rows eight/RUN | facts | sort | diff plain - && echo "the same rows of eight"
wc -l <plain
jq -r '.status + " " + (.errorCode // "")' plain | sort | uniq -c | sed 's/^ *//'
for file in eight/RUN/reports/*; do jq -r 'select(.type == "summary") | .interrupted' "$file"; done | uniq -c | sed 's/^ *//'
find one/out eight/out -name '.*'
