# What a file is, its content decides: a line of text is no picture.
picture photos/gray.jpg in/a.jpg
picture broken/text.jpg in/text.jpg
imgloom run in -o out --width 50 --report r.json
rows r.json
tree out
