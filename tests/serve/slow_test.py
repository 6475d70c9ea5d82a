"""Slow clients, and pictures that take too long."""
import time
import unittest

from service import HEAD, JPEG, Case, Client, Playing, wait_for


class Slow(Case):
    words = ("--header-timeout", "1", "--body-timeout", "1", "--idle-timeout", "1",
             "--min-rate", "100000", "-j", "1")

    def test_who_is_late_is_closed(self):
        """Clients that are silent, slow with a head or a body, or idle, all at the same time."""
        silent, head, body, idle = [Client(self.service) for _ in range(4)]
        head.send(b"GET /health HTTP/1.1\r\nHost: loc")
        body.send(HEAD % (9, len(JPEG)) + JPEG[:100])
        self.assertEqual(idle.ask("GET", "/health").status, 200)
        for client in (silent, head, body, idle):
            self.assertTrue(client.is_closed())
            client.close()
        wait_for(lambda: any(line.get("bytesIn") == 100 for line in self.service.lines()))
        line = [line for line in self.service.lines() if line.get("bytesIn") == 100][0]
        self.assertEqual(line["status"], 408)
        self.assertGreaterEqual(self.service.metrics()["imgloom_late_total"], 4)

    def test_drops_of_a_head(self):
        """Each byte would start a time-out anew that is counted from the last one."""
        client = Client(self.service)
        try:
            for byte in b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100:
                client.send(bytes([byte]))
                time.sleep(0.02)
            self.assertTrue(client.is_closed())
        except (BrokenPipeError, ConnectionResetError):
            pass


class Reader(Case):
    words = ("--body-timeout", "1", "--min-rate", "100M", "-j", "1")

    def test_a_reader_that_does_not_read(self):
        """Its answer, 12 MB, is more than the kernel's buffers hold."""
        client = Client(self.service, receive=4096)
        target = "/process-image?size=2000x2000&fit=fill&format=png&effort=0"
        client.send(HEAD.replace(b"/process-image?width=%d", target.encode()) % len(JPEG) + JPEG)
        wait_for(lambda: self.service.metrics()["imgloom_late_total"] == 1)
        client.close()
        wait_for(lambda: any(line.get("target") == target and line["status"] == 408
                             for line in self.service.lines()))


class Deadline(Playing):
    words = ("-j", "1", "--queue", "4", "--timeout", "1")

    def test_waiting_counts(self):
        """One is with a worker, two wait; each is answered at its own deadline."""
        clients = [self.begin(b"sleep") for _ in range(3)]
        for client in clients:
            answer = client.answer()
            self.assertEqual((answer.status, answer.json()["errorCode"]), (504, "timeout"))
            client.close()
        wait_for(lambda: self.ask("POST", "/process-image?width=9", JPEG).status == 200)


if __name__ == "__main__":
    unittest.main()
