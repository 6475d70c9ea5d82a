"""
Heads that two programs might read differently. Each is sent as it stands, followed by a request
that a confused reader would take for a part of it, or find where the other side does not.
"""
import unittest

from service import JPEG, Case, Client

END = b"\r\n\r\n"
BODY = b"0123456789"
FOLLOWS = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def post(*fields, version=b"1.1", method=b"POST", target=b"/process-image"):
    return method + b" " + target + b" HTTP/" + version + b"\r\n" + b"".join(
        field + b"\r\n" for field in fields) + b"\r\n"


HOST = b"Host: localhost"

# What must be refused, whatever refuses it, and leave no connection open.
REFUSED = {
    "two lengths": post(HOST, b"Content-Length: 10", b"Content-Length: 10") + BODY,
    "two different lengths": post(HOST, b"Content-Length: 10", b"Content-Length: 11") + BODY,
    "a list of lengths": post(HOST, b"Content-Length: 10, 10") + BODY,
    "length and coding": post(HOST, b"Content-Length: 10", b"Transfer-Encoding: chunked") + b"0" + END,
    "coding and length": post(HOST, b"Transfer-Encoding: chunked", b"Content-Length: 5") + b"0" + END,
    "two codings": post(HOST, b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked") + b"0" + END,
    "another coding": post(HOST, b"Transfer-Encoding: gzip") + BODY,
    "a list of codings": post(HOST, b"Transfer-Encoding: gzip, chunked") + b"0" + END,
    "identity and chunked": post(HOST, b"Transfer-Encoding: identity, chunked") + b"0" + END,
    "a coding in 1.0": post(HOST, b"Transfer-Encoding: chunked", version=b"1.0") + b"0" + END,
    "a quoted coding": post(HOST, b'Transfer-Encoding: "chunked"') + b"0" + END,
    "a coding with a tail": post(HOST, b"Transfer-Encoding: chunkedx") + b"0" + END,
    "a negative length": post(HOST, b"Content-Length: -1") + BODY,
    "a signed length": post(HOST, b"Content-Length: +10") + BODY,
    "a hexadecimal length": post(HOST, b"Content-Length: 0xa") + BODY,
    "an empty length": post(HOST, b"Content-Length:") + BODY,
    "a length with a space": post(HOST, b"Content-Length: 1 0") + BODY,
    "a vast length": post(HOST, b"Content-Length: 99999999999999999999999") + BODY,
    "two hosts": post(HOST, b"Host: localhost", method=b"GET", target=b"/health"),
    "no host": post(method=b"GET", target=b"/health"),
    "a space before the colon": post(HOST, b"Content-Length : 10") + BODY,
    "a tab before the colon": post(HOST, b"Transfer-Encoding\t: chunked") + b"0" + END,
    "a name with a bracket": post(HOST, b"Content[Length]: 10", b"Content-Length: 0"),
    "no name": post(HOST, b": 10", b"Content-Length: 0"),
    "a control in a value": post(HOST, b"X-A: a\x01b", b"Content-Length: 0"),
    "a delete in a value": post(HOST, b"X-A: a\x7fb", b"Content-Length: 0"),
    "version 1.2": post(HOST, version=b"1.2", method=b"GET", target=b"/health"),
    "version 2.0": post(HOST, version=b"2.0", method=b"GET", target=b"/health"),
    "version 0.9": post(HOST, version=b"0.9", method=b"GET", target=b"/health"),
    "no version": b"GET /health\r\n\r\n",
    "a small method": post(HOST, method=b"get", target=b"/health"),
    "a method with a digit": post(HOST, method=b"GET1", target=b"/health"),
    "a method with a colon": post(HOST, method=b"GET:", target=b"/health"),
    "http/1.1 in small letters": b"GET /health http/1.1\r\nHost: localhost\r\n\r\n",
    "the authority form": post(HOST, method=b"CONNECT", target=b"localhost:80"),
    "the asterisk form": post(HOST, method=b"OPTIONS", target=b"*"),
    "a fragment": post(HOST, method=b"GET", target=b"/health#x"),
    "another scheme": post(HOST, method=b"GET", target=b"ftp://localhost/health"),
}

# A chunked body that is no right one: the connection is closed, with or without a word.
CHUNKS = {
    "a size that is no number": b"xyz\r\n0\r\n\r\n",
    "a negative size": b"-1\r\n\r\n",
    "a vast size": b"fffffffffffffffff\r\n0\r\n\r\n",
    "a size of 0x": b"0xa\r\n0123456789\r\n0\r\n\r\n",
    "a chunk longer than its size": b"1\r\n0123456789\r\n0\r\n\r\n",
}

# What is taken, and leaves the connection open: the request that follows is answered.
TAKEN = {
    "an ordinary request": (post(HOST, method=b"GET", target=b"/health"), 200),
    "a value with a tab": (post(HOST, b"X-A: a\tb", method=b"GET", target=b"/health"), 200),
    "an unknown path": (post(HOST, method=b"GET", target=b"/nowhere"), 404),
    "an unknown method": (post(HOST, method=b"BREW", target=b"/health"), 405),
    "a body of a GET": (post(HOST, b"Content-Length: 10", method=b"GET", target=b"/health") + BODY, 200),
    "an empty picture": (post(HOST, b"Content-Length: 0"), 400),
    "a small refused body": (post(HOST, b"Content-Length: 10", target=b"/process-image?x=1") + BODY, 400),
    "a length with zeros": (post(HOST, b"Content-Length: 0010") + BODY, 415),
}


class Hygiene(Case):
    words = ("--header-timeout", "5")

    def test_what_is_ambiguous_is_refused_and_closed(self):
        for name, request in REFUSED.items():
            with self.subTest(name):
                client = Client(self.service)
                client.send(request + FOLLOWS)
                answer = client.answer()
                if answer is not None:  # some heads libmicrohttpd drops without a word
                    self.assertIn(answer.status, (400, 413, 505, 501), answer.body)
                # Of its own refusals libmicrohttpd 0.9.75 may send the head twice.
                self.assertNotIn(b"HTTP/1.1 200", client.rest())
                client.close()

    def test_our_own_refusals_are_json(self):
        for name in ("two lengths", "length and coding", "two hosts", "a small method", "two codings"):
            with self.subTest(name):
                client = Client(self.service)
                client.send(REFUSED[name])
                self.assert_error(client.answer(), 400, "bad-request")
                client.close()

    def test_wrong_chunks_close(self):
        for name, chunks in CHUNKS.items():
            with self.subTest(name):
                client = Client(self.service)
                client.send(post(HOST, b"Transfer-Encoding: chunked") + chunks + FOLLOWS)
                answer = client.answer()
                if answer is not None:
                    self.assertGreaterEqual(answer.status, 400)
                self.assertNotIn(b"HTTP/1.1 200", client.rest())
                client.close()

    def test_what_is_right_leaves_it_open(self):
        for name, (request, status) in TAKEN.items():
            with self.subTest(name):
                client = Client(self.service)
                client.send(request)
                self.assertEqual(client.answer().status, status)
                client.send(FOLLOWS)
                self.assertEqual(client.answer().body, b"ok\n")
                client.close()

    def test_version_1_0_is_closed_after_its_answer(self):
        client = Client(self.service)
        client.send(b"GET /health HTTP/1.0\r\n\r\n")
        self.assertEqual(client.answer().body, b"ok\n")
        self.assertTrue(client.is_closed())

    def test_expect_is_refused_before_the_body(self):
        client = Client(self.service)
        client.send(post(HOST, b"Content-Length: 100", b"Expect: 100-continue",
                         target=b"/process-image?x=1"))
        self.assert_error(client.answer(), 400, "usage")
        self.assertTrue(client.is_closed())

    def test_expect_is_granted(self):
        client = Client(self.service)
        client.send(post(HOST, b"Content-Length: %d" % len(JPEG), b"Expect: 100-continue"))
        self.assertEqual(client.until(b"\r\n\r\n").split(b" ")[1], b"100")
        client.send(JPEG)
        self.assertEqual(client.answer().status, 200)
        client.close()

    def test_a_head_that_is_too_long(self):
        client = Client(self.service)
        client.send(b"GET /" + b"a" * 60000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = client.answer()
        self.assertIn(None if answer is None else answer.status, (None, 414, 431))
        self.assertTrue(client.is_closed())


class WhoAsks(Case):
    words = ("--host", "pictures.example", "--cors", "https://app.example", "-j", "1")

    def test_hosts(self):
        for host in ("localhost", "localhost:80", "127.0.0.1", "127.1.2.3:99", "[::1]", "[::1]:80",
                     "LOCALHOST", "pictures.example", "Pictures.Example:443"):
            self.assertEqual(self.ask("GET", "/health", Host=host).status, 200, host)
        for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[::2]",
                     "pictures.example.evil", "1.2.3.4"):
            self.assert_error(self.ask("GET", "/health", Host=host), 421, "wrong-host")
        answer = self.ask("GET", "http://evil.example/health", Host="localhost")
        self.assert_error(answer, 421, "wrong-host")

    def test_the_page(self):
        page = self.ask("GET", "/")
        self.assertEqual((page.status, page.field("Content-Type")), (200, "text/html; charset=utf-8"))
        self.assertEqual(page.field("Content-Security-Policy"), "frame-ancestors 'none'")
        policy = page.body.decode().split('Content-Security-Policy" content="')[1].split('"')[0]
        self.assertTrue(policy.startswith("default-src 'none'; script-src 'sha256-"), policy)
        for host in ("localhost:8080", "127.0.0.1"):
            answer = self.ask("POST", "/process-image?width=9", JPEG, Host=host, Origin="http://" + host)
            self.assertEqual(answer.status, 200)
        for origin in ("http://127.0.0.1", "http://localhost", "https://localhost:8080"):
            answer = self.ask("POST", "/process-image?width=9", JPEG, Host="localhost:8080", Origin=origin)
            self.assert_error(answer, 403, "forbidden")

    def test_origins(self):
        answer = self.ask("POST", "/process-image?width=9", JPEG, Origin="https://app.example")
        self.assertEqual(answer.field("Access-Control-Allow-Origin"), "https://app.example")
        answer = self.ask("OPTIONS", "/process-image", Origin="https://app.example")
        self.assertEqual(answer.field("Access-Control-Allow-Methods"), "POST, OPTIONS")
        for origin in ("https://evil.example", "null", "http://app.example", "http://localhost.example"):
            answer = self.ask("POST", "/process-image?width=9", JPEG, Origin=origin)
            self.assert_error(answer, 403, "forbidden")
            self.assertIsNone(answer.field("Access-Control-Allow-Origin"))


class NoPage(Case):
    words = ("--no-page", "-j", "1")

    def test_it_is_not_there(self):
        self.assert_error(self.ask("GET", "/"), 404, "no-endpoint")
        answer = self.ask("POST", "/process-image?width=9", JPEG, Origin="http://localhost")
        self.assert_error(answer, 403, "forbidden")


if __name__ == "__main__":
    unittest.main()
