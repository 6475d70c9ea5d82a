# The same verdict on files that are cut short, whoever decodes them and how much may pass. Of the
# animation the first frame is wanted, which is whole in four of its cuts.
for file in photos/scene-1.jpg photos/scene-3.jpg photos/cmyk.jpg formats/deep16.png \
    formats/animated.gif formats/quadrants-alpha.webp formats/quadrants.tif formats/quadrants.avif \
    formats/quadrants.bmp formats/quadrants.tga formats/quadrants.psd formats/quadrants.ppm \
    formats/quadrants.hdr; do
    name=$(basename $file) && size=$(wc -c <"$TESTDATA/$file") && mkdir -p "in/$name"
    for part in 3 20 45 70 90 99; do
        head -c $((size * part / 100)) "$TESTDATA/$file" >"in/$name/$part.${name##*.}"
    done
done
verdicts() {
    "$IMGLOOM" run in -o out --width 40 -Q --report r.json "$@" 2>/dev/null
    jq -r '.results | sort_by(.seq)[] | "\(.originalPath) \(.status) \(.errorCode)"' r.json
}
# Of a cut PNG libpng shows what there is, libspng nothing.
either() { sed "$([ "$1" != none ] || echo '/^in.deep16.png/s/error truncated/warning null/')"; }
for level in none truncated error warning; do
    verdicts --fail-on $level >first
    for mode in all never; do verdicts --fail-on $level --isolate $mode | diff first - && echo same; done
    verdicts --fail-on $level --lane vips | diff first - && echo same
    echo "$level: $(either $level <first | cut -d' ' -f2- | sort | uniq -c | tr -s ' ' | tr '\n' ,)"
done
