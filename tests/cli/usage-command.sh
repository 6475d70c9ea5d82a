# No command, an unknown one, an option where a command is wanted.
imgloom
imgloom resize
imgloom rnu a.jpg
mkdir photos
imgloom photos -o out
imgloom --size 8x8
imgloom --sise 8x8
imgloom -q 80
imgloom formats x
# Help is asked for in other ways elsewhere.
imgloom run help
imgloom report help
touch help && imgloom formats help
imgloom formats wepb
imgloom formats --size 8x8
