"""
Load on the loopback, with what goes wrong in between: load.py SECONDS [SEED]

Pictures whole, cut and mutated, targets and forms at random, clients that leave; meanwhile workers are
killed and the service restarts with its socket handed over. Each request that was sent whole by a
client that waited must have one answer, which is well-formed and no 5xx but 503 and 504, and each
request a line in the log.
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

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 20
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)
THREADS = 8
FINE = {200, 304, 400, 403, 404, 405, 413, 415, 422, 503, 504}

pictures = []
for path in sorted(glob.glob(os.path.join(TESTDATA, "*/*.*"))):
    if not path.endswith((".c", ".h")):
        with open(path, "rb") as file:
            pictures.append(file.read())

stop = threading.Event()
lock = threading.Lock()
counts, wrong = {"sent": 0, "answered": 0, "left": 0}, []


def count(what):
    with lock:
        counts[what] += 1


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


def make_request(chance):
    """method, target, body, fields"""
    words = ["width=%d" % chance.randrange(1, 300), "size=40x30", "fit=" + chance.choice(["cover", "inside", "x"]),
             "format=" + chance.choice(["jpeg", "png", "webp", "auto", "same"]), "grayscale", "rotate=90",
             "answer=" + chance.choice(["json", "row"]), "hue=1", "%zz", "flip"]
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


def leave_early(chance, port, body):
    """A client that leaves with its request half sent, or before its answer."""
    client = socket.create_connection(("127.0.0.1", port))
    head = b"POST /process-image HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body)
    data = head + body
    client.sendall(data[:chance.choice([len(data), chance.randrange(len(data))])])
    client.close()
    count("left")


def ask(number, port):
    chance = random.Random(SEED + number)
    while not stop.is_set():
        method, target, body, fields = make_request(chance)
        try:
            if chance.random() < 0.1:
                leave_early(chance, port, body or b"")
                continue
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            count("sent")
            connection.request(method, target, body, {"Host": "localhost", **fields})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            count("answered")
            if answer.status not in FINE:
                wrong.append((answer.status, method, target, answer.getheader("X-Request-Id")))
        except (OSError, http.client.HTTPException) as error:
            wrong.append((repr(error), method, target))


def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    port = listener.getsockname()[1]
    words = ("-j", "2", "--queue", "64", "--root", "r=" + TESTDATA)
    service = Service(*words, handed=listener, listen=False).start()
    threads = [threading.Thread(target=ask, args=(i, port)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    chance, lines, restarts, kills = random.Random(SEED), 0, 0, 0
    end = time.monotonic() + SECONDS

    def finish(service):
        status = service.end()
        if status != 0:
            wrong.append(("exit", status, service.said()))
        return len([1 for line in service.lines() if "event" not in line])

    while time.monotonic() < end:
        time.sleep(chance.uniform(0.05, 0.5))
        victims = children(service.process.pid)
        if victims and chance.random() < 0.8:
            os.kill(chance.choice(victims), signal.SIGKILL)
            kills += 1
        elif chance.random() < 0.5:
            lines += finish(service)
            service = Service(*words, handed=listener, listen=False).start()
            restarts += 1
    stop.set()
    for thread in threads:
        thread.join()
    lines += finish(service)
    for row in wrong[:20]:
        print("wrong:", *row)
    print(f"seed {SEED}: {counts['sent']} sent, {counts['answered']} answered, {counts['left']} left early, "
          f"{lines} lines, {kills} kills, {restarts} restarts, {len(wrong)} wrong")
    # Of those that left early some had sent no whole request line.
    good = not wrong and counts["sent"] == counts["answered"] and \
        counts["sent"] <= lines <= counts["sent"] + counts["left"]
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
