#!/bin/bash
# Runs the recipe of docs/programs.md for Python: python.sh IMGLOOM ROOT
set -euo pipefail
imgloom=$1 root=$2
command -v python3 >/dev/null || { echo "there is no python3: scripts/test installs it" >&2; exit 1; }
folder=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-python-XXXXXX")
trap 'rm -rf "$folder"' EXIT
sed -n '/^```python$/,/^```$/p' "$root/docs/programs.md" | sed '1d;$d' >"$folder/recipe.py"
[ -s "$folder/recipe.py" ]
mkdir "$folder/in"
for i in $(seq 300); do
  ln "$root/testdata/tiny/1x1.jpg" "$folder/in/$i.jpg" 2>/dev/null ||
    cp "$root/testdata/tiny/1x1.jpg" "$folder/in/$i.jpg"
done
cd "$folder"
cat >use.py <<EOP
import os, sys
from recipe import process_images
program = sys.argv[1]
paths = [f"in/{i}.jpg" for i in range(1, 301)] + ["in/" + "x" * 200 + f"{i}.jpg" for i in range(2000)]
rows = list(process_images(paths, "out", ["--inside", "40x40"], program))
assert sorted(row["originalPath"] for row in rows) == sorted(paths)
assert sum(row["success"] for row in rows) == 300
assert all(os.path.getsize(row["outputPath"]) == row["processedSize"] for row in rows if row["success"])
assert {row["errorCode"] for row in rows if not row["success"]} == {"not-found"}
try:
    list(process_images(paths[:1], "out", ["--inside", "wide"], program))
    sys.exit("no error")
except RuntimeError as error:
    assert "status 2" in str(error), error
for row in process_images(paths[:300], "left", ["--inside", "40x40", "-j", "1"], program):
    break
assert 0 < len(os.listdir("left/in")) < 300, os.listdir("left/in")
print("python: every path has its row")
EOP
python3 use.py "$imgloom"
