# What is no regular file is an error and never opened, found in a folder, named, or listed. Nobody
# is at the other end of the FIFO: a program that opens it waits for ever.
picture photos/gray.jpg in/a.jpg
mkfifo in/fifo.jpg fifo
mkdir in/folder.jpg
printf '%s\n' fifo /dev/null /dev/zero /proc/self/status /proc/kmsg in/a.jpg missing >list
imgloom run in fifo /dev/zero /proc/self/mem --files-from list -o out --width 50 --report r.json
rows r.json
tree out
