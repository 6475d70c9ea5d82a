# The scripts that run a plan: as printed, with names that a shell takes apart, and what is refused.
. "$here/attempts.sh"
make_plan "it's 5% done" 8 16
masked() { imgloom "$@" | sed "s:$PWD:HERE:g"; }
masked script slurm --plan "it's 5% done"
masked script parallel --plan "it's 5% done"
for engine in slurm parallel; do
    "$IMGLOOM" script $engine --plan "it's 5% done" | bash -n && echo "bash reads it"
    "$IMGLOOM" script $engine --plan "it's 5% done" | sh -n && echo "sh reads it"
done
make_plan "a{b}" 1 1
masked script slurm --plan "a{b}" | grep array
imgloom script parallel --plan "a{b}"
make_plan "$(printf 'two\nlines')" 1 1
imgloom script slurm --plan "$(printf 'two\nlines')"
imgloom script
imgloom script slurm
imgloom script pbs --plan "a{b}"
imgloom script slurm parallel --plan "a{b}"
imgloom script slurm --plan none
# How the script ends: the run's status, 0 for images that failed. Of what goes before the time limit the
# task queues itself again; cancelled, it does not.
"$IMGLOOM" script slurm --plan "a{b}" >job.sh
mkdir bin
cat >bin/imgloom <<'END'
#!/bin/sh
trap 'echo stopped; exit 143' TERM
echo "$@" | sed 's/ --plan [^ ]*//'
case $TO_EXIT in wait) touch begun; while :; do sleep 0.05; done ;; esac
exit "$TO_EXIT"
END
printf '#!/bin/sh\necho scontrol "$@"\n' >bin/scontrol
chmod +x bin/*
export SLURM_ARRAY_JOB_ID=47 SLURM_ARRAY_TASK_ID=3
for status in 0 1 2 4 137; do
    SLURM_CPUS_PER_TASK=5 TO_EXIT=$status PATH=$PWD/bin:$PATH bash job.sh
    echo "exit $?"
done
for signal in USR1 TERM; do
    rm -f begun
    TO_EXIT=wait PATH=$PWD/bin:$PATH bash job.sh &
    pid=$!
    until [ -e begun ]; do sleep 0.02; done
    echo "$signal"
    kill -$signal $pid
    wait $pid
    echo "exit $?"
done
echo "-- no plan, one cut short, and one of a newer imgloom"
mkdir empty
imgloom script slurm --plan empty
imgloom script parallel --plan job.sh
cp -r "a{b}" damaged && truncate -s 100 damaged/plan.json
imgloom script slurm --plan damaged
cp -r "a{b}" newer && sed -i 's/"schemaVersion":1/"schemaVersion":2/' newer/plan.json
imgloom script slurm --plan newer
