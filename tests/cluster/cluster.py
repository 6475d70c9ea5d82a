"""
A Slurm cluster of nodes on the loopback, of processes of this user alone: made in a folder, and
removed by the ids of its processes.
"""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue", "sinfo")
CPUS = 16  # of a node, as it says: enough for the script as it is printed

CONF = """ClusterName=loom
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SlurmdTimeout=6
KillWait=2
ReturnToService=2
JobRequeue=1
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=100000
"""


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin")


def missing():
    """The programs that this system lacks."""
    return [program for program in PROGRAMS if find(program) is None]


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def wait_for(what, condition, seconds=120):
    """Waits for an event; its time is a limit for a test that hangs, and no measure."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain: {what}")


class Cluster:
    def __init__(self, folder, nodes=3):
        self.folder = os.path.abspath(folder)
        self.nodes = [f"n{i + 1}" for i in range(nodes)]
        self.processes = {}
        os.makedirs(f"{self.folder}/state")
        os.chmod(self.folder, 0o755)
        self.environment = dict(os.environ, SLURM_CONF=f"{self.folder}/slurm.conf")
        self._configure()

    def _configure(self):
        port, *ports = free_ports(1 + len(self.nodes))
        host = socket.gethostname().split(".")[0]
        user = pwd.getpwuid(os.getuid()).pw_name
        with open(f"{self.folder}/slurm.conf", "w") as conf:
            conf.write(CONF.format(host=host, port=port, user=user, folder=self.folder))
            for node, own in zip(self.nodes, ports):
                conf.write(f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={own} CPUs={CPUS}\n")
            conf.write(f"PartitionName=all Nodes={','.join(self.nodes)} Default=YES MaxTime=INFINITE State=UP\n")
        key = os.open(f"{self.folder}/munge.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        os.write(key, os.urandom(1024))
        os.close(key)

    def start(self, name, *words):
        with open(f"{self.folder}/{name}.said", "ab") as said:
            self.processes[name] = subprocess.Popen(
                [find(words[0]), *words[1:]], env=self.environment, stdin=subprocess.DEVNULL,
                stdout=said, stderr=said, start_new_session=True)

    def start_node(self, node):
        self.start(node, "slurmd", "-D", "-N", node)

    def __enter__(self):
        try:
            folder = self.folder
            self.start("munged", "munged", "--foreground", f"--key-file={folder}/munge.key",
                       f"--socket={folder}/munge.socket", f"--pid-file={folder}/munged.pid",
                       f"--log-file={folder}/munged.log", f"--seed-file={folder}/munged.seed")
            self.until("the socket of munge", lambda: os.path.exists(f"{folder}/munge.socket"))
            self.start("slurmctld", "slurmctld", "-D")
            for node in self.nodes:
                self.start_node(node)
            self.until("idle nodes", lambda: self.ask("sinfo", "-h", "-t", "idle", "-o", "%D").strip() == str(len(self.nodes)))
        except BaseException:
            self.stop()
            raise
        return self

    def until(self, what, condition):
        """Waits for an event, as long as all daemons live."""
        def look():
            for name, process in self.processes.items():
                if process.poll() is not None:
                    with open(f"{self.folder}/{name}.said") as said:
                        raise AssertionError(f"{name} has ended: {said.read()[-2000:]}")
            return condition()
        return wait_for(what, look)

    def ask(self, *words):
        """What a command of Slurm prints; nothing if it fails."""
        done = subprocess.run([find(words[0]), *words[1:]], env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else ""

    def submit(self, *words, cwd):
        """Submits a job; its number."""
        done = subprocess.run([find("sbatch"), "--parsable", *words], env=self.environment, cwd=cwd,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().split(";")[0]

    def tasks(self, job):
        """The tasks of an array that are not done: {index: (state, node)}"""
        lines = self.ask("squeue", "-h", "-r", "-j", job, "-O", "ArrayTaskID:20,State:20,NodeList:30").splitlines()
        found = {}
        for line in lines:
            words = line.split()
            if words and words[0].isdigit():
                found[int(words[0])] = (words[1], words[2] if len(words) > 2 else None)
        return found

    def kill_node(self, node):
        """Its daemon dies; its tasks live on."""
        self.processes[node].kill()
        self.processes.pop(node).wait()

    def stop(self):
        """Ends the daemons, and what steps they left; they are ours by their recorded ids."""
        self.ask("scancel", "-f", "-u", pwd.getpwuid(os.getuid()).pw_name) if find("scancel") else None
        for process in reversed(list(self.processes.values())):
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = {}
        for pid in self._steps():
            os.kill(pid, signal.SIGKILL)

    def _steps(self):
        """Step daemons of these nodes: those that have our configuration in their environment."""
        mark = f"SLURM_CONF={self.folder}/slurm.conf".encode()
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    if mark in file.read().split(b"\0") and int(name) != os.getpid():
                        found.append(int(name))
            except OSError:
                pass
        return found

    def __exit__(self, *_):
        self.stop()
