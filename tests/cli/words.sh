# Every word that the help allows is taken, so that help and parser stay together.
picture photos/gray.jpg a.jpg
help=$("$IMGLOOM" run --help | tr -s ' \n' ' ')
for option in fit position kernel icc chroma fail-on if-exists progress color; do
    words=$(echo "$help" | sed -nE "s/.* --$option [A-Z]+ [^:]*: ([a-z0-9, ]+) \[.*/\1/p" | tr -d ,)
    for word in $words; do
        "$IMGLOOM" run a.jpg -n --size 50x50 "--$option" "$word" >/dev/null 2>/dev/null
        echo "--$option $word: exit $?"
    done
done
# Each option of the help is known: a missing or bad word is named, an unknown option is not.
for option in $(echo "$help" | grep -oE -- '--[a-z][a-z-]*' | sort -u); do
    "$IMGLOOM" run a.jpg -n -Q "$option" 2>&1 | grep 'unknown option'
done
