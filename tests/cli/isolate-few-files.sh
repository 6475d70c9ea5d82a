# Few descriptors: fewer images at once, and a warning.
for n in $(seq 1 12); do picture formats/quadrants.png "in/$n.png"; done
ulimit -n 40
imgloom run in -o out --isolate all -j 8 --report r.json
jq -c '[.jobs, .summary.ok]' r.json
ulimit -n 26
imgloom run in -o out2 --isolate all -j 8 --report r.json
jq -c '[.jobs, .summary.ok]' r.json
