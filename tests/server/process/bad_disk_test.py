"""The disk fills up, breaks, or will not flush, below the real program: while serving, backing up and
restoring. KHAOSAT_LONG=1: every single operation.
usage: bad_disk_test.py KHAOSAT SOURCE_DIR          FAILING_DISK: the library to load below it"""
import shutil

from support import *

SHIM = os.environ.get("FAILING_DISK", "")
EVERY = os.environ.get("KHAOSAT_LONG") == "1"
KINDS = ("io", "full", "short", "flush")


def failing(folder, kind, **more):
    return {**ENVIRONMENT, "LD_PRELOAD": SHIM, "FAIL_FOLDER": str(folder), "FAIL_KIND": kind, **{name: str(value) for name, value in more.items()}}


def no_shim():
    return IS_SANITIZED or not SHIM


@unittest.skipIf(no_shim(), "SKIPPED: the failing disk cannot be loaded below a sanitizer")
class Serving(InFolder):
    def test_a_full_disk_is_said_and_survived_without_restart(self):
        campaign, codes = make_campaign(self.data, 40, "citizen_satisfaction")
        full = self.folder / "full"
        with Server(self.data, environment=failing(self.data, "full", FAIL_SWITCH=full)) as server:
            office = sign_in_first_account(server)
            self.assertEqual(send(server.address, campaign, codes[0], 0).status, 200)
            self.assertEqual(server.get("/healthz").body, "ok\n")
            self.assertNotIn("chỉ còn", office("/staff").body)

            full.touch()
            question, choice, text_field = first_choice_and_text(server.address, campaign)
            refused = send(server.address, campaign, codes[1], 1, **{question: choice, text_field: "Xin chào bà con"})
            self.assertEqual(refused.status, 503, refused.body)
            self.assertEqual(refused.headers["Retry-After"], "10")
            self.assertIn("hết chỗ chứa", refused.body)
            # What was typed is in the page and can be sent again with one button.
            for kept in ("Xin chào bà con", f'name="{question}" value="{choice}"', codes[1], "submission-00000001", 'value="send"'):
                self.assertIn(kept, refused.body)
            self.assertIsNone(receipt_of(re.sub(r"value=\"[^\"]*\"", "", refused.body)))
            program = fetch(f"{server.address}/s/{campaign}", b'{"_consent":"yes","_slip":"%s","_id":"submission-00000002"}' % codes[2].encode(),
                            {"Content-Type": "application/json"})
            self.assertEqual((program.status, program.headers["Retry-After"]), (503, "10"))
            self.assertIn('"storage_full"', program.body)
            health = server.get("/healthz")
            self.assertEqual((health.status, health.body), (503, "storage_full\n"))
            metrics = server.get("/metrics").body
            self.assertIn("khaosat_healthy 0", metrics)
            self.assertIn("khaosat_disk_low 1", metrics)
            self.assertRegex(metrics, r"khaosat_store_commit_failures_total [1-9]")
            overview = office("/staff")
            self.assertEqual(overview.status, 200)
            self.assertIn("chỉ còn 0 MB", overview.body)
            # Reading goes on.
            self.assertEqual(server.get(f"/s/{campaign}").status, 200)

            full.unlink()
            again = send(server.address, campaign, codes[1], 1, **{question: choice, text_field: "Xin chào bà con"})
            self.assertEqual(again.status, 200, again.body)
            self.assertTrue(receipt_of(again.body))
            self.assertEqual(server.get("/healthz").body, "ok\n")
            self.assertIn("khaosat_healthy 1", server.get("/metrics").body)
            for number in range(3, 20):
                self.assertEqual(send(server.address, campaign, codes[number], number).status, 200)
            self.assertEqual(server.stop(), 0)
        closed = checked("campaign", "close", campaign, "--data", self.data, "--format", "csv")
        self.assertEqual(closed.splitlines()[1].split(",")[0], "19")

    def test_a_disk_that_will_not_flush_ends_the_program_and_nothing_acknowledged_is_lost(self):
        campaign, codes = make_campaign(self.data, 40)
        broken = self.folder / "broken"
        with Server(self.data, environment=failing(self.data, "flush", FAIL_SWITCH=broken)) as server:
            receipts = [receipt_of(send(server.address, campaign, codes[number], number).body) for number in range(15)]
            broken.touch()
            with self.assertRaises(OSError):
                send(server.address, campaign, codes[15], 15)
            self.assertEqual(server.process.wait(timeout=20), 6)
            self.assertIn("storage.flush_failed", server.log())
        broken.unlink()
        with Server(self.data) as server:
            for number in range(15):
                self.assertEqual(receipt_of(send(server.address, campaign, codes[number], number).body), receipts[number])
            self.assertEqual(send(server.address, campaign, codes[15], 15).status, 200)

    def test_little_room_is_said_at_the_start(self):
        with Server(self.data, "--low-space", "100000000") as server:
            self.assertEqual(server.get("/healthz").body, "low_space\n")
            self.assertIn('"event":"low_space"', server.log())
            self.assertIn("khaosat_disk_low 1", server.get("/metrics").body)
        with Server(self.data, "--low-space", "0") as server:
            self.assertEqual(server.get("/healthz").body, "ok\n")


def first_choice_and_text(address, campaign):
    """A question to choose in, one of its options, and a field for words."""
    page = fetch(f"{address}/s/{campaign}").body
    choice = re.search(r'<input type="radio"[^>]*name="([a-z]\w*)" value="([a-z0-9]\w*)"', page)
    text = re.search(r'<textarea[^>]*name="(\w+)"', page)
    return choice.group(1), choice.group(2), text.group(1)


def sign_in_first_account(server):
    """Makes the first account by the printed link; a function that gets pages as it."""
    password = "ba con trau trang di qua cau"
    page = fetch(server.setup_link).body
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    fields.update(name="quan.tri", display_name="Chị Quản trị", password=password, password_again=password)
    made = NoRedirect.open(server.address + "/setup", urllib.parse.urlencode(fields).encode())
    cookie = made.headers.get("Set-Cookie", "").split(";")[0]
    if not cookie:
        made = NoRedirect.open(server.address + "/staff/sign-in", urllib.parse.urlencode({"name": "quan.tri", "password": password}).encode())
        cookie = made.headers.get("Set-Cookie", "").split(";")[0]
    assert cookie, (made.status, made.body)
    return lambda path: fetch(server.address + path, headers={"Cookie": cookie})


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None

    @classmethod
    def open(cls, url, data):
        try:
            with urllib.request.build_opener(cls).open(urllib.request.Request(url, data), timeout=20) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read().decode())


@unittest.skipIf(no_shim(), "SKIPPED: the failing disk cannot be loaded below a sanitizer")
class Copying(InFolder):
    """Whatever operation fails: a backup or restore that says it worked did; one that failed says so, is no
    backup, and leaves the original as it was."""

    def setUp(self):
        super().setUp()
        campaign, codes = make_campaign(self.data, 40)
        with Server(self.data) as server:
            for number in range(25):
                self.assertEqual(send(server.address, campaign, codes[number], number).status, 200)
            server.stop()
        self.good = self.folder / "good"
        self.said = checked("backup", self.good, "--data", self.data)

    def points(self, words, watched, kind):
        count = self.folder / "count"
        done = khaosat(*words, env=failing(watched, kind, FAIL_COUNT=count))
        self.assertEqual(done.returncode, 0, done.stderr)
        last = int(count.read_text())
        self.assertGreaterEqual(last, 2, kind)
        step = 1 if EVERY else max(1, last // 12)
        return range(1, last + 1, step)

    def test_backups(self):
        runs = failures = 0
        for kind in KINDS:
            points = self.points(["backup", self.folder / f"count-{kind}", "--data", self.data], self.folder / f"count-{kind}", kind)
            for persistent in (0, 1):
                for at in points:
                    copy, back = self.folder / "copy", self.folder / "back"
                    done = khaosat("backup", copy, "--data", self.data, env=failing(copy, kind, FAIL_AT=at, FAIL_PERSISTENT=persistent))
                    restored = khaosat("restore", copy, "--data", back)
                    where = f"{kind} at {at}, persistent {persistent}: {done.stderr}"
                    runs += 1
                    if done.returncode == 0:
                        # Bytes may differ between two backups; what they hold may not.
                        self.assertEqual(restored.returncode, 0, where + restored.stderr)
                        self.assertEqual(without_digests(restored.stdout), without_digests(self.said), where)
                    else:
                        failures += 1
                        self.assertIn("[", done.stderr, where)
                        self.assertNotEqual(restored.returncode, 0, where)
                    shutil.rmtree(copy, ignore_errors=True)
                    shutil.rmtree(back, ignore_errors=True)
        self.assertGreater(failures, runs // 2)
        print(f"backups on a failing disk: {runs} runs, {failures} failed and said so")
        self.assertEqual(without_digests(checked("backup", self.folder / "after", "--data", self.data)), without_digests(self.said))

    def test_restores(self):
        runs = failures = 0
        for kind in KINDS:
            points = self.points(["restore", self.good, "--data", self.folder / f"count-{kind}"], self.folder / f"count-{kind}", kind)
            for persistent in (0, 1):
                for at in points:
                    back = self.folder / "back"
                    done = khaosat("restore", self.good, "--data", back, env=failing(back, kind, FAIL_AT=at, FAIL_PERSISTENT=persistent))
                    where = f"{kind} at {at}, persistent {persistent}: {done.stderr}"
                    runs += 1
                    if done.returncode == 0:
                        self.assertEqual(done.stdout, self.said.rsplit("\n", 2)[0] + "\n", where)
                        self.assertEqual(khaosat("backup", self.folder / "again", "--data", back).returncode, 0, where)
                        shutil.rmtree(self.folder / "again")
                    else:
                        failures += 1
                        self.assertIn("[", done.stderr, where)
                        self.assertFalse(list(back.glob("*")), where)
                    shutil.rmtree(back, ignore_errors=True)
        self.assertGreater(failures, runs // 2)
        print(f"restores on a failing disk: {runs} runs, {failures} failed and said so")


def without_digests(listing):
    return [line.split("  ", 1)[1] for line in listing.splitlines() if re.match(r"[0-9a-f]{64}  ", line)]


if __name__ == "__main__":
    run()
