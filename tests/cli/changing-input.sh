# A file that another program appends to while it is read: an error that says so, and no output. (A
# file that happens to be read between two appends is whole; then it is tried again.)
picture photos/scene-1.jpg in/a.jpg
touch go
(while [ -e go ]; do printf x >>in/a.jpg; done) &
for try in $(seq 100); do
    "$IMGLOOM" run in -o "out$try" --width 50 --report r.json -Q
    [ "$(jq -r '.results[0].errorCode' r.json)" = io ] && break
done
rm go
wait
jq -r '.results[] | .errorCode, .errorStage, .error, .processedSize, .width' r.json
tree "out$try" | sed "s/$try//"
