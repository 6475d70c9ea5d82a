# No command, an unknown one, an option where a command is wanted.
imgloom
imgloom resize
imgloom --size 8x8
imgloom formats x
imgloom formats --size 8x8
