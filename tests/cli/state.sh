# What a run with a state prints and reports: made, left out, changed, gone.
old() { find "$@" -type f -exec touch -d '2001-01-01' {} +; }
again() { imgloom run in -o out --width 50 --state s.db --report r.json "$@"; }
why() { jq -r '.results | sort_by(.seq)[] | [.outputPath, .status, .skipReason, .because, .width]
    | map(. // "-") | join(" ")' r.json; }
gone() { jq -c '.removed[]?' r.json; jq -c '.summary.state' r.json; }
for name in a b c d; do picture photos/gray.jpg in/$name.jpg; done
picture broken/text.jpg in/e.jpg
old in
echo "-- a dry run makes no state"
again -n -j1
tree . -name 's.db*'
echo "-- first"
again
why
echo "-- second, after a touch, an output cut, and one more picture"
touch -d '2002-02-02' in/b.jpg
: >out/c.jpg
picture photos/scene-1.jpg in/f.jpg
again -n -j1
again
why
gone
echo "-- failures are left alone"
again --retry never
jq -r '.results | sort_by(.seq)[] | select(.status == "error") | [.errorCode, .error, .because] | @json' r.json
echo "-- another recipe, and one whose outputs are looked into"
again --grayscale
again --grayscale --unchanged-by hash
why
echo "-- gone"
rm in/a.jpg in/f.jpg
again --grayscale
gone
again --grayscale --prune --max-prune 1
again --grayscale --prune
gone
tree out
echo "-- a disk is missing"
rm in/*
again --grayscale --prune
tree out
