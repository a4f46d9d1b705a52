"""The real program as a process: started, fed with a campaign, read from /proc, stopped."""
import os
import pathlib
import re
import resource
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

KHAOSAT = sys.argv[1]
SOURCE = pathlib.Path(sys.argv[2])
# The program refuses variables of its own family that it does not know.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("KHAOSAT_")}
# Sanitizers keep what is freed and slow everything down.
IS_SANITIZED = b"__asan_init" in pathlib.Path(KHAOSAT).read_bytes() or b"__tsan_init" in pathlib.Path(KHAOSAT).read_bytes()

CAMPAIGN = """{"title":{"vi":"Thử"},"office":"UBND thử","questionnaire":"exit_one_minute","version":1,
 "opens_on":"2026-01-01","closes_on":"2199-12-31","sample":"none","admission":"slips","minimum_cell":5,"batch_size":10,
 "units":["xa_ngan_son_2025"],"strata":[{"id":"s","title":"","unit":"xa_ngan_son_2025","psu_population":0}],
 "psus":[{"id":"p","title":"Một cửa","stratum":"s","population":0,"slips":SLIPS,"neighbour":""}]}"""


def allow_many_descriptors():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20000), hard))


def khaosat(*words, **options):
    return subprocess.run([KHAOSAT, *map(str, words)], capture_output=True, text=True, cwd=SOURCE,
                          timeout=120, **{"env": ENVIRONMENT, **options})


def checked(*words):
    done = khaosat(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_campaign(data, slips=60, questionnaire="exit_one_minute"):
    """A campaign in a folder that no server holds; its id and slip codes."""
    draft = pathlib.Path(str(data) + "-campaign.json")
    draft.write_text(CAMPAIGN.replace("SLIPS", str(slips)).replace("exit_one_minute", questionnaire), encoding="utf-8")
    campaign = checked("campaign", "create", draft, "--data", data).strip()
    lines = checked("campaign", "slips", campaign, "--data", data, "--format", "csv").splitlines()[1:]
    checked("campaign", "open", campaign, "--data", data)
    return campaign, [line.split(",")[1] for line in lines]


class Server:
    # `has_account`: the folder has one, so that no link to make the first is printed.
    def __init__(self, data, *words, listen="127.0.0.1:0", environment=None, has_account=False):
        listen_words = ["--listen", listen] if listen is not None else ["--listen", ""]
        self.log_file = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([KHAOSAT, "serve", "--data", str(data), *listen_words, *map(str, words)], cwd=SOURCE,
                                        env={**ENVIRONMENT, **(environment or {})}, stdout=subprocess.PIPE, stderr=self.log_file, text=True)
        self.addresses = []
        self.setup_link = None
        expected = 1 + sum(str(word) == "--listen-tls" for word in words)
        for line in self.process.stdout:  # the link is the last line where no account exists
            if line.startswith("Address: "):
                self.addresses.append(line.split()[1])
                if has_account and len(self.addresses) == expected:
                    break
            if line.startswith("First account"):
                self.setup_link = line.split()[-1]
                break
        assert self.addresses, self.log()
        self.address = self.addresses[0]
        self.port = int(self.address.rsplit(":", 1)[1])

    def log(self):
        self.log_file.seek(0)
        return self.log_file.read()

    def get(self, path, base=None):
        return fetch((base or self.address) + path)

    def resident_mb(self):
        pages = int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / (1 << 20)

    def is_running(self):
        return self.process.poll() is None

    def stop(self):
        if self.is_running():
            self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=30)
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_running():
            self.process.kill()
        self.process.communicate()
        self.log_file.close()


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body


def fetch(url, data=None, headers=None, context=None):
    request = urllib.request.Request(url, data, headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20, context=context) as answer:
            return Answer(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read().decode())


def submission(code, number, **changed):
    return {"_consent": "yes", "_slip": code, "_id": f"submission-{number:08}", "_lang": "vi", "_at": "check",
            "_step": "send", **changed}


def send(address, campaign, code, number, **changed):
    return fetch(f"{address}/s/{campaign}", urllib.parse.urlencode(submission(code, number, **changed)).encode())


def receipt_of(body):
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", body)
    return found and found.group(0)


def exchange(port, request, timeout=10, context=None):
    """Sends raw bytes, returns everything that came back until the server closed or fell silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as plain:
        with context.wrap_socket(plain) if context else plain as link:
            try:
                link.sendall(request)
            except OSError:
                pass
            received = b""
            try:
                while piece := link.recv(65536):
                    received += piece
            except OSError:
                pass
            return received


def status_of(received):
    match = re.match(rb"HTTP/1\.[01] (\d{3})", received)
    return int(match.group(1)) if match else 0


def trusting_anything():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class InFolder(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory(prefix="khaosat-test-")
        self.addCleanup(held.cleanup)
        self.folder = pathlib.Path(held.name)
        self.data = self.folder / "data"


def run():
    allow_many_descriptors()
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1, module=sys.modules["__main__"])
