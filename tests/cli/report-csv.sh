# Rows as RFC 4180 has them; nothing in them is a formula.
. "$here/rows.sh"
make_rows json >a.json
"$IMGLOOM" report --csv a.json | head -3 | od -c | tail -3
run_report --csv a.json | tr -d '\r'
for name in '=1+1.jpg' '+a.jpg' '@b.jpg' 'quo"te,comma.jpg' "$(printf 'new\nline.jpg')"; do
    echo no >"$name"
done
"$IMGLOOM" run -j1 ./*.jpg -o out -Q -n --report r.json
"$IMGLOOM" report --csv r.json | cut -d, -f2-5 | tr -d '\r' | sed 's:,out/.*::'
printf '%s\n' '=1+1.jpg' '@b.jpg' >list
"$IMGLOOM" run -j1 --files-from list -Q -o out -n --report r.json
"$IMGLOOM" report --csv r.json | cut -d, -f2 | tr -d '\r'
