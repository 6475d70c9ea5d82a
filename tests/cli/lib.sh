# What the golden tests share. They run in an empty folder; only sh, sed, awk, grep, jq, perl and coreutils.

# Takes out of standard input what differs from run to run: times, rates and sizes in bytes, and the
# lines of progress that a run writes which takes long; and from system to system: what a sandbox lacks.
stable() {
    sed -E -e '/^(\[[=-]+\] +)?[0-9]+%  [0-9]+\/[0-9]+/d' -e '/^imgloom: warning: workers ran without/d' -e 's/[0-9.]+ (kB|MB|B)\b/SIZE/g' -e 's/ \([0-9]+ % (less|more)\)/ (N % LESS)/' \
        -e 's/(larger than the original: )[0-9]+( bytes, from )[0-9]+/\1N\2M/' -e 's/in [0-9.]+ s, [0-9.]+ images/in TIME, RATE images/' \
        -e 's/  [0-9]+ ms$/  TIME/'
}

# Ends the test: this system lacks something that it needs.
skip() {
    echo "$*" >"$SKIPPED"
    exit 0
}

# Ends it where the kernel cannot lock workers in. Needs a picture in in/.
needs_sandbox() {
    "$IMGLOOM" run in -o sandbox --require-sandbox -Q >/dev/null 2>&1
    [ $? -ne 4 ] || skip "the kernel lacks a part of the sandbox"
    rm -rf sandbox
}

# imgloom with any words; what it prints, then its exit status.
imgloom() {
    "$IMGLOOM" "$@" >"$CAPTURE" 2>&1
    set -- $?
    stable <"$CAPTURE"
    echo "exit $1"
}

# The same as a user without rights: root may read and write everything.
imgloom_as_user() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid 65534 --regid 65534 --clear-groups "$IMGLOOM" "$@" >"$CAPTURE" 2>&1
    else
        "$IMGLOOM" "$@" >"$CAPTURE" 2>&1
    fi
    set -- $?
    stable <"$CAPTURE"
    echo "exit $1"
}

# Copies a picture of the test data here: picture photos/scene-1.jpg a/b.jpg
picture() {
    mkdir -p "$(dirname "$2")" && cp "$TESTDATA/$1" "$2" && chmod 644 "$2"
}

# Many at once, by one process, a name for each number from 1; copies of a picture of the test data, or
# links to a file here:
#   many_pictures 300 tiny/1x1.jpg in/%d.jpg    many_links 300 in/0.jpg in/%d.jpg
many_pictures() {
    picture "$2" "$(printf "$3" 1)"
    perl -e 'my ($count, $from, $names) = @ARGV;
        local $/;
        open my $in, "<:raw", $from or die "$from: $!";
        my $bytes = <$in>;
        for my $n (2 .. $count) {
            my $to = sprintf $names, $n;
            open my $out, ">:raw", $to or die "$to: $!";
            print $out $bytes and close $out or die "$to: $!";
        }' "$1" "$TESTDATA/$2" "$3"
}
many_links() {
    perl -e 'my ($count, $from, $names) = @ARGV;
        for my $n (1 .. $count) { link $from, sprintf $names, $n or die "$n: $!" }' "$@"
}

# The rows of a report, in the order of the inputs.
rows() {
    jq -r '.results | sort_by(.seq)[] | [.status, .errorCode, .errorStage, .originalPath,
        .outputPath] | map(. // "-") | join(" ")' "$1"
}

# Every file and folder below the given one, dot-files too.
tree() {
    find "$@" | sort
}

# Width and height in a report's rows.
sizes() {
    jq -r '.results | sort_by(.seq)[] | "\(.originalPath) \(.width)x\(.height)"' "$1"
}

# How many of these processes are workers; what else a run starts is a zygote.
count_workers() {
    for count_workers_pid in "$@"; do
        cat "/proc/$count_workers_pid/comm"
    done 2>/dev/null | grep -c '^imgloom-worker$'
}

# Waits until a run or a worker of it has used 0.4 s of processor: more than it takes to start.
at_work() {
    for at_work_n in $(seq 3000); do
        # shellcheck disable=SC2046  # a word for each worker
        for at_work_pid in "$1" $(cat /proc/"$1"/task/*/children 2>/dev/null); do
            sed 's/.*) //' /proc/"$at_work_pid"/stat
        done 2>/dev/null | awk '$12 + $13 >= 40 { exit 1 }' || return 0
        sleep 0.02
    done
}

# Runs over many images, sends a signal when the first few are done: signalled INT ENV-OPTION
signalled() {
    picture photos/scene-1.jpg in/0.jpg
    many_links 999 in/0.jpg in/%d.jpg
    # A shell's background job ignores SIGINT unless told otherwise.
    env "$2" "$IMGLOOM" run in -o out -j1 --width 100 -Q --report r.json --report r.ndjson &
    pid=$!
    until [ "$(wc -l 2>/dev/null <r.ndjson || echo 0)" -gt 4 ]; do
        kill -0 $pid || break
        sleep 0.02
    done
    kill "-$1" $pid
    { wait $pid; } 2>/dev/null
    echo "exit $?"
    jq -c '[(.results | length), .summary.rows, .summary.interrupted]' r.json
    jq -r '.results[] | "\(.status) \(.errorCode)"' r.json | sort -u
    # As many pictures as rows that say so, and each of them whole; no temporary is left.
    [ "$(find out -name '*.jpg' | wc -l)" = "$(jq .summary.ok r.json)" ] && echo "all written"
    find out -name '.*' -type f
    for file in out/*.jpg; do tail -c 2 "$file" | od -An -tx1; done | sort -u
    jq -s -c '[(map(select(.type == "image")) | length), .[-1].type, .[-1].interrupted]' r.ndjson
}
