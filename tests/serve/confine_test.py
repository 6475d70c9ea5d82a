"""What the service gives up before its first request, and what it keeps."""
import os
import shutil
import signal
import tempfile
import unittest

from service import JPEG, TESTDATA, Client, Service, wait_for

TOKEN = "token-0123456789abcdef"


class Confined(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        for name in ("secrets", "elsewhere", "photos", "log", "run"):
            os.mkdir(os.path.join(self.folder.name, name))
        self.write("secrets/tokens", TOKEN)
        self.write("elsewhere/tokens", "another-0123456789abcdef")
        shutil.copy(os.path.join(TESTDATA, "tiny/photo-333x222.jpg"), self.path("photos/a.jpg"))
        self.service = Service("--token-file", self.path("secrets/tokens"), "--root", "r=" + self.path("photos"),
                               "--log", self.path("log/log"), "--listen", "unix:" + self.path("run/socket"),
                               "--listen", "127.0.0.1:0", "-j", "1")
        self.service.log = self.path("log/log")
        self.service.start()
        self.addCleanup(self.service.close)
        if "landlock" not in self.ask("GET", "/system-info").json()["sandbox"]:
            self.skipTest("this kernel has no Landlock")

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text + "\n")

    def ask(self, method, target, body=None, token=TOKEN):
        return self.service.ask(method, target, body, Authorization="Bearer " + token)

    def reread(self, event):
        def count():
            return sum(line.get("event") == event for line in self.service.lines())
        before = count()
        self.service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: count() > before)

    def test_it_says_so(self):
        self.assertIs(self.ask("GET", "/system-info").json()["confined"], True)
        self.assertFalse([line for line in self.service.lines() if line.get("event") == "unconfined"])

    def test_pictures_are_made_and_read(self):
        for query in ("width=9&format=webp", "width=9&format=png", "width=9&rotate=5&format=jpeg"):
            answer = self.ask("POST", "/process-image?" + query, JPEG)
            self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(self.ask("GET", "/image/r/a.jpg?width=9").status, 200)
        shutil.copy(self.path("photos/a.jpg"), self.path("photos/later.jpg"))
        self.assertEqual(self.ask("GET", "/image/r/later.jpg?width=9").status, 200)

    def test_secrets_are_read_again_where_they_were(self):
        self.write("secrets/new", "rotated-0123456789abcdef")
        os.rename(self.path("secrets/new"), self.path("secrets/tokens"))
        self.reread("reopened")
        answer = self.ask("POST", "/process-image?width=9", JPEG, "rotated-0123456789abcdef")
        self.assertEqual(answer.status, 200)

    def test_other_folders_are_closed(self):
        os.unlink(self.path("secrets/tokens"))
        os.symlink(self.path("elsewhere/tokens"), self.path("secrets/tokens"))
        self.reread("secrets-kept")
        self.assertEqual(self.ask("POST", "/process-image?width=9", JPEG).status, 200)

    def test_the_log_cannot_be_led_elsewhere(self):
        os.rename(self.path("log/log"), self.path("log/old"))
        os.symlink(self.path("elsewhere/log"), self.path("log/log"))
        self.service.log = self.path("log/old")
        self.reread("reopened")
        self.assertFalse(os.path.exists(self.path("elsewhere/log")))
        os.unlink(self.path("log/log"))
        self.service.log = self.path("log/log")
        self.service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: any(line.get("event") == "reopened" for line in self.service.lines()))

    def test_its_socket_goes_with_it(self):
        client = Client(self.service, self.path("run/socket"))
        self.assertEqual(client.ask("GET", "/health").status, 200)
        client.close()
        self.assertEqual(self.service.end(), 0)
        self.assertFalse(os.path.exists(self.path("run/socket")))


if __name__ == "__main__":
    unittest.main()
