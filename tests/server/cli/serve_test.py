"""The server as an operator sees it: ready, refusing a second one, stopping, restarting in the middle.
usage: serve_test.py KHAOSAT SOURCE_DIR"""
import hashlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

KHAOSAT, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])


# The program refuses variables of its own family that it does not know.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("KHAOSAT_")}


class Server:
    def __init__(self, data, *words, listen="127.0.0.1:0"):
        self.process = subprocess.Popen([KHAOSAT, "serve", "--data", str(data), "--listen", listen, *words], cwd=SOURCE, env=ENVIRONMENT,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = []
        self.address = None
        for line in self.process.stdout:
            self.lines.append(line.strip())
            if line.startswith("Address: http://"):
                self.address = line.split()[1]
            if line.startswith("First account") or (self.address and self.has_account(data)):
                break

    @staticmethod
    def has_account(data):
        return (pathlib.Path(data) / "has_account").exists()

    def get(self, path):
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


def khaosat(*words):
    return subprocess.run([KHAOSAT, *words], capture_output=True, text=True, cwd=SOURCE, env=ENVIRONMENT, timeout=120)


CAMPAIGN = """{"title":{"vi":"Thử"},"office":"UBND thử","questionnaire":"exit_one_minute","version":1,
 "opens_on":"2026-01-01","closes_on":"2199-12-31","sample":"none","admission":"slips","minimum_cell":5,"batch_size":10,
 "units":["xa_ngan_son_2025"],"strata":[{"id":"s","title":"","unit":"xa_ngan_son_2025","psu_population":0}],
 "psus":[{"id":"p","title":"Một cửa","stratum":"s","population":0,"slips":60,"neighbour":""}]}"""


class Operating(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.data = pathlib.Path(self.folder.name) / "data"

    def tearDown(self):
        self.folder.cleanup()

    def test_first_start_makes_the_folder_and_prints_a_link_then_answers_and_stops(self):
        server = Server(self.data)
        self.assertEqual(server.get("/healthz"), (200, "ok\n"))
        self.assertTrue(any("/setup?token=" in line for line in server.lines))
        self.assertEqual(self.data.stat().st_mode & 0o077, 0)
        self.assertEqual(server.get("/no/such/page")[0], 404)
        self.assertIn("khaosat_answers_total", server.get("/metrics")[1])
        code, _ = server.stop()
        self.assertEqual(code, 0)

    def test_a_second_server_on_the_folder_or_the_port_refuses_and_says_why(self):
        first = Server(self.data)
        on_folder = khaosat("serve", "--data", str(self.data), "--listen", "127.0.0.1:0")
        self.assertEqual(on_folder.returncode, 6)
        self.assertIn("[data_in_use]", on_folder.stderr)
        self.assertIn(str(first.process.pid), on_folder.stderr)
        on_port = khaosat("serve", "--data", str(self.data) + "2", "--listen", first.address[len("http://"):])
        self.assertEqual(on_port.returncode, 6)
        self.assertIn("[port_in_use]", on_port.stderr)
        first.stop()

    def test_a_restart_in_the_middle_of_answering_loses_and_doubles_nothing(self):
        draft = pathlib.Path(self.folder.name) / "campaign.json"
        draft.write_text(CAMPAIGN, encoding="utf-8")
        made = khaosat("campaign", "create", str(draft), "--data", str(self.data))
        self.assertEqual(made.returncode, 0, made.stderr)
        campaign = made.stdout.strip()
        slips = khaosat("campaign", "slips", campaign, "--data", str(self.data), "--format", "csv").stdout.splitlines()[1:]
        codes = [line.split(",")[1] for line in slips]
        self.assertEqual(len(codes), 60)
        self.assertEqual(khaosat("campaign", "open", campaign, "--data", str(self.data)).returncode, 0)

        def send(server, number, **changed):
            fields = {"_consent": "yes", "_slip": codes[number], "_id": f"submission-{number:08}", "_lang": "vi",
                      "_at": "check", "_step": "send", **changed}
            request = urllib.request.Request(server.address + "/s/" + campaign, urllib.parse.urlencode(fields).encode())
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    body = answer.read().decode()
                    return answer.status, re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", body).group(0)
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode()

        server = Server(self.data)
        receipts = {}
        for number in range(25):
            status, receipts[number] = send(server, number)
            self.assertEqual(status, 200, receipts[number])
        server.process.kill()
        server.process.communicate()

        server = Server(self.data)
        for number in range(25):
            self.assertEqual(send(server, number), (200, receipts[number]), "the same sending gets the same receipt")
        for number in range(25, 50):
            self.assertEqual(send(server, number)[0], 200)
        # A spent slip and one that never was get one and the same words.
        spent = send(server, 3, _id="another-submission-1")
        unknown = send(server, 3, _id="another-submission-2", _slip="0000-0000-0000-0")
        self.assertEqual(spent[0], 403)
        self.assertEqual(unknown[0], 403)
        server.stop()

        closed = khaosat("campaign", "close", campaign, "--data", str(self.data), "--format", "csv")
        self.assertEqual(closed.stdout.splitlines()[1].split(",")[0], "50")
        self.assertFalse((self.data / "keys" / f"campaign-{campaign}.key").exists())

    def test_a_backup_of_a_running_server_restores_to_the_same_counts(self):
        server = Server(self.data)
        copy, keys, restored = (str(pathlib.Path(self.folder.name) / name) for name in ("copy", "keys", "restored"))
        made = khaosat("backup", copy, "--data", str(self.data), "--keys", keys)
        self.assertEqual(made.returncode, 0, made.stderr)
        server.stop()
        again = khaosat("backup", copy, "--data", str(self.data))
        self.assertEqual(again.returncode, 4, "a backup never overwrites another")
        back = khaosat("restore", copy, "--data", restored, "--keys", keys)
        self.assertEqual(back.returncode, 0, back.stderr)
        self.assertEqual(back.stdout.splitlines()[0], made.stdout.splitlines()[0])
        registry = pathlib.Path(copy) / "registry.db"
        registry.write_bytes(registry.read_bytes()[:-100])
        damaged = khaosat("restore", copy, "--data", restored + "2")
        self.assertNotEqual(damaged.returncode, 0)
        self.assertFalse(list(pathlib.Path(restored + "2").glob("*")))

    def test_a_backup_carries_the_files_of_evidence_and_no_damaged_one(self):
        Server(self.data).stop()
        evidence = self.data / "evidence"
        papers = [b"%PDF-1.4\nbien ban " + bytes([number]) * 2000 for number in range(3)]

        def put(folder, content):
            folder.mkdir(exist_ok=True)
            path = folder / hashlib.sha256(content).hexdigest()
            path.write_bytes(content)
            return path

        for paper in papers:
            put(evidence, paper)
        (evidence / "upload.tmp").write_bytes(b"half of a file")
        copy, restored = pathlib.Path(self.folder.name) / "copy", pathlib.Path(self.folder.name) / "restored"
        made = khaosat("backup", str(copy), "--data", str(self.data))
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("3 files of evidence", made.stdout)
        back = khaosat("restore", str(copy), "--data", str(restored))
        self.assertEqual(back.returncode, 0, back.stderr)
        for folder in (copy / "evidence", restored / "evidence"):
            held = {path.name: path.read_bytes() for path in folder.iterdir()}
            self.assertEqual(held, {hashlib.sha256(paper).hexdigest(): paper for paper in papers})
        self.assertEqual((restored / "evidence").stat().st_mode & 0o777, 0o700)
        sound = khaosat("audit", "verify", str(restored))
        self.assertEqual(sound.returncode, 0, sound.stderr)
        # Bytes that are no longer those of their name go neither in nor out.
        put(copy / "evidence", papers[1]).write_bytes(papers[1] + b"x")
        damaged = khaosat("restore", str(copy), "--data", str(restored) + "2")
        self.assertNotEqual(damaged.returncode, 0)
        self.assertIn("[storage_failed]", damaged.stderr)
        put(evidence, papers[2]).write_bytes(papers[2][:-1])
        self.assertNotEqual(khaosat("backup", str(copy) + "2", "--data", str(self.data)).returncode, 0)

    def test_nothing_can_be_computed_before_closing(self):
        draft = pathlib.Path(self.folder.name) / "campaign.json"
        draft.write_text(CAMPAIGN.replace("exit_one_minute", "citizen_satisfaction"), encoding="utf-8")
        campaign = khaosat("campaign", "create", str(draft), "--data", str(self.data)).stdout.strip()
        khaosat("campaign", "slips", campaign, "--data", str(self.data))
        khaosat("campaign", "open", campaign, "--data", str(self.data))
        run = khaosat("index", "compute", "--data", str(self.data), "--campaign", campaign, "--model", "sipas")
        self.assertEqual(run.returncode, 4)
        self.assertIn("[campaign_not_closed]", run.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=1)
