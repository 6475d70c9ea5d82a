# The first signal is answered while the image that runs goes on; the end says what was not begun,
# and how to go on.
picture photos/scene-1.jpg in/0.jpg
for n in 1 2 3; do ln in/0.jpg in/$n.jpg; done
picture broken/text.jpg in/text.jpg
slow="-f avif --effort 10 --size 2500x2500"
# shellcheck disable=SC2086
env --default-signal=INT "$IMGLOOM" run in -o out -j1 --isolate all $slow --progress never 2>errors &
pid=$!
at_work $pid
kill -INT $pid
until grep -q again errors; do
    kill -0 $pid || break
    sleep 0.02
done
kill -0 $pid && echo "it still runs, and has said:" && cat errors
kill -INT $pid
{ wait $pid; } 2>/dev/null
echo "exit $?"
sed 1d errors | stable
# A state goes on by itself.
# shellcheck disable=SC2086
env --default-signal=INT "$IMGLOOM" run in -o made -j1 --isolate all $slow --state s.db -Q --report r.json 2>errors &
pid=$!
at_work $pid
kill -INT $pid && sleep 0.1 && kill -INT $pid
{ wait $pid; } 2>/dev/null
grep interrupted errors
# So one goes on. What is there stays.
imgloom run in/0.jpg in/1.jpg -o out --width 50 -f avif -Q
rm -f out/1.avif
imgloom run in/0.jpg in/1.jpg -o out --width 50 -f avif --if-exists skip -v
