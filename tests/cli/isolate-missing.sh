# The worker program is not there: what insists on it is refused, the default warns and goes on.
picture formats/quadrants.png in/a.png
picture broken/truncated.png in/b.png
needs_sandbox
mkdir bin && cp "$IMGLOOM" "$(dirname "$IMGLOOM")/imgloom-vips.so" bin/ && IMGLOOM=bin/imgloom
imgloom run in -o out --isolate all
imgloom run in -o out --require-sandbox
imgloom run in -o out --report r.json
jq -c '.tool.sandbox' r.json
tree out
imgloom run in -o out --require-sandbox --isolate never
imgloom run in -o out --isolate some

# Neither that nor libvips: the program says so. The worker alone can do what needs no libvips.
rm -r bin/imgloom-vips.so out
# Where it was to be installed is said, too.
lacking() { imgloom "$@" | sed 's| in /[^ ]*/imgloom| in LIBEXEC|'; }
lacking run in -o out
lacking formats
imgloom --version | sed 's/[0-9][0-9.]*/N/g'
cp "$built/imgloom-worker" bin/
lacking formats
lacking run in/a.png -o out
lacking run in/a.png -o new -f tiff
lacking run in/a.png -o new --rotate 10
tree new
lacking run in/a.png -o out --isolate never

