# Few descriptors: fewer images at once, and a warning.
many_pictures 12 formats/quadrants.png in/%d.png
ulimit -n 40
imgloom run in -o out --isolate all -j 8 --report r.json
jq -c '[.jobs, .summary.ok]' r.json
ulimit -n 26
imgloom run in -o out2 --isolate all -j 8 --report r.json
jq -c '[.jobs, .summary.ok]' r.json
