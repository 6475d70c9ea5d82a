# Kernels that lack a part of the sandbox, and one without files in memory: the report says what is
# active, the batch is whole, and --require-sandbox refuses.
for n in 1 2 3; do picture formats/quadrants.png "in/$n.png"; done
needs_sandbox
lacking() {
    echo "without $*"
    "$LACKING" "$@" -- "$IMGLOOM" run in -o out --isolate all -Q --report r.json
    echo "exit $?"
    jq -c '[.tool.sandbox, .summary.ok, .summary.rows]' r.json
    "$LACKING" "$@" -- "$IMGLOOM" run in -o required --require-sandbox -Q
    echo "exit $?"
}
lacking landlock_create_ruleset
lacking landlock_create_ruleset=EOPNOTSUPP
lacking seccomp=EINVAL
lacking landlock_create_ruleset seccomp=EINVAL
lacking memfd_create
lacking pidfd_open
echo "one picture, through a pipe"
"$LACKING" landlock_create_ruleset -- "$IMGLOOM" run - -o - --isolate all <in/1.png | cmp - out/1.png
"$LACKING" landlock_create_ruleset -- "$IMGLOOM" run in/1.png -o - | cmp - out/1.png
"$LACKING" landlock_create_ruleset -- "$IMGLOOM" run in/1.png -o - -Q | cmp - out/1.png
