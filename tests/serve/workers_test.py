"""Workers that are killed, stopped or hostile: exactly the request that they have fails."""
import os
import signal
import unittest

from service import JPEG, Playing, children, wait_for, wait_for

# What a picture may do to its worker, and what its own request is answered.
LATE = {kind: (504, "timeout") for kind in ("spin", "sleep", "stop", "flood")}
CRASHED = {kind: (500, "crashed") for kind in (
    "segv", "abort", "overflow", "exit", "close", "killed always", "garbage", "descriptor", "other", "earlier",
    "more", "less", "dimensions", "format", "utf8", "stage", "admit")}
OTHERS = {"allocate": (503, "out-of-memory"), "internal": (500, "internal"), "decline": (500, "crashed"),
          "probe socket": (415, "unsupported")}
WELL = {kind: (200, None) for kind in (
    "well", "twice", "last", "chatter", "mutter", "nap 0", "grow 10", "warn")}


class Hostile(Playing):
    words = ("-j", "2", "--timeout", "60")

    def test_what_a_picture_may_do_to_its_worker(self):
        for kind, (status, code) in {**CRASHED, **OTHERS, **WELL}.items():
            with self.subTest(kind):
                hostile, beside = self.begin(kind.encode()), self.begin(b"well")
                self.assertEqual(self.ask("POST", "/process-image?width=9", JPEG).status, 200)
                self.assertEqual(beside.answer().status, 200)
                answer = hostile.answer()
                said = None if answer.status == 200 else answer.json()["errorCode"]
                self.assertEqual((answer.status, said), (status, code), answer.body)
                hostile.close()
                beside.close()


class Late(Playing):
    words = ("-j", "5", "--timeout", "5")

    def test_what_never_ends(self):
        """All at once: the fifth thread goes on with others."""
        late = [(self.begin(kind.encode()), wanted) for kind, wanted in LATE.items()]
        for _ in range(10):
            self.assertEqual(self.ask("POST", "/process-image?width=9", JPEG).status, 200)
        for client, wanted in late:
            answer = client.answer()
            self.assertEqual((answer.status, answer.json()["errorCode"]), wanted)
            client.close()


class Killed(Playing):
    words = ("-j", "2")

    def test_killed_workers_cost_nothing(self):
        self.assertEqual(self.service.metrics()['imgloom_workers{state="idle"}'], 2)
        for client in [self.begin(b"nap 0") for _ in range(2)]:  # by workers that stay
            self.assertEqual(client.answer().status, 200)
            client.close()
        clients = [self.begin(b"nap 1") for _ in range(4)]
        self.wait_state(2, 2)
        for pid in children(self.service.process.pid):
            os.kill(pid, signal.SIGKILL)
        self.assertEqual([client.answer().status for client in clients], [200] * 4)
        values = self.service.metrics()
        self.assertGreaterEqual(values['imgloom_worker_ends_total{cause="killed"}'], 1)
        self.assertEqual(values['imgloom_worker_ends_total{cause="crashed"}'], 0)
        for client in clients:
            client.close()


def by_start(pids):
    """The processes in the order in which they were started, but those that have just ended."""
    found = []
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
                found.append((int(file.read().rsplit(")", 1)[1].split()[19]), pid))
        except OSError:
            pass
    return [pid for _, pid in sorted(found)]


class Stopped(Playing):
    words = ("-j", "2", "--timeout", "2")

    def test_a_stopped_worker_costs_its_own_request(self):
        """The idle one, too; its next request has another."""
        client = self.begin(b"sleep")
        self.wait_state(0, 1)
        # The first is the one that forks them; for that a new worker would wait ten seconds.
        for pid in by_start(children(self.service.process.pid))[1:]:
            os.kill(pid, signal.SIGSTOP)
        answer = client.answer()
        self.assertEqual((answer.status, answer.json()["errorCode"]), (504, "timeout"))
        client.close()
        wait_for(lambda: self.ask("POST", "/process-image?width=9", JPEG).status == 200)


if __name__ == "__main__":
    unittest.main()
