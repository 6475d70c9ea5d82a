# SIGUSR1 asks how far it is. A signal ends the run that goes on, the temporary folder is removed, and nothing is printed.
picture photos/scene-1.jpg in/0.jpg
many_links 499 in/0.jpg in/%d.jpg
mkdir tmp
TMPDIR=$PWD/tmp
export TMPDIR
env --default-signal=INT "$IMGLOOM" bench in -j 1 --size 300x --json r.json 2>errors &
pid=$!
until [ "$(find tmp -name '*.jpg' | wc -l)" -gt 4 ]; do
    kill -0 $pid || break
    sleep 0.02
done
kill -USR1 $pid
until [ -s errors ]; do
    kill -0 $pid || break
    sleep 0.02
done
cat errors
rm errors
kill -INT $pid
{ wait $pid; } 2>/dev/null
echo "exit $?"
ls -A tmp
ls -A
