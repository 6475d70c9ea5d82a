# Help and version go to standard output, exit 0; the list of options stands in help.out.
imgloom --help
imgloom run --help
imgloom formats --help
"$IMGLOOM" run -h 2>errors | head -n 1
"$IMGLOOM" --version 2>>errors | sed -E 's/[0-9]+(\.[0-9]+)+/N/g'
"$IMGLOOM" run -V 2>>errors | sed -E 's/[0-9]+(\.[0-9]+)+/N/g'
echo "errors: $(cat errors)"
