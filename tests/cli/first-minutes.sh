# What people type who come from other programs: a message names the words for what they want, and
# nothing is written beside it.
for n in 1 3; do picture photos/scene-$n.jpg photos/$n.jpg; done
imgloom run photos -o=out --inside 100x
imgloom run photos -q=80 -o out
imgloom run photos --inside 100x -o 'tn_%s.jpg'
imgloom run photos/1.jpg --inside 100x -o small.webp
imgloom run photos/1.jpg small.webp --inside 100x
imgloom run photos small.webp --inside 100x
imgloom run photos --inside 100x -o out --name 'tn_%s.jpg'
imgloom run photos --inside 100x -o out --suffix _small.jpg
imgloom run photos --inside 100x -o out --suffix .jpg
imgloom run photos --size 800,600 -o out
imgloom run photos --size 800,600,300x -o out
imgloom run photos --size '800x600^' -o out
imgloom run photos --contain 8x8 --background none -o out
imgloom run photos --grayscale=true -o out
imgloom run photos --inside 100x --progress no -o out
imgloom run photos --inside 100x --report photos -o out
imgloom run 'photos/*.png' --inside 100x -o out
imgloom run photos --include jpg --inside 100x -o out
imgloom run photos --include '*.JPG' --ignore-case --include no -n -Q -o out
imgloom run photos --include no --ignore-case --inside 100x -o out
imgloom run photos --inside 100x -o photos
imgloom serve --port 8080
tree .
# A name without an extension is made as it is asked for, and said to be one.
imgloom run photos --inside 100x -o out --name '{stem}_small' -Q
imgloom plan photos --inside 100x -o out --name '{{ext}}/{stem}' --plan run -Q
for name in '{stem}_small.{ext}' '{format}/{stem}' '{stem}_small.jpg' '{stem}.{inputext}'; do
    imgloom run photos -n --inside 100x -o out --name "$name" -Q
done
# What looks like these, and is right.
imgloom run photos --inside 100x -o out --suffix -small.v2 -Q
imgloom run photos --inside 100x -o ./=out -Q
imgloom run photos --inside 100x --output==out -Q
ls out ./=out
