"""A large export leaves in constant memory, to fast and slow readers, while people go on answering.
usage: download_test.py KHAOSAT SOURCE_DIR"""
import hashlib
import http.client
import json
import sqlite3
import statistics

from support import *

MEGABYTES = 208
# The server may take this much more than when idle, whatever is downloaded and by how many.
MOST_GROWTH_MB = 8
PASSWORD = "ba con trau trang di qua cau"


def add_export(data, campaign, account):
    """A request of that account, approved by somebody else, with one long file; its digest. The answers it would take
    to make such a file are not what is tested here: the records and the file are put where the program puts them."""
    folder = data / "exports" / "long"
    folder.mkdir(parents=True, mode=0o700)
    digest = hashlib.sha256()
    with open(folder / "microdata.sav", "wb") as file:
        for number in range(MEGABYTES):
            piece = hashlib.sha256(str(number).encode()).digest() * (1 << 15)
            digest.update(piece)
            file.write(piece)
    now = int(time.time())
    request = {"campaign": campaign, "purpose": "p", "recipient": "r", "traits": [], "asked_by": account, "asked": now}
    decision = {"approved": True, "by": "somebody", "at": now, "reason": "", "records": 10, "smallest_group": 10, "traits": [], "folder": "long",
                "files": [{"name": "microdata.sav", "bytes": MEGABYTES << 20, "sha256": digest.hexdigest()}]}
    registry = sqlite3.connect(data / "registry.db")
    with registry:
        for kind, content in (("microdata_request", request), ("microdata_decision", decision)):
            text = json.dumps(content)
            registry.execute("INSERT INTO record (kind, id, subject, content, hash, created, author) VALUES (?, ?, ?, ?, ?, ?, ?)",
                             (kind, "ab" * 10, campaign, text, hashlib.sha256(text.encode()).hexdigest(), now, account))
    registry.close()
    return digest.hexdigest()


def cookie_from(headers):
    return headers.get("Set-Cookie", "").split(";")[0]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def posted(url, fields):
    try:
        return urllib.request.build_opener(NoRedirect).open(urllib.request.Request(url, urllib.parse.urlencode(fields).encode()), timeout=20)
    except urllib.error.HTTPError as error:
        return error


def peak_mb(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024


def forget_peak(server):
    pathlib.Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")


class Reader:
    """A download that has begun; reads when told to."""

    def __init__(self, port, path, cookie, tls, headers=""):
        plain = socket.socket()
        plain.settimeout(60)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
        plain.connect(("127.0.0.1", port))
        self.link = trusting_anything().wrap_socket(plain) if tls else plain
        self.link.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: {cookie}\r\n{headers}\r\n".encode())
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.link.recv(1 << 16)
        self.head, self.first = received.split(b"\r\n\r\n", 1)

    def rest(self):
        """Digest and length of what follows."""
        digest, length = hashlib.sha256(self.first), len(self.first)
        buffer = bytearray(1 << 20)
        while count := self.link.recv_into(buffer):
            digest.update(memoryview(buffer)[:count])
            length += count
        self.link.close()
        return digest.hexdigest(), length


# Downloads until it is killed; a line when it begins and one for each that came whole.
BACKGROUND = """
import sys
sys.argv = sys.argv[:1] + sys.argv[2:]
sys.path.insert(0, sys.argv.pop())
from download_test import *
port, path, cookie, tls = int(sys.argv[3]), sys.argv[4], sys.argv[5], sys.argv[6] == "True"
while True:
    reader = Reader(port, path, cookie, tls)
    print("begun", flush=True)
    print(reader.rest()[1], flush=True)
"""


class Downloads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        held = tempfile.TemporaryDirectory(prefix="khaosat-test-")
        cls.addClassCleanup(held.cleanup)
        cls.data = pathlib.Path(held.name) / "data"
        cls.campaign, cls.codes = make_campaign(cls.data, 440)
        checked("init", "--data", cls.data)
        with Server(cls.data) as server:
            page = fetch(server.setup_link).body
            fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
            fields.update(name="quan.tri", display_name="Chị Quản trị", password=PASSWORD, password_again=PASSWORD)
            posted(server.address + "/setup", fields)
            server.stop()
        cls.digest = add_export(cls.data, cls.campaign, "quan.tri")
        cls.path = f"/staff/campaigns/{cls.campaign}/microdata/{'ab' * 10}/files/microdata.sav"

    def serving(self):
        server = Server(self.data, "--listen-tls", "127.0.0.1:0", has_account=True)
        self.addCleanup(server.__exit__)
        self.ports = {False: server.port, True: int(server.addresses[1].rsplit(":", 1)[1])}
        self.cookie = cookie_from(posted(server.address + "/staff/sign-in", {"name": "quan.tri", "password": PASSWORD}).headers)
        self.assertTrue(self.cookie)
        return server

    def reader(self, tls, headers=""):
        return Reader(self.ports[tls], self.path, self.cookie, tls, headers)

    def test_memory_stays_whoever_reads(self):
        server = self.serving()
        for tls in (False, True):  # what both need at all
            self.reader(tls, "Range: bytes=0-99\r\n").rest()
        figures = []

        def measured(what, act):
            idle = server.resident_mb()
            forget_peak(server)
            act()
            figures.append(f"{what}: {idle:.1f} + {peak_mb(server) - idle:.1f} MB")
            if not IS_SANITIZED:
                self.assertLess(peak_mb(server) - idle, MOST_GROWTH_MB, what)

        for tls in (False, True):
            name = "TLS" if tls else "plain"

            def fast():
                begun = time.monotonic()
                reader = self.reader(tls)
                self.assertIn(b"200 OK", reader.head)
                self.assertIn(f"Content-Length: {MEGABYTES << 20}".encode(), reader.head)
                self.assertEqual(reader.rest(), (self.digest, MEGABYTES << 20))
                figures.append(f"{name}: {MEGABYTES / (time.monotonic() - begun):.0f} MB/s")

            def slow():
                readers = [self.reader(tls) for _ in range(6)]
                for _ in range(10):
                    time.sleep(0.1)
                    for reader in readers:
                        self.assertTrue(reader.link.recv(20000))
                for reader in readers:
                    reader.link.close()

            measured(f"a fast reader, {name}", fast)
            measured(f"six slow readers, {name}", slow)
        # One that broke off goes on where it was.
        broken = self.reader(False)
        broken.link.close()
        tag = re.search(rb"ETag: (\S+)", broken.head).group(1).decode()
        rest = self.reader(True, f"Range: bytes={100 << 20}-\r\nIf-Range: {tag}\r\n")
        self.assertIn(b"206 Partial Content", rest.head)
        self.assertEqual(rest.rest()[1], (MEGABYTES - 100) << 20)
        known = self.reader(False, f"If-None-Match: {tag}\r\n")
        self.assertIn(b"304 Not Modified", known.head)
        self.assertEqual(known.rest()[1], 0)
        print("\n" + "\n".join(figures), file=sys.stderr)
        deadline = time.monotonic() + 10
        def held():
            links = pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()
            return sum("microdata.sav" in os.readlink(link) for link in links)
        while held() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(held(), 0)

    # Before a virtual call the sanitizer looks through a pipe whether the memory is there; without a descriptor it
    # takes every object for a broken one.
    @unittest.skipIf(IS_SANITIZED, "SKIPPED: sanitizers need a descriptor for their own checks")
    def test_without_a_descriptor_left_the_reader_is_asked_to_come_again(self):
        server = self.serving()
        link = http.client.HTTPConnection("127.0.0.1", self.ports[False], timeout=20)

        def got():
            link.request("GET", self.path, headers={"Cookie": self.cookie, "Range": "bytes=0-9"})
            answer = link.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Retry-After") is not None
        self.assertEqual(got(), (206, False))
        soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (3, hard))  # what is open stays so
        self.assertEqual(got(), (503, True))
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (soft, hard))
        self.assertEqual(got(), (206, False))
        link.close()

    def test_answers_are_taken_while_several_download(self):
        server = self.serving()
        sent = 0

        def answer(count):
            nonlocal sent
            times = []
            for _ in range(count):
                begun = time.monotonic()
                self.assertEqual(send(server.address, self.campaign, self.codes[sent], sent).status, 200)
                times.append(1000 * (time.monotonic() - begun))
                sent += 1
            return f"median {statistics.median(times):.1f} ms, worst {max(times):.0f} ms", statistics.median(times)

        alone, _ = answer(100)
        forget_peak(server)
        idle = server.resident_mb()
        downloads = [subprocess.Popen([sys.executable, "-c", BACKGROUND, *map(str, ("-", KHAOSAT, SOURCE, self.ports[tls], self.path, self.cookie, tls,
                                                                               pathlib.Path(__file__).parent))],
                                      stdout=subprocess.PIPE, text=True) for tls in (False, True, False, True)]
        try:
            for one in downloads:
                self.assertEqual(one.stdout.readline(), "begun\n")
            beside, median = answer(300)
            growth = peak_mb(server) - idle
            self.assertEqual([one.poll() for one in downloads], [None] * len(downloads), "a download ended")
        finally:
            for one in downloads:
                one.kill()
                lengths = set(one.communicate()[0].splitlines()) - {"begun"}
                self.assertLessEqual(lengths, {str(MEGABYTES << 20)})
        print(f"\n400 answers, none refused; alone: {alone}; beside four downloads: {beside}; + {growth:.1f} MB", file=sys.stderr)
        if not IS_SANITIZED:
            self.assertLess(median, 250)
            # The answers themselves take some.
            self.assertLess(growth, MOST_GROWTH_MB + 8)


if __name__ == "__main__":
    run()
