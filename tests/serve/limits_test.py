"""Limits: bodies, queue, connections, slow clients, clients that leave, deadlines."""
import os
import signal
import socket
import threading
import time
import unittest

from service import JPEG, Case, Client, Service, children, wait_for

HEAD = b"POST /process-image?width=%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"


class Bodies(Case):
    words = ("--max-body", "20000", "--max-bodies", "60000", "-j", "1")

    def test_one_byte_over(self):
        fits = JPEG + b"\0" * (20000 - len(JPEG))
        self.assertNotEqual(self.ask("POST", "/process-image?width=9", fits).status, 413)
        answer = self.ask("POST", "/process-image?width=9", fits + b"\0")
        self.assertIn("20000", self.assert_error(answer, 413, "too-large"))

    def test_a_chunked_body_over(self):
        client = Client(self.service)
        client.send(b"POST /process-image HTTP/1.1\r\nHost: localhost\r\n"
                    b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(3):
            client.send(b"2000\r\n" + b"\0" * 0x2000 + b"\r\n")
        client.send(b"0\r\n\r\n")
        self.assert_error(client.answer(), 413, "too-large")
        self.assertTrue(client.is_closed())

    def test_all_bodies_together(self):
        held = [Client(self.service) for _ in range(3)]
        for client in held:
            client.send(HEAD % (9, 20000) + JPEG)
        wait_for(lambda: self.service.metrics()["imgloom_bodies_bytes"] == 60000)
        answer = self.ask("POST", "/process-image?width=9", JPEG)
        self.assert_error(answer, 503, "overloaded")
        self.assertTrue(1 <= int(answer.field("Retry-After")) <= 60)
        for client in held:
            client.close()
        wait_for(lambda: self.service.metrics()["imgloom_bodies_bytes"] == 0)
        self.assertEqual(self.ask("POST", "/process-image?width=9", JPEG).status, 200)


class ManyLarge(Case):
    words = ("-j", "2", "--queue", "8", "--max-bodies", "20M")

    def test_memory_is_bounded_and_everybody_is_answered(self):
        """100 uploads of 2 MB at once: without the limit on bodies they would be held together."""
        body = JPEG + b"\0" * 2000000
        clients = [Client(self.service) for _ in range(100)]
        statuses = []

        def upload(client):
            try:
                client.send(HEAD % (9, len(body)) + body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before its body was sent
            answer = client.answer()
            statuses.append(None if answer is None else answer.status)
            client.close()

        threads = [threading.Thread(target=upload, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(set(statuses), {200, 503})
        self.assertGreater(statuses.count(200), 0)
        self.assertEqual(len(self.service.requests(100)), 100)
        with open(f"/proc/{self.service.process.pid}/status", encoding="ascii") as file:
            peak = [int(line.split()[1]) for line in file if line.startswith("VmHWM")][0]
        if "asan" not in self.service.process.args[0]:
            self.assertLess(peak, 100000)  # kB


class Slow(Case):
    words = ("--header-timeout", "1", "--body-timeout", "1", "--idle-timeout", "1",
             "--min-rate", "100000", "-j", "1")

    def test_a_slow_head(self):
        client = Client(self.service)
        client.send(b"GET /health HTTP/1.1\r\nHost: loc")
        self.assertTrue(client.is_closed())

    def test_drops_of_a_head(self):
        client = Client(self.service)
        try:
            for byte in b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100:
                client.send(bytes([byte]))
                time.sleep(0.02)
            self.assertTrue(client.is_closed())
        except (BrokenPipeError, ConnectionResetError):
            pass

    def test_a_silent_connection(self):
        self.assertTrue(Client(self.service).is_closed())

    def test_an_idle_connection(self):
        client = Client(self.service)
        self.assertEqual(client.ask("GET", "/health").status, 200)
        self.assertTrue(client.is_closed())

    def test_a_slow_body(self):
        client = Client(self.service)
        client.send(HEAD % (9, len(JPEG)) + JPEG[:100])
        self.assertTrue(client.is_closed())
        line = [line for line in self.service.requests(1) if line["bytesIn"] == 100][0]
        self.assertEqual(line["status"], 408)


class Reader(Case):
    words = ("--body-timeout", "2", "--min-rate", "100M", "-j", "1", "--max-output-pixels", "100000000")

    def test_a_reader_that_does_not_read(self):
        client = Client(self.service, receive=4096)
        target = "/process-image?size=6000x4000&fit=fill&format=png&effort=0"
        client.send(HEAD.replace(b"/process-image?width=%d", target.encode()) % len(JPEG) + JPEG)
        wait_for(lambda: self.service.metrics()["imgloom_late_total"] == 1)
        client.close()
        line = self.service.requests(1)[-1]
        wait_for(lambda: any(line["target"] == target and line["status"] == 408
                             for line in self.service.lines() if "event" not in line))


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


class Queue(Playing):
    words = ("-j", "1", "--queue", "2")

    def test_a_full_queue_and_clients_that_leave(self):
        first = self.begin(b"sleep")
        self.wait_state(0, 1)
        others = [self.begin(b"sleep") for _ in range(2)]
        self.wait_state(2, 1)
        answer = self.ask("POST", "/process-image?width=9", JPEG)
        self.assert_error(answer, 503, "overloaded")
        self.assertTrue(1 <= int(answer.field("Retry-After")) <= 60)
        self.assertEqual(self.ask("GET", "/ready").status, 503)
        self.assertEqual(self.ask("GET", "/health").status, 200)
        for client in others:  # those that wait are never begun
            client.close()
        self.wait_state(0, 1)
        first.socket.shutdown(socket.SHUT_WR)  # taken for one that has left
        self.wait_state(0, 0)
        self.assertEqual(self.ask("POST", "/process-image?width=9", JPEG).status, 200)
        values = self.service.metrics()
        self.assertEqual(values["imgloom_clients_gone_total"], 3)
        gone = [line for line in self.service.requests(8) if line["status"] == 499]
        self.assertEqual([line["errorCode"] for line in gone], ["client-gone"] * 3)


class Deadline(Playing):
    words = ("-j", "1", "--queue", "4", "--timeout", "2")

    def test_waiting_counts(self):
        clients = [self.begin(b"sleep") for _ in range(3)]
        for client in clients:
            answer = client.answer()
            self.assertEqual((answer.status, answer.json()["errorCode"]), (504, "timeout"))
            client.close()
        self.assertEqual(self.ask("POST", "/process-image?width=9", JPEG).status, 200)


class Hostile(Playing):
    words = ("-j", "2", "--timeout", "3")

    def test_what_a_picture_may_do_to_its_worker(self):
        """Exactly its own request fails, and those beside it do not."""
        kinds = {"segv": 500, "abort": 500, "exit": 500, "garbage": 500, "other": 500, "more": 500,
                 "less": 500, "dimensions": 500, "killed always": 500, "flood": 504,
                 "spin": 504, "stop": 504, "well": 200, "twice": 200, "last": 200, "killed used": 200,
                 "internal": 500, "utf8": 500}
        for kind, status in kinds.items():
            with self.subTest(kind):
                hostile = self.begin(kind.encode())
                self.assertEqual(self.ask("POST", "/process-image?width=9", JPEG).status, 200)
                answer = hostile.answer()
                self.assertEqual(answer.status, status, answer.body)
                self.assertIn(answer.status == 200 or answer.json()["errorCode"],
                              (True, "crashed", "timeout", "internal"))
                hostile.close()


class Killed(Playing):
    words = ("-j", "2")

    def test_killed_workers_cost_nothing(self):
        self.assertEqual(self.service.metrics()['imgloom_workers{state="idle"}'], 2)
        for client in [self.begin(b"nap 1") for _ in range(2)]:  # by workers that stay
            self.assertEqual(client.answer().status, 200)
            client.close()
        clients = [self.begin(b"nap 1") for _ in range(6)]
        self.wait_state(4, 2)
        for pid in children(self.service.process.pid):
            os.kill(pid, signal.SIGKILL)
        self.assertEqual([client.answer().status for client in clients], [200] * 6)
        values = self.service.metrics()
        self.assertGreaterEqual(values['imgloom_worker_ends_total{cause="killed"}'], 1)
        self.assertEqual(values['imgloom_worker_ends_total{cause="crashed"}'], 0)
        for client in clients:
            client.close()


class Connections(Case):
    words = ("--connections", "3", "-j", "1")

    def test_others_wait(self):
        held = [Client(self.service) for _ in range(3)]
        for client in held:
            self.assertEqual(client.ask("GET", "/health").status, 200)
        late = Client(self.service)
        late.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        late.socket.settimeout(0.3)
        self.assertRaises(socket.timeout, late.more)
        held[0].close()
        late.socket.settimeout(60)
        self.assertEqual(late.answer().status, 200)
        for client in held[1:] + [late]:
            client.close()


class FewDescriptors(unittest.TestCase):
    def test_others_wait(self):
        """Each of 80 clients is answered, although not so many can be connected at once."""
        service = Service("-j", "1", "--queue", "200", descriptors=80).start()
        clients = [Client(service) for _ in range(80)]
        for client in clients:
            client.send(HEAD % (9, len(JPEG)) + JPEG)
        for client in clients:
            self.assertEqual(client.answer().status, 200)
            client.close()
        self.assertEqual(service.end(), 0)


class NothingIsLeft(Case):
    words = ("-j", "2")

    def test_after_many_requests(self):
        def state():
            pid = self.service.process.pid
            return (len(os.listdir(f"/proc/{pid}/fd")), len(children(pid)))
        client = Client(self.service)
        for _ in range(50):
            client.ask("POST", "/process-image?width=9&format=png", JPEG)
        before = state()
        for turn in range(300):
            client.ask("POST", "/process-image?width=9&format=png", JPEG)
            self.ask("POST", "/process-image?width=x", JPEG)
            other = Client(self.service)
            other.send(HEAD % (9, len(JPEG)) + JPEG[:turn * 30])
            other.close()
        values = self.service.metrics()
        wait_for(lambda: self.service.metrics()["imgloom_bodies_bytes"] == 0)
        wait_for(lambda: all(now <= then for now, then in zip(state(), before)))
        requests = sum(v for k, v in values.items() if k.startswith("imgloom_requests_total"))
        lines = [line for line in self.service.lines() if "event" not in line]
        self.assertGreaterEqual(len(lines), requests)
        client.close()


if __name__ == "__main__":
    unittest.main()
