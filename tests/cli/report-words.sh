# What imgloom report does not understand.
echo '{}' >a.json
for words in "" "--failed" "--failed --csv a.json" "-0 a.json" "-o x a.json" "--compare a.json" \
    "--schema a.json" "--nonsense a.json" "--color never" "- -" "--color sometimes a.json"; do
    # shellcheck disable=SC2086
    imgloom report $words
done
"$IMGLOOM" report --schema | jq -r '.["$schema"]'
imgloom report --help
