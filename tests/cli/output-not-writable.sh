# An output folder that may not be written to, or not be made.
picture photos/gray.jpg a.jpg
mkdir out && chmod 555 out
imgloom_as_user run a.jpg -o out
imgloom_as_user run a.jpg -o out/below
tree .
