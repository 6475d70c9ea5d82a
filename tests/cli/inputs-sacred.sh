# Inputs are never touched, however an output would come to be one: by its own name, through hard
# links, symbolic links and .., with folders inside one another, and by running again.
picture photos/gray.jpg in/a.jpg
picture photos/scene-3.jpg in/sub/b.jpg
picture png/rgba.png in/sub/c.png 2>/dev/null || picture photos/gray.jpg in/sub/c.jpg
ln -s in alias
state() {
    set -- $(find in -type f ! -name 'p_*' ! -name 'processed_*' ! -path 'in/out/*' | sort)
    sha256sum "$@" && stat -c '%n %y %i' "$@"
}
state >before
check() {
    "$IMGLOOM" run "$@" --width 40 --report r.json -Q 2>/dev/null
    echo "exit $?: $*"
    jq -r '.results | map(.errorCode // .status) | group_by(.)[] | "  \(.[0]) \(length)"' r.json
    state | cmp - before && echo "  untouched"
}
check in -o in
check in -o ./in/../in/.
check in -o alias
check in/a.jpg --prefix ''
mkdir hard soft
ln in/a.jpg hard/a.jpg
ln -s ../in/a.jpg soft/a.jpg
check in/a.jpg -o hard
check in/a.jpg -o soft
check in -o in/out
check in -o in/out
check in/sub -o in --prefix p_
check in/sub -o in --prefix p_
check in -o in --prefix p_
check in -o in --prefix p_
find in \( -name 'p_*' -o -name processed_\* \) -delete
rm -r in/out
check in
check in
# Through a list, and with a name that leads back.
printf '%s\n' in/a.jpg ./in/../in/a.jpg alias/a.jpg hard/a.jpg >list
check --files-from list --prefix ''
check in/sub/b.jpg -o in --name 'sub/{stem}.{ext}'
check in --if-exists error -o in
tree in
