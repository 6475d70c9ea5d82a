# A second run's rows are those of the first, but for how and when they came about.
for file in formats/quadrants.gif formats/animated.gif formats/deep16.png \
    formats/quadrants-alpha.webp formats/quadrants.bmp photos/cmyk.jpg photos/gray.jpg photos/scene-1.jpg \
    orientation/landscape-6.jpg tiny/1x1.jpg broken/text.jpg; do
    picture $file "in/$(basename $file)"
done
head -c 3000 in/scene-1.jpg >in/cut.jpg
: >in/empty.jpg
old() { find in -type f -exec touch -d '2001-01-01' {} +; }
old
rows() { jq -S '[.results | sort_by(.seq)[] | del(.status, .skipReason, .because, .worker, .startMs, .queueMs, .elapsedMs)]' "$1"; }
try() { imgloom run in -o out --cover 40x40 --fail-on none --if-larger copy --state s.db -Q "$@"; }
try --report first.json
try --retry never --report second.json
rows first.json >first
rows second.json | diff first - && echo "the rows are the same"
jq -c '[.summary.ok, .summary.warning, .summary.skipped, .summary.failed], .summary.state' first.json second.json
jq -c '.results | sort_by(.seq)[] | select(.copied or .cropped > 0.3 or .hasAlpha or .originalBitDepth > 8)
    | [.outputPath, .status, .copied, .cropped, .hasAlpha, .originalBitDepth, .savedBytes > 0]' second.json
