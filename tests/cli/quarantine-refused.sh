# Where links would stand among outputs or inputs there is no quarantine.
picture broken/text.jpg in/sub/a.jpg
mkdir q out file.d && echo text >file && ln -s in link
for folder in out out/sub out/../out/ . in in/sub link/sub '' new.jpg file file/q; do
    imgloom run in -o out --quarantine "$folder"
done
imgloom run in -o q/out --quarantine q
imgloom run q -o out --quarantine q
cp in/sub/a.jpg q
imgloom run q -o out --quarantine q
imgloom run q/a.jpg -o out --quarantine q
chmod 555 q
imgloom_as_user run in --discard --quarantine q/below
find . -type l | sort
# A folder that cannot be made is said once, and the run goes on.
rm -r q && mkdir q && echo in-the-way >q/sub
mkdir -p in/sub && cp in/sub/a.jpg in/sub/b.jpg
imgloom run in -o out -j1 --quarantine q
