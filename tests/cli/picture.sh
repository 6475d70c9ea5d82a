# The order of things: turn, fit, grey; --size is always the final picture.
picture photos/scene-3.jpg a.jpg
picture orientation/landscape-6.jpg b.jpg
imgloom run a.jpg b.jpg -o out --size 80x60 --fit contain --rotate 90 --grayscale --report r.json
jq -r '.results | sort_by(.seq)[] | "\(.width)x\(.height) \(.channels) \(.orientation)"' r.json
for words in "--size 50%" "--width 64" "--height 64" "--size 64x64 --fit inside" \
    "--size 64x64 --fit outside" "--size 64x64 --fit fill" "--size 64x64" \
    "--size 2000x2000 --fit inside --no-upscale" "--rotate -90 --width 48" "--flip --flop -f png"
do
    echo "$words"
    imgloom run a.jpg -o out $words -Q --report r.json
    sizes r.json
done
