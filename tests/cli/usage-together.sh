# Words that are right one by one, and make no sense together.
picture photos/gray.jpg a.jpg
imgloom run
imgloom run -o out
imgloom run a.jpg --null
imgloom run a.jpg --flatten
imgloom run a.jpg -Qv
imgloom run a.jpg -Q --progress always
imgloom run a.jpg --no-auto-orient --rotate 90
imgloom run a.jpg --no-auto-orient --flop
imgloom run a.jpg -f jpeg --background '#11223344'
imgloom run a.jpg --report - --report -
imgloom run a.jpg --report r.json --report ./r.json
imgloom run a.jpg --files-from x --files-from y
ls -A
