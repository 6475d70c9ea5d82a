# Values as other programs write them: the word for it is told. Nothing is suggested that would not be taken.
picture photos/gray.jpg a.jpg
for words in "-q 80%" "-q lossless" "-q auto" "--size 800px" "--size 800x600px" "--size 800pxx600px" "--size 800*600" "--size 800×600" "--if-exists ignore" \
    "--size 800:600" "--size 800xauto" "--size 0x8" "--size 8y8" "--width 800px" "--width 50%" "--width auto" \
    "-j max" "-j 0" "-j 4x" "--rotate 90deg" "--rotate 90°" "--rotate auto" "--hue 30deg" "-f .jpg" \
    "-f image/jpeg" "-f original" "--timeout 30sec" "--timeout 2min" "--timeout none" "--max-bytes 200kb" \
    "--memory 2g" "--max-pixels 20M" "--max-depth unlimited" "--background fff" "--background 0xffffff" \
    "--blur 0x3" "--gamma 2,2" "--dpi 300dpi" "--aspect 16/9" "--aspect 16x9" "--extract 100x100+10+20" \
    "--extract 10,20,100,100" "--chroma yuv420p" "--metadata icc" "--position top-left" \
    "--watermark-position bottom-right" "--effort max" "--ssim 98" "--ssim 0,98" "--extend 5px" "--max-bytes 100,000"
do
    set -f
    imgloom run a.jpg -n -Q $words
    set +f
done 2>&1 | sed -nE 's/^imgloom: (--[a-z-]+: .[^ ]+ ).*((; did you mean|; say|; leave|; pictures|; profiles).*) \(see.*/\1... \2/p; t; /^imgloom/p'
