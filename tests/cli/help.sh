# Help and version go to standard output, exit 0; the list of options stands in help.out.
imgloom --help
imgloom run --help
imgloom bench --help
imgloom formats --help
for words in "run -h" "run a.jpg --help --wat=1" "--version" "run -V"; do
    "$IMGLOOM" $words >text 2>errors
    echo "exit $?"
    head -n 2 text | sed -E 's/[0-9]+(\.[0-9]+)+/N/g'
    cat errors
done
