# Extract, trim, filters, colours and frames from the command line: what rows tell, in what order
# things are done, and what is refused. 333x222, and 120x80 of four colours.
picture tiny/photo-333x222.jpg in/a.jpg
picture formats/quadrants.png in/b.png
tell() { jq -r '.results | sort_by(.seq)[] | "\(.originalPath) \(.status) \(.width)x\(.height) \(.channels) \(.extracted) \(.lane) \(.warnings | map(gsub("[0-9]+"; "N")))"' "$1"; }
try() {
    echo "$*"
    imgloom run in -o out -j1 "$@" -Q --report r.json
    tell r.json
}
try --extract 10,10,100x60
try --extract 10%,10%,50%x50% --size 40x
try --extract 100,70,100x60
try --extract 200,0,10x10
try --aspect 1:1
try --aspect 16:9 --position northwest --size 64x
try --extract 20,0,60x60 --aspect 2:1 --rotate 90
try --trim
try --trim=100 --extract 0,0,80x60
try --size 60x --median 3 --blur 1.5 --sharpen
try --size 60x --sharpen=0.8
try --normalize --gamma 1.2 --contrast 120% --brightness 0.9 --saturation 50% --hue 30 --negate
try --grayscale --tint navy
try --sepia --size 30x
try --size 60x --extend 1,2,3,4 --border 5x6 --border-color red
try --size 60x --extend 70 --extend-with mirror
try --size 60x60 --radius 50% -f png
try --size 60x60 --radius 10 --background white -f jpeg
# The recipe of a report makes the same again, whatever the order of the words.
imgloom run in -o one --negate --sharpen=1 --size 60x --extract 10,10,100x60 -Q --report one.json
imgloom run in -o two --extract 10,10,100x60 --size 60x --sharpen=1 --negate -Q
imgloom run in -o three --recipe one.json -Q
jq -c .recipe one.json
cmp one/a.jpg two/a.jpg && cmp one/a.jpg three/a.jpg && cmp one/b.png two/b.png && cmp one/b.png three/b.png && echo same
# A thin part makes a picture that is far larger than the one it was cut from would have been.
for format in png jpg; do
    imgloom run in/b.png -o thin --extract 58,0,4x80 --extend 0,400 --background blue -f $format -Q
    imgloom run thin/b.$format -o out --trim --size 16000x -f tiff -Q --report r.json
    jq -r '.results[] | "\(.errorCode) \(.errorStage)"' r.json
done
# What a picture was cut to is an extract that makes it again.
imgloom run in/b.png -o out --trim=100 --extract 0,0,80x60 -Q --report r.json
imgloom run in/b.png -o again --extract "$(jq -r '.results[0].extracted' r.json)" -Q
cmp out/b.png again/b.png && echo same
for words in "--extract 1,2,3" "--extract 1,2,3x0" "--aspect 4x3" "--trim=255" "--blur nan" "--blur 1e3" \
    "--median 4" "--gamma 0" "--contrast -1" "--brightness 1001%" "--border 65501" "--extend 1,2,3" "--radius 51%" \
    "--extend-with wall" "--extend-with copy" "--trim-background red" "--border-color red" "--report r.csv" "--report r.html" \
    "--tint reddish" "--aspect 1:1 --position entropy" "--extract 1,1,9x9 --no-auto-orient"; do
    imgloom run in -o out $words
done
