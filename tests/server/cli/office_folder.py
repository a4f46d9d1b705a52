"""A data folder with a campaign that people answered, made as an office makes it: create, slips, open, serve, close.
For tests that compute indices of campaigns on the command line."""
import json
import os
import pathlib
import random
import signal
import subprocess
import urllib.parse
import urllib.request

from command_line import KHAOSAT, SOURCE, khaosat

ITEMS = ["one", "two", "three"]
LEVELS = [f"l{k}" for k in range(1, 6)]
SEXES = ["female", "male", "other"]
AGES = ["young", "middle", "old"]
# The year a campaign closes is its year. Answers are given today, so this one is far from over.
YEAR = 2098


def options(ids):
    return [{"id": one, "text": {"vi": one}} for one in ids]


def write_definitions(folder):
    """A form with three items and two traits, and two indices of it."""
    def put(name, content):
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")

    factor = {"parts": [{"id": "p", "title": {"vi": "P"}}], "factors": [{"id": "f", "part": "p", "title": {"vi": "F"}}]}
    questions = [{"id": item, "type": "single_choice", "factor": "f", "text": {"vi": item}, "options": options(LEVELS), "absences": ["dont_know"]} for item in ITEMS]
    questions += [{"id": "sex", "type": "single_choice", "text": {"vi": "Giới tính"}, "options": options(SEXES), "absences": ["declined"]},
                  {"id": "age", "type": "single_choice", "text": {"vi": "Tuổi"}, "options": options(AGES), "absences": ["declined"]}]
    form = {"schema": "khaosat/questionnaire/1", "id": "form", "version": 1, "title": {"vi": "Phiếu"}, "audience": "citizen", "languages": ["vi"],
            **factor, "sections": [{"id": "s", "title": {"vi": "Mục"}, "questions": questions}]}
    put("questionnaires/form.json", form)
    form["version"] = 2
    form["sections"][0]["questions"][0]["hint"] = {"vi": "Chọn một."}
    put("questionnaires/form.v2.json", form)
    scoring = {"method": "min_max", "to": [0, 100], "anchors": [{"version": 1, "lo": 1, "hi": 5, "author": "x", "reason": "y"}]}

    def model(name, items):
        leaf = [{"id": item, "parent": "index", "title": {"vi": item}, "weight": 1, "scoring": scoring,
                 "source": {"survey": {"question": item, "scores": {level: k + 1 for k, level in enumerate(LEVELS)}}}} for item in items]
        put(f"index_models/{name}.json", {
            "schema": "khaosat/index_model/1", "id": name, "version": 1, "title": {"vi": name}, "source": {"issuer": "x"}, "scale": [0, 100],
            "questionnaire": {"id": "form", "version": 1},
            "nodes": [{"id": "index", "title": {"vi": "Chỉ số"}, "aggregate": "weighted_mean", "weights_total": len(items)}, *leaf]})

    model("whole", ITEMS)
    model("part", ITEMS[1:])
    put("units/places.json", {"schema": "khaosat/units/1", "id": "places", "version": 1, "title": {"vi": "Đơn vị"}, "units": [
        {"id": "tinh", "code": "01", "name": {"vi": "Tỉnh"}, "level": "province"},
        {"id": "xa_a", "code": "02", "name": {"vi": "Xã A"}, "level": "commune", "parent": "tinh"},
        {"id": "xa_b", "code": "03", "name": {"vi": "Xã B"}, "level": "commune", "parent": "tinh"}]})


def village_answers(psu, people, shift, seed=1, declining=0):
    """What the people of a village say: a list of answers by question."""
    draw = random.Random(f"{psu} {seed}")
    answers = []
    for who in range(people):
        sex = draw.choices(SEXES[:2], [0.7, 0.3])[0]
        age = draw.choices(AGES, [0.2, 0.3, 0.5])[0]
        # Old people are more content, so that weights matter.
        content = shift + AGES.index(age) + (0 if sex == "female" else 1)
        one = {item: LEVELS[max(0, min(4, round(draw.gauss(content / 2 + 1, 1))))] for item in ITEMS}
        one |= {"sex": sex, "age": age}
        if who < declining:
            one["age"] = "~declined"
        answers.append(one)
    return answers


class Office:
    """One data folder with one campaign. `villages`: psu → (unit, people in the frame, answers)."""

    def __init__(self, folder, definitions, villages, version=1, year=YEAR, sample="drawn"):
        self.folder, self.definitions, self.villages = pathlib.Path(folder), definitions, villages
        units = sorted({unit for unit, _, _ in villages.values()})
        draft = {"title": {"vi": "Thử"}, "office": "UBND", "questionnaire": "form", "version": version, "opens_on": "2026-01-01", "closes_on": f"{year}-12-31",
                 "sample": sample, "admission": "slips", "minimum_cell": 5, "batch_size": 10, "units": units,
                 "strata": [{"id": unit, "title": unit, "unit": unit, "psu_population": 0} for unit in units],
                 "psus": [{"id": psu, "title": psu, "stratum": unit, "population": people, "slips": len(answers), "neighbour": ""}
                          for psu, (unit, people, answers) in villages.items()]}
        path = pathlib.Path(str(folder) + "-draft.json")
        path.write_text(json.dumps(draft), encoding="utf-8")
        self.id = self.done("create", path).strip()
        self.codes = {}
        for line in self.done("slips", self.id, "--format", "csv").splitlines()[1:]:
            psu, code = line.split(",")
            self.codes.setdefault(psu, []).append(code)
        self.done("open", self.id)

    def campaign(self, action, *words, **more):
        return khaosat("campaign", action, "--data", self.folder, "--defs", self.definitions, *words, **more)

    def done(self, action, *words):
        run = self.campaign(action, *words)
        assert run.returncode == 0, run.stderr
        return run.stdout

    def answer(self):
        """Everybody, through the citizens' own page."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("KHAOSAT_")}
        server = subprocess.Popen([KHAOSAT, "serve", "--data", str(self.folder), "--defs", str(self.definitions), "--listen", "127.0.0.1:0"], cwd=SOURCE,
                                  env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        address = next(line.split()[1] for line in server.stdout if line.startswith("Address: http://"))
        number = 0
        for psu, (_, _, answers) in self.villages.items():
            for code, said in zip(self.codes[psu], answers):
                number += 1
                form = {"_step": "send", "_at": "check", "_lang": "vi", "_consent": "yes", "_id": f"submission-number-{number:05}", "_slip": code, **said}
                with urllib.request.urlopen(f"{address}/s/{self.id}", urllib.parse.urlencode(form).encode(), timeout=20) as page:
                    assert page.status == 200
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
        return self

    def close(self):
        self.done("close", self.id)
        return self

    def compute(self, *words, model="whole"):
        return khaosat("index", "compute", "--data", self.folder, "--defs", self.definitions, "--campaign", self.id, "--model", model, *words)
