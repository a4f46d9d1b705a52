"""The systemd unit: valid, hardened, and starting what it says.
usage: unit_test.py KHAOSAT SOURCE_DIR"""
import shlex
import shutil

from support import *

UNIT = SOURCE / "deploy" / "khaosat.service"
# systemd's own scale: 0 is locked up, 10 wide open; a unit without settings has 9.6.
MOST_EXPOSED = 2.0


def value_of(key):
    return [line.split("=", 1)[1] for line in UNIT.read_text().splitlines() if line.startswith(key + "=")]


class Unit(InFolder):
    def setUp(self):
        super().setUp()
        # systemd looks whether the program exists; it is not installed here.
        self.unit = self.folder / "khaosat.service"
        self.unit.write_text(UNIT.read_text().replace("/usr/local/bin/khaosat", KHAOSAT))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "SKIPPED: systemd-analyze is missing (script/install test)")
    def test_it_is_valid_and_hardened(self):
        verified = subprocess.run(["systemd-analyze", "verify", "--man=no", str(self.unit)], capture_output=True, text=True)
        self.assertEqual((verified.returncode, verified.stdout + verified.stderr), (0, ""))
        rated = subprocess.run(["systemd-analyze", "security", "--no-pager", "--offline=yes", str(self.unit)], capture_output=True, text=True)
        found = re.search(r"Overall exposure level for \S+: (\d+\.\d+)", rated.stdout)
        self.assertTrue(found, rated.stdout + rated.stderr)
        print("exposure", found.group(1), "of at most", MOST_EXPOSED)
        self.assertLessEqual(float(found.group(1)), MOST_EXPOSED)

    def test_what_anonymity_rests_on_is_set(self):
        for key, wanted in {"LimitCORE": "0", "MemorySwapMax": "0", "UMask": "0077", "PrivateTmp": "yes",
                            "ProtectSystem": "strict", "NoNewPrivileges": "yes", "MemoryDenyWriteExecute": "yes"}.items():
            self.assertEqual(value_of(key), [wanted], key)

    def test_its_command_starts_the_program(self):
        words = shlex.split(value_of("ExecStart")[0])
        options = self.folder / "khaosat.json"
        options.write_text('{"listen": "127.0.0.1:0"}')
        for old, new in (("/var/lib/khaosat", str(self.data)), ("/etc/khaosat/khaosat.json", str(options)),
                         ("/usr/local/share/khaosat/survey_defs", str(SOURCE / "survey_defs"))):
            self.assertIn(old, words)
            words[words.index(old)] = new
        self.assertEqual(words[0], "/usr/local/bin/khaosat")
        process = subprocess.Popen([KHAOSAT, *words[1:]], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        address = next(line.split()[1] for line in process.stdout if line.startswith("Address: "))
        self.assertEqual(fetch(address + "/healthz").status, 200)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=int(value_of("TimeoutStopSec")[0]))
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    run()
