"""What requests get: endpoints, parameters, forms, answers and errors."""
import base64
import json
import re
import struct
import unittest

from service import JPEG, Case, Client, form, testdata


def png_size(data):
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR"
    return struct.unpack(">II", data[16:24])


class Endpoints(Case):
    def test_small_ones(self):
        self.assertEqual(self.ask("GET", "/health").body, b"ok\n")
        self.assertEqual(self.ask("GET", "/ready").body, b"ready\n")
        formats = {row["name"]: row for row in self.ask("GET", "/formats").json()["formats"]}
        self.assertIn("jpg", formats["jpeg"]["extensions"])
        self.assertIsNotNone(formats["png"]["writtenBy"])
        info = self.ask("GET", "/system-info").json()
        self.assertEqual(info["isolation"], "all")
        self.assertEqual((info["waiting"], info["running"], info["bodiesBytes"]), (0, 0, 0))

    def test_head_is_get_without_a_body(self):
        head = self.ask("HEAD", "/health")
        self.assertEqual((head.status, head.field("Content-Length")), (200, "3"))

    def test_other_methods_and_paths(self):
        answer = self.ask("GET", "/process-image")
        self.assert_error(answer, 405, "method")
        self.assertEqual(answer.field("Allow"), "POST, OPTIONS")
        self.assert_error(self.ask("POST", "/health", b"x"), 405, "method")
        self.assert_error(self.ask("DELETE", "/info"), 405, "method")
        for path in ("/process", "/process-image/", "/process-image/x", "//health", "/./health",
                     "/x/../health", "/HEALTH"):
            self.assert_error(self.ask("GET", path), 404, "no-endpoint")
        self.assert_error(self.ask("GET", "/health?x=1"), 400, "usage")

    def test_targets(self):
        self.assertEqual(self.ask("GET", "/hea%6Cth").status, 200)
        self.assertEqual(self.ask("GET", "http://localhost/health").status, 200)
        for target in ("/health%", "/health%0", "/health%zz", "/%2Fhealth", "/a%5Cb", "/a%00", "/a%0a",
                       "*", "health", "/health?a=%", "/health?a=%ff", "/health?" + "a&" * 65):
            self.assert_error(self.ask("GET", target), 400, "bad-request")

    def test_options(self):
        answer = self.ask("OPTIONS", "/process-image")
        self.assertEqual((answer.status, answer.field("Allow")), (204, "POST, OPTIONS"))

    def test_info_decodes_nothing(self):
        row = self.ask("POST", "/info?width=100", JPEG).json()["result"]
        self.assertEqual((row["status"], row["originalWidth"], row["originalHeight"]),
                         ("planned", 333, 222))
        self.assertEqual((row["width"], row["height"], row["processedSize"]), (100, 67, None))
        self.assertIsNone(row["decoder"])


class Pictures(Case):
    def test_the_picture(self):
        answer = self.ask("POST", "/process-image?width=40&height=30&fit=fill&format=png", JPEG)
        self.assertEqual((answer.status, answer.field("Content-Type")), (200, "image/png"))
        self.assertEqual(png_size(answer.body), (40, 30))
        self.assertEqual(answer.field("X-Content-Type-Options"), "nosniff")
        self.assertEqual(answer.field("Content-Security-Policy"), "default-src 'none'; sandbox")
        self.assertEqual(answer.field("Cache-Control"), "no-store")
        row = json.loads(answer.field("Imgloom-Result"))
        self.assertEqual((row["width"], row["height"], row["processedSize"]),
                         (40, 30, len(answer.body)))
        self.assertFalse({"seq", "originalPath", "outputPath", "startMs"} & set(row))
        self.assertRegex(answer.field("Server-Timing"),
                         r"^upload;dur=[0-9.]+, queue;dur=[0-9.]+, process;dur=[0-9.]+$")

    def test_json_has_the_same_bytes(self):
        plain = self.ask("POST", "/process-image?width=40&format=png", JPEG).body
        for target, fields in (("&answer=json", {}), ("", {"Accept": "application/json"})):
            said = self.ask("POST", "/process-image?width=40&format=png" + target, JPEG, **fields).json()
            self.assertIs(said["success"], True)
            self.assertEqual(base64.b64decode(said["result"]["data"]), plain)
        row = self.ask("POST", "/process-image?width=40&answer=row", JPEG).json()["result"]
        self.assertEqual((row["width"], "data" in row), (40, False))
        answer = self.ask("POST", "/process-image?width=40&format=png", JPEG, Accept="*/*")
        self.assertEqual(answer.body, plain)

    def test_several_sizes(self):
        target = "/process-image?size=40x,20x10&format=png"
        said = self.ask("POST", target + "&answer=json", JPEG).json()
        sizes = [png_size(base64.b64decode(row["data"])) for row in said["results"]]
        self.assertEqual(sizes, [(40, 27), (20, 10)])
        self.assertIn("answer=", self.assert_error(self.ask("POST", target, JPEG), 400, "usage"))

    def test_names_of_parameters(self):
        for flags in ("no-upscale", "no-upscale=1", "no-upscale=true", "noUpscale=true"):
            answer = self.ask("POST", f"/process-image?width=1000&{flags}&format=png", JPEG)
            self.assertEqual(png_size(answer.body), (333, 222), flags)
        for flags in ("no-upscale=0", "noUpscale=false"):
            answer = self.ask("POST", f"/process-image?width=500&{flags}&format=png", JPEG)
            self.assertEqual(png_size(answer.body)[0], 500, flags)
        answer = self.ask("POST", "/process-image?rotate=90&format=png", JPEG)
        self.assertEqual(png_size(answer.body), (222, 333))

    def test_refused_parameters(self):
        for query, word in (("shear=1", "shear"), ("width=0", "width"), ("width=a", "width"),
                            ("width", "width"), ("width=1&width=2", "width"),
                            ("rotate=1&rotation=1", "rotation"), ("recipe=/etc/passwd", "recipe"),
                            ("lane=vips", "lane"), ("answer=yes", "yes"), ("preset=p", "'p'"),
                            ("format=bmp2", "format"), ("quality=101", "quality"),
                            ("size=1x,2x&width=3&answer=row", "side"), ("flip=maybe", "flip")):
            said = self.assert_error(self.ask("POST", "/process-image?" + query, JPEG), 400, "usage")
            self.assertIn(word, said)

    def test_forms(self):
        body, kind = form([("width", b"40"), ("image", JPEG), ("format", b"png")])
        answer = self.ask("POST", "/process-image", body, Content_Type=kind)
        self.assertEqual(png_size(answer.body), (40, 27))
        body, kind = form([("file", JPEG), ("recipe", b'{"width": 30, "format": "png"}')])
        answer = self.ask("POST", "/process-image", body, Content_Type=kind)
        self.assertEqual(png_size(answer.body), (30, 20))
        answer = self.ask("POST", "/process-image?width=20", body, Content_Type=kind)
        self.assertEqual(png_size(answer.body), (20, 13))
        body, kind = form([("image", JPEG), ("width", b"40")])
        answer = self.ask("POST", "/process-image?width=20", body, Content_Type=kind)
        self.assert_error(answer, 400, "usage")
        for parts, code in (([("width", b"40")], "usage"), ([("image", JPEG), ("file", JPEG)], "usage"),
                            ([("image", JPEG), ("width", b"\xff")], "usage"),
                            ([("image", JPEG), ("width", b"1" * 4097)], "bad-request"),
                            ([("image", JPEG)] + [("a", b"")] * 64, "bad-request")):
            body, kind = form(parts)
            self.assert_error(self.ask("POST", "/process-image", body, Content_Type=kind), 400, code)

    def test_forms_cut_at_every_byte(self):
        body, kind = form([("image", testdata("tiny/1x1.png")), ("width", b"4")])
        client = Client(self.service)
        for size in range(len(body) - 4):  # the last CRLF, and the second dash, need not be there
            answer = client.ask("POST", "/process-image", body[:size], Content_Type=kind)
            self.assertIn(answer.json()["errorCode"], ("bad-request", "usage"), size)
        client.close()

    def test_tga_needs_its_type(self):
        tga = testdata("formats/quadrants.tga")
        self.assert_error(self.ask("POST", "/process-image?format=png", tga), 415, "unsupported", "probe")
        answer = self.ask("POST", "/process-image?format=png", tga, Content_Type="image/x-tga")
        self.assertEqual(png_size(answer.body), (120, 80))

    def test_same_goes_by_the_content(self):
        png = testdata("formats/quadrants.png")
        answer = self.ask("POST", "/process-image", png, Content_Type="image/jpeg")
        self.assertEqual(answer.field("Content-Type"), "image/png")

    def test_errors_of_pictures(self):
        for name, status, code, stage in (
                ("broken/empty.jpg", 400, "empty", None), ("broken/text.jpg", 415, "unsupported", "probe"),
                ("broken/truncated.jpg", 422, "truncated", "decode"),
                ("broken/corrupt.png", 422, "corrupt", "decode"),
                ("broken/huge-claim.png", 413, "too-large", "probe")):
            answer = self.ask("POST", "/process-image?width=40", testdata(name))
            self.assertEqual((answer.status, answer.json()["errorCode"]), (status, code), answer.body)
            if stage:
                self.assertEqual(answer.json()["errorStage"], stage)
            self.assertNotIn("/", answer.json()["error"].replace("and/or", ""))

    def test_encoded_bodies_are_refused(self):
        answer = self.ask("POST", "/process-image", JPEG, Content_Encoding="gzip")
        self.assert_error(answer, 415, "unsupported")

    def test_request_ids(self):
        self.assertEqual(self.ask("GET", "/health", X_Request_Id="a.b-c_9").field("X-Request-Id"),
                         "a.b-c_9")
        for bad in ("a b", "a\x7f", "x" * 129, "<script>"):
            answer = self.ask("GET", "/health", X_Request_Id=bad)
            self.assertRegex(answer.field("X-Request-Id"), r"^[A-Za-z0-9._-]{8,128}$", bad)
            self.assertNotEqual(answer.field("X-Request-Id"), bad)

    def test_a_connection_is_used_again(self):
        client = Client(self.service)
        for _ in range(3):
            self.assertEqual(client.ask("POST", "/process-image?width=9", JPEG).status, 200)
            self.assert_error(client.ask("POST", "/process-image?width=x", JPEG), 400, "usage")
            self.assertEqual(client.ask("GET", "/health").status, 200)
        client.close()

    def test_chunked_bodies(self):
        client = Client(self.service)
        client.send(b"POST /process-image?width=40&format=png HTTP/1.1\r\nHost: localhost\r\n"
                    b"Transfer-Encoding: chunked\r\n\r\n")
        for at in range(0, len(JPEG), 1000):
            piece = JPEG[at:at + 1000]
            client.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        client.send(b"0\r\n\r\n")
        self.assertEqual(png_size(client.answer().body), (40, 27))
        self.assertTrue(client.is_closed())

    def test_pipelined_requests_are_answered_in_order(self):
        client = Client(self.service)
        head = (b"POST /process-image?width=%d&format=png HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Length: %d\r\n\r\n")
        client.send(b"".join(head % (width, len(JPEG)) + JPEG for width in (10, 20, 30)))
        widths = [png_size(client.answer().body)[0] for _ in range(3)]
        self.assertEqual(widths, [10, 20, 30])
        client.close()

    def test_output_limits(self):
        answer = self.ask("POST", "/process-image?size=10000x10000&fit=fill", JPEG)
        self.assert_error(answer, 413, "too-large", "transform")


class LogAndMetrics(Case):
    def test_every_request_has_a_line_and_is_counted(self):
        client = Client(self.service)
        client.ask("POST", "/process-image?width=40", JPEG, traceparent="00-ab-cd-01")
        client.ask("POST", "/process-image", testdata("broken/truncated.jpg"))
        client.ask("GET", "/nowhere")
        values = parse = self.service.metrics()
        lines = self.service.requests(4)
        self.assertEqual([line["status"] for line in lines[:3]], [200, 422, 404])
        first, second = lines[:2]
        self.assertEqual((first["bytesIn"], first["format"], first["width"], first["lane"]),
                         (len(JPEG), "jpeg", 40, "jpeg"))
        self.assertEqual((first["traceparent"], first["method"], first["remote"]),
                         ("00-ab-cd-01", "POST", "127.0.0.1"))
        self.assertEqual((second["errorCode"], second["errorStage"]), ("truncated", "decode"))
        self.assertNotIn("errorCode", first)
        name = 'imgloom_requests_total{endpoint="/process-image",code="%d"}'
        self.assertEqual((values[name % 200], values[name % 422]), (1, 1))
        self.assertEqual(values['imgloom_requests_total{endpoint="",code="404"}'], 1)
        total = sum(v for k, v in parse.items() if k.startswith("imgloom_requests_total"))
        self.assertEqual(total, values["imgloom_request_seconds_count"])
        self.assertEqual(values['imgloom_images_total{result="ok",error_code=""}'], 1)
        self.assertEqual(values['imgloom_images_total{result="error",error_code="truncated"}'], 1)
        self.assertEqual(values['imgloom_rejected_total{reason="no-endpoint"}'], 1)
        self.assertEqual(values['imgloom_bytes_total{direction="in"}'],
                         len(JPEG) + len(testdata("broken/truncated.jpg")))
        client.close()
        buckets = [v for k, v in values.items() if k.startswith("imgloom_request_seconds_bucket")]
        self.assertEqual(buckets, sorted(buckets))
        for line in self.service.lines():
            self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]))


if __name__ == "__main__":
    unittest.main()
