"""A data folder as an office has it, servers on copies of it, and what people send them.

Everything goes through the program itself: its command line makes the campaign and the slips, its
pages the first account. Only loopback is used.
"""
import hashlib
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import time
import urllib.parse

SOURCE = pathlib.Path(__file__).resolve().parents[2]
DEFS = SOURCE / "survey_defs"
COMMUNES = ["xa_na_phac_2025", "xa_bang_van_2025", "xa_ngan_son_2025", "xa_thuong_quan_2025", "xa_hiep_luc_2025"]
VILLAGES = 8
COMMENT = "Cán bộ ở bộ phận một cửa hướng dẫn rõ ràng, nhưng đường vào thôn còn lầy lội, mong sớm được sửa."
# What a telephone sends over plain HTTP, where browsers do not offer brotli.
BROWSER = ("Host: 127.0.0.1\r\nConnection: keep-alive\r\n"
           "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Mobile Safari/537.36\r\n"
           "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
           "Accept-Encoding: gzip, deflate\r\nAccept-Language: vi-VN,vi;q=0.9,en;q=0.8\r\n")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("KHAOSAT_")}


def run_program(*words):
    """What a program of the build says."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, env=ENVIRONMENT)
    if done.returncode != 0:
        raise SystemExit(f"{words[0]} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def get(path, headers=""):
    return f"GET {path} HTTP/1.1\r\n{BROWSER}{headers}\r\n".encode()


def post(path, body, content_type="application/x-www-form-urlencoded"):
    head = (f"POST {path} HTTP/1.1\r\n{BROWSER}Origin: http://127.0.0.1\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


def write_plan(path, requests):
    """`requests`: (bytes, status expected, pause before it in ms)."""
    with open(path, "wb") as file:
        for request, status, pause in requests:
            file.write(f"{len(request)} {status} {pause}\n".encode() + request)
    return path


class Office:
    """A data folder with one open campaign of the citizens' questionnaire, slips and one account."""

    def __init__(self, khaosat, folder, slips):
        self.khaosat, self.folder = khaosat, pathlib.Path(folder)
        self.data = self.folder / "office"
        strata = [{"id": f"s{i}", "title": "", "unit": unit, "psu_population": 40} for i, unit in enumerate(COMMUNES)]
        each = -(-slips // (len(COMMUNES) * VILLAGES))
        psus = [{"id": f"{stratum['id']}v{i}", "title": f"Thôn {i}", "stratum": stratum["id"], "population": 3 * each,
                 "slips": each, "neighbour": ""} for stratum in strata for i in range(VILLAGES)]
        draft = {"title": {"vi": "Đo tốc độ"}, "office": "UBND thử", "questionnaire": "citizen_satisfaction", "version": 1,
                 "opens_on": "2025-07-01", "closes_on": "2199-12-31", "sample": "drawn", "admission": "slips",
                 "minimum_cell": 5, "batch_size": 10, "units": COMMUNES, "strata": strata, "psus": psus}
        file = self.folder / "campaign.json"
        file.write_text(json.dumps(draft), encoding="utf-8")
        self.campaign = self.run("campaign", "create", str(file)).strip()
        table = self.run("campaign", "slips", self.campaign, "--format", "csv").splitlines()[1:]
        self.codes = [line.split(",")[1] for line in table]
        random.Random(1).shuffle(self.codes)  # people of all villages come at once
        self.run("campaign", "open", self.campaign)
        self.path = "/s/" + self.campaign
        self.cookie = self.make_account()
        self.answers = Answers()

    def run(self, *words, data=None):
        return run_program(self.khaosat, *words, "--data", data or self.data, "--defs", DEFS)

    def make_account(self):
        with Server(self.real(), self.data) as server:
            token = re.search(r"/setup\?token=(\S+)", server.said).group(1)
            fields = {"token": token, "name": "bench", "display_name": "Đo", "password": "rat-dai-va-kho-doan-2026",
                      "password_again": "rat-dai-va-kho-doan-2026"}
            status, headers, _ = server.ask("POST", "/setup", urllib.parse.urlencode(fields))
            if status != 303:
                raise SystemExit(f"the first account was not made: {status}")
            return headers["Set-Cookie"].split(";")[0]

    def real(self, *words):
        """The command of the program itself."""
        return lambda data: [self.khaosat, "serve", "--data", data, "--defs", DEFS, "--listen", "127.0.0.1:0", *words]

    def held_back(self, program, kind, extra_flush=0):
        """The command of the same server over another store."""
        return lambda data: [program, kind, extra_flush, data, DEFS]

    def serve(self, command):
        """A fresh server on a fresh copy of the folder."""
        copy = self.folder / f"data-{time.monotonic_ns()}"
        shutil.copytree(self.data, copy)
        return Server(command, copy, throw_away=True)

    def submission(self, number, step="send"):
        fields = {"_consent": "yes", "_slip": self.codes[number], "_id": hashlib.md5(str(number).encode()).hexdigest(),
                  "_lang": "vi", "_at": "check", "_step": step, **self.answers.fields(number)}
        return post(self.path, urllib.parse.urlencode(fields).encode())

    def submissions(self, count):
        """Of different persons, each with 50 answers, as the browser sends them at the end."""
        return [(self.submission(number), 200, 0) for number in range(count)]


class Answers:
    """Fifty of the 71 questions of the citizens' questionnaire, one of them in a person's own words."""

    def __init__(self):
        read = json.loads((DEFS / "questionnaires/citizen_satisfaction.json").read_text(encoding="utf-8"))
        scales = {}
        for file in (DEFS / "scales").glob("*.json"):
            scale = json.loads(file.read_text(encoding="utf-8"))
            scales[scale["id"]] = [option["id"] for option in scale.get("options", [])]
        questions = [question for section in read["sections"] for question in section["questions"]]
        self.choices = []
        for question in questions:
            if len(self.choices) == 49:
                break
            options = scales.get(question.get("scale")) or [option["id"] for option in question.get("options", [])]
            # Nobody skips: whoever says no to one of the first questions is not asked those that follow.
            if options and question["type"] in ("likert", "single_choice", "multi_choice"):
                self.choices.append((question["id"], ["yes"] if "yes" in options else options))

    def fields(self, number):
        chosen = random.Random(number)
        return {**{name: chosen.choice(options) for name, options in self.choices}, "comment": COMMENT}


class Server:
    """A running server; `with` ends it, and its folder if that was a copy."""

    def __init__(self, command, data, throw_away=False):
        self.data, self.throw_away = pathlib.Path(data), throw_away
        self.process = subprocess.Popen([str(word) for word in command(data)], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, bufsize=0, env=ENVIRONMENT)
        self.said = ""
        for line in map(bytes.decode, self.process.stdout):
            self.said += line
            if line.startswith("Address: http://127.0.0.1:"):
                self.port = int(line.rsplit(":", 1)[1])
                break
        else:
            raise SystemExit(f"{command(data)[0]} did not start")
        os.set_blocking(self.process.stdout.fileno(), False)
        end = time.monotonic() + 10
        while self.ask("GET", "/healthz")[0] != 200 and time.monotonic() < end:
            time.sleep(0.05)
        self.said += (self.process.stdout.read() or b"").decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.process.stdout.close()
        if self.throw_away:
            shutil.rmtree(self.data)

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, path, body, {**kind, **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers, content

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self, which="VmRSS"):
        return int(re.search(which + r":\s+(\d+) kB", pathlib.Path(f"/proc/{self.process.pid}/status").read_text()).group(1)) / 1024

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def load(self, client, *words):
        """Runs the load client against it; its counts, and the server's processor time for an answer."""
        before = self.cpu_seconds()
        result = json.loads(run_program(client, words[0], self.port, *words[1:]))
        result["server_cpu_us"] = round((self.cpu_seconds() - before) * 1e6 / max(result["right"], 1), 1)
        return result
