# libvips' version is read from its file where that is known to be right: neither --version nor a
# report of JPEGs loads libvips. It is what libvips tells of itself. Nor does imgloom load it to know
# whether a format can be written: its workers do.
[ "$(uname -m)" = x86_64 ] && [ -z "${LD_LIBRARY_PATH+set}${LD_PRELOAD+set}${LD_AUDIT+set}" ] ||
    skip "its file is not read here"
picture orientation/landscape-1.jpg in/a.jpg
loaded() {
    LD_DEBUG=files "$IMGLOOM" "$@" 2>&1 | grep -q 'calling init: .*/libvips\.so' && echo "libvips is loaded" ||
        echo "libvips is not loaded"
}
reported() {
    [ "$(jq -r .tool.libvips "$1")" = "$told" ] && echo "as it tells itself"
}
echo "# When it is asked"
loaded run in -o asked --isolate never --report asked.json
told=$(jq -r .tool.libvips asked.json)
echo "$told" | sed 's/[0-9][0-9]*/N/g'
echo "# When it is not"
loaded --version
"$IMGLOOM" --version | grep -qF "libvips $told, " && echo "as it tells itself"
loaded run in -o read --report read.json
reported read.json
loaded run in -o png -f png
tree png
echo "# Where the loader looks elsewhere"
mkdir empty
LD_LIBRARY_PATH=$PWD/empty
export LD_LIBRARY_PATH
loaded run in -o elsewhere --report elsewhere.json
reported elsewhere.json
