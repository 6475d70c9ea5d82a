#!/bin/bash
# The figures of the README and of docs/speed.md are those of bench/results: speed.sh ROOT
set -euo pipefail
root=$1
failed=0

# rows FILTER: a row for each workload; `ratio` tells what imgloom takes of a program's figure, median
# of its rounds, and a dash where the program has no such recipe.
rows() {
  jq -r 'def two: . * 100 | round | "\(. / 100 | floor).\(. % 100 | "0\(.)"[-2:])";
    def ratio($name; $figure): [.contenders[] | select(.name == $name) | .ratio[$figure].median][0];
    def shown: if . == null then "–" else two end;
    def all($figure): [(("sharp", "sharp-workers", "vips", "vips-xargs", "magick", "gm") as $name |
      ratio($name; $figure) | shown)] | join(" | ");
    .workloads[] | '"$1" "$root/bench/results/peers.json"
}

expect() { # FILE FILTER
  local row
  while read -r row; do
    grep -qxF -- "$row" "$1" || {
      echo "$1 lacks: $row"
      failed=1
    }
  done < <(rows "$2")
}

for figure in cpuMs wallMs memoryBytes; do
  expect "$root/docs/speed.md" "\"| \\(.name) | \" + all(\"$figure\") + \" |\""
done
expect "$root/README.md" '"| \(.title) | \(ratio("sharp"; "cpuMs") | shown) | \(ratio("sharp"; "wallMs") | shown) | \(ratio("sharp"; "memoryBytes") | shown) | \([ratio("vips", "vips-xargs"; "cpuMs")] | max | shown) | \(ratio("magick"; "cpuMs") | shown) |"'
# The tables of services are as bench/serve/compare.sh wrote them.
tables() {
  sed -n '/^<!-- serve: /,/^<!-- end of serve/p' "$1"
}
[ ! -e "$root/bench/results/serve.md" ] || diff <(tables "$root/docs/speed.md") <(tables "$root/bench/results/serve.md") || {
  echo "docs/speed.md has other tables than bench/results/serve.md"
  failed=1
}
exit $failed
