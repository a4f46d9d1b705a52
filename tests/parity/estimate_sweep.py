"""Many random small tables: `khaosat estimate` and R's survey must say the same numbers.
usage: estimate_sweep.py KHAOSAT    exit 77: R or its survey package is not installed
KHAOSAT_SWEEP=300 asks that many tables instead of 18, KHAOSAT_SEED=5 begins at that seed (printed with every
difference), KHAOSAT_PARITY_TABLE=1 prints the worst relative difference of each kind."""
import csv
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from estimate_tables import Case

KHAOSAT = sys.argv[1]
HERE = pathlib.Path(__file__).parent
CASES = int(os.environ.get("KHAOSAT_SWEEP", "18"))
FIRST = int(os.environ.get("KHAOSAT_SEED", "604"))
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith("KHAOSAT_")}

# Relative. Looser only where R iterates (its glm), and where calibration itself ends at a tolerance. R reads the profile of
# the likelihood off a spline: that is printed, and compared with the root itself instead.
TIGHT = 1e-9
LOOSER = {"share logit": 1e-6, "calibrated": 1e-8, "omega": 1e-7}


def khaosat(*words, stdin=None):
    return subprocess.run([KHAOSAT, *map(str, words)], capture_output=True, text=True, input=stdin, env=CLEAN, timeout=120)


def estimates(case, folder):
    """By question; None where the program refuses it. Everything in one run unless something is refused."""
    table = folder / f"own_{case.seed}.csv"
    case.write(table, True)
    wanted = folder / f"wanted_{case.seed}.txt"
    wanted.write_text("".join(q["statement"] + "\n" for q in case.questions), encoding="utf-8")
    run = khaosat("estimate", table, "--spec", f"@{wanted}", *case.words)
    if run.returncode == 0:
        return json.loads(run.stdout)["estimates"]
    found = []
    for question in case.questions:
        run = khaosat("estimate", table, "--spec", question["statement"], *case.words)
        if run.returncode not in (0, 3):
            sys.exit(f"seed {case.seed}: {question['statement']}: exit {run.returncode}: {run.stderr}")
        found.append(json.loads(run.stdout)["estimates"][0] if run.returncode == 0 else {"refused": run.stderr.strip()})
    return found


def answers_of_r(cases, folder):
    with open(folder / "designs.csv", "w", newline="", encoding="utf-8") as designs, open(folder / "questions.csv", "w", newline="", encoding="utf-8") as questions:
        names = ["case", "bounds", *cases[0].design]
        names = list(dict.fromkeys(names))
        design_writer = csv.DictWriter(designs, names, restval="")
        design_writer.writeheader()
        question_writer = csv.DictWriter(questions, ["case", "question", "kind", "statement", "column", "value", "minus", "y", "x", "category", "p", "rule", "method"], extrasaction="ignore")
        question_writer.writeheader()
        for case in cases:
            case.write(folder / f"table_{case.seed}.csv", False)
            design_writer.writerow({"case": case.seed, **case.design})
            for k, question in enumerate(case.questions):
                question_writer.writerow({"case": case.seed, "question": k, **question})
    run = subprocess.run(["Rscript", "--vanilla", HERE / "estimate_sweep.R", folder], capture_output=True, text=True, env={**CLEAN, "OMP_NUM_THREADS": "1"})
    if run.returncode != 0:
        sys.exit(run.stderr)
    found = {}
    with open(folder / "answers.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            number = row["number"]
            found.setdefault((int(row["case"]), int(row["question"])), {})[row["field"]] = math.nan if number in ("NA", "NaN") else float(number)
    return found


class Sweep:
    def __init__(self):
        self.worst = {}
        self.faults = []
        self.chosen = {}  # differences by choice, counted

    def same(self, label, ours, theirs, scale, where, tolerance):
        if ours is None or math.isnan(theirs) or math.isinf(theirs):
            if ours is not None and (math.isnan(theirs) or math.isinf(theirs)):
                self.choose("R has no number")
            elif not math.isnan(theirs):
                self.faults.append(f"{where}: {label}: absent, R has {theirs!r}")
            return
        gap = abs(ours - theirs)
        relative = 0 if gap == 0 else gap / max(scale, abs(theirs), 1e-300)
        count, most = self.worst.get(label, (0, 0))
        self.worst[label] = (count + 1, max(most, relative))
        if relative > tolerance:
            self.faults.append(f"{where}: {label}: {ours!r}, R has {theirs!r} ({relative:.1e})")

    def choose(self, why):
        self.chosen[why] = self.chosen.get(why, 0) + 1

    def compare(self, case, question, ours, theirs):
        kind = question["kind"]
        where = f"seed {case.seed} ({case.kind} {case.design['policy']} {case.design['calibration']} {case.design['replicates']}) {question['statement']!r}"
        base = case.design["calibration"] != "none"
        tolerance = LOOSER["calibrated"] if base else TIGHT
        label = f"{kind} {question['method']}".strip() if kind == "share" else kind
        label += (", replicates" + (", calibrated" if base else "")) if case.design["replicates"] != "none" else ", calibrated" if base else ", two stages" if case.design["stages"] == 2 else ""
        if "error" in theirs or "refused" in ours:
            if "refused" in ours and ("error" in theirs or math.isnan(theirs["value"])):
                return self.choose("both refuse")
            if "error" in theirs:
                return self.choose("neither has an error" if "lonely_psu" in ours["notes"] else f"R refuses: {label}")
            if kind.endswith("total") and "gave a valid answer" in ours["refused"]:
                return self.choose("total of a group that nobody answered for, which R takes for 0")
            if "negative weights" in ours["refused"]:
                return self.choose("share that negative calibrated weights carry outside 0 to 1")
            if "every weight is outside the limits" in ours["refused"]:
                return self.choose("trimming that cuts every weight; R forgets the rest")
            if "everybody answers an item alike" in ours["refused"]:
                return self.choose("alpha with an item that everybody answers alike")
            return self.faults.append(f"{where}: refused: {ours['refused']}, R has {theirs}")
        value = theirs["value"]
        size = max(abs(value), abs(theirs.get("first", 0)))
        if kind == "quantile" and case.design["replicates"] == "none":
            answers = sorted(row["y"] for row in case.rows if row["y"] != "" and row["weight"] > 0 and question["column"] in ("", *(c for c in row if row[c] == question["value"])))
            first = answers[0] if answers else None
            if ours["estimate"] == first or (ours["lower"] is not None and ours["lower"] == first):
                return self.choose("quantile at the first answer")
            if ours["se"] is None:
                return self.choose("quantile whose share is 1, where R's bounds hang on rounding")
            if question["method"] == "beta" and ours["se"] == 0 and theirs.get("se") == 0:
                return self.choose("quantile whose share has no variance, where R's beta of an endless sample is 1/2")
            if question["method"] == "asin" and ours["upper"] == answers[-1]:
                return self.choose("arcsine bound reflected past the share")
            if base and ours["se"] == 0:
                return self.choose("quantile at a share that the margins fix, where R's bounds hang on rounding")
        self.same(label, ours["estimate"], value, max(size, 1 if kind in ("icc", "alpha") else 0), where, tolerance)
        # An error of 0 is the root of rounding errors of the value's size.
        error = theirs.get("se", math.nan)
        if "se" in theirs:
            if ours["se"] is None and "lonely_psu" not in ours["notes"] and kind != "quantile":
                self.faults.append(f"{where}: no error, R has {error!r}")
            elif ours["se"] is not None:
                self.same(label + ", error", ours["se"], error, 1e-5 * size, where, tolerance)
        if "df" in theirs and ours["df"] is not None and ours["df"] != theirs["df"]:
            self.faults.append(f"{where}: df {ours['df']}, R has {theirs['df']}")
        if "n" in theirs and ours["n"] != theirs["n"]:
            self.faults.append(f"{where}: n {ours['n']}, R has {theirs['n']}")
        # A bound near 0 is a difference of larger numbers.
        wide = max(size, abs(theirs["upper"] - theirs["lower"]) if "lower" in theirs and math.isfinite(theirs["lower"] + theirs["upper"]) else 0)
        if kind == "share" and question["method"] == "asin" and ours["lower"] is not None and (ours["lower"] < 1e-12 or ours["upper"] > 1 - 1e-12):
            self.choose("arcsine bound reflected past the share")
        elif "lower" in theirs:
            limit = LOOSER.get(f"share {question['method']}", tolerance)
            for bound in ("lower", "upper"):
                if ours[bound] is None and not math.isfinite(theirs[bound]):
                    continue
                self.same(label + ", interval", ours[bound], theirs[bound], wide, where, limit)
        for field in ("own_lower", "own_upper"):
            if field in theirs:
                self.same(label + ", interval as svyciprop", ours[field[4:]], theirs[field], wide, where, tolerance)
        for field in ("profile_lower", "profile_upper"):
            if field in theirs and not math.isnan(theirs[field]):
                self.same(label + ", R's spline", ours[field[8:]], theirs[field], 1e-2, where, math.inf)
        for field in ("deff", "deff_replace", "covariance", "f", "standardized_alpha", "lambda6", "omega", "first", "second"):
            if field not in theirs or (math.isnan(theirs[field])):
                continue
            if field.startswith("deff") and (ours[field] is None or not math.isfinite(theirs[field]) or theirs[field] < 0):
                self.choose("design effect of a census or of equal answers")
                continue
            scale = max(error * error, 1e-10 * size * size) if field == "covariance" else 1e-6 if field.startswith("deff") or field == "f" else 0
            self.same(f"{label}, {field.replace('_replace', '')}", ours.get(field), theirs[field], scale, where, LOOSER["omega"] if field == "omega" else tolerance)


def main():
    if shutil.which("Rscript") is None or subprocess.run(["Rscript", "-e", "q(status = !requireNamespace('survey', quietly = TRUE))"], capture_output=True).returncode:
        print("skipped: R or its package survey is not installed")
        sys.exit(77)
    started = time.time()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(os.environ.get("KHAOSAT_SWEEP_FOLDER", name))
        folder.mkdir(exist_ok=True)
        cases = [Case(seed) for seed in range(FIRST, FIRST + CASES)]
        theirs = answers_of_r(cases, folder)
        sweep = Sweep()
        compared = 0
        for case in cases:
            if (case.seed, -1) in theirs:
                sweep.choose("R refuses the design: " + next(iter(theirs[case.seed, -1]))[:60])
                continue
            for k, (question, ours) in enumerate(zip(case.questions, estimates(case, folder))):
                compared += 1
                sweep.compare(case, question, ours, theirs[case.seed, k])
    if os.environ.get("KHAOSAT_PARITY_TABLE"):
        for label, (count, most) in sorted(sweep.worst.items()):
            print(f"{label:<55} {count:6d} numbers   worst {most:.1e}")
        for why, count in sorted(sweep.chosen.items()):
            print(f"not compared: {why}: {count}")
    numbers = sum(count for count, _ in sweep.worst.values())
    print(f"{len(cases)} tables from seed {FIRST}, {compared} statements, {numbers} numbers, {len(sweep.faults)} differences, {time.time() - started:.0f} s")
    for fault in sweep.faults[:40]:
        print(fault)
    if sweep.faults or numbers < 100 * len(cases) / 2:
        sys.exit(1)


main()
