"""What was sent is what was answered, logged and counted, and nothing is left of it."""
import os
import unittest
from collections import Counter

from service import HEAD, JPEG, Case, Client, children, form, testdata, wait_for

FORM, FORM_TYPE = form([("image", JPEG), ("width", b"9")])
REQUESTS = [  # method, target, body, fields, status
    ("POST", "/process-image?width=9", JPEG, {}, 200),
    ("POST", "/process-image?width=9&format=png&answer=json", JPEG, {}, 200),
    ("POST", "/process-image", FORM, {"Content_Type": FORM_TYPE}, 200),
    ("POST", "/process-image", FORM[:-100], {"Content_Type": FORM_TYPE}, 400),
    ("POST", "/process-image?width=x", JPEG, {}, 400),
    ("POST", "/process-image?width=9", testdata("broken/truncated.png"), {}, 422),
    ("POST", "/process-image?width=9", testdata("broken/text.jpg"), {}, 415),
    ("POST", "/process-image?size=9x9,8x8&answer=row", JPEG, {}, 200),
    ("POST", "/info", JPEG, {}, 200),
    ("GET", "/health", None, {}, 200),
    ("HEAD", "/formats", None, {}, 200),
    ("OPTIONS", "/info", None, {}, 204),
    ("GET", "/nowhere", None, {}, 404),
    ("PUT", "/health", None, {}, 405),
    ("GET", "/health", None, {"Host": "evil.example"}, 421),
]


class Sums(Case):
    words = ("-j", "2")

    def test_requests_answers_lines_and_metrics(self):
        client, answered, content = Client(self.service), {}, 0
        for turn in range(3):
            for number, (method, target, body, fields, status) in enumerate(REQUESTS):
                name = f"{turn}.{number}"
                answer = client.ask(method, target, body, X_Request_Id=name, **fields)
                self.assertEqual((answer.status, answer.field("X-Request-Id")), (status, name), answer.body)
                answered[name] = answer
                content += int(answer.field("Content-Length") or 0)
        values = self.service.metrics()
        client.close()
        lines = self.service.requests(len(answered) + 1)  # with that of the metrics themselves
        by_name = {line["requestId"]: line for line in lines[:-1]}
        self.assertEqual({name: line["status"] for name, line in by_name.items()},
                         {name: answer.status for name, answer in answered.items()})
        self.assertEqual(len(lines), len(answered) + 1)

        counted = Counter()
        for name, value in values.items():
            if name.startswith("imgloom_requests_total"):
                counted[int(name.split('code="')[1].split('"')[0])] += value
        self.assertEqual(counted, Counter(line["status"] for line in lines[:-1]))
        self.assertEqual(values["imgloom_request_seconds_count"], len(answered))
        images = sum(v for k, v in values.items() if k.startswith("imgloom_images_total"))
        rows = sum(REQUESTS[number][1].count(",") + 1 for number in range(len(REQUESTS)) for _ in range(3)
                   if "worker" in by_name[f"0.{number}"])
        self.assertEqual(images, rows)
        for direction, key in (("in", "bytesIn"), ("out", "bytesOut")):
            self.assertEqual(values[f'imgloom_bytes_total{{direction="{direction}"}}'],
                             sum(line[key] for line in lines[:-1]), direction)
        self.assertEqual(values['imgloom_bytes_total{direction="out"}'], content)
        rejected = sum(v for k, v in values.items() if k.startswith("imgloom_rejected_total"))
        codes = {"bad-request", "no-endpoint", "method", "wrong-host"}
        self.assertEqual(rejected, len([line for line in lines if line.get("errorCode") in codes]))


class NothingIsLeft(Case):
    words = ("-j", "2")

    def state(self):
        pid = self.service.process.pid
        return len(os.listdir(f"/proc/{pid}/fd")), len(children(pid))

    def resident(self):
        return self.service.metrics()["process_resident_memory_bytes"]

    def ask_often(self, client, count):
        """Answered, refused, and left half-way: a third each."""
        for turn in range(count // 3):
            self.assertEqual(client.ask("POST", "/process-image?width=9", JPEG).status, 200)
            self.assertEqual(self.ask("POST", "/process-image?width=x", JPEG).status, 400)
            other = Client(self.service)
            other.send(HEAD % (9, len(JPEG)) + JPEG[:turn * 30])
            other.close()

    def test_after_many_requests(self):
        client = Client(self.service)
        self.ask_often(client, 150)
        before, resident = self.state(), self.resident()
        self.ask_often(client, 1000)
        wait_for(lambda: self.service.metrics()["imgloom_bodies_bytes"] == 0)
        # A thread has a file of its own from its first picture on.
        wait_for(lambda: all(now <= then + 2 for now, then in zip(self.state(), before)))
        # A body a request would be 14 MB.
        if "asan" not in self.service.process.args[0]:
            self.assertLess(self.resident() - resident, 6e6)
        client.close()


if __name__ == "__main__":
    unittest.main()
