"""GET of pictures below roots: paths, caches, formats for clients that take them, signatures."""
import base64
import email.utils
import hashlib
import hmac
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from service import IMGLOOM, JPEG, TESTDATA, Case, Client, Service, testdata, wait_for

PHOTO = os.path.join(TESTDATA, "tiny/photo-333x222.jpg")


class Files(Case):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.base = cls.folder.name
        cls.root = os.path.join(cls.base, "root")
        os.makedirs(os.path.join(cls.root, "sub folder/.hidden"))
        for name in ("a.jpg", "sub folder/\u00e4.jpg", ".dot.jpg", "sub folder/.hidden/a.jpg", "text.txt"):
            shutil.copy(PHOTO, os.path.join(cls.root, name))
        shutil.copy(PHOTO, os.path.join(cls.base, "outside.jpg"))
        shutil.copy(os.path.join(TESTDATA, "formats/animated.gif"), cls.root)
        shutil.copy(os.path.join(TESTDATA, "broken/truncated.jpg"), cls.root)
        os.symlink("a.jpg", os.path.join(cls.root, "inner.jpg"))
        os.symlink("../outside.jpg", os.path.join(cls.root, "outer.jpg"))
        os.symlink(os.path.join(cls.base, "outside.jpg"), os.path.join(cls.root, "absolute.jpg"))
        os.symlink("/proc/self/exe", os.path.join(cls.root, "magic.jpg"))
        os.symlink("..", os.path.join(cls.root, "up"))
        os.mkfifo(os.path.join(cls.root, "fifo.jpg"))
        os.mkdir(os.path.join(cls.root, "folder.jpg"))
        cls.service = Service("--root", "r=" + cls.root, "-j", "1", "--max-age", "100").start()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.folder.cleanup()

    def test_the_picture(self):
        answer = self.ask("GET", "/image/r/a.jpg?width=40")
        self.assertEqual((answer.status, answer.field("Content-Type")), (200, "image/jpeg"))
        self.assertEqual(answer.body, self.ask("POST", "/process-image?width=40", JPEG).body)
        self.assertEqual(answer.field("Cache-Control"), "public, max-age=100")
        self.assertEqual(answer.field("Accept-Ranges"), "none")
        modified = email.utils.parsedate_to_datetime(answer.field("Last-Modified")).timestamp()
        self.assertEqual(modified, int(os.stat(os.path.join(self.root, "a.jpg")).st_mtime))
        self.assertNotEqual(self.ask("GET", "/image/r/a.jpg").body, JPEG)  # never the original's bytes
        for path in ("sub%20folder/%C3%A4.jpg", "inner.jpg"):
            self.assertEqual(self.ask("GET", f"/image/r/{path}?width=9").status, 200, path)
        row = self.ask("GET", "/info/r/a.jpg?width=40").json()["result"]
        self.assertEqual((row["status"], row["width"], row["originalWidth"]), ("planned", 40, 333))

    def test_all_misses_are_one(self):
        said = set()
        for path in ("b.jpg", ".dot.jpg", "sub%20folder/.hidden/a.jpg", "text.txt", "outer.jpg",
                     "absolute.jpg", "magic.jpg", "fifo.jpg", "folder.jpg", "sub%20folder", "up/outside.jpg",
                     "up/root/a.jpg", "a.jpg/x.jpg", "a.jpg%20", "%ff.jpg", "A.jpg", "x" * 300 + ".jpg",
                     "%2e%2e%2e/a.jpg", "..%252foutside.jpg", "%252e%252e/outside.jpg", "a.JPG", "a"):
            answer = self.ask("GET", "/image/r/" + path)
            self.assert_error(answer, 404, "not-found")
            said.add(answer.json()["error"])
        for path in ("/image/q/a.jpg", "/image/r", "/image/R/a.jpg"):
            self.assert_error(self.ask("GET", path), 404, "not-found")
        self.assertEqual(len(said), 1)
        for path in ("/image/r/../outside.jpg", "/image/r/./a.jpg", "/image/r//a.jpg", "/image//a.jpg",
                     "/image/r/%2e%2e/outside.jpg", "/image/../outside.jpg", "/image/r/sub%20folder/../a.jpg",
                     "/image/r/a.jpg/", "/image", "/image/"):
            self.assertEqual(self.ask("GET", path).status, 404, path)
        for path in ("/image/r/..%2foutside.jpg", "/image/r/..%5coutside.jpg", "/image/r/a.jpg%00",
                     "/image/r%2fa.jpg", "/image/r/a\\b.jpg"):
            self.assert_error(self.ask("GET", path), 400, "bad-request")
        self.assert_error(self.ask("POST", "/image/r/a.jpg", b"x"), 405, "method")

    def test_errors_are_not_kept(self):
        answer = self.ask("GET", "/image/r/truncated.jpg")
        self.assert_error(answer, 422, "truncated", "decode")
        self.assertIsNone(answer.field("ETag"))
        self.assert_error(self.ask("GET", "/image/r/a.jpg?width=x"), 400, "usage")

    def test_what_the_client_has(self):
        first = self.ask("GET", "/image/r/a.jpg?width=40")
        etag, modified = first.field("ETag"), first.field("Last-Modified")
        self.assertRegex(etag, r'^"[0-9a-f]{32}"$')
        images = self.service.metrics()['imgloom_images_total{result="ok",error_code=""}']
        for fields in ({"If_None_Match": etag}, {"If_None_Match": "*"}, {"If_None_Match": "W/" + etag},
                       {"If_None_Match": '"a", ' + etag}, {"If_Modified_Since": modified}):
            answer = self.ask("GET", "/image/r/a.jpg?width=40", **fields)
            self.assertEqual((answer.status, answer.body), (304, b""), fields)
            self.assertEqual((answer.field("ETag"), answer.field("Cache-Control")),
                             (etag, "public, max-age=100"))
        head = self.ask("HEAD", "/image/r/a.jpg?width=40", If_None_Match=etag)
        self.assertEqual(head.status, 304)
        self.assertEqual(self.service.metrics()['imgloom_images_total{result="ok",error_code=""}'], images)
        for fields in ({"If_None_Match": '"a"'}, {"If_None_Match": etag[:-1]},
                       {"If_None_Match": '"a"', "If_Modified_Since": modified},
                       {"If_Modified_Since": "Sun, 06 Nov 1994 08:49:37 GMT"},
                       {"If_Modified_Since": "tomorrow"}):
            answer = self.ask("GET", "/image/r/a.jpg?width=40", **fields)
            self.assertEqual((answer.status, answer.body), (200, first.body), fields)
        head = self.ask("HEAD", "/image/r/a.jpg?width=40")
        self.assertEqual((head.status, head.field("Content-Length")), (200, str(len(first.body))))

    def test_etags_differ_where_answers_do(self):
        path = os.path.join(self.root, "changing.jpg")
        shutil.copy(PHOTO, path)
        targets = ["/image/r/changing.jpg?width=40", "/image/r/changing.jpg?width=41", "/image/r/a.jpg?width=40",
                   "/image/r/changing.jpg?width=40&answer=json", "/image/r/changing.jpg?width=40&format=png"]
        tags = [self.ask("GET", target).field("ETag") for target in targets]
        os.utime(path, ns=(1, 10**18 + 1))
        tags.append(self.ask("GET", targets[0]).field("ETag"))
        with open(path, "ab") as file:
            file.write(b"\0")
        os.utime(path, ns=(1, 10**18 + 1))
        tags.append(self.ask("GET", targets[0]).field("ETag"))
        self.assertEqual(len(set(tags)), len(tags))
        same = self.ask("GET", "/image/r/a.jpg?fit=cover&width=40").field("ETag")
        self.assertEqual(same, tags[2])  # the same recipe in other words

    def test_formats_for_clients_that_take_them(self):
        writes = {row["name"]: row["writtenBy"] for row in self.ask("GET", "/formats").json()["formats"]}
        rows = [("image/webp", "webp"), ("image/webp;q=0", "jpeg"), ("*/*", "jpeg"), ("image/*", "jpeg"),
                (None, "jpeg"), ("text/html, image/webp;q=0.1, */*", "webp")]
        if writes["avif"]:
            rows += [("image/webp,image/avif", "avif"), ("image/avif;q=0.0,image/webp", "webp")]
        for accept, name in rows:
            fields = {} if accept is None else {"Accept": accept}
            answer = self.ask("GET", "/image/r/a.jpg?width=20&format=auto", **fields)
            self.assertEqual((answer.status, answer.field("Content-Type")), (200, "image/" + name), accept)
            self.assertEqual(answer.field("Vary"), "Accept")
            again = self.ask("GET", "/image/r/a.jpg?width=20&format=auto",
                             If_None_Match=answer.field("ETag"), **fields)
            self.assertEqual((again.status, again.field("Vary")), (304, "Accept"))
        missing = self.ask("GET", "/image/r/b.jpg?format=auto")
        self.assertEqual((missing.status, missing.field("Vary")), (404, "Accept"))
        self.assertIsNone(self.ask("GET", "/image/r/a.jpg?width=20&format=webp").field("Vary"))
        answer = self.ask("GET", "/image/r/animated.gif?animated&format=auto", Accept="image/avif,image/webp")
        self.assertEqual(answer.field("Content-Type"), "image/webp")

    def test_a_file_that_is_swapped_for_a_link(self):
        path, stop = os.path.join(self.root, "swapped.jpg"), threading.Event()

        def swap():
            while not stop.is_set():
                for target in ("../outside.jpg", "a.jpg"):
                    os.symlink(target, path + ".new")
                    os.rename(path + ".new", path)

        row = lambda: self.ask("GET", "/info/r/swapped.jpg")
        shutil.copy(os.path.join(TESTDATA, "photos/scene-1.jpg"), os.path.join(self.base, "outside.jpg"))
        thread = threading.Thread(target=swap)
        thread.start()
        seen = set()
        for _ in range(300):
            answer = row()
            seen.add((answer.status, answer.status == 200 and answer.json()["result"]["originalWidth"]))
        stop.set()
        thread.join()
        self.assertLessEqual(seen, {(200, 333), (404, False)})


class Coalescing(unittest.TestCase):
    def test_the_same_picture_is_made_once(self):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, "nap.png"), "wb") as file:
                file.write(b"LOOMTEST nap 1\n")
            service = Service("--root", "r=" + root, "-j", "1", "--queue", "1", playing=True).start()
            request = b"GET /image/r/nap.png HTTP/1.1\r\nHost: localhost\r\n\r\n"
            clients = [Client(service) for _ in range(20)]
            for client in clients:
                client.send(request)
            wait_for(lambda: service.metrics()["imgloom_coalesced_total"] == 19)
            for client in clients[:5]:  # the others go on
                client.close()
            bodies = {client.answer().body for client in clients[5:]}
            self.assertEqual(len(bodies), 1)
            values = service.metrics()
            self.assertEqual(values['imgloom_images_total{result="ok",error_code=""}'], 1)
            self.assertEqual(values["imgloom_clients_gone_total"], 5)
            with open(os.path.join(root, "sleep.png"), "wb") as file:
                file.write(b"LOOMTEST sleep\n")
            last = [Client(service) for _ in range(3)]
            for client in last:
                client.send(request.replace(b"nap", b"sleep"))
            wait_for(lambda: service.metrics()["imgloom_coalesced_total"] == 21)
            for client in last:  # with the last one the job is cancelled
                client.close()
            wait_for(lambda: service.metrics()["imgloom_running"] == 0)
            for client in clients:
                client.close()
            self.assertEqual(service.end(), 0)


KEYS = (("old", bytes(range(16))), ("new", b"\xff" * 40))


def sign(rest, key=KEYS[0]):
    digest = hmac.new(key[1], rest.encode("latin-1"), hashlib.sha256).digest()
    return f"/s/{key[0]}/" + base64.urlsafe_b64encode(digest).decode().rstrip("=") + rest


class Signatures(Case):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.keys = os.path.join(cls.folder.name, "keys")
        cls.write_keys(KEYS)
        shutil.copy(PHOTO, os.path.join(cls.folder.name, "a.jpg"))
        cls.service = Service("--root", "r=" + cls.folder.name, "--key-file", cls.keys, "-j", "1").start()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.folder.cleanup()

    @classmethod
    def write_keys(cls, keys):
        with open(cls.keys, "w", encoding="ascii") as file:
            file.write("# keys\n" + "".join(f"{name} {secret.hex()}\n" for name, secret in keys))

    def test_signed(self):
        rest = "/image/r/a.jpg?width=9&flip"
        for key in KEYS:
            self.assertEqual(self.ask("GET", sign(rest, key)).status, 200)
        self.assertEqual(self.ask("POST", sign("/process-image?width=9"), JPEG).status, 200)
        line = [line for line in self.service.requests(3) if line["target"].startswith("/s/")][0]
        self.assertRegex(line["target"], r"^/s/[a-z]+/-/")  # a log has no signature
        done = subprocess.run([IMGLOOM, "sign", "--key-file", self.keys, rest, "/info/r/a.jpg"],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, sign(rest) + "\n" + sign("/info/r/a.jpg") + "\n")

    def test_unsigned(self):
        for method, target, body in (("GET", "/image/r/a.jpg", None), ("GET", "/info/r/a.jpg", None),
                                     ("HEAD", "/image/r/a.jpg", None), ("POST", "/process-image", JPEG),
                                     ("POST", "/info", JPEG)):
            self.assertEqual(self.ask(method, target, body).status, 403, target)
        for target in ("/health", "/ready", "/formats"):
            self.assertEqual(self.ask("GET", target).status, 200)

    def test_each_byte_counts(self):
        target = sign("/image/r/a.jpg?width=9")
        client = Client(self.service)
        for at in range(len(target)):
            flipped = target[:at] + chr(ord(target[at]) ^ 1) + target[at + 1:]
            answer = client.ask("GET", flipped)
            if answer is None or answer.field("Connection") == "close":
                client = Client(self.service)
            if answer is not None:
                self.assertIn(answer.status, (400, 403, 404, 414), flipped)
        client.close()

    def test_other_spellings_are_others(self):
        signed = sign("/image/r/a.jpg?width=9")
        signature = signed.split("/")[3]
        for target in (signed.replace("a.jpg", "%61.jpg"), signed + "&", signed + "&width=9", signed + "#",
                       signed.replace(signature, signature + "="), signed.replace(signature, signature[:-1]),
                       signed.replace(signature, ""), signed.replace("/s/old", "/s/none"), "/s/old",
                       signed.replace("/s/old", "/s/"), "/s//" + signature, "/s" + signed,
                       signed.replace("/s/", "//s/"), "/s/old/" + signature + signed):
            self.assertIn(self.ask("GET", target).status, (400, 403, 404), target)
        self.assertEqual(self.ask("GET", sign("/image/r/%61.jpg?width=9")).status, 200)
        self.assertEqual(self.ask("GET", sign(signed)).status, 404)  # a signature is taken off once

    def test_expiry(self):
        now = int(time.time())
        answer = self.ask("GET", sign(f"/image/r/a.jpg?width=9&expires={now + 50}"))
        self.assertEqual(answer.status, 200)
        age = int(answer.field("Cache-Control").split("=")[1])
        self.assertTrue(0 < age <= 50)
        answer = self.ask("GET", sign(f"/image/r/a.jpg?width=9&expires={now - 5}"))
        self.assert_error(answer, 403, "forbidden")
        for word in ("", "soon", "-1", "9" * 30):
            self.assertEqual(self.ask("GET", sign("/image/r/a.jpg?expires=" + word)).status, 400)

    def test_keys_are_rotated(self):
        added = ("added", b"k" * 32)
        self.write_keys(KEYS + (added,))
        self.service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.ask("GET", sign("/image/r/a.jpg?width=9", added)).status == 200)
        with open(self.keys, "a", encoding="ascii") as file:
            file.write("short 00\n")
        self.service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: any(line.get("event") == "secrets-kept" for line in self.service.lines()))
        self.assertEqual(self.ask("GET", sign("/image/r/a.jpg?width=9", added)).status, 200)
        self.write_keys(KEYS)
        self.service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.ask("GET", sign("/image/r/a.jpg?width=9", added)).status == 403)


class BadWords(unittest.TestCase):
    def test_refused(self):
        for words, said in ((["serve", "--root", "a"], "NAME=DIR"), (["serve", "--root", "a/b=/"], "NAME=DIR"),
                            (["serve", "--root", "a=/nowhere"], "no such folder: /nowhere"), (["serve", "--accept", "jpeg"], "jpeg"),
                            (["serve", "--root", "a=/", "--root", "a=/tmp"], "two"),
                            (["serve", "--key-file", "/nowhere"], "no such file: /nowhere"), (["serve", "--key-file", PHOTO], "line"),
                            (["sign", "/a"], "--key-file"), (["sign", "--key-file", PHOTO, "a"], "slash"),
                            (["sign", "--key-file", PHOTO, "/a"], "line"), (["sign", "--key-file", PHOTO], "TARGET")):
            done = subprocess.run([IMGLOOM, *words], capture_output=True, text=True, check=False, timeout=60)
            self.assertEqual(done.returncode, 2, (words, done.stderr))
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
