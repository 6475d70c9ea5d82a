# A quality searched for a similarity: what rows tell, what is warned of, and what is refused.
# Qualities are those of this encoder and libjpeg's alike, so only what must hold of them is printed.
picture tiny/photo-333x222.jpg in/a.jpg
picture formats/quadrants.png in/b.png
tell() {
    jq -r --argjson target "$1" '.results | sort_by(.seq)[] |
        "\(.outputPath) \(.status) \(.quality | if . == null then . else . >= 1 and . <= 100 end) \(
            .ssim | if . == null then . else . >= $target end) \(.warnings | map(gsub("0[.][0-9]{4}"; "S") | gsub("[0-9]+ bytes, from [0-9]+"; "N")))"' r.json
}
try() {
    target=$1
    shift
    echo "$target $*"
    imgloom run in -o out -j1 --ssim "$target" "$@" -Q --report r.json
    tell "$target"
}
try 0.9 --size 100x
try 0.98 -f webp,jpeg,png
try 0.999 -q 30 -f jpeg
# A lower target makes a smaller file; the recipe of a report makes the same again.
imgloom run in/a.jpg -o high --ssim 0.99 -Q --report high.json
imgloom run in/a.jpg -o low --ssim 90% -Q --report low.json
jq -c '.recipe.ssim' high.json low.json
jq -s '(.[0].results[0] | [.quality, .ssim, .processedSize]) as $high | (.[1].results[0] | [.quality, .ssim, .processedSize]) as $low |
    [range(3) | $high[.] > $low[.]]' -c high.json low.json
imgloom run in/a.jpg -o again --recipe low.json -Q
cmp low/a.jpg again/a.jpg && echo same
# The original, where what is so similar to it would be larger.
imgloom run in/a.jpg -o worn -q 10 -Q
imgloom run worn/a.jpg -o copied --ssim 0.999 --if-larger copy -Q --report copied.json
jq -c '.results[0] | [.status, .copied, .quality, .ssim]' copied.json
cmp worn/a.jpg copied/a.jpg && echo same
# In a worker process the row is the same.
imgloom run in/a.jpg -o isolated --ssim 90% --isolate all -Q --report isolated.json
jq -s -c '[.[].results[0] | [.quality, .ssim]] | .[0] == .[1]' low.json isolated.json
"$IMGLOOM" report --csv low.json | tr -d '\r' | cut -d, -f42 | sed 's/^0[.]9[0-9]*$/0.9.../'
for words in "--ssim 98" "--ssim 0.4" "--ssim" "--ssim 0.98 --max-bytes 20K" "--ssim 0.98 --lossless" \
    "--ssim 0.98 --near-lossless -f webp" "--ssim 0.98 -f png" "--dssim 0.98"; do
    # shellcheck disable=SC2086
    imgloom run in -o refused $words
done
