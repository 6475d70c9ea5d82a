"""
Load on the loopback, with what goes wrong in between: load.py SECONDS SEED [PAUSE_MS]

Pictures whole, cut and mutated, targets and forms at random, clients that leave; meanwhile workers are
killed and the service restarts with its socket handed over. Each request of a client that waits must
have one answer, and one line in the log, of the same status; the service's own count is that of the
lines. No answer may be a 5xx but 503, 504, and 500 where the picture's worker was killed twice.
PAUSE_MS is slept by each client after an answer.
"""
import glob
import http.client
import os
import random
import signal
import socket
import sys
import threading
import time

from service import TESTDATA, Service, children, form

THREADS = 8
FINE = {200, 304, 400, 403, 404, 405, 413, 415, 422, 503, 504}
WORDS = ("-j", "2", "--queue", "64", "--root", "r=" + TESTDATA)


def read_pictures():
    pictures = []
    for path in sorted(glob.glob(os.path.join(TESTDATA, "*/*.*"))):
        if not path.endswith((".c", ".h")):
            with open(path, "rb") as file:
                pictures.append(file.read())
    return pictures


def spoil(chance, data):
    """Cuts a picture, or changes some of its bytes."""
    kind = chance.random()
    if kind < 0.2:
        return data[:chance.randrange(len(data) + 1)]
    if kind < 0.5 and data:
        changed = bytearray(data)
        for _ in range(chance.randrange(1, 20)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return bytes(changed)
    return data


def make_request(chance, pictures):
    """method, target, body, fields"""
    words = ["width=%d" % chance.randrange(1, 300), "size=40x30", "fit=" + chance.choice(["cover", "inside", "x"]),
             "format=" + chance.choice(["jpeg", "png", "webp", "auto", "same"]), "grayscale", "rotate=90",
             "answer=" + chance.choice(["json", "row"]), "shear=1", "%zz", "flip"]
    query = "&".join(chance.sample(words, chance.randrange(4)))
    kind = chance.random()
    if kind < 0.2:
        name = chance.choice(["tiny/photo-333x222.jpg", "broken/truncated.png", "none.jpg", "../x.jpg", "a%2fb.jpg"])
        return "GET", f"/{chance.choice(['image', 'info'])}/r/{name}?{query}", None, {}
    if kind < 0.25:
        return "GET", chance.choice(["/health", "/ready", "/metrics", "/system-info", "/formats", "/"]), None, {}
    body = spoil(chance, chance.choice(pictures))
    fields = {}
    if chance.random() < 0.3:
        body, fields["Content-Type"] = form([("image", body), ("width", b"20")])
        body = spoil(chance, body)
    return "POST", chance.choice(["/process-image?", "/info?"]) + query, body, fields


class Load:
    """Clients that ask until they are stopped, and what became of their requests."""

    def __init__(self, port, seed, pause):
        self.port, self.seed, self.pause = port, seed, pause
        self.pictures = read_pictures()
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.sent, self.left = 0, 0
        self.answered = {}  # status by request id
        self.killed_twice = 0
        self.wrong = []
        self.threads = [threading.Thread(target=self.ask_on, args=(i,)) for i in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def ask_on(self, number):
        chance = random.Random(self.seed + number)
        count = 0
        while not self.stopped.is_set():
            request = make_request(chance, self.pictures)
            count += 1
            try:
                if chance.random() < 0.1:
                    self.leave_early(chance, request[2] or b"")
                else:
                    self.ask(f"{number}-{count}", *request)
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append((repr(error), *request[:2]))
            time.sleep(self.pause)

    def ask(self, name, method, target, body, fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        with self.lock:
            self.sent += 1
        connection.request(method, target, body, {"Host": "localhost", "X-Request-Id": name, **fields})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        twice = answer.status == 500 and b"SIGKILL" in content and b'"crashed"' in content
        with self.lock:
            self.answered[name] = answer.status
            self.killed_twice += twice
        if not (twice or answer.status in FINE) or answer.getheader("X-Request-Id") != name:
            self.wrong.append((answer.status, method, target, name, content[:300]))

    def leave_early(self, chance, body):
        """A client that leaves with its request half sent, or before its answer."""
        client = socket.create_connection(("127.0.0.1", self.port))
        head = b"POST /process-image HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body)
        data = head + body
        client.sendall(data[:chance.choice([len(data), chance.randrange(len(data))])])
        client.close()
        with self.lock:
            self.left += 1

    def compare(self, logged):
        """Each answer is one line of the same status; other lines are of clients that left."""
        others = 0
        for name, status in logged:
            if name not in self.answered:
                others += 1
            elif self.answered[name] != status:
                self.wrong.append((f"{name} was answered {self.answered[name]}, the log says {status}",))
        missing = set(self.answered) - {name for name, _ in logged}
        self.wrong += [(f"{name} has no line",) for name in missing]
        if len(logged) - others != len(self.answered) - len(missing):
            self.wrong.append(("a request has two lines",))
        if others > self.left:
            self.wrong.append((f"{others} lines are of nobody's requests",))
        return others


class Lives:
    """Services that follow each other on one socket, and what their logs say."""

    def __init__(self, listener):
        self.listener = listener
        self.logged = []  # (request id, status)
        self.wrong = []
        self.begin()

    def begin(self):
        self.service = Service(*WORDS, handed=self.listener, listen=False).start()

    def finish(self):
        status = self.service.end()
        lines = self.service.lines()
        own = [(line["requestId"], line["status"]) for line in lines if "event" not in line]
        if status != 0:
            self.wrong.append(("exit", status, self.service.said()))
        elif lines[-1].get("event") != "end" or lines[-1]["text"] != f"{len(own)} requests":
            self.wrong.append((f"{len(own)} lines", lines[-1]))
        self.logged += own
        self.service.folder.cleanup()


def main():
    seconds, seed = float(sys.argv[1]), int(sys.argv[2])
    pause = float(sys.argv[3]) / 1000 if len(sys.argv) > 3 else 0
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    lives = Lives(listener)
    load = Load(listener.getsockname()[1], seed, pause)
    chance, restarts, kills = random.Random(seed), 0, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(chance.uniform(0.05, 0.5))
        victims = children(lives.service.process.pid)
        if victims and chance.random() < 0.8:
            try:
                os.kill(chance.choice(victims), signal.SIGKILL)
                kills += 1
            except ProcessLookupError:
                pass
        elif chance.random() < 0.5:
            lives.finish()
            lives.begin()
            restarts += 1
    load.stop()
    lives.finish()
    others = load.compare(lives.logged)
    wrong = load.wrong + lives.wrong
    for row in wrong[:20]:
        print("wrong:", *row)
    print(f"load, seed {seed}: {load.sent} sent, {len(load.answered)} answered, {len(lives.logged)} lines, "
          f"{others} of {load.left} clients that left, {kills} kills ({load.killed_twice} of them the second of "
          f"a picture), {restarts} restarts, {len(wrong)} wrong")
    sys.exit(0 if not wrong and load.sent == len(load.answered) else 1)


if __name__ == "__main__":
    main()
