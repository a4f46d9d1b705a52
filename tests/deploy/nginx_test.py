"""The nginx site in front of the real program: pages, submissions, hostile requests, nothing written down.
usage: nginx_test.py KHAOSAT SOURCE_DIR"""
import shutil

from hostile_test import BORDERS, p99_of_good
from support import *

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
HOST = "khaosat.example.vn"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Nginx:
    """nginx without privileges, all its files below a folder, with the site file as it is shipped."""

    def __init__(self, folder, upstream_port):
        self.folder = folder
        self.plain_port, self.port = free_port(), free_port()
        certificates = folder / "certificates"
        checked("init", "--data", certificates, "--host", HOST)
        site = (SOURCE / "deploy" / "nginx.conf").read_text()
        for old, new in (("127.0.0.1:8081", f"127.0.0.1:{upstream_port}"), ("    listen 80;", f"    listen 127.0.0.1:{self.plain_port};"),
                         ("    listen 443 ssl;", f"    listen 127.0.0.1:{self.port} ssl;"), ("    listen [::]:80;\n", ""), ("    listen [::]:443 ssl;\n", ""),
                         ("/etc/ssl/khaosat/", f"{certificates}/tls/"), ("/var/log/nginx/khaosat.log", f"{folder}/site.log")):
            assert old in site, old
            site = site.replace(old, new)
        (folder / "site.conf").write_text(site)
        paths = "".join(f"    {kind}_temp_path {folder}/temp_{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(
            f"daemon off;\nworker_processes 1;\nworker_rlimit_nofile 8192;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
            + ("user root;\n" if os.getuid() == 0 else "")
            + f"events {{ worker_connections 4096; }}\nhttp {{\n{paths}    include {folder}/site.conf;\n}}\n")
        self.process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")],
                                        stderr=subprocess.PIPE, text=True)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                assert self.process.poll() is None, self.process.stderr.read()
                time.sleep(0.05)
        # Whatever nginx wanted to keep on the disk would now fail, and be seen.
        for kind in ("client_body", "proxy"):
            shutil.rmtree(folder / f"temp_{kind}")
        self.address = f"https://127.0.0.1:{self.port}"

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=10)


@unittest.skipUnless(pathlib.Path(NGINX).exists(), "SKIPPED: nginx is missing (script/install test)")
class BehindNginx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        held = tempfile.TemporaryDirectory(prefix="khaosat-nginx-")
        cls.addClassCleanup(held.cleanup)
        cls.folder = pathlib.Path(held.name)
        cls.campaign, cls.codes = make_campaign(cls.folder / "data", 200)
        cls.server = Server(cls.folder / "data", "--listen-proxy", "127.0.0.1:0", "--public-address", f"https://{HOST}")
        cls.addClassCleanup(cls.server.__exit__)
        cls.proxy_port = int(cls.server.addresses[1].rsplit(":", 1)[1])
        cls.nginx = Nginx(cls.folder, cls.proxy_port)
        cls.addClassCleanup(cls.nginx.stop)
        cls.context = trusting_anything()

    def fetch(self, path, data=None, headers=None):
        return fetch(self.nginx.address + path, data, {"Host": HOST, **(headers or {})}, self.context)

    def metric(self, pattern):
        return sum(float(value) for value in re.findall(r"(?m)^khaosat_" + pattern + r" (\S+)$", self.server.get("/metrics").body))

    def test_pages_arrive_over_https_alone(self):
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None
        plain = urllib.request.Request(f"http://127.0.0.1:{self.nginx.plain_port}/s/{self.campaign}", headers={"Host": HOST})
        with self.assertRaises(urllib.error.HTTPError) as moved:
            urllib.request.build_opener(Stay).open(plain)
        self.assertEqual((moved.exception.code, moved.exception.headers["Location"]), (301, f"https://{HOST}/s/{self.campaign}"))
        page = self.fetch(f"/s/{self.campaign}")
        self.assertEqual(page.status, 200)
        self.assertIn("max-age=31536000", page.headers["Strict-Transport-Security"])
        self.assertNotIn("nginx/", page.headers.get("Server", ""))
        script = re.search(r'src="(/static/[^"]+)"', page.body).group(1)
        self.assertEqual(self.fetch(script).status, 200)
        again = self.fetch(f"/s/{self.campaign}", headers={"If-None-Match": page.headers["ETag"]})
        self.assertEqual(again.status, 304)

    def test_submissions_are_taken_and_repeated_safely(self):
        sent = urllib.parse.urlencode(submission(self.codes[0], 0)).encode()
        first, again = (self.fetch(f"/s/{self.campaign}", sent) for _ in range(2))
        self.assertEqual((first.status, again.status), (200, 200), first.body)
        self.assertEqual(receipt_of(first.body), receipt_of(again.body))
        # As large as forms may be, without a file on the disk in between; and larger.
        large = sent + b"&unknown=" + b"x" * 190_000
        self.assertIn(self.fetch(f"/s/{self.campaign}", large).status, (413, 422))
        self.assertEqual(self.fetch(f"/s/{self.campaign}", sent + b"&unknown=" + b"x" * 400_000).status, 413)

    def test_the_office_signs_in_through_nginx_and_not_from_elsewhere(self):
        self.assertTrue(self.server.setup_link.startswith(f"https://{HOST}/setup?token="), self.server.setup_link)
        page = self.fetch(self.server.setup_link[len(f"https://{HOST}"):])
        self.assertEqual(page.status, 200)
        refused = self.fetch("/staff/sign-in", b"name=a&password=b", {"Origin": "https://evil.example"})
        self.assertEqual(refused.status, 403)
        self.assertIn("csrf_refused", refused.body)
        self.assertIn("/static/staff.", refused.body, "a refusal of the office's pages looks like them")
        own = self.fetch("/staff/sign-in", b"name=a&password=b", {"Origin": f"https://{HOST}"})
        self.assertNotIn("csrf_refused", own.body)
        self.assertNotIn("tls_required", own.body)

    def test_who_comes_through_nginx_is_not_this_machine_whatever_is_claimed(self):
        for headers in ({}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Real-IP": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"REMOTE_ADDR": "127.0.0.1"}):
            self.assertEqual(self.fetch("/metrics", headers=headers).status, 404)
            direct = fetch(f"http://127.0.0.1:{self.proxy_port}/metrics", headers=headers)
            self.assertEqual(direct.status, 404, "nginx is not the only guard of it")
            BehindNginx.asked_directly += 1
        self.assertEqual(self.server.get("/metrics").status, 200)
        self.assertIn(self.fetch("/healthz").body, ("ok\n", "low_space\n"))

    def test_many_people_behind_one_address_are_served(self):
        for number in range(50, 150):
            answer = self.fetch(f"/s/{self.campaign}", urllib.parse.urlencode(submission(self.codes[number], number)).encode())
            self.assertEqual(answer.status, 200, number)

    def test_connections_to_the_program_are_kept(self):
        accepted = self.metric("connections_accepted_total")
        request = f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        last = f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
        received = exchange(self.nginx.port, request * 99 + last, context=self.context)
        self.assertEqual(received.count(b"HTTP/1.1 200"), 100)
        self.assertLess(self.metric("connections_accepted_total") - accepted, 20)

    def test_nothing_is_smuggled_past_nginx(self):
        hidden = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        attempts = [request.replace(b"Host: a\r\n", f"Host: {HOST}\r\n".encode()) for _, request, _ in BORDERS]
        # The one that worked on the library below: a GET whose body hides a request at a round offset.
        for offset in (0, 1024, 4096, 8192, 16384):
            for method in (b"GET", b"HEAD", b"OPTIONS", b"POST", b"DELETE"):
                body = b"a" * offset + hidden
                attempts.append(method + f" / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
                for encoding in (b"chunked", b"Chunked", b"chunked, chunked", b"x, chunked", b" chunked", b"\tchunked", b"gzip"):
                    attempts.append(method + f" / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: ".encode() + encoding + b"\r\n\r\n" + chunk)
        for attempt in attempts:
            received = exchange(self.nginx.port, attempt + f"GET /metrics HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode(), context=self.context)
            self.assertNotIn(b"khaosat_answers_total", received, attempt[:120])
            # The pool of connections behind nginx is still in step.
            self.assertIn(self.fetch("/healthz").body, ("ok\n", "low_space\n"), attempt[:120])
        self.assertGreater(len(attempts), 180)
        # nginx answers this address itself: had the program ever seen it from there, it would have counted it.
        counted = r'requests_total\{route="metrics",method="GET",status="4xx"\}'
        self.assertEqual(self.metric(counted), self.asked_directly)
        fetch(f"http://127.0.0.1:{self.proxy_port}/metrics")
        BehindNginx.asked_directly += 1
        self.assertEqual(self.metric(counted), self.asked_directly, "the counter would have noticed")

    asked_directly = 0  # times another test has asked the program for it past nginx

    def test_slow_clients_are_nginx_s_to_bear(self):
        # A busy machine is slow without them, too.
        bound = max(100, 3 * p99_of_good(self.nginx.port, lambda: None, 60, self.context))
        links = []
        for _ in range(500):
            link = socket.create_connection(("127.0.0.1", self.nginx.port), timeout=10)
            link.send(b"\x16\x03\x01")  # the first bytes of a handshake that never goes on
            links.append(link)
        best = min(p99_of_good(self.nginx.port, lambda: None, 60, self.context) for _ in range(2))
        for link in links:
            link.close()
        print(f"through nginx, 500 slow clients: p99 {best:.1f} ms")
        self.assertLess(best, bound)

    def test_zz_nothing_about_visitors_was_written_down(self):
        """Last by name: after all that the others did."""
        self.nginx.stop()
        written = {path.name: path.read_text(errors="replace") for path in self.folder.glob("*.log")}
        written["program"] = self.server.log()
        for name, text in written.items():
            for word in ("client:", "127.0.0.1, server", "/s/", "submission-", self.codes[0], self.codes[60], "POST"):
                self.assertNotIn(word, text, name)


if __name__ == "__main__":
    run()
