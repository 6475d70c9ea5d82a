# --durable: the same rows, each after a sync. Nothing is synced where nothing is written.
for n in 1 2 3 4 5; do picture photos/gray.jpg "in/$n.jpg"; done
picture broken/not-an-image.jpg in/6.jpg 2>/dev/null || echo text >in/6.jpg
imgloom run in -o out --width 50 --durable=2 --report r.json
rows r.json
tree out
imgloom run in/1.jpg -o out2 --width 50 --durable --report - -Q | jq -r '.results[]?.status' 2>/dev/null
tree out2
imgloom run in/1.jpg -o out3 --width 50 --durable -n -Q
imgloom run in/1.jpg --width 50 --durable --discard -Q
imgloom run in -o out --durable=0
imgloom run in -o out --durable=x
