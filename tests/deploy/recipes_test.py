"""The guide for operators, followed word by word: every recipe of docs/operations.md is run as it stands,
with the machine's folders moved below a temporary one, and sudo, systemctl, apt and the like played.
usage: recipes_test.py KHAOSAT SOURCE_DIR"""
import shutil

from support import *

GUIDE = (SOURCE / "docs" / "operations.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"<!-- recipe: (\w+) -->\n```sh\n(.*?)```", GUIDE, re.S))

PLAYED = {
    # Runs as ourselves; owners do not matter here.
    "sudo": 'while [ "$1" = -u ]; do shift 2; done\nexec "$@"',
    "install": 'words=()\nwhile [ $# -gt 0 ]; do case $1 in -o|-g) shift 2;; *) words+=("$1"); shift;; esac; done\nexec /usr/bin/install "${words[@]}"',
    "useradd": ":", "chown": ":", "apt-get": ":",
    "journalctl": 'case $* in *vacuum*) ;; *) cat "$ROOT/journal";; esac',
    # What building would make is there already; installing is real.
    "cmake": 'if [ "$1" = --install ]; then shift 2; exec "$CMAKE" --install "$BUILD" "$@"; fi',
    "systemctl": '''
stop() { if [ -f "$ROOT/pid" ]; then kill -TERM "$(cat "$ROOT/pid")"; while kill -0 "$(cat "$ROOT/pid")" 2>/dev/null; do sleep 0.05; done; rm "$ROOT/pid"; fi; }
start() {
  command=$(sed -n "s/^ExecStart=//p" "$ROOT/etc/systemd/system/khaosat.service" | sed "s#/usr/local/#$ROOT/usr/local/#g; s#/var/lib/#$ROOT/var/lib/#g; s#/etc/khaosat#$ROOT/etc/khaosat#g")
  : > "$ROOT/journal"
  setsid $command >> "$ROOT/journal" 2>&1 < /dev/null &
  echo $! > "$ROOT/pid"
  for _ in $(seq 100); do grep -q "^Address" "$ROOT/journal" && sleep 0.3 && return 0; kill -0 "$(cat "$ROOT/pid")" || break; sleep 0.05; done
  cat "$ROOT/journal" >&2; exit 1
}
case $* in daemon-reload) ;; "enable --now khaosat"|"start khaosat") start;; "disable --now khaosat"|"stop khaosat") stop;; "restart khaosat") stop; start;; *) exit 1;; esac''',
}


class Machine:
    """A Debian machine as far as the recipes see one."""

    def __init__(self, root, ports):
        self.root, self.ports = root, ports
        (root / "played").mkdir(parents=True)
        for name, body in PLAYED.items():
            script = root / "played" / name
            script.write_text("#!/bin/bash\nset -eu\n" + body + "\n")
            script.chmod(0o755)
        for folder in ("etc/systemd/system", "var/lib", "srv"):
            (root / folder).mkdir(parents=True)

    def moved(self, text):
        text = re.sub(r"(?<![\w.])/(usr/local|var/lib|etc|srv)\b", rf"{self.root}/\1", text)
        for asked, ours in self.ports.items():
            text = text.replace(asked, ours)
        return text.replace("script/install run", ":").replace("du -xh --max-depth=2 /var", f"du -xh {self.root}/var")

    def follow(self, name):
        environment = {**ENVIRONMENT, "PATH": f"{self.root}/played:{self.root}/usr/local/bin:{os.environ['PATH']}", "ROOT": str(self.root),
                       "BUILD": str(pathlib.Path(KHAOSAT).parent), "CMAKE": shutil.which("cmake")}
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", self.moved(RECIPES[name])], cwd=SOURCE, env=environment,
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{name}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def off(self):
        if (self.root / "pid").exists():
            os.kill(int((self.root / "pid").read_text()), signal.SIGKILL)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Guide(InFolder):
    def machine(self, name):
        plain, tls = free_port(), free_port()
        machine = Machine(self.folder / name, {"127.0.0.1:8080": f"127.0.0.1:{plain}"})
        machine.address = f"http://127.0.0.1:{plain}"
        machine.listen = f'{{"listen": "127.0.0.1:{plain}", "listen_tls": "127.0.0.1:{tls}", "low_space": 1}}'
        machine.tls = f"https://127.0.0.1:{tls}"
        self.addCleanup(machine.off)
        return machine

    def installed(self, machine, recipe="install", skip=()):
        """As the guide says, except for the ports, which others may use here."""
        text = RECIPES[recipe]
        for line in skip:
            self.assertIn(line, text)
            text = "\n".join(kept for kept in text.splitlines() if not kept.startswith(line))
        written = f"echo '{machine.listen}' | sudo tee /etc/khaosat/khaosat.json > /dev/null"
        copied = "sudo cp /usr/local/share/khaosat/deploy/khaosat.json /etc/khaosat/khaosat.json"
        self.assertIn(copied, text)
        RECIPES["as_installed"] = text.replace(copied, copied + "\n" + written)
        return machine.follow("as_installed")

    def test_every_recipe(self):
        self.assertLessEqual({"install", "certificate", "backup", "rehearse", "restore", "upgrade", "move_from", "move_to", "disk_full"}, set(RECIPES))
        old = self.machine("old")
        link = self.installed(old)
        self.assertRegex(link, r"http://127\.0\.0\.1:\d+/setup\?token=\w+")
        self.assertEqual(fetch(old.address + "/healthz").body, "ok\n")
        self.assertEqual(fetch(old.tls + "/healthz", context=trusting_anything()).body, "ok\n")
        data = old.root / "var/lib/khaosat"

        # A campaign that runs through everything that follows.
        RECIPES["stop"] = "sudo systemctl stop khaosat\n"
        RECIPES["start"] = "sudo systemctl start khaosat\n"
        old.follow("stop")
        campaign, codes = make_campaign(data, 60)
        old.follow("start")
        receipts = {}

        def answer(machine, numbers):
            for number in numbers:
                sent = send(machine.address, campaign, codes[number], number)
                self.assertEqual(sent.status, 200, sent.body)
                self.assertEqual(receipts.setdefault(number, receipt_of(sent.body)), receipt_of(sent.body))
        answer(old, range(12))

        checked("init", "--data", self.folder / "other", "--host", "khaosat.example.vn")
        for name in ("certificate.pem", "private_key.pem"):
            RECIPES["certificate"] = RECIPES["certificate"].replace(f" {name} ", f" {self.folder}/other/tls/{name} ")
        old.follow("certificate")
        served = ssl.get_server_certificate(("127.0.0.1", int(old.tls.rsplit(":", 1)[1])))
        self.assertEqual(served.strip(), (self.folder / "other/tls/certificate.pem").read_text().strip())
        answer(old, range(12))

        listed = old.follow("backup")
        self.assertIn("registry.db", listed)
        self.assertEqual({folder.stat().st_mode & 0o077 for folder in (old.root / "srv").iterdir()}, {0})
        self.assertIn(campaign, old.follow("rehearse"))
        answer(old, range(8, 20))
        old.follow("restore")
        answer(old, range(20))  # those after the backup simply send again
        self.assertTrue((old.root / "var/lib/khaosat.before").exists())
        old.follow("upgrade")
        answer(old, range(25))
        old.follow("disk_full")

        old.follow("move_from")
        with self.assertRaises(OSError):
            fetch(old.address + "/healthz")
        new = self.machine("new")
        self.installed(new, skip=("sudo -u khaosat khaosat init", "sudo systemctl enable --now", "sudo journalctl"))
        for folder in ("backup", "keys"):
            shutil.copytree(old.root / "srv" / folder, new.root / "srv" / folder)
        new.follow("move_to")
        answer(new, range(40))
        new.follow("stop")
        closed = checked("campaign", "close", campaign, "--data", new.root / "var/lib/khaosat", "--format", "csv")
        self.assertEqual(closed.splitlines()[1].split(",")[0], "40")


if __name__ == "__main__":
    run()
