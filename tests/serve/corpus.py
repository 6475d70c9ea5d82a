"""
Every file below folders is posted: corpus.py FOLDER...

Each must be answered, by a picture or a sentence; a 5xx is wrong but for `crashed`, `timeout` and
`out-of-memory`, which cost that file alone, and which are told.
"""
import http.client
import json
import os
import queue
import sys
import threading

from service import Service

THREADS = 4
ALLOWED = {"crashed", "timeout", "out-of-memory"}


def find_files(folders):
    for folder in folders:
        for place, folders_below, names in os.walk(folder):
            folders_below.sort()
            for name in sorted(names):
                path = os.path.join(place, name)
                if os.path.isfile(path):
                    yield path


class Corpus:
    def __init__(self, port, paths):
        self.port = port
        self.paths = queue.SimpleQueue()
        for path in paths:
            self.paths.put(path)
        self.lock = threading.Lock()
        self.counts, self.told, self.wrong = {}, [], []

    def ask(self, path, target):
        with open(path, "rb") as file:
            body = file.read()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        kind = "image/x-tga" if path.lower().endswith(".tga") else "application/octet-stream"
        connection.request("POST", target, body, {"Host": "localhost", "Content-Type": kind})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        code = None if answer.status == 200 else json.loads(content)["errorCode"]
        with self.lock:
            name = f"{answer.status} {code}" if code else str(answer.status)
            self.counts[name] = self.counts.get(name, 0) + 1
            if answer.status >= 500:
                (self.told if code in ALLOWED else self.wrong).append((name, target, path, content))

    def work(self):
        while True:
            try:
                path = self.paths.get_nowait()
            except queue.Empty:
                return
            for target in ("/process-image?size=320x320&format=jpeg", "/info"):
                try:
                    self.ask(path, target)
                except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
                    with self.lock:
                        self.wrong.append((repr(error), target, path))


def main():
    paths = list(find_files(sys.argv[1:]))
    service = Service("-j", "2", "--timeout", "60", "--max-body", "256Mi", "--max-bodies", "1Gi").start()
    corpus = Corpus(service.address[1], paths)
    threads = [threading.Thread(target=corpus.work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if service.end() != 0:
        corpus.wrong.append(("exit", service.said()))
    if sum(corpus.counts.values()) != 2 * len(paths):
        corpus.wrong.append(("not every file was answered",))
    for row in corpus.told:
        print("told:", *row)
    for row in corpus.wrong[:20]:
        print("wrong:", *row)
    codes = ", ".join(f"{what}: {number}" for what, number in sorted(corpus.counts.items()))
    print(f"corpus: {len(paths)} files, each posted twice: {codes}; {len(corpus.wrong)} wrong")
    sys.exit(1 if corpus.wrong else 0)


if __name__ == "__main__":
    main()
