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
# For eyes no line is longer than a terminal is wide; for programs there is JSON, of the same formats.
awk 'length > 80 { print "too long: " $0 }' list
"$IMGLOOM" formats --json >list.json
jq -r '.[].format' list.json >names
sed '1d; /^$/,$d; s/ .*//' list | diff - names && echo "the same formats"
jq -c '.[] | select(.format == "jpeg" or .format == "bmp") |
    [.extensions, .sameAs, .untrusted, .alpha, .animation, .alwaysLossless, .quality, .maxSide, .lacks, (.readBy[0]), (.writtenBy | type)]' list.json
imgloom formats --json jpeg
# Two codes of one coding are one line.
for format in heic avif; do "$IMGLOOM" formats $format | sort | uniq -d; done
