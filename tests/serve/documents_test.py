"""What docs/serve.md and the examples say: typed as it stands there, it works."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from service import IMGLOOM, TESTDATA, Case, Service

SOURCE = os.path.dirname(TESTDATA)
KEY = ("mobile", bytes(range(32)))
REST = "/image/photos/a%20b.jpg?width=800&format=auto"


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def snippet(language, word):
    """The block of this language in the documentation that has the word."""
    return [text for text in re.findall(rf"```{language}\n(.*?)```", read("docs/serve.md"), re.S) if word in text][0]


def has_node():
    return shutil.which("node") is not None and not os.environ.get("IMGLOOM_NO_NODE")


def run(argv, **options):
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True, **options).stdout


class QuickStart(unittest.TestCase):
    def test_as_it_is_typed(self):
        """But for the port, which somebody else may have."""
        lines = re.search(r"\n((?:    .*\n)+)", read("docs/serve.md"))[1]
        self.assertEqual(len(lines.splitlines()), 5)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(os.path.join(TESTDATA, "tiny/photo-333x222.jpg"), os.path.join(folder, "photo.jpg"))
            service = Service("-j", "1").start()
            typed = [line.strip() for line in lines.splitlines() if "curl" in line]
            self.assertEqual(len(typed), 3)
            said = [run(["sh", "-c", line.replace("localhost:8080", "localhost:%d" % service.address[1])], cwd=folder)
                    for line in typed]
            with open(os.path.join(folder, "small.webp"), "rb") as file:
                self.assertEqual(file.read(16)[8:12], b"WEBP")
            self.assertEqual(json.loads(said[1])["result"]["width"], 320)
            self.assertEqual(json.loads(said[2])["result"]["originalWidth"], 333)
            self.assertEqual(service.end(), 0)


class FromExpress(unittest.TestCase):
    def test_as_it_is_typed(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(os.path.join(TESTDATA, "tiny/photo-333x222.jpg"), os.path.join(folder, "photo.jpg"))
            output = os.path.join(folder, "output.jpg")
            service = Service("-j", "1").start()
            port = "127.0.0.1:%d" % service.address[1]
            section = read("docs/serve.md").split("## From express and sharp")[1]
            calls = [["sh", "-c", re.search(r"\n((?:    .*\n)+)", section)[1]]]
            if has_node():
                calls.append(["node", "--input-type=module", "-e", snippet("js", "FormData")])
            for call in calls:
                run(call[:-1] + [re.sub(r"(localhost|127\.0\.0\.1):8080", port, call[-1])], cwd=folder)
                with open(output, "rb") as file:
                    self.assertEqual(file.read(3), b"\xff\xd8\xff", call)
                os.unlink(output)
            lines = service.requests(len(calls))
            self.assertEqual([(line["width"], line["height"]) for line in lines], [(400, 600), (800, 533)][:len(calls)])
            self.assertEqual(service.end(), 0)


class Signatures(unittest.TestCase):
    """Programs in other languages sign as `imgloom sign` does."""

    @classmethod
    def setUpClass(cls):
        with tempfile.NamedTemporaryFile("w", suffix=".keys") as file:
            file.write(f"{KEY[0]} {KEY[1].hex()}\n")
            file.flush()
            cls.signed = run([IMGLOOM, "sign", "--key-file", file.name, REST]).strip()

    def test_python(self):
        names = {}
        exec(snippet("python", "sign"), names)  # pylint: disable=exec-used
        self.assertEqual(names["sign"](KEY[0], KEY[1].hex(), REST), self.signed)

    def test_node(self):
        if not has_node():
            self.skipTest("there is no node")
        call = f"{snippet('js', 'sign')}\nconsole.log(sign('{KEY[0]}', '{KEY[1].hex()}', '{REST}'))"
        self.assertEqual(run(["node", "-e", call]).strip(), self.signed)

    def test_shell(self):
        call = f"id={KEY[0]} hex={KEY[1].hex()} rest='{REST}'\n{snippet('sh', 'openssl')}"
        self.assertEqual(run(["sh", "-c", call]).strip(), self.signed)


class Monitoring(Case):
    words = ("-j", "1")

    def metrics(self):
        return {re.split("[{ ]", line)[0] for line in self.ask("GET", "/metrics").body.decode().splitlines()
                if not line.startswith("#")}

    def assert_known(self, expression):
        found = set(re.findall(r"\b(?:imgloom|process)_[a-z_]+", re.sub(r'"[^"]*"', "", expression)))
        self.assertTrue(found or "up{" in expression, expression)
        self.assertLessEqual(found, self.metrics(), expression)

    def test_the_board(self):
        board = json.loads(read("examples/monitoring/grafana.json"))
        self.assertLessEqual({"title", "uid", "schemaVersion", "panels", "templating", "time"}, set(board))
        variables = {variable["name"] for variable in board["templating"]["list"]}
        panels, taken = board["panels"], set()
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        for panel in panels:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}
            self.assertFalse(cells & taken, panel["title"])
            self.assertTrue(all(x < 24 for x, _ in cells), panel["title"])
            taken |= cells
            self.assertTrue(panel["type"] == "row" or panel["targets"], panel["title"])
            for target in panel.get("targets", []):
                self.assert_known(target["expr"])
                self.assertEqual(target["datasource"]["uid"], "${datasource}")
        used = set(re.findall(r"\$\{?([a-z]+)", json.dumps(panels)))
        self.assertLessEqual(used, variables)

    def test_alerts(self):
        text = read("examples/monitoring/alerts.yml")
        expressions = re.findall(r"expr: (?:>\n)?((?:.*\n)(?:          .*\n)*)", text)
        self.assertEqual(len(expressions), text.count("- alert:"))
        for expression in expressions:
            self.assert_known(expression)

    def test_each_metric_is_in_the_documents(self):
        documents = read("docs/serve.md")
        for name in self.metrics():
            base = re.sub("_(bucket|sum|count)$", "", name)
            if not base.startswith("process_"):
                self.assertIn(base.removeprefix("imgloom_"), documents, name)


class Units(unittest.TestCase):
    folder = os.path.join(SOURCE, "examples/systemd")

    def setUp(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("there is no systemd-analyze")

    def test_they_are_right(self):
        """With the programs that they execute where they are here."""
        with tempfile.TemporaryDirectory() as folder:
            for name in os.listdir(self.folder):
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(read(f"examples/systemd/{name}").replace("/usr/bin/imgloom", IMGLOOM))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", os.path.join(folder, "imgloom-serve.service")],
                                  capture_output=True, text=True, timeout=60, check=False)
            said = [line for line in done.stderr.splitlines() if "imgloom" in line]
            self.assertEqual((done.returncode, said), (0, []))

    def test_exposure_is_as_documented(self):
        told = re.search(r"gives the service (\d\.\d)", read("docs/serve.md"))[1]
        said = run(["systemd-analyze", "security", "--offline=true", os.path.join(self.folder, "imgloom-serve.service")])
        self.assertLessEqual(float(re.search(r"exposure level for \S+: (\d\.\d)", said)[1]), float(told))


if __name__ == "__main__":
    unittest.main()
