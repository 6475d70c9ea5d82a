"""Starts imgloom serve on a free loopback port, and talks to it by sockets of its own."""
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

IMGLOOM = os.environ["IMGLOOM"]
TESTDATA = os.environ["TESTDATA"]
WORKER_TEST = os.environ.get("WORKER_TEST")
PATIENCE = 300  # s: for what must come, on a machine however busy


def testdata(name):
    with open(os.path.join(TESTDATA, name), "rb") as file:
        return file.read()


JPEG = testdata("tiny/photo-333x222.jpg")
HEAD = b"POST /process-image?width=%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"


class Answer:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def field(self, name):
        """The value of the only field of this name; None: there is none."""
        values = [value for key, value in self.fields if key == name.lower()]
        assert len(values) <= 1, (name, values)
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)


class Client:
    """One connection."""

    def __init__(self, service, address=None, receive=None):
        target = address or service.address
        family = socket.AF_UNIX if isinstance(target, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        if receive is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        self.socket.connect(target)
        self.read = b""

    def send(self, data):
        self.socket.sendall(data)

    def close(self):
        self.socket.close()

    def more(self):
        """False: the other side has closed."""
        try:
            piece = self.socket.recv(1 << 16)
        except ConnectionResetError:
            return False
        self.read += piece
        return piece != b""

    def until(self, mark):
        while mark not in self.read:
            if not self.more():
                return None
        head, self.read = self.read.split(mark, 1)
        return head

    def answer(self, head_only=False):
        """The next answer; None: the connection is closed without one."""
        head = self.until(b"\r\n\r\n")
        if head is None:
            return None
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        fields = [(line.split(":", 1)[0].lower(), line.split(":", 1)[1].strip()) for line in lines[1:]]
        if status == 100:
            return self.answer(head_only)
        size = int(dict(fields).get("content-length", "0"))
        if head_only or status in (204, 304):
            size = 0
        while len(self.read) < size:
            if not self.more():
                raise AssertionError("an answer is cut short")
        body, self.read = self.read[:size], self.read[size:]
        return Answer(status, fields, body)

    def is_closed(self):
        """Waits: whether the other side closes, without another byte."""
        return not self.more() and self.read == b""

    def rest(self):
        """All that comes until the other side closes."""
        while self.more():
            pass
        return self.read

    def ask(self, method, target, body=None, **fields):
        lines = [f"{method} {target} HTTP/1.1"]
        named = {"Host": "localhost", **{k.replace("_", "-"): v for k, v in fields.items()}}
        if body is not None:
            named.setdefault("Content-Length", str(len(body)))
        lines += [f"{name}: {value}" for name, value in named.items()]
        self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b""))
        return self.answer(head_only=method == "HEAD")


def form(parts, boundary="frontier"):
    """(name, bytes) pairs as a body, and its Content-Type."""
    body = b""
    for name, value in parts:
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        body += value + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


class Service:
    def __init__(self, *words, environment=None, handed=None, listen=True, playing=False,
                 descriptors=None):
        """`handed` is a socket that listens; `playing` workers do as pictures say."""
        self.folder = tempfile.TemporaryDirectory()
        program = self.install_players() if playing else IMGLOOM
        self.log = os.path.join(self.folder.name, "log")
        # Clients of a busy machine are slow to send what they were connected for.
        argv = [program, "serve", "--log", self.log, "--header-timeout", "60", "--body-timeout", "60", *words]
        if listen and not any(word.startswith("--listen") for word in words):
            argv += ["--listen", "127.0.0.1:0"]
        self.errors = tempfile.TemporaryFile()
        extra = dict(environment or {})
        self.process = subprocess.Popen(
            argv if handed is None else handing(argv, handed), env={**os.environ, **extra},
            stdout=subprocess.PIPE, stderr=self.errors,
            pass_fds=[] if handed is None else [handed.fileno()],
            preexec_fn=descriptors and (lambda: resource.setrlimit(
                resource.RLIMIT_NOFILE, (descriptors, descriptors))))
        self.handed = handed
        self.address = None

    def install_players(self):
        """A folder with the programs, whose worker is that of the tests."""
        for name in ("imgloom", "imgloom-serve", "imgloom-vips.so", "imgloom-text.so"):
            shutil.copy(os.path.join(os.path.dirname(IMGLOOM), name), self.folder.name)
        shutil.copy(WORKER_TEST, os.path.join(self.folder.name, "imgloom-worker"))
        return os.path.join(self.folder.name, "imgloom")

    def start(self):
        """Waits until it listens, or ends."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if any(line.get("event") == "start" for line in self.lines()):
                found = re.search(r"listening on http://\[?([^\s\]]+)\]?:(\d+)", self.said())
                if found:
                    self.address = (found[1], int(found[2]))
                elif self.handed is not None:
                    self.address = self.handed.getsockname()
                return self
            time.sleep(0.01)
        raise AssertionError("it does not start: " + self.said())

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode()

    def lines(self):
        """The lines of the log, each of which must be an object."""
        try:
            with open(self.log, encoding="utf-8") as file:
                text = file.read()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def requests(self, count):
        """The log's lines of requests, once there are so many."""
        wait_for(lambda: len([1 for line in self.lines() if "event" not in line]) >= count)
        return [line for line in self.lines() if "event" not in line]

    def ask(self, method, target, body=None, **fields):
        client = Client(self)
        try:
            return client.ask(method, target, body, **fields)
        finally:
            client.close()

    def metrics(self):
        return parse_metrics(self.ask("GET", "/metrics").body.decode())

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.close()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def handing(argv, handed):
    """The command, with the one inherited socket as LISTEN_FDS has it."""
    code = ("import os,sys;f=int(sys.argv[1]);os.dup2(f,3,True);"
            "os.environ.update(LISTEN_PID=str(os.getpid()),LISTEN_FDS='1');"
            "os.execv(sys.argv[2],sys.argv[2:])")
    return ["python3", "-c", code, str(handed.fileno())] + argv


def children(parent):
    """Its worker processes, and the one that they are forked from."""
    found = []
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{int(name)}/stat", encoding="latin-1") as file:
                if int(file.read().rsplit(")", 1)[1].split()[1]) == parent:
                    found.append(int(name))
        except (OSError, ValueError):  # no process, or one that has just ended
            pass
    return found


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def parse_metrics(text):
    """By the rules of the text format: {name with labels: value}."""
    values, types = {}, {}
    assert text.endswith("\n")
    for line in text.split("\n")[:-1]:
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types and kind in ("counter", "gauge", "histogram"), line
            types[name] = kind
        elif not line.startswith("# HELP "):
            found = re.fullmatch(
                r'([a-z_]+)(\{[a-z_]+="[^"\\\n]*"(,[a-z_]+="[^"\\\n]*")*\})? ([0-9.e+-]+|\+Inf)', line)
            assert found, line
            name = found[1] + (found[2] or "")
            assert name not in values, line
            base = re.sub(r"_(bucket|sum|count)$", "", found[1])
            assert found[1] in types or types.get(base) == "histogram", line
            values[name] = float(found[4])
    return values


class Case(unittest.TestCase):
    """A class whose tests share a service, started with `words`."""

    words = ()

    @classmethod
    def setUpClass(cls):
        cls.service = Service(*cls.words).start()

    @classmethod
    def tearDownClass(cls):
        assert cls.service.end() == 0, cls.service.said()

    def ask(self, method, target, body=None, **fields):
        return self.service.ask(method, target, body, **fields)

    def assert_error(self, answer, status, code, stage=None):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.field("Content-Type"), "application/json")
        self.assertEqual(answer.field("Cache-Control"), "no-store")
        said = answer.json()
        self.assertEqual(set(said), {"success", "error", "errorCode", "errorStage", "requestId"})
        self.assertIs(said["success"], False)
        self.assertEqual((said["errorCode"], said["errorStage"]), (code, stage), said)
        self.assertTrue(said["error"])
        self.assertEqual(said["requestId"], answer.field("X-Request-Id"))
        return said["error"]


class Playing(Case):
    """Workers that do as the picture says."""

    @classmethod
    def setUpClass(cls):
        cls.service = Service(*cls.words, playing=True).start()

    def begin(self, words):
        client = Client(self.service)
        body = b"LOOMTEST " + words + b"\n"
        client.send(b"POST /process-image?format=png HTTP/1.1\r\nHost: localhost\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return client

    def wait_state(self, waiting, running):
        def reached():
            values = self.service.metrics()
            return (values["imgloom_queue_length"], values["imgloom_running"]) == (waiting, running)
        wait_for(reached)
