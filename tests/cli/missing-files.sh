# Files to be read that are missing are told as a missing INPUT is: in plain words, with what may
# have been meant.
picture photos/gray.jpg in/a.jpg
imgloom run in --width 20 -o out -Q --report first.json
echo in/a.jpg >list.txt
imgloom run in -o out --recipe frist.json
imgloom run in -o out --recipe nothing-like-it
imgloom run in -o out --recipe first.json/x
imgloom run in -o out --recipe in
imgloom run -o out --width 20 --files-from lst.txt
ln -s nowhere leading
imgloom run -o out --width 20 --files-from leading
imgloom run -o out --width 20 --files-from in
imgloom bench --width 20 --files-from lst.txt
imgloom plan --plan run1 -o out --width 20 --files-from lst.txt
imgloom report frist.json
imgloom report --failed first.jsn first.json
imgloom report --csv ./frist.json | grep -v seq,
imgloom report --merge first.json second.json -o all.json
imgloom report --compare first.json second.json
imgloom report in
imgloom plan --plan run1 -o out --width 20 in -Q
imgloom report run1
echo "ID1 $(printf '0%.0s' $(seq 64))" >keys
imgloom sign --key-file kyes /image/a
imgloom sign --key-file nothing-like-it /image/a
imgloom sign --key-file in /image/a
