"""Start, switches, access, drain, restart."""
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from service import HEAD, IMGLOOM, JPEG, Client, Service, children, wait_for

UPLOAD = HEAD % (9, len(JPEG))


class Usage(unittest.TestCase):
    def refuse(self, words, status, said, environment=None):
        done = subprocess.run([IMGLOOM, "serve", *words], capture_output=True, text=True, timeout=60,
                              env={**os.environ, **(environment or {})}, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(said, done.stderr)
        self.assertEqual(done.stdout, "")

    def test_refused_switches(self):
        for words, said in ((("--what",), "--what"), (("word",), "word"), (("-j", "0"), "jobs"),
                            (("--listen", "nowhere"), "did you mean nowhere:8080?"), (("--listen", "1.2.3.4:99999"), "99999"),
                            (("--listen", "::1:80"), "::1:80"), (("--listen", "unix:"), "unix:"),
                            (("--listen", ":80"), "did you mean 127.0.0.1:80 for this machine alone"),
                            (("--listen", "/run/i.sock"), "did you mean unix:/run/i.sock?"),
                            (("--max-age", "5"), "--max-age needs a --root"),
                            (("--listen", "no.such.host.invalid:80"), "invalid"),
                            (("--socket-mode", "999"), "999"), (("--preset", "x"), "x"),
                            (("--preset", "x=/nowhere"), "--preset x: no such file: /nowhere"),
                            (("--presets-only",), "--preset"),
                            (("--require-sandbox", "--isolate", "never"), "--isolate"),
                            (("--token-file", "/nowhere"), "--token-file: no such file: /nowhere"),
                            (("--key-file", "/"), "--key-file: / is a folder"),
                            (("--listen", "0.0.0.0:0"), "--open"), (("--admin", "0.0.0.0:0"), "--open")):
            with self.subTest(words):
                self.refuse(words, 2, said)

    def test_the_environment(self):
        self.refuse((), 2, "IMGLOOM_SERVE_MAX_BODY", {"IMGLOOM_SERVE_MAX_BODY": "much"})
        self.refuse(("--queue", "none"), 2, "--queue", {"IMGLOOM_SERVE_QUEUE": "5"})
        service = Service("--max-body", "11", listen=False, environment={
            "IMGLOOM_SERVE_MAX_BODY": "10", "IMGLOOM_SERVE_LISTEN": "127.0.0.1:0",
            "IMGLOOM_SERVE_HOST": "a.example b.example", "IMGLOOM_SERVE_ALLOW_UNTRUSTED": "false"}).start()
        self.assertEqual(service.ask("POST", "/process-image", b"x" * 11).status, 415)
        self.assertEqual(service.ask("POST", "/process-image", b"x" * 12).status, 413)
        self.assertEqual(service.ask("GET", "/health", Host="b.example").status, 200)
        self.assertEqual(service.end(), 0)

    def test_a_port_that_is_taken(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.refuse(("--listen", "127.0.0.1:%d" % taken.getsockname()[1]), 4, "EADDRINUSE")
        taken.close()


class Access(unittest.TestCase):
    def write(self, text):
        file = tempfile.NamedTemporaryFile("w", delete=False)
        self.addCleanup(os.unlink, file.name)
        with file:
            file.write(text)
        return file.name

    def test_tokens(self):
        path = self.write("# ours\ntoken-0123456789abcdef\n\ntoken-of-the-other-one\n")
        service = Service("--token-file", path, "--listen", "0.0.0.0:0", "-j", "1").start()
        for token in ("token-0123456789abcdef", "token-of-the-other-one"):
            answer = service.ask("POST", "/process-image?width=9", JPEG, Authorization="Bearer " + token)
            self.assertEqual(answer.status, 200)
        for fields in ({}, {"Authorization": "Bearer token-0123456789abcdeg"}, {"Authorization": "Bearer "},
                       {"Authorization": "Basic token-0123456789abcdef"},
                       {"Authorization": "Bearer token-0123456789abcde"},
                       {"Authorization": "Bearer token-0123456789abcdef0"},
                       {"Authorization": "Bearer # ours"}):
            answer = service.ask("POST", "/process-image?width=9", JPEG, **fields)
            self.assertEqual((answer.status, answer.json()["errorCode"]), (401, "unauthorized"))
            self.assertEqual(answer.field("WWW-Authenticate"), "Bearer")
        self.assertEqual(service.ask("GET", "/health").status, 200)
        for path_of_admin in ("/metrics", "/system-info"):
            self.assertEqual(service.ask("GET", path_of_admin).status, 404)
        with open(path, "w", encoding="ascii") as file:
            file.write("token-that-is-the-new-one\n")
        service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: any(line.get("event") == "reopened" for line in service.lines()))
        answer = service.ask("POST", "/process-image?width=9", JPEG,
                             Authorization="Bearer token-that-is-the-new-one")
        self.assertEqual(answer.status, 200)
        self.assertEqual(service.end(), 0)

    def test_presets(self):
        path = self.write('{"width": 20, "format": "png"}')
        service = Service("--preset", "small=" + path, "--presets-only", "-j", "1").start()
        answer = service.ask("POST", "/process-image?preset=small", JPEG)
        self.assertEqual((answer.status, json.loads(answer.field("Imgloom-Result"))["width"]), (200, 20))
        for query in ("?width=9", "?preset=small&width=9", "?preset=large", "?preset=small&preset=small"):
            self.assertEqual(service.ask("POST", "/process-image" + query, JPEG).json()["errorCode"], "usage")
        self.assertEqual(service.end(), 0)

    def test_effort_is_cut(self):
        service = Service("--max-effort", "0", "-j", "1").start()
        answers = [service.ask("POST", f"/process-image?width=50&format=webp&effort={effort}", JPEG).body
                   for effort in (0, 6)]
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(service.end(), 0)

    def test_a_socket_in_the_file_system(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            for _ in range(2):  # the second time, over one that was left behind
                service = Service("--listen", "unix:" + path, "--socket-mode", "600", "-j", "1").start()
                self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
                client = Client(service, path)
                self.assertEqual(client.ask("GET", "/metrics", Host="anything.example").status, 200)
                client.close()
                service.process.kill()
                service.process.wait()
                service.close()
            service = Service("--listen", "unix:" + path, "-j", "1").start()
            self.assertEqual(service.end(), 0)
            self.assertFalse(os.path.exists(path))


class Systemd(unittest.TestCase):
    def test_what_it_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            told.bind(os.path.join(folder, "notify"))
            told.settimeout(60)
            service = Service("-j", "1", environment={"NOTIFY_SOCKET": os.path.join(folder, "notify"),
                                                      "WATCHDOG_USEC": "100000"}).start()
            self.assertEqual([told.recv(100) for _ in range(3)], [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"])
            self.assertEqual(service.end(), 0)
            while (said := told.recv(100)) == b"WATCHDOG=1":
                pass
            self.assertEqual(said, b"STOPPING=1")
            told.close()


class Log(unittest.TestCase):
    def test_a_log_that_is_renamed(self):
        service = Service("-j", "1").start()
        service.ask("GET", "/health")
        service.requests(1)
        os.rename(service.log, service.log + ".1")
        service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: service.lines())
        service.ask("GET", "/formats")
        self.assertEqual([line["target"] for line in service.requests(1)], ["/formats"])
        service.process.send_signal(signal.SIGUSR1)
        wait_for(lambda: any(line.get("event") == "state" for line in service.lines()))
        self.assertEqual(service.end(), 0)

    def test_a_line_for_whatever_target(self):
        """Each is cut so that the line can be written whole, escapes included."""
        service = Service("-j", "1").start()
        targets = [b"/" + piece * 5000 for piece in (b"a", b'"', b"\\", b"\x01", b"\x7f", b"\xff", b"\xc3\xa4")]
        for target in targets:
            client = Client(service)
            client.send(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(client.answer().status, (400, 404, 414))
            client.close()
        lines = service.requests(len(targets))
        for target, line in zip(targets, lines):
            self.assertTrue(line["target"].startswith(target[:101].decode(errors="replace")), line)
        self.assertEqual(service.metrics()["imgloom_log_lost_total"], 0)
        self.assertEqual(service.end(), 0)

    def test_a_reader_that_does_not_read(self):
        """Lines are lost and counted, and every request is answered."""
        service = Service("--log", "-", "-j", "1")
        wait_for(lambda: "listening" in service.said())
        service.address = ("127.0.0.1", int(service.said().rsplit(":", 1)[1]))
        client = Client(service)
        for _ in range(600):
            self.assertEqual(client.ask("GET", "/health?" + "x" * 200).status, 400)
        self.assertGreater(service.metrics()["imgloom_log_lost_total"], 0)
        client.close()
        self.assertEqual(service.end(), 0)


class Drain(unittest.TestCase):
    def test_what_was_accepted_is_answered(self):
        """Two pictures are with workers, 27 wait for them, and one is half sent."""
        service = Service("-j", "2", "--queue", "64", playing=True).start()
        body = b"LOOMTEST nap 1\n"
        idle = Client(service)
        self.assertEqual(idle.ask("GET", "/health").status, 200)
        half = Client(service)  # its body comes while the service drains
        half.send(UPLOAD + JPEG[:50])
        clients = [Client(service) for _ in range(29)]
        for client in clients[:2]:
            client.send(b"POST /process-image?format=png HTTP/1.1\r\nHost: localhost\r\n"
                        b"Content-Length: %d\r\n\r\n" % len(body) + body)
        wait_for(lambda: service.metrics()["imgloom_running"] == 2)
        for client in clients[2:]:
            client.send(UPLOAD + JPEG)

        def all_accepted():
            values = service.metrics()
            return values["imgloom_queue_length"] + values["imgloom_running"] + sum(
                v for k, v in values.items() if k.startswith("imgloom_images_total")) == 29
        wait_for(all_accepted)
        service.process.send_signal(signal.SIGTERM)
        self.assertTrue(idle.is_closed())
        self.assertRaises(ConnectionRefusedError, Client, service)
        half.send(JPEG[50:])
        for client in clients + [half]:
            answer = client.answer()
            self.assertEqual((answer.status, answer.field("Connection")), (200, "close"))
        self.assertEqual(service.process.wait(60), 0)
        self.assertEqual(len([1 for line in service.lines() if line.get("status") == 200
                              and line["method"] == "POST"]), 30)
        service.close()

    def test_what_takes_too_long_is_answered_too(self):
        for second in (False, True):
            service = Service("-j", "1", "--drain", "60" if second else "0.3", playing=True).start()
            body = b"LOOMTEST sleep\n"
            client = Client(service)
            client.send(b"POST /process-image?format=png HTTP/1.1\r\nHost: localhost\r\n"
                        b"Content-Length: %d\r\n\r\n" % len(body) + body)
            wait_for(lambda: service.metrics()["imgloom_running"] == 1)
            service.process.send_signal(signal.SIGTERM)
            if second:
                wait_for(lambda: any(line.get("event") == "draining" for line in service.lines()))
                service.process.send_signal(signal.SIGINT)
            answer = client.answer()
            self.assertEqual((answer.status, answer.json()["errorCode"]), (503, "draining"))
            self.assertEqual(service.process.wait(60), 0)
            service.close()

    def test_ready_says_no_before_it_drains(self):
        service = Service("-j", "1", "--drain-delay", "1").start()
        service.process.send_signal(signal.SIGTERM)
        wait_for(lambda: any(line.get("event") == "leaving" for line in service.lines()))
        answer = service.ask("GET", "/ready")
        self.assertEqual((answer.status, answer.body), (503, b"draining\n"))
        self.assertEqual(service.ask("POST", "/process-image?width=9", JPEG).status, 200)
        self.assertEqual(service.process.wait(60), 0)
        service.close()

    def test_no_worker_stays(self):
        service = Service("-j", "2").start()
        workers = children(service.process.pid)
        self.assertGreaterEqual(len(workers), 2)
        self.assertEqual(service.end(), 0)
        self.assertFalse([pid for pid in workers if os.path.exists(f"/proc/{pid}")])


class Restart(unittest.TestCase):
    def test_no_request_is_lost_where_the_socket_is_handed_over(self):
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        port = listener.getsockname()[1]
        sent, answers, errors, stop = [0], [0], [], threading.Event()
        lock = threading.Lock()

        def ask():
            while not stop.is_set():
                with lock:
                    sent[0] += 1
                try:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                    connection.request("POST", "/process-image?width=9", JPEG, {"Host": "localhost"})
                    answer = connection.getresponse()
                    answer.read()
                    connection.close()
                    with lock:
                        answers[0] += answer.status == 200
                except OSError as error:
                    errors.append(repr(error))

        service = Service("-j", "1", handed=listener, listen=False).start()
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        lines = 0
        for turn in range(10):
            wait_for(lambda: answers[0] >= 10 * turn)
            service.process.send_signal(signal.SIGTERM)
            self.assertEqual(service.process.wait(60), 0)
            lines += len([1 for line in service.lines() if "event" not in line])
            service.close()
            service = Service("-j", "1", handed=listener, listen=False).start()
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        self.assertEqual(answers[0], sent[0])
        self.assertEqual(service.end(), 0)
        lines += len([1 for line in service.lines() if "event" not in line])
        self.assertEqual(lines, sent[0])
        listener.close()


if __name__ == "__main__":
    unittest.main()
