# Which shard, and what may stand beside --plan.
. "$here/plans.sh"
many_pictures 40 tiny/1x1.jpg in/%d.jpg
"$IMGLOOM" plan --plan RUN -Q in -o out --width 50 --shards 3 || echo "no plan"
"$IMGLOOM" plan --plan ONE -Q in -o out --width 50 --shards 1 || echo "no plan"
echo "-- which"
for word in 3 0/2 -1 1/ /3 1/3/3 x 99999999999999999999 ''; do shard "$word" -Q; done
shard 2/3 -Q
imgloom run --plan ONE --shard 1 -Q
imgloom run --plan RUN -Q
imgloom run --shard 1 in -o out
imgloom run -C / in -o out
echo "-- auto"
shard auto -Q
for pair in SLURM_ARRAY_TASK_ID=1 JOB_COMPLETION_INDEX=1 AWS_BATCH_JOB_ARRAY_INDEX=1 \
    CLOUD_RUN_TASK_INDEX=1 LSB_JOBINDEX=2 SGE_TASK_ID=2; do
    rm -rf RUN/reports/*
    (export "${pair?}" && shard auto -Q)
    find RUN/reports -type f | sed -E "s/.*reports.([0-9]+)\\..*/$pair: \\1/"
done
for words in "LSB_JOBINDEX=0" "SGE_TASK_ID=undefined" "SLURM_ARRAY_TASK_ID=" "SLURM_ARRAY_TASK_ID=3" \
    "SLURM_ARRAY_TASK_ID=1 LSB_JOBINDEX=2" "SLURM_ARRAY_TASK_ID=1 LSB_JOBINDEX=1" \
    "SGE_TASK_ID=0" "SLURM_ARRAY_TASK_ID=two"; do
    # shellcheck disable=SC2086  # words of an environment
    (echo "$words" && export $words && shard auto -Q)
done
echo "-- the job's own words"
job() {
    rm -rf RUN/reports/*
    # shellcheck disable=SC2163  # NAME=VALUE
    (for pair in "$@"; do export "$pair"; done && shard 1 -Q)
    jq -c 'select(.type == "run") | .plan.job' RUN/reports/*
}
job
job SLURM_ARRAY_TASK_ID=17 SLURM_ARRAY_JOB_ID=4711
job SLURM_ARRAY_TASK_ID=17 SLURM_ARRAY_JOB_ID=4711 SLURM_RESTART_COUNT=1
job SLURM_JOB_ID=4711
job AWS_BATCH_JOB_ARRAY_INDEX=5 AWS_BATCH_JOB_ID=3f2a:5 AWS_BATCH_JOB_ATTEMPT=2
job CLOUD_RUN_TASK_INDEX=5 CLOUD_RUN_EXECUTION=thumbs-x7 CLOUD_RUN_TASK_ATTEMPT=0
job LSB_JOBINDEX=5 LSB_JOBID=88
job SGE_TASK_ID=5 JOB_ID=99 RESTARTED=1
job JOB_COMPLETION_INDEX=5
echo "-- the plan says it"
for word in --width=9 --format=png --output=x --if-exists=skip --name=x --files-from=x \
    --state=x --prune --unchanged-by=hash --discard --lane=jpeg --max-pixels=9 --fail-on=none \
    --allow-untrusted --if-larger=skip --preserve-timestamps --list-ignored=1 --hidden; do
    shard 1 "$word"
done
shard 1 in
shard 1 -Q -v
shard 1 --isolate never --require-sandbox
echo "-- and what may be said"
shard 1 -j1 --queue 2 --timeout 9 --memory 1GB --max-errors 1% --isolate never --durable \
    --retry never --keep-versions --quarantine q --progress never --color never -Q
"$IMGLOOM" run --plan RUN --shard 1 --ndjson - -Q | jq -c 'select(.type == "summary") | {rows, ok, skipped}'
