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
{
    printf '{"type":"run","schemaVersion":1}\n'
    printf '{"type":"image","originalPath":"a","status":"ok",%s}\n' \
        '"savedBytes":-20000,"originalModified":"1969-12-31T23:59:59.25Z","originalHasAlpha":true,"originalBitDepth":16,"originalFrames":3,"originalDpi":71.984' \
        '"savedBytes":5,"processedModified":"2026-11-20T09:15:00.123456789Z","hasAlpha":false,"bitDepth":8,"frames":1,"dpi":300'
} >new.ndjson
"$IMGLOOM" report --csv new.ndjson 2>/dev/null | cut -d, -f29- | tr -d '\r'
