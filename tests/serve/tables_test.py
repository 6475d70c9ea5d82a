"""The tables of docs/serve.md, row by row: endpoints, parameters, errors, switches in the environment."""
import json
import os
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

from service import IMGLOOM, JPEG, TESTDATA, Case, Client, Service, testdata, wait_for


def table(heading):
    """The first cells of the rows of the table below a heading."""
    with open(os.path.join(os.path.dirname(TESTDATA), "docs/serve.md"), encoding="utf-8") as file:
        section = re.search(rf"\n## {heading}\n(.*?)\n## ", file.read(), re.S)[1]
    rows = [line for line in section.split("\n") if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


class Endpoints(Case):
    words = ("--root", "r=" + os.path.join(TESTDATA, "tiny"), "-j", "1")
    photo = "r/photo-333x222.jpg"
    rows = {
        "POST /process-image": ("POST, OPTIONS", "/process-image?width=9", "image/jpeg"),
        "POST /info": ("POST, OPTIONS", "/info", "application/json"),
        "GET /image/ROOT/PATH": ("GET, HEAD, OPTIONS", "/image/" + photo, "image/jpeg"),
        "GET /info/ROOT/PATH": ("GET, HEAD, OPTIONS", "/info/" + photo, "application/json"),
        "GET /formats": ("GET, HEAD, OPTIONS", "/formats", "application/json"),
        "GET /": ("GET, HEAD, OPTIONS", "/", "text/html; charset=utf-8"),
        "GET /health": ("GET, HEAD, OPTIONS", "/health", "text/plain; charset=utf-8"),
        "GET /ready": ("GET, HEAD, OPTIONS", "/ready", "text/plain; charset=utf-8"),
        "GET /metrics": ("GET, HEAD, OPTIONS", "/metrics", "text/plain; version=0.0.4; charset=utf-8"),
        "GET /system-info": ("GET, HEAD, OPTIONS", "/system-info", "application/json"),
    }

    def test_each_is_documented(self):
        documented = {row[0].strip("`") for row in table("Endpoints")}
        self.assertEqual(documented - set(self.rows), {"GET /s/KEY/SIG/…"})  # files_test.py
        self.assertEqual(set(self.rows) - documented, set())

    def test_each_answers(self):
        for name, (allow, target, kind) in self.rows.items():
            method = name.split()[0]
            answer = self.ask(method, target, JPEG if method == "POST" else None)
            self.assertEqual((answer.status, answer.field("Content-Type")), (200, kind), name)
            self.assertTrue(answer.body)
            options = self.ask("OPTIONS", target)
            self.assertEqual((options.status, options.field("Allow"), options.body), (204, allow, b""), name)
            for other in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "BREW"):
                if other not in allow.split(", "):
                    answer = self.ask(other, target, b"x" if other == "POST" else None)
                    self.assertEqual((answer.status, answer.field("Allow")), (405, allow), (other, name))
            if "HEAD" in allow:
                head = self.ask("HEAD", target)
                self.assertEqual((head.status, head.body), (200, b""), name)
                self.assertGreater(int(head.field("Content-Length")), 0)

    def test_workers_have_rows(self):
        self.ask("POST", "/process-image?width=9&format=png", JPEG)
        info = self.ask("GET", "/system-info").json()
        self.assertEqual(len(info["workers"]), 1)
        worker = info["workers"][0]
        self.assertEqual(set(worker), {"pid", "state", "images", "residentBytes"})
        self.assertEqual(worker["state"], "idle")
        self.assertGreater(worker["images"], 0)
        self.assertGreater(worker["residentBytes"], 1 << 20)
        with open(f"/proc/{worker['pid']}/comm", encoding="ascii") as file:
            self.assertEqual(file.read(), "imgloom-worker\n")
        self.assertEqual(info["workersEnded"], {"replaced": 0, "crashed": 0, "killed": 0, "late": 0})
        for name in ("imgloom", "libvips", "libjpeg", "libmicrohttpd"):
            self.assertRegex(info[name], r"\d\.\d", name)
        for name in ("cpus", "memoryLimit", "residentBytes", "uptimeMs", "threads", "queueLimit", "connections"):
            self.assertGreater(info[name], 0, name)
        self.assertFalse({"environment", "processes"} & set(info))


class Worker(unittest.TestCase):
    def test_a_dead_one_has_a_line(self):
        service = Service("-j", "1", playing=True).start()
        answer = service.ask("POST", "/process-image?format=png", b"LOOMTEST segv\n")
        self.assertEqual(answer.json()["errorCode"], "crashed")
        wait_for(lambda: [line["text"] for line in service.lines() if line.get("event") == "worker-ended"] == ["crashed"])
        self.assertEqual(service.ask("GET", "/system-info").json()["workersEnded"]["crashed"], 1)
        self.assertEqual(service.end(), 0)



def with_profile(jpeg):
    """The picture with a profile whose red and green are those of sRGB, exchanged."""
    def fixed(*numbers):
        return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))

    white = fixed(0.9642, 1, 0.8249)
    primaries = {b"rXYZ": (0.3851, 0.7169, 0.0971), b"gXYZ": (0.4360, 0.2225, 0.0139), b"bXYZ": (0.1431, 0.0606, 0.7141)}
    tags = {b"wtpt": b"XYZ \0\0\0\0" + white}
    tags.update((name, b"XYZ \0\0\0\0" + fixed(*colour)) for name, colour in primaries.items())
    tags.update((name, struct.pack(">4sIIHxx", b"curv", 0, 1, 0x0233)) for name in (b"rTRC", b"gTRC", b"bTRC"))
    index, data = struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        index += struct.pack(">4sII", name, 132 + 12 * len(tags) + len(data), len(tag))
        data += tag
    head = struct.pack(">I4sI4s4s4s12s4s28x12s48x", 128 + len(index + data), b"", 0x02100000, b"mntr", b"RGB ", b"XYZ ",
                       struct.pack(">6H", 2000, 1, 1, 0, 0, 0), b"acsp", white)
    segment = b"ICC_PROFILE\0\1\1" + head + index + data
    return jpeg[:2] + struct.pack(">HH", 0xFFE2, len(segment) + 2) + segment + jpeg[2:]


def raf(jpeg):
    """A raw file, whose header tells where the JPEG in it is."""
    return b"FUJIFILMCCD-RAW " + struct.pack(">68x2I56x", 148, len(jpeg)) + jpeg


def two_pages():
    """A TIFF of two gray pages of one px each."""
    file = b"II*\0" + struct.pack("<I", 8)
    for page in range(2):
        entries = [(256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8 + page * 128 + 114), (277, 1), (278, 1),
                   (279, 1)]
        directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", tag, 4, 1, value)
                                                               for tag, value in entries)
        file += directory + struct.pack("<I", 136 if page == 0 else 0) + bytes([page * 200]) + bytes(13)
    return file


# Parameter: what shows its effect, what it is compared with (None: it is refused without), a wrong value, the picture.
PARAMETERS = {
    "raw": ("raw=preview", None, "develop", "raw"),
    "page": ("page=2", "", "0", "pages"),
    "width": ("width=40", "", "0", None),
    "height": ("height=40", "", "65501", None),
    "size": ("size=40x40", "", "40y40", None),
    "inside": ("inside=40x40", "cover=40x40", "a", None),
    "cover": ("cover=40x40", "inside=40x40", "a", None),
    "contain": ("contain=40x40", "inside=40x40", "a", None),
    "long-edge": ("long-edge=40", "short-edge=40", "0", None),
    "short-edge": ("short-edge=40", "long-edge=40", "0", None),
    "fit": ("size=40x40&fit=fill", "size=40x40", "stretch", None),
    "position": ("size=40x20&position=north", "size=40x20", "up", None),
    "kernel": ("width=40&kernel=nearest", "width=40", "sharp", None),
    "no-upscale": ("width=500&no-upscale", "width=500", "maybe", None),
    "rotate": ("rotate=90", "", "left", None),
    "flip": ("flip", "", "maybe", None),
    "flop": ("flop", "", "maybe", None),
    "no-auto-orient": ("no-auto-orient", "", "maybe", "oriented"),
    "extract": ("extract=10,10,50%25x50%25", "", "10,10", None),
    "aspect": ("aspect=1:1", "", "1", None),
    "trim": ("trim=150", "", "255", None),
    "trim-background": ("trim=150&trim-background=black", "trim=150", "blackish", None),
    "median": ("median=3", "", "1", None),
    "blur": ("blur=2", "", "0", None),
    "sharpen": ("width=40&sharpen", "width=40", "much", None),
    "normalize": ("normalize", "", "maybe", None),
    "gamma": ("gamma=2", "", "0", None),
    "contrast": ("contrast=120%25", "", "-1", None),
    "brightness": ("brightness=0.5", "", "bright", None),
    "saturation": ("saturation=0.5", "", "11", None),
    "hue": ("hue=90", "", "red", None),
    "negate": ("negate", "", "maybe", None),
    "grayscale": ("grayscale", "", "pale", None),
    "tint": ("tint=red", "", "reddish", None),
    "extend": ("extend=5", "", "1,2,3", None),
    "extend-with": ("extend=5&extend-with=mirror", "extend=5", "wall", None),
    "border": ("border=4x8", "", "4x", None),
    "border-color": ("border=4&border-color=red", "border=4", "reddish", None),
    "radius": ("radius=10", "", "51%25", None),
    "watermark-position": ("preset=mark&watermark-position=north", "preset=mark", "up", None),
    "watermark-size": ("preset=mark&watermark-size=20%25", "preset=mark", "101%25", None),
    "watermark-opacity": ("preset=mark&watermark-opacity=0.5", "preset=mark", "1.1", None),
    "watermark-blend": ("preset=mark&watermark-blend=screen", "preset=mark", "under", None),
    "text": ("text=Hi", "", "%1B", None),
    "text-position": ("text=Hi&text-position=north", "text=Hi", "up", None),
    "text-size": ("text=Hi&text-size=50", "text=Hi", "101%25", None),
    "text-color": ("text=Hi&text-color=red", "text=Hi", "reddish", None),
    "text-outline": ("text=Hi&text-outline=red", "text=Hi", "reddish", None),
    "text-background": ("text=Hi&text-background=red", "text=Hi", "reddish", None),
    "sepia": ("sepia", "", "brown", None),
    "background": ("contain=40x40&background=red", "contain=40x40", "redder", None),
    "icc": ("icc=keep", "", "none", "profiled"),
    "animated": ("animated", "", "maybe", "animated"),
    "format": ("format=png", "", "bmp", None),
    "quality": ("quality=10", "", "101", None),
    "max-bytes": ("max-bytes=2000", "", "-1", None),
    "ssim": ("ssim=0.9", "", "98", None),
    "lossless": ("format=webp&lossless", "format=webp", "maybe", None),
    "near-lossless": ("format=webp&near-lossless=0", "format=webp&lossless", "101", None),
    "palette": ("format=png&palette=16", "format=png", "17", None),
    "effort": ("format=png&effort=0", "format=png&effort=6", "11", None),
    "progressive": ("progressive", "", "maybe", None),
    "chroma": ("chroma=444", "", "422", None),
    "metadata": ("metadata=all", "", "some", "oriented"),
    "dpi": ("dpi=300", "", "0", None),
}
PICTURES = {None: JPEG, "oriented": testdata("orientation/landscape-6.jpg"), "profiled": with_profile(JPEG),
            "animated": testdata("formats/animated.gif"), "raw": raf(JPEG), "pages": two_pages()}


class Parameters(Case):
    folder = tempfile.mkdtemp()
    words = ("-j", "1", "--preset", "mark=" + os.path.join(folder, "mark.json"))

    @classmethod
    def setUpClass(cls):
        with open(os.path.join(cls.folder, "mark.json"), "w", encoding="utf-8") as file:
            json.dump({"watermark": os.path.join(TESTDATA, "formats/quadrants-alpha.png")}, file)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.folder)

    def test_files_are_for_presets(self):
        for name in ("watermark", "font"):
            said = self.assert_error(self.post(f"{name}=/etc/passwd"), 400, "usage")
            self.assertIn("names a file", said)
        self.assert_error(self.post("watermark-opacity=0.5"), 400, "usage")  # of no watermark
        self.assert_error(self.post("text={unknown}"), 400, "usage")

    def post(self, query, picture=None):
        return self.ask("POST", "/process-image?" + query, PICTURES[picture])

    def test_each_does_something(self):
        for name, (query, other, _, picture) in PARAMETERS.items():
            with self.subTest(name):
                if other is None:
                    self.assertEqual(self.post(query, picture).status, 200)
                    self.assertIn("unsupported", str(self.post("", picture).body))
                    continue
                answers = [self.post(words, picture) for words in (query, other)]
                self.assertEqual([answer.status for answer in answers], [200, 200], [a.body[:300] for a in answers])
                self.assertNotEqual(answers[0].body, answers[1].body)

    def test_each_is_checked(self):
        for name, (_, _, wrong, _) in PARAMETERS.items():
            with self.subTest(name):
                said = self.assert_error(self.post(f"{name}={wrong}"), 400, "usage")
                self.assertIn(name, said)
                said = self.assert_error(self.post(f"{name}={wrong}&{name}={wrong}"), 400, "usage")

    def test_names_of_the_recipe(self):
        for query, other in (("rotation=90", "rotate=90"), ("width=500&noUpscale=true", "width=500&no-upscale"),
                             ("maxBytes=2000", "max-bytes=2000"), ("greyscale", "grayscale"),
                             ("grayscale=true", "grayscale"), ("grayscale=0", ""), ("autoOrient=true", "")):
            self.assertEqual(self.post(query).body, self.post(other).body, query)

    def test_there_are_no_others(self):
        """Of all switches of a run, just these are parameters."""
        said = subprocess.run([IMGLOOM, "run", "--help"], capture_output=True, text=True, check=True, timeout=60).stdout
        names = set(re.findall(r"^(?:  -.,|     ) --([a-z-]+)", said, re.M))
        self.assertLessEqual(set(PARAMETERS), names)
        for name in sorted(names - set(PARAMETERS)):
            self.assert_error(self.post(f"{name}=1"), 400, "usage")
            self.assert_error(self.post(name), 400, "usage")

    def test_those_of_a_request(self):
        documented = {re.match(r"`([a-z]+)=", row[0])[1] for row in table("Parameters")}
        self.assertEqual(documented, {"preset", "answer", "format", "expires"})
        for kind, words in (("json", {"data", "width"}), ("row", {"width"})):
            result = self.post("width=9&answer=" + kind).json()["result"]
            self.assertLessEqual(words, set(result))
            self.assertEqual("data" in result, kind == "json")
        self.assertEqual(self.post("width=9&answer=picture").field("Content-Type"), "image/jpeg")
        self.assert_error(self.post("width=9&expires=1"), 403, "forbidden")
        self.assertEqual(self.post("width=9&expires=99999999999").status, 200)
        answer = self.ask("POST", "/process-image?width=9", JPEG, Accept="application/json, image/*;q=0.5")
        self.assertEqual(answer.json()["result"]["width"], 9)

    def test_a_plus_is_a_space(self):
        self.assert_error(self.post("width=+9"), 400, "usage")
        self.assertEqual(self.post("background=rgb%23fff").status, 400)
        self.assertEqual(self.post("contain=9x9&background=%23fff").status, 200)


class Errors(Case):
    words = ("-j", "1", "--max-body", "1M", "--root", "r=" + TESTDATA)

    def documented(self):
        """The status of each errorCode, and pairs of both."""
        pairs = {}
        for row in table("Errors"):
            for cell, status in ((row[0], row[1]), (row[3], row[4])):
                for code in re.findall(r"`([a-z-]+)`", cell):
                    pairs.setdefault(code, set()).update(int(word) for word in re.findall(r"\d+", status))
        return pairs

    def test_each_that_a_request_can_bring_about(self):
        post, long = "/process-image", "x" * 9000
        rows = (
            ("usage", 400, ("POST", post + "?shear=1", JPEG), {}),
            ("empty", 400, ("POST", post, b""), {}),
            ("bad-request", 400, ("GET", "/health%00"), {}),
            ("forbidden", 403, ("POST", post, JPEG), {"Origin": "https://evil.example"}),
            ("not-found", 404, ("GET", "/image/r/none.jpg"), {}),
            ("no-endpoint", 404, ("GET", "/none"), {}),
            ("method", 405, ("GET", post), {}),
            ("too-large", 413, ("POST", post, b"x" * 1000001), {}),
            ("too-large", 413, ("POST", post + "?size=60000x60000&fit=fill", JPEG), {}),
            ("too-large", 413, ("POST", post, testdata("broken/huge-claim.png")), {}),
            ("head-too-large", 414, ("GET", "/health?" + long), {}),
            ("head-too-large", 431, ("GET", "/health"), {"X-A": long, "X-B": long}),
            ("unsupported", 415, ("POST", post, b"no picture"), {}),
            ("wrong-host", 421, ("GET", "/health"), {"Host": "evil.example"}),
            ("corrupt", 422, ("POST", post, testdata("broken/corrupt.png")), {}),
            ("truncated", 422, ("POST", post, testdata("broken/truncated.jpg")), {}),
        )
        documented, name = self.documented(), 'imgloom_rejected_total{reason="head-too-large"}'
        before = self.service.metrics()[name]
        for code, status, request, fields in rows:
            with self.subTest(code, status=status):
                answer = self.ask(*request, **fields)
                self.assertEqual((answer.status, answer.json()["errorCode"]), (status, code), answer.body)
                self.assertIn(status, documented[code])
        line = [line for line in self.service.requests(len(rows)) if line["status"] == 431]
        self.assertEqual([line["errorCode"] for line in line], ["head-too-large"])
        self.assertEqual(self.service.metrics()[name] - before, 2)

    def test_a_head_that_is_too_large_closes(self):
        client = Client(self.service)
        self.assertEqual(client.ask("GET", "/health?" + "x" * 9000).status, 414)
        self.assertTrue(client.is_closed())

    def test_strangers_learn_nothing(self):
        """Who asks is looked at before what is asked for."""
        for target in ("/none", "/process-image?shear=1", "/s/a/b/c", "//x"):
            self.assert_error(self.ask("GET", target, Host="evil.example"), 421, "wrong-host")
            self.assert_error(self.ask("GET", target, Origin="https://evil.example"), 403, "forbidden")


# Switch: a wrong word for its variable, the exit status, and what is said.
SWITCHES = {
    "listen": ("nowhere", 2, "nowhere"), "socket-mode": ("999", 2, ""), "admin": ("nowhere", 2, "nowhere"),
    "no-page": ("maybe", 2, ""), "connections": ("0", 2, ""), "connections-per-address": ("0", 2, ""),
    "preset": ("x", 2, "NAME=FILE"), "presets-only": ("maybe", 2, ""), "root": ("x", 2, "NAME=DIR"),
    "accept": ("webp,jpeg", 2, "jpeg"), "max-age": ("-1", 2, ""), "max-output-pixels": ("0", 2, ""),
    "max-effort": ("11", 2, ""), "jobs": ("0", 2, ""), "queue": ("0", 2, ""), "timeout": ("x", 2, ""),
    "max-pixels": ("x", 2, ""), "fail-on": ("x", 2, ""), "memory": ("x", 2, ""), "jpeg-decoder": ("x", 2, ""),
    "log": ("/nowhere/log", 4, "log"), "drain": ("x", 2, ""), "drain-delay": ("x", 2, ""), "max-body": ("0", 2, ""),
    "max-bodies": ("0", 2, ""), "header-timeout": ("x", 2, ""), "body-timeout": ("x", 2, ""),
    "min-rate": ("0", 2, ""), "idle-timeout": ("x", 2, ""), "key-file": ("/nowhere", 2, "/nowhere"),
    "token-file": ("/nowhere", 2, "/nowhere"), "open": ("maybe", 2, ""), "isolate": ("x", 2, ""),
    "require-sandbox": ("maybe", 2, ""), "check-outputs": ("maybe", 2, ""), "allow-untrusted": ("maybe", 2, ""),
    "host": None, "cors": None,  # any word is one
}


class Environment(unittest.TestCase):
    def test_each_switch_can_be_set(self):
        said = subprocess.run([IMGLOOM, "serve", "--help"], capture_output=True, text=True, check=True, timeout=60).stdout
        names = set(re.findall(r"^(?:  -.,|     ) --([a-z-]+)", said, re.M)) - {"help", "version"}
        self.assertEqual(names, set(SWITCHES))
        for name, row in SWITCHES.items():
            variable = "IMGLOOM_SERVE_" + name.upper().replace("-", "_")
            with self.subTest(variable):
                if row is None:
                    continue
                listen = [] if name == "listen" else ["--listen", "127.0.0.1:0"]
                done = subprocess.run([IMGLOOM, "serve", *listen], capture_output=True, text=True, check=False,
                                      timeout=60, env={**os.environ, variable: row[0]})
                self.assertEqual((done.returncode, done.stderr.count("\n")), (row[1], 1), done.stderr)
                self.assertIn(row[2] or variable, done.stderr)

    def test_lists(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("a", "b"):
                os.mkdir(os.path.join(folder, name))
                with open(os.path.join(folder, name, "x.jpg"), "wb") as file:
                    file.write(JPEG)
            service = Service("-j", "1", environment={
                "IMGLOOM_SERVE_ROOT": f"a={folder}/a b={folder}/b", "IMGLOOM_SERVE_CORS": "https://a.example https://b.example",
                "IMGLOOM_SERVE_HOST": "a.example b.example", "IMGLOOM_SERVE_ACCEPT": "webp,png", "IMGLOOM_SERVE_NO_PAGE": "true"}).start()
            for name in ("a", "b"):
                answer = service.ask("GET", f"/image/{name}/x.jpg?width=9&format=auto", Host=name + ".example",
                                     Origin=f"https://{name}.example", Accept="image/png,image/webp")
                self.assertEqual((answer.status, answer.field("Content-Type")), (200, "image/webp"))
            answer = service.ask("GET", "/image/a/x.jpg?width=9&format=auto", Accept="image/avif,image/png")
            self.assertEqual(answer.field("Content-Type"), "image/png")
            self.assertEqual(service.ask("GET", "/").status, 404)
            self.assertEqual(service.end(), 0)


if __name__ == "__main__":
    unittest.main()
