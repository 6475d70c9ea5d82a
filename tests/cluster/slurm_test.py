"""
A plan on a cluster of three nodes, by the script as it is printed: 320 pictures in 8 shards. A node's
daemon is killed, and its task hangs until its replacement has ended; a task is killed; a task is
requeued. With IMGLOOM_LONG also a time limit, which Slurm counts in minutes. In the end each output has
one row and is what a plain run makes, and no temporary file is left.

IMGLOOM is the program, TESTDATA the folder of pictures. Exit status 77: this system has no Slurm.
"""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from cluster import Cluster, missing, wait_for

IMGLOOM, TESTDATA = os.environ["IMGLOOM"], os.environ["TESTDATA"]
LONG = bool(os.environ.get("IMGLOOM_LONG"))
PICTURES, SHARDS = 320, 8
RECIPE = ["--inside", "300x300", "-f", "webp"]


def say(text):
    print(text, flush=True)


def imgloom(*words, status=0):
    done = subprocess.run([IMGLOOM, *words], capture_output=True, text=True)
    assert done.returncode == status, f"{words}: {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def make_pictures():
    """Each is a file of its own: a comment with its number follows the first marker."""
    with open(os.path.join(TESTDATA, "photos/scene-1.jpg"), "rb") as file:
        picture = file.read()
    for number in range(PICTURES):
        folder = f"in/{number % 7}"
        os.makedirs(folder, exist_ok=True)
        comment = f"picture {number}".encode()
        mark = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        with open(f"{folder}/{number:03}.jpg", "wb") as file:
            file.write(picture[:2] + mark + picture[2:])


class Attempt:
    """An attempt, by its report."""

    def __init__(self, path):
        self.path = path
        name = os.path.basename(path)
        self.shard = int(name[:5])
        self.pid = int(re.fullmatch(r"\d{5}\.[^-]+-.+-(\d+)-[0-9a-f]{8}\.ndjson", name).group(1))

    def lines(self):
        with open(self.path, "rb") as file:
            return [json.loads(line) for line in file if line.endswith(b"\n")]

    def rows(self):
        return sum(line["type"] == "image" for line in self.lines())

    def summary(self):
        lines = self.lines()
        return lines[-1] if lines and lines[-1]["type"] == "summary" else None

    def lives(self):
        try:
            with open(f"/proc/{self.pid}/cmdline", "rb") as file:
                return b"--plan" in file.read().split(b"\0")
        except OSError:
            return False

    def at_work(self):
        """Whether it has made something, and is not done."""
        return self.rows() >= 2 and self.summary() is None and self.lives()

    def signal(self, number):
        os.kill(self.pid, number)


def attempts(shard=None):
    found = [Attempt(path) for path in sorted(glob.glob("run/reports/*.ndjson"))]
    return [one for one in found if shard in (None, one.shard)]


def catch(cluster, job, but=()):
    """An attempt that is at work now, stopped; its shard and node. `but`: shards that had their turn."""
    def look():
        for attempt in attempts():
            if attempt.shard in but or not attempt.at_work():
                continue
            try:
                attempt.signal(signal.SIGSTOP)
            except ProcessLookupError:
                continue
            state, node = cluster.tasks(job).get(attempt.shard, (None, None))
            if attempt.summary() is None and state == "RUNNING" and node:
                return attempt, node
            attempt.signal(signal.SIGCONT)
        return None
    return wait_for("an attempt at work", look)


def state_of(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return None


def lose_the_node(cluster, hung, node):
    """The daemon dies, and its task hangs until another node has done its shard; then both are done."""
    cluster.kill_node(node)
    say(f"node {node} is dead, its task at shard {hung.shard} hangs")
    wait_for("the replacement",
             lambda: any(one.pid != hung.pid and one.summary() for one in attempts(hung.shard)))
    assert state_of(hung.pid) == "T", "the task that hangs was killed"
    hung.signal(signal.SIGCONT)
    wait_for("the end of the task that hung", hung.summary)
    say("its replacement is done, and so is it now")


def kill(task):
    task.signal(signal.SIGKILL)
    say(f"the task at shard {task.shard} is killed")


def requeue(cluster, job, task):
    cluster.ask("scontrol", "requeue", f"{job}_{task.shard}")
    task.signal(signal.SIGCONT)
    say(f"the task at shard {task.shard} is requeued")


def run_into_the_limit(cluster):
    """With a minute for a task: before its end the script stops the run, and its task is requeued."""
    with open("job.sh") as script:
        text = re.sub(r"--time=\S+ --signal=\S+", "--time=00:01:00 --signal=B:USR1@30", script.read())
    with open("limited.sh", "w") as script:
        script.write(text)
    shutil.rmtree("out")
    for path in glob.glob("run/reports/*"):
        os.unlink(path)
    job = cluster.submit("--array=0", "limited.sh", cwd=".")
    slow, _ = catch(cluster, job)

    def told():
        with open(f"/proc/{slow.pid}/status") as status:
            pending = [int(line.split()[1], 16) for line in status if line.startswith(("SigPnd", "ShdPnd"))]
        return any(mask >> (signal.SIGTERM - 1) & 1 for mask in pending)
    wait_for("SIGTERM from the script", told, 150)
    slow.signal(signal.SIGCONT)
    summary = wait_for("the end of the run", slow.summary)
    assert summary["interrupted"], "it was through"
    wait_for("the rest", lambda: any(one.summary() and not one.summary()["interrupted"] for one in attempts(0)), 240)
    assert imgloom("report", "--plan", "run", "--missing", status=1).strip() == "1-7"
    say("the task was stopped before its time limit, requeued, and done")


def until_done(cluster):
    """What is missing is submitted again."""
    for _ in range(5):
        done = subprocess.run([IMGLOOM, "report", "--plan", "run", "--missing"], capture_output=True, text=True)
        if done.returncode == 0:
            return
        say(f"missing: {done.stdout.strip()}")
        job = cluster.submit(f"--array={done.stdout.strip()}", "job.sh", cwd=".")
        wait_for("the tasks", lambda: not cluster.tasks(job), 240)
    raise AssertionError("something is missing after five times")


def check(shards):
    """`shards` are those that were disturbed."""
    rows = [json.loads(line) for line in imgloom("report", "--plan", "run", "--merge", "-o", "all.ndjson") or
            open("all.ndjson")]
    images = [row for row in rows if row["type"] == "image"]
    assert [row["seq"] for row in images] == list(range(PICTURES)), "not each of them once"
    assert {row["status"] for row in images} <= {"ok", "skipped"}, "not all are made"
    assert not rows[-1]["interrupted"]
    again = {shard for shard in range(SHARDS) if len(attempts(shard)) > 1}
    assert again >= shards, f"not tried again: {shards - again}"
    imgloom("report", "--plan", "run", "--verify")
    differs = subprocess.run(["diff", "-r", "want", "out"], capture_output=True, text=True)
    assert differs.returncode == 0, differs.stdout
    left = [name for _, _, files in os.walk("out") for name in files if name.startswith(".")]
    assert not left, f"temporary files are left: {left}"
    say(f"{len(attempts())} attempts, {len(images)} of {PICTURES} once, "
        f"{rows[-1]['duplicates']} rows left out, no temporary file")


def main():
    make_pictures()
    imgloom("run", "in", "-o", "want", "-Q", *RECIPE)
    imgloom("plan", "in", "-o", "out", "--plan", "run", "--shards", str(SHARDS), *RECIPE)
    with open("job.sh", "w") as script:
        script.write(imgloom("script", "slurm", "--plan", "run"))
    os.environ["PATH"] = os.path.dirname(IMGLOOM) + ":" + os.environ["PATH"]
    with Cluster("cluster") as cluster:
        job = cluster.submit("job.sh", cwd=".")
        caught = []
        for _ in cluster.nodes:
            caught.append(catch(cluster, job, [task.shard for task, _ in caught]))
        (killed, _), (requeued, _), (hung, node) = caught
        kill(killed)
        requeue(cluster, job, requeued)
        lose_the_node(cluster, hung, node)
        wait_for("the tasks", lambda: not cluster.tasks(job), 240)
        until_done(cluster)
        check({killed.shard, requeued.shard, hung.shard})
        if LONG:
            run_into_the_limit(cluster)
            until_done(cluster)
            check({0})


if __name__ == "__main__":
    lacking = missing()
    if lacking:
        print(f"skipped: this system has no {', '.join(lacking)}")
        sys.exit(77)
    folder = tempfile.mkdtemp(prefix="imgloom-cluster.")
    os.chmod(folder, 0o755)  # for the socket of munge
    os.chdir(folder)
    try:
        main()
    finally:
        os.chdir("/")
        if not os.environ.get("KEEP"):
            shutil.rmtree(folder, ignore_errors=True)
