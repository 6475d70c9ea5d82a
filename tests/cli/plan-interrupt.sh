# SIGTERM while paths are still being read: there is no plan, and no output folder.
picture photos/gray.jpg a.jpg
mkfifo list
"$IMGLOOM" plan --plan run --files-from list -o out --width 50 &
pid=$!
exec 3>list # waits until it reads
# More than a pipe holds: when all of it is written, the first line has been read.
{ echo a.jpg && head -c 200000 /dev/zero | tr '\0' '\n'; } >&3
# One that comes just before it waits would be seen after the wait only.
for n in $(seq 100); do
    kill -TERM $pid && sleep 0.05
done 2>/dev/null
exec 3>&-
{ wait $pid; } 2>/dev/null
echo "exit $?"
tree .
