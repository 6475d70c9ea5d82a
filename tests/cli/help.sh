# Help and version go to standard output, exit 0. What the help of run and bench says of each option
# stands in docs/manual.md, made from the same rows; here is how it is laid out.
imgloom --help
imgloom report --help
imgloom formats --help
for command in "" run plan bench report script formats serve sign; do
    "$IMGLOOM" $command --help >text
    awk -v command="$command" 'length > 80 { print command ": too long: " $0 }' text
done
"$IMGLOOM" run --help >text
sed -n '1,/^Input/p' text
for option in --rotate --flip --fit --background --grayscale --quality --preserve-timestamps; do
    awk -v option="$option" '/^ +(-., )?--/ { shown = index($0, option) > 0 } shown' text | sed '/^$/,$d'
done
grep -E '^[A-Z]' text
for words in "run -h" "run a.jpg --help --wat=1" "--version" "run -V"; do
    "$IMGLOOM" $words >text 2>errors
    echo "exit $?"
    head -n 2 text | sed -E 's/[0-9]+(\.[0-9]+)+/N/g'
    cat errors
done
# The short help is one screen, of the switches that people use; other words for help and version.
"$IMGLOOM" run -h | tee text
[ "$(wc -l <text)" -le 24 ] || echo "more than a screen"
"$IMGLOOM" --help >text
"$IMGLOOM" -h | cmp - text
for command in run bench report formats completion help version; do
    "$IMGLOOM" $command --help >text
    "$IMGLOOM" help $command | cmp - text
done
"$IMGLOOM" help | head -1
"$IMGLOOM" version | sed -E 's/[0-9]+(\.[0-9]+)+/N/g'
imgloom help nothing
imgloom help reprot
imgloom version now
imgloom completion tcsh
imgloom completion fsh
