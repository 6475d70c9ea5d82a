"""Limits: bodies, queue, connections, and clients that leave."""
import socket
import threading
import unittest

from service import HEAD, JPEG, Case, Client, Playing, Service, children, wait_for


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
        """200 uploads of 1.2 MB at once: without the limit on bodies they would be held together."""
        body = JPEG + b"\0" * 1200000
        clients = [Client(self.service) for _ in range(200)]
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
        self.assertEqual(len(self.service.requests(200)), 200)
        with open(f"/proc/{self.service.process.pid}/status", encoding="ascii") as file:
            peak = [int(line.split()[1]) for line in file if line.startswith("VmHWM")][0]
        if "asan" not in self.service.process.args[0]:
            self.assertLess(peak, 100000)  # kB


class Queue(Playing):
    words = ("-j", "1", "--queue", "2")

    def test_a_full_queue(self):
        clients = [self.begin(b"sleep")]
        self.wait_state(0, 1)
        clients += [self.begin(b"sleep") for _ in range(2)]
        self.wait_state(2, 1)
        answer = self.ask("POST", "/process-image?width=9", JPEG)
        self.assert_error(answer, 503, "overloaded")
        self.assertTrue(1 <= int(answer.field("Retry-After")) <= 60)
        answer = self.ask("GET", "/ready")
        self.assertEqual((answer.status, answer.body), (503, b"full\n"))
        self.assertEqual(self.ask("GET", "/health").status, 200)
        for client in clients:
            client.close()
        self.wait_state(0, 0)
        self.assertEqual(self.ask("POST", "/process-image?width=9", JPEG).status, 200)


class Leaving(Playing):
    words = ("-j", "2", "--queue", "40")

    def test_20_clients_that_leave(self):
        running = [self.begin(b"sleep") for _ in range(2)]
        self.wait_state(0, 2)
        waiting = [self.begin(b"sleep") for _ in range(18)]
        self.wait_state(18, 2)
        for client in waiting:  # these are never begun
            client.close()
        self.wait_state(0, 2)
        running[0].close()
        running[1].socket.shutdown(socket.SHUT_WR)  # taken for one that has left
        self.wait_state(0, 0)
        for _ in range(4):
            self.assertEqual(self.ask("POST", "/process-image?width=9", JPEG).status, 200)
        # A worker for each thread, and the process that forks them.
        wait_for(lambda: len(children(self.service.process.pid)) <= 3)
        values = self.service.metrics()
        self.assertEqual(values["imgloom_clients_gone_total"], 20)
        self.assertEqual(values['imgloom_workers{state="busy"}'], 0)
        wait_for(lambda: len([1 for line in self.service.lines() if line.get("status") == 499]) == 20)
        gone = [line for line in self.service.lines() if line.get("status") == 499]
        self.assertEqual([line["errorCode"] for line in gone], ["client-gone"] * 20)


class LeavingEarly(Case):
    words = ("-j", "1", "--body-timeout", "0")

    def test_clients_that_leave_within_a_body(self):
        """No time limit ends these: what they were given is given back when they go."""
        for target in ("width=9", "width=x"):  # the second is refused, and its body dropped
            for size in range(0, 10000, 500):
                client = Client(self.service)
                head = HEAD.replace(b"width=%d", target.encode()) % len(JPEG)
                client.send(head + JPEG[:size])
                client.close()
        wait_for(lambda: self.service.metrics()["imgloom_connections"] == 1)
        values = self.service.metrics()
        self.assertEqual(values["imgloom_bodies_bytes"], 0)
        self.assertEqual(values["imgloom_late_total"], 0)
        lines = self.service.requests(40)
        gone = [line for line in lines if line["status"] == 499]
        self.assertEqual(len(gone), 40)


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


if __name__ == "__main__":
    unittest.main()
