"""
Requests that are bad in every way: bad.py COUNT SEED

Heads, targets, forms and chunked bodies are put together at random, cut and mutated. None may end the
service, be answered by a 5xx, or leave anything behind; what it refuses in so many words is JSON.
"""
import json
import os
import random
import socket
import sys
import threading

from service import JPEG, TESTDATA, Service, children, form, testdata, wait_for

THREADS = 8
SILENCE = 0.3  # s, after which a client takes its request for one that is not whole, and leaves
FINE = set(range(200, 500)) | {501, 503, 505}  # two are libmicrohttpd's: a coding, a version

METHODS = [b"GET"] * 10 + [b"HEAD", b"OPTIONS", b"PUT", b"get", b"G T", b"", b"P\x00ST", b"CONNECT", b"TRACE"]
VERSIONS = [b"HTTP/1.1"] * 60 + [b"HTTP/1.0", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/9", b"http/1.1", b"", b"HTTP/1.1 x"]
PATHS = [b"/process-image", b"/info", b"/image/r/tiny/1x1.png", b"/info/r/tiny/1x1.png", b"/health", b"/s/a/b/c",
         b"/", b"//", b"/..", b"/image/r/../x.jpg", b"/image/r/%2e%2e/x.jpg", b"/image/r/a%00.jpg", b"*", b"",
         b"http://localhost/health", b"http://evil.example/health", b"/%", b"/%zz", b"/\xff\xfe", b"/a b", b"/#x",
         b"/image/r/" + b"a/" * 300 + b"x.jpg", b"/" + b"x" * 9000]
PARAMETERS = [b"width=5", b"width=0", b"width=99999999999", b"width=-1", b"width", b"size=1x1,2x2", b"size=x", b"fit=no",
              b"format=png", b"format=nothing", b"quality=0", b"answer=json", b"answer=xml", b"preset=p", b"recipe=/etc",
              b"flip=maybe", b"rotate=1e999", b"background=%23zz", b"%00=1", b"a=%ff", b"=", b"&&&", b"expires=0",
              b"metadata=all,-x", b"max-bytes=1", b"\xc3\x28=1", b"width=5&width=6"]
FIELDS = [
    b"Host: localhost", b"Host: evil.example", b"Host:", b"Host: a b", b"Content-Length: 10", b"Content-Length: 11", b"Content-Length: -1",
    b"Content-Length: 99999999999999999999", b"Content-Length: 0x10", b"Content-Length:", b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked, chunked", b"Transfer-Encoding : chunked",
    b"Content-Type: multipart/form-data; boundary=b", b"Content-Type: multipart/form-data", b"Content-Type: \xff",
    b"Content-Encoding: gzip", b"Expect: 100-continue", b"Expect: x", b"Origin: null", b"Origin: http://evil.example",
    b"Accept: application/json", b"Accept: ,;q=", b"If-None-Match: *", b"If-Modified-Since: x", b"Authorization: Bearer x",
    b"X-Request-Id: <>", b"X-Request-Id: " + b"a" * 200, b"Connection: close", b"Connection: keep-alive, x",
    b" folded: x", b"\tfolded", b"no colon", b": no name", b"a\x00b: c", b"a: b\x01c", b"X: " + b"y" * 40000,
    b"Upgrade: h2c", b"Range: bytes=0-1", b"Cookie: a=b; c"]
CHUNKS = [b"0\r\n\r\n", b"5\r\nabcde\r\n0\r\n\r\n", b"5\r\nabc\r\n", b"-1\r\n\r\n", b"zz\r\n", b"ffffffffffffffff\r\nx", b"5;x=y\r\nabcde\r\n",
          b"0\r\nTrailer: x\r\n\r\n", b"00005\r\nabcde\r\n0\r\n\r\n", b"5\nabcde\n0\n\n"]
BODIES = [b"", b"0123456789", JPEG, testdata("tiny/1x1.png"), testdata("broken/truncated.png"), testdata("broken/huge-claim.png"),
          testdata("broken/text.jpg")]


def mutate(chance, data):
    data = bytearray(data)
    for _ in range(chance.choice([0, 0, 1, 1, 2, 5])):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            data[at:at + chance.randrange(1, 8)] = b""
        elif kind == 1:
            data[at:at] = bytes([chance.randrange(256)])
        elif kind == 2:
            data[at:at] = chance.choice([b"\r\n", b"\n", b"\r", b"\0", b":", b" ", b"%", b"--", b"\r\n\r\n"])
        elif at < len(data):
            data[at] ^= 1 << chance.randrange(8)
    return bytes(data)


def make_body(chance):
    """(bytes, fields that tell of them)"""
    kind = chance.random()
    body = chance.choice(BODIES)
    if kind < 0.3:
        parts = [(chance.choice(["image", "file", "width", "recipe", "x", 'a"b']),
                  chance.choice([body, b"5", b"\xff", b"{", b"9" * 5000])) for _ in range(chance.randrange(70))]
        body, kind = form(parts[:chance.choice([1, 2, 3, 70])])
        return mutate(chance, body), [b"Content-Type: " + kind.encode()]
    if kind < 0.5:
        return b"".join(chance.choices(CHUNKS, k=chance.randrange(1, 4))), [b"Transfer-Encoding: chunked"]
    return mutate(chance, body), []


def make_request(chance):
    target = chance.choice(PATHS if chance.random() < 0.3 else PATHS[:4])
    if chance.random() < 0.5:
        target += b"?" + b"&".join(chance.choices(PARAMETERS, k=chance.randrange(4)))
    fields = [b"Host: localhost"] if chance.random() < 0.95 else []
    fields += chance.choices(FIELDS, k=chance.choice([0, 0, 0, 0, 1, 2, 3]))
    body = b""
    method = chance.choice(METHODS)
    if chance.random() < 0.6:
        method = b"POST"
        target = target.replace(b"/image/r/tiny/1x1.png", b"/process-image").replace(b"/info/r/tiny/1x1.png", b"/info")
        body, told = make_body(chance)
        fields += told
        if not told or chance.random() < 0.9 and not told[0].startswith(b"Transfer"):
            fields.append(b"Content-Length: %d" % (len(body) + chance.choice([0] * 12 + [1, -1])))
    chance.shuffle(fields)
    head = b" ".join([method, target, chance.choice(VERSIONS)])
    if chance.random() < 0.1:
        head = mutate(chance, head)
    return b"\r\n".join([head] + fields) + b"\r\n\r\n" + body


class Bad:
    def __init__(self, port, seed):
        self.port, self.seed = port, seed
        self.lock = threading.Lock()
        self.counts, self.wrong = {}, []

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def ask(self, number):
        """One request on a connection of its own, and what comes back until it is closed."""
        request = make_request(random.Random(self.seed * 1000003 + number))
        client = socket.create_connection(("127.0.0.1", self.port))
        client.settimeout(SILENCE)
        said = b""
        try:
            client.sendall(request)
            while b"\r\n\r\n" not in said or not self.is_whole(said):
                piece = client.recv(1 << 16)
                if piece == b"":
                    break
                said += piece
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            pass
        client.close()
        self.judge(number, request, said)

    @staticmethod
    def is_whole(said):
        """Whether the (last) answer is: 100 is followed by another."""
        head, rest = said.split(b"\r\n\r\n", 1)
        if head.startswith(b"HTTP/1.1 100"):
            return b"\r\n\r\n" in rest and Bad.is_whole(rest)
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                return len(rest) >= int(line.split(b":")[1])
        return True

    def judge(self, number, request, said):
        while said.startswith(b"HTTP/1.1 100"):
            said = said.split(b"\r\n\r\n", 1)[1]
        if said == b"":
            self.count("no answer")
            return
        try:
            status = int(said.split(b" ", 2)[1])
            head, body = said.split(b"\r\n\r\n", 1)
            if status not in FINE:
                raise ValueError(status)
            if status >= 400 and b"application/json" in head and not request.startswith(b"HEAD"):
                json.loads(body[:body.find(b"\n") + 1] or body)
            self.count(status)
        except ValueError as error:
            self.wrong.append((number, repr(error), request[:300], said[:300]))

    def run(self, count):
        def work(first):
            for number in range(first, count, THREADS):
                self.ask(number)
        threads = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    service = Service("-j", "2", "--root", "r=" + TESTDATA, "--header-timeout", "2", "--body-timeout", "2").start()
    bad = Bad(service.address[1], seed)

    def state():
        return len(os.listdir(f"/proc/{service.process.pid}/fd")), len(children(service.process.pid))

    assert service.ask("POST", "/process-image?width=9", JPEG).status == 200
    before = state()
    bad.run(count)
    values = service.metrics()
    wait_for(lambda: service.metrics()["imgloom_bodies_bytes"] == 0)
    wait_for(lambda: all(now <= then + 2 for now, then in zip(state(), before)))  # a file of each thread
    assert service.ask("POST", "/process-image?width=9", JPEG).status == 200
    ends = values['imgloom_worker_ends_total{cause="crashed"}']
    assert service.end() == 0, service.said()
    lines = service.lines()
    logged = len([line for line in lines if "event" not in line])
    if lines[-1]["text"] != f"{logged} requests":
        bad.wrong.append((f"{logged} lines", lines[-1]))
    for row in bad.wrong[:20]:
        print("wrong:", *row)
    codes = ", ".join(f"{what} {number}" for what, number in sorted(bad.counts.items(), key=str))
    print(f"bad, seed {seed}: {count} requests: {codes}; {logged} lines, {ends:.0f} workers crashed, {len(bad.wrong)} wrong")
    sys.exit(1 if bad.wrong else 0)


if __name__ == "__main__":
    main()
