# The list of formats; libraries and versions differ between machines.
"$IMGLOOM" formats >list
echo "exit $?"
head -n 1 list | tr -s ' '
grep -oE '^(jpeg|png|webp|gif|tiff|avif|bmp|tga|psd|pnm|hdr) ' list
grep -E '^jpeg' list | grep -c 'jpg jpeg jpe jfif'
grep -E '^(bmp|tga|psd|pnm|hdr) ' list | grep -c 'imgloom'

"$IMGLOOM" formats jpg | grep -E '^jpeg|baseline|lossless$|JPEG-LS'
"$IMGLOOM" formats jpeg nothing
echo "exit $?"
