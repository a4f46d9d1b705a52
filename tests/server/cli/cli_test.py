"""The command line as a script sees it: streams, exit codes, figures against published ones.
usage: cli_test.py KHAOSAT SOURCE_DIR"""
import csv
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

KHAOSAT, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
PUBLISHED = SOURCE / "tests" / "published"


def khaosat(*words, stdin=None, environment=None):
    variables = {key: value for key, value in os.environ.items() if not key.startswith("KHAOSAT_")}
    return subprocess.run([KHAOSAT, *words], capture_output=True, text=True, cwd=SOURCE, input=stdin,
                          env={**variables, **(environment or {})}, timeout=120)


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


class Published(unittest.TestCase):
    def compute(self, text, *words):
        run = khaosat("index", "compute", "--model", "papi", "--input", "-", "--format", "csv", *words, stdin=text)
        self.assertEqual(run.returncode, 0, run.stderr)
        return rows(run.stdout)

    def test_every_papi_dimension_and_total_is_reproduced(self):
        text = (PUBLISHED / "papi_2011_2013.csv").read_text(encoding="utf-8")
        computed = {(row["year"], row["unit"], row["code"] or "total"): row for row in self.compute(text)}
        compared = 0
        for row in rows(text):
            for dimension in range(1, 7):
                value = float(computed[row["year"], row["province_code"], str(dimension)]["value"])
                self.assertAlmostEqual(value, float(row[f"d{dimension}"]), delta=5e-6)
                compared += 1
            value = float(computed[row["year"], row["province_code"], "total"]["value"])
            self.assertAlmostEqual(value, float(row["total"]), delta=1e-5)
            compared += 1
        self.assertEqual(compared, 189 * 7)

    def test_withheld_cells_stay_withheld_and_are_never_0(self):
        table = rows((PUBLISHED / "papi_2011_2013.csv").read_text(encoding="utf-8"))
        table = [row for row in table if row["year"] == "2013"][:3]
        table[0]["s4_2"] = ""
        table[1]["s6_1"] = "withheld"
        out = io.StringIO()
        writer = csv.DictWriter(out, table[0].keys())
        writer.writeheader()
        writer.writerows(table)
        computed = {(row["unit"], row["code"] or "total"): row for row in self.compute(out.getvalue())}
        for unit, codes in ((table[0]["province_code"], ("4.2", "4", "total")), (table[1]["province_code"], ("6.1", "6", "total"))):
            for code in codes:
                self.assertEqual(computed[unit, code]["state"], "withheld")
                self.assertEqual(computed[unit, code]["value"], "")
        untouched = computed[table[0]["province_code"], "5"]
        self.assertAlmostEqual(float(untouched["value"]), float(table[0]["d5"]), delta=5e-6)

    def test_json_and_csv_say_the_same(self):
        words = ("index", "compute", "--model", "papi", "--input", str(PUBLISHED / "papi_2011_2013.csv"), "--year", "2012")
        document = json.loads(khaosat(*words, "--format", "json").stdout)
        table = rows(khaosat(*words, "--format", "csv").stdout)
        self.assertEqual(len(document["units"]), 63)
        self.assertEqual(len(table), sum(len(unit["scores"]) for unit in document["units"]))

    def test_repeating_a_computation_gives_the_same_bytes(self):
        words = ("index", "compute", "--model", "papi", "--input", str(PUBLISHED / "papi_2011_2013.csv"))
        self.assertEqual(khaosat(*words).stdout, khaosat(*words).stdout)


class Survey(unittest.TestCase):
    HEADER = "unit,stratum,psu,weight," + ",".join(f"item_{i:02}" for i in range(1, 34))

    def table(self, people):
        lines = [self.HEADER]
        for unit, psu, weight, option in people:
            lines.append(",".join([unit, unit, psu, str(weight)] + [option] * 33))
        return "\n".join(lines) + "\n"

    def test_weights_count_and_intervals_need_a_drawn_sample(self):
        people = [("u1", f"v{v}", 3 if v == 0 else 1, "satisfied" if (p + v) % 2 else "neutral") for v in range(4) for p in range(10)]
        words = ("index", "compute", "--model", "sipas", "--input", "-", "--year", "2026", "--format", "csv")
        drawn = rows(khaosat(*words, "--sample", "drawn", stdin=self.table(people)).stdout)[0]
        none = rows(khaosat(*words, stdin=self.table(people)).stdout)[0]
        self.assertEqual(drawn["value"], "50")
        self.assertEqual(none["lower"], "")
        self.assertNotEqual(drawn["lower"], "")
        weighted = [("u1", f"v{v}", 3 if v < 2 else 1, "satisfied" if v < 2 else "neutral") for v in range(4) for p in range(10)]
        self.assertEqual(rows(khaosat(*words, "--sample", "drawn", stdin=self.table(weighted)).stdout)[0]["value"], "75")

    def test_too_few_respondents_are_hidden(self):
        people = [("u1", f"v{v}", 1, "satisfied" if p % 2 else "neutral") for v in range(2) for p in range(2)]
        run = khaosat("index", "compute", "--model", "sipas", "--input", "-", "--year", "2026", "--format", "csv", stdin=self.table(people))
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertTrue(all(row["value"] == "" for row in rows(run.stdout)))

    def test_faults_of_a_table_name_row_and_column_and_exit_3(self):
        text = self.table([("u1", "v1", 1, "satisfied")] * 3).replace("u1,u1,v1,1,satisfied", "u1,u1,v1,-1,delighted", 1)
        run = khaosat("index", "compute", "--model", "sipas", "--input", "-", "--year", "2026", stdin=text)
        self.assertEqual(run.returncode, 3)
        self.assertEqual(run.stdout, "")
        self.assertIn("row 2", run.stderr)
        self.assertIn("[weight_invalid]", run.stderr)


class Awards(unittest.TestCase):
    WORDS = ("awards", "evaluate", "--rules", "thanh_an_2023_32", "--facts", "survey_defs/demo/facts_thanh_an_2023_32.csv",
             "--year", "2023", "--date", "2024-01-15")

    def verdicts(self, *words):
        run = khaosat(*self.WORDS, "--format", "json", *words)
        self.assertEqual(run.returncode, 0, run.stderr)
        document = json.loads(run.stdout)
        return {candidate["subject"]: candidate["verdict"] for candidate in document["candidates"]}

    def test_the_demo_year_has_every_verdict_and_readings_move_them(self):
        verdicts = self.verdicts("--reading", "person_scope=all")
        self.assertEqual(verdicts["an"], "pass")
        self.assertEqual(verdicts["chi"], "fail")
        self.assertEqual(verdicts["dung"], "undetermined")
        self.assertEqual(self.verdicts()["binh"], "fail", "only heads under the default reading")

    def test_the_tree_quotes_the_clause_and_names_what_is_missing_and_from_whom(self):
        tree = khaosat(*self.WORDS, "--explain", "--reading", "person_scope=all").stdout
        for words in ("A2", "3.2", "15/QĐ-UBND", "chưa đủ căn cứ", "còn thiếu", "nơi cung cấp"):
            self.assertIn(words, tree)

    def test_an_unknown_reading_or_a_grade_off_its_ladder_is_refused(self):
        run = khaosat(*self.WORDS, "--reading", "persons=all")
        self.assertEqual(run.returncode, 3)
        self.assertIn("[reading_unknown]", run.stderr)
        facts = (SOURCE / "survey_defs/demo/facts_thanh_an_2023_32.csv").read_text(encoding="utf-8").replace(",kha,", ",great,")
        words = list(self.WORDS)
        words[words.index("--facts") + 1] = "-"
        run = khaosat(*words, stdin=facts)
        self.assertEqual(run.returncode, 3)
        self.assertIn("[grade_not_on_ladder]", run.stderr)

    def test_compare_says_which_reading_moves_whom(self):
        words = list(self.WORDS)
        words[1] = "compare"
        run = khaosat(*words, "--format", "json")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("person_scope", run.stdout)


# What people do to a workbook with other programs; argv[1] holds year.xlsx.
OTHERS = '''
import datetime, sys
import openpyxl
def book(): return openpyxl.load_workbook(sys.argv[1] + "/year.xlsx")
def save(made, name): made.save(f"{sys.argv[1]}/{name}.xlsx")
save(book(), "saved")
dates = book()
for sheet in dates:
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, str) and len(cell.value) == 10 and cell.value[4] == cell.value[7] == "-":
                cell.value, cell.number_format = datetime.date.fromisoformat(cell.value), "DD/MM/YYYY"
save(dates, "dates")
dates["persons"].append([None] * 6)
dates["persons"].cell(row=dates["persons"].max_row + 3, column=1).font = openpyxl.styles.Font(bold=True)
save(dates, "empty")
notes = book(); notes.create_sheet("Ghi chú")["A1"] = "x"; save(notes, "notes")
formula = book(); formula["bodies"]["A2"].value = \'="v"&"p"\'; save(formula, "formula")
merged = book(); merged["assignments"].merge_cells("B2:B4"); save(merged, "merged")
'''


class Scorecards(unittest.TestCase):
    def test_a_year_travels_between_two_offices_as_workbook_and_as_tables(self):
        with tempfile.TemporaryDirectory() as folder:
            here, there = folder + "/here", folder + "/there"
            loaded = khaosat("demo", "--data", here, "--defs", "survey_defs", "--listen", "127.0.0.1:0", "--load-only")
            self.assertEqual(loaded.returncode, 0, loaded.stderr)
            password = re.search(r"password (\S+)", loaded.stdout + loaded.stderr).group(1)
            years = [line.split("  ") for line in khaosat("scorecard", "list", "--data", here).stdout.splitlines()]
            self.assertEqual({year[3] for year in years}, {"Xã Nà Phặc", "Xã Bằng Vân"})
            for year, form in zip(years, ("xlsx", "csv")):
                output = f"{folder}/{form}"
                # With names only when two agree; each types a password of their own.
                points = khaosat("scorecard", "export", year[0], "--data", here, "--output", output + "-points")
                self.assertEqual(points.returncode, 0, points.stderr)
                with zipfile.ZipFile(output + "-points") as book:
                    self.assertFalse([name for name in book.namelist() if b"heads" in book.read(name)], "nobody is named")
                mine = ("--data", here, "--account", "tham.dinh")
                whole = ("scorecard", "export", year[0], *mine, "--format", form, "--output", output)
                self.assertIn("[second_account_needed]", khaosat(*whole, stdin=password).stderr)
                asked = khaosat("scorecard", "ask", year[0], "--reason", "gửi cấp trên", *mine, stdin=password)
                self.assertEqual(asked.returncode, 0, asked.stderr)
                self.assertEqual(khaosat("scorecard", "confirm", asked.stdout.strip(), *mine, stdin=password).returncode, 4)
                self.assertEqual(khaosat("scorecard", "confirm", asked.stdout.strip(), "--data", here, "--account", "demo", stdin="sai").returncode, 4)
                agreed = khaosat("scorecard", "confirm", asked.stdout.strip(), "--data", here, "--account", "demo", stdin=password)
                self.assertEqual(agreed.returncode, 0, agreed.stderr)
                out = khaosat(*whole, stdin=password)
                self.assertEqual(out.returncode, 0, out.stderr)
                files = [output] if form == "xlsx" else [str(path) for path in sorted(pathlib.Path(output).glob("*.csv"))]
                checked = khaosat("scorecard", "check", *files)
                self.assertEqual(checked.returncode, 0, checked.stderr)
                self.assertIn(out.stdout.strip(), checked.stdout)
                taken = khaosat("scorecard", "import", "--data", there, *files)
                self.assertEqual((taken.returncode, taken.stdout.strip()), (0, year[0]), taken.stderr)
                self.assertEqual(khaosat("scorecard", "import", "--data", there, *files).returncode, 4)
                again = khaosat("scorecard", "export", year[0], "--data", there, "--output", folder + "/again")  # the points
                self.assertEqual(again.stdout, out.stdout)

    def test_workbooks_that_other_programs_wrote_are_read_to_the_same_digest(self):
        # script/install compare brings both; either alone is looked at.
        python = next((name for name in (sys.executable, "/usr/bin/python3")
                       if os.path.exists(name) and subprocess.run([name, "-c", "import openpyxl"], capture_output=True).returncode == 0), None)
        office = shutil.which("soffice")
        if not python and not office:
            self.skipTest("neither openpyxl nor LibreOffice")
        with tempfile.TemporaryDirectory() as folder:
            here = folder + "/here"
            loaded = khaosat("demo", "--data", here, "--defs", "survey_defs", "--listen", "127.0.0.1:0", "--load-only")
            password = re.search(r"password (\S+)", loaded.stdout).group(1)
            year = khaosat("scorecard", "list", "--data", here).stdout.split()[0]
            asked = khaosat("scorecard", "ask", year, "--reason", "thử", "--data", here, "--account", "tham.dinh", stdin=password)
            khaosat("scorecard", "confirm", asked.stdout.strip(), "--data", here, "--account", "demo", stdin=password)
            ours = folder + "/year.xlsx"
            digest = khaosat("scorecard", "export", year, "--data", here, "--account", "demo", "--output", ours, stdin=password).stdout.strip()
            self.assertEqual(len(digest), 64)
            sound, faulty = [], []
            if python:
                made = subprocess.run([python, "-c", OTHERS, folder], capture_output=True, text=True)
                self.assertEqual(made.returncode, 0, made.stderr)
                sound += ["saved", "dates", "empty"]
                faulty += [("notes", "sheet Ghi chú"), ("formula", "sheet bodies, row 2, column code"), ("merged", "sheet assignments, row 3, column body")]
            if office:
                for form, source in (("ods", ours), ("xlsx", folder + "/lo/year.ods")):
                    subprocess.run([office, "--headless", "--convert-to", form, "--outdir", folder + "/lo", source], capture_output=True, timeout=120,
                                   env={**os.environ, "HOME": folder})
                os.rename(folder + "/lo/year.xlsx", folder + "/libreoffice.xlsx")
                sound.append("libreoffice")
            for name in sound:
                checked = khaosat("scorecard", "check", f"{folder}/{name}.xlsx")
                self.assertEqual(checked.returncode, 0, name + checked.stderr)
                self.assertIn(digest, checked.stdout, name)
            for name, place in faulty:
                checked = khaosat("scorecard", "check", f"{folder}/{name}.xlsx")
                self.assertNotEqual(checked.returncode, 0, name)
                self.assertIn(place, checked.stderr)

    def test_a_blank_workbook_is_faulty_until_it_is_filled_in(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(khaosat("scorecard", "blank", "par_commune_scorecard_example", "--output", folder + "/year.xlsx").returncode, 0)
            checked = khaosat("scorecard", "check", folder + "/year.xlsx")
            self.assertEqual(checked.returncode, 3)
            self.assertIn("sheet year, row 2, column year", checked.stderr)
            (pathlib.Path(folder) / "bad.xlsx").write_bytes(b"PK\x03\x04 nothing")
            self.assertIn("[bad_spreadsheet]", khaosat("scorecard", "check", folder + "/bad.xlsx").stderr)


class ExitCodes(unittest.TestCase):
    def test_each_kind_of_refusal_has_its_code_and_a_stable_name(self):
        cases = [
            (["index", "compute", "--model", "papi", "--input", "/nowhere.csv"], 6, "file_unreadable"),
            (["index", "compute", "--model", "pappi", "--input", "x"], 5, "did you mean \"papi\""),
            (["index", "compute", "--model", "papi"], 2, "--input"),
            (["campaign", "open", "nosuchcamp", "--data", tempfile.mkdtemp()], 5, "not_found"),
            (["serve", "--listen", "nonsense"], 2, "config_bad_value"),
            (["nonsense"], 2, ""),
            ([], 2, ""),
        ]
        for words, code, says in cases:
            run = khaosat(*words)
            self.assertEqual(run.returncode, code, (words, run.stderr))
            self.assertIn(says, run.stderr)
            self.assertEqual(run.stdout, "", words)

    def test_a_misspelt_environment_variable_is_refused_with_the_nearest(self):
        run = khaosat("serve", environment={"KHAOSAT_LISTENS": "x"})
        self.assertEqual(run.returncode, 2)
        self.assertIn('"listen"', run.stderr)

    def test_every_help_is_worth_reading(self):
        for words in (["serve"], ["init"], ["demo"], ["defs", "check"], ["defs", "completeness"], ["campaign"], ["scorecard"], ["index", "compute"], ["index", "change"], ["index", "ranks"],
                      ["index", "robustness"], ["awards", "evaluate"]):
            run = khaosat(*words, "--help")
            self.assertEqual(run.returncode, 0)
            self.assertGreater(len(run.stdout), 300, words)
        self.assertIn("province_code", khaosat("index", "compute", "--help").stdout)
        self.assertIn("subject", khaosat("awards", "evaluate", "--help").stdout)


class Definitions(unittest.TestCase):
    def test_what_ships_has_no_fault(self):
        run = khaosat("defs", "check")
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_all_faults_are_printed_with_file_and_pointer(self):
        with tempfile.TemporaryDirectory() as folder:
            questionnaires = pathlib.Path(folder) / "questionnaires"
            questionnaires.mkdir()
            (questionnaires / "bad.json").write_text('{"schema":"khaosat/questionnaire/1","id":"Bad","id":"x"}')
            (questionnaires / "bomb.json").write_text("[" * 100000)
            run = khaosat("defs", "check", "--defs", folder)
            self.assertEqual(run.returncode, 3)
            self.assertIn("bad.json#/id", run.stdout)
            self.assertIn("[duplicate_key]", run.stdout)
            self.assertIn("[too_deep]", run.stdout)
            document = json.loads(khaosat("defs", "check", "--defs", folder, "--format", "json").stdout)
            self.assertGreater(len(document["faults"]), 1)

    def test_completeness_says_what_is_missing_and_who_is_offered_it(self):
        with tempfile.TemporaryDirectory() as folder:
            partly = json.loads((SOURCE / "survey_defs/questionnaires/exit_one_minute.json").read_text(encoding="utf-8"))
            partly["languages"] = ["vi", "en", "tay"]
            partly["reviewed"] = ["vi", "tay"]
            partly["title"]["tay"] = "Tên"
            path = pathlib.Path(folder) / "partly.json"
            path.write_text(json.dumps(partly), encoding="utf-8")
            document = json.loads(khaosat("defs", "completeness", path, "--format", "json").stdout)
            vietnamese, english, tay = document[0]["languages"]
            self.assertEqual((vietnamese["missing"], english["missing"]), ([], []))
            self.assertEqual((tay["written"], len(tay["missing"])), (1, tay["texts"] - 1))
            self.assertNotIn("/title", tay["missing"])
            self.assertEqual([one["offered"] for one in document[0]["languages"]], [True, False, True])
            self.assertIn("not read over by a person, so nobody is offered it", khaosat("defs", "completeness", path).stdout)
            del partly["reviewed"]
            path.write_text(json.dumps(partly), encoding="utf-8")
            document = json.loads(khaosat("defs", "completeness", path, "--format", "json").stdout)
            self.assertEqual([one["offered"] for one in document[0]["languages"]], [True, False, False])
        shipped = json.loads(khaosat("defs", "completeness", "--format", "json").stdout)
        self.assertGreaterEqual(len(shipped), 5)
        for one in shipped:
            self.assertEqual([(language["language"], language["missing"]) for language in one["languages"]], [("vi", []), ("en", [])])

    def test_diff_says_which_series_stay_comparable(self):
        with tempfile.TemporaryDirectory() as folder:
            newer = json.loads((SOURCE / "survey_defs/questionnaires/exit_one_minute.json").read_text(encoding="utf-8"))
            newer["version"] = 2
            gone = newer["sections"][-1]["questions"].pop()["id"]
            del newer["contradictions"]  # they name it
            path = pathlib.Path(folder) / "exit_one_minute.v2.json"
            path.write_text(json.dumps(newer), encoding="utf-8")
            document = json.loads(khaosat("defs", "diff", "exit_one_minute/1", path, "--format", "json").stdout)
            self.assertEqual({q["id"] for q in document["questions"] if q["comparability"] == "removed"}, {gone})
            self.assertIn("gone: 1", khaosat("defs", "diff", "exit_one_minute", path).stdout)
        run = khaosat("defs", "diff", "exit_one_minute/1", "exit_one_minute/9")
        self.assertEqual(run.returncode, 5)
        self.assertIn("exit_one_minute/1", run.stderr)


class YearsAndRanks(unittest.TestCase):
    TABLES = SOURCE / "tests/fixtures/statistics/more"

    def model(self, folder, **changes):
        scores = {"scores": {str(k): k for k in range(1, 6)}}
        scoring = {"method": "min_max", "to": [0, 100],
                   "anchors": [{"version": 1, "lo": changes.get("low", 1), "hi": 5, "author": "x", "reason": "y"}]}
        def leaf(name, survey, how):
            return {"id": name, "parent": "index", "title": {"vi": name}, "weight": 1,
                    "source": {"survey": {"question": name, **survey}}, "scoring": how}
        path = pathlib.Path(folder) / "three.json"
        path.write_text(json.dumps({
            "schema": "khaosat/index_model/1", "id": "three", "version": 1, "title": {"vi": "Ba câu hỏi"}, "source": {"issuer": "x"},
            "scale": [0, 100], "questionnaire": {"id": "q", "version": 1},
            "nodes": [{"id": "index", "title": {"vi": "Chỉ số"}, "aggregate": "weighted_mean", "weights_total": 3},
                      leaf("q1", scores, scoring), leaf("q2", scores, scoring),
                      leaf("q3", {"share_of": ["4", "5"]}, {"method": "linear", "multiply": 100})]}), encoding="utf-8")
        return path

    def test_change_ranks_and_robustness_speak_json_and_vietnamese(self):
        with tempfile.TemporaryDirectory() as folder:
            common = ["--model", self.model(folder), "--sample", "drawn"]
            years = ["--year-before", "2024", "--year-after", "2025", self.TABLES / "change1.csv", self.TABLES / "change2.csv"]
            change = json.loads(khaosat("index", "change", *common, *years).stdout)
            self.assertEqual(change["schema"], "khaosat/index_change/1")
            self.assertEqual(change["places"]["in_both"], 13)
            for unit in change["units"]:
                root = unit["changes"][0]
                self.assertEqual(root["state"], "tested")
                self.assertEqual(root["within_sampling_error"], root["lower"] <= 0 <= root["upper"])
                self.assertIn("every_component_higher", unit)
            self.assertIn("Cao hơn", khaosat("index", "change", *common, *years, "--format", "text").stdout)
            backwards = khaosat("index", "change", *common, "--year-before", "2025", "--year-after", "2024", *years[4:])
            self.assertEqual((backwards.returncode, backwards.stdout), (3, ""))

            year = ["--year", "2025", "--input", self.TABLES / "change2.csv"]
            ranks = json.loads(khaosat("index", "ranks", *common, *year).stdout)
            for unit in ranks["units"]:
                for kind in ("joint", "joint_pairs", "marginal"):
                    self.assertTrue(unit[kind][0] <= unit["rank"] <= unit[kind][1])
            self.assertIn("Nhóm 1", khaosat("index", "ranks", *common, *year, "--format", "text").stdout)
            run = khaosat("index", "ranks", "--model", common[1], *year)
            self.assertEqual(run.returncode, 3)
            self.assertIn("[not_comparable]", run.stderr)

            firm = khaosat("index", "robustness", *common, *year, "--weight", "q1=2")
            self.assertEqual(firm.stdout, khaosat("index", "robustness", *common, *year, "--weight", "q1=2").stdout)
            document = json.loads(firm.stdout)
            self.assertEqual({one["node"] for one in document["removed"]}, {"q1", "q2", "q3"})
            self.assertIn("what_if", document)
            for words in (["--weight", "nobody=1"], ["--aggregation", "guess"], ["--leaf-scoring", "guess"], ["--weight", "q1=-1"]):
                refused = khaosat("index", "robustness", *common, *year, *words)
                self.assertIn(refused.returncode, (3, 5), words)
                self.assertEqual(refused.stdout, "")

    def test_tables_of_several_offices_add_up_to_the_bytes_of_one(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            head, *lines = (self.TABLES / "change2.csv").read_text(encoding="utf-8").splitlines()
            common = ["index", "compute", "--model", self.model(folder), "--sample", "drawn", "--year", "2025"]
            whole = khaosat(*common, "--responses", self.TABLES / "change2.csv")
            self.assertEqual(whole.returncode, 0, whole.stderr)
            words = []
            for office in range(3):  # in any split, also of one village among offices
                (folder / f"{office}.csv").write_text("\n".join([head, *lines[office::3]]) + "\n", encoding="utf-8")
                words += ["--responses", folder / f"{office}.csv"]
            self.assertEqual(khaosat(*common, *words).stdout, whole.stdout)
            self.assertEqual(khaosat(*common, *words[4:], *words[:4]).stdout, whole.stdout)

    def test_a_second_stage_narrows_or_widens_as_its_columns_say(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            head, *lines = (self.TABLES / "change2.csv").read_text(encoding="utf-8").splitlines()
            common = ["index", "compute", "--model", self.model(folder), "--sample", "drawn", "--year", "2025", "--format", "json"]

            def error(columns, cells):
                (folder / "table.csv").write_text("\n".join([head + columns, *(line + cells for line in lines)]) + "\n", encoding="utf-8")
                run = khaosat(*common, folder / "table.csv")
                self.assertEqual(run.returncode, 0, run.stderr)
                score = next(u for u in json.loads(run.stdout)["units"] if u["id"] == "A")["scores"][0]
                return score["upper"] - score["lower"]

            plain = error("", "")
            census_of_places = error(",psu_population,second_stage_population", ",1000000,1000000")
            self.assertAlmostEqual(plain, census_of_places, places=1)
            # Whoever claims to have asked everybody in the places drawn is surer than who drew people there.
            self.assertLess(error(",psu_population", ",60"), error(",psu_population,second_stage_population", ",60,1000000"))

    def test_what_an_earlier_publication_would_tell_by_subtraction_stays_hidden(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            lines = (self.TABLES / "change2.csv").read_text(encoding="utf-8").splitlines()
            common = ["index", "compute", "--model", self.model(folder), "--sample", "drawn", "--year", "2025"]
            (folder / "fewer.csv").write_text("\n".join(lines[:1] + lines[3:]) + "\n", encoding="utf-8")  # two people less in A
            (folder / "first.json").write_text(khaosat(*common, self.TABLES / "change2.csv").stdout, encoding="utf-8")
            state = lambda text: {u["id"]: u["scores"][0]["state"] for u in json.loads(text)["units"]}
            self.assertEqual(state(khaosat(*common, folder / "fewer.csv").stdout)["A"], "value")
            guarded = state(khaosat(*common, "--earlier", folder / "first.json", folder / "fewer.csv").stdout)
            self.assertEqual((guarded["A"], guarded["B"]), ("hidden", "value"))


class Versions(unittest.TestCase):
    """A newer version of a questionnaire for an open campaign."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        root = pathlib.Path(self.folder.name)
        self.defs, self.data = root / "defs", root / "data"
        form = {"schema": "khaosat/questionnaire/1", "id": "form", "version": 1, "title": {"vi": "Phiếu"}, "audience": "citizen",
                "languages": ["vi"], "sections": [{"id": "s", "title": {"vi": "Mục"}, "questions": [
                    {"id": "used", "type": "single_choice", "text": {"vi": "Đã dùng?"},
                     "options": [{"id": "yes", "text": {"vi": "Có"}}, {"id": "no", "text": {"vi": "Không"}}]}]}]}
        self.write("questionnaires/form.json", form)
        form["version"] = 2
        questions = form["sections"][0]["questions"]
        questions[0]["text"]["vi"] = "Ông/bà đã dùng?"
        questions.append({"id": "more", "type": "long_text", "text": {"vi": "Thêm"}})
        self.write("questionnaires/form.v2.json", form)
        form["version"] = 3
        del questions[0]["options"][0]
        self.write("questionnaires/form.v3.json", form)
        self.write("units/places.json", {"schema": "khaosat/units/1", "id": "places", "version": 1, "title": {"vi": "Đơn vị"}, "units": [
            {"id": "tinh", "code": "01", "name": {"vi": "Tỉnh"}, "level": "province"},
            {"id": "xa", "code": "02", "name": {"vi": "Xã"}, "level": "commune", "parent": "tinh"}]})
        self.write("draft.json", {"title": {"vi": "Thử"}, "office": "UBND xã", "questionnaire": "form", "version": 1, "opens_on": "2026-01-01",
                                  "closes_on": "2099-12-31", "sample": "none", "admission": "open", "minimum_cell": 5, "batch_size": 10,
                                  "units": ["xa"], "strata": [{"id": "xa", "title": "Xã", "unit": "xa", "psu_population": 0}],
                                  "psus": [{"id": "v1", "title": "Thôn", "stratum": "xa", "population": 0, "slips": 0, "neighbour": ""}]})
        created = self.campaign("create", str(self.defs / "draft.json"))
        self.assertEqual(created.returncode, 0, created.stderr)
        self.id = created.stdout.strip()
        self.assertEqual(self.campaign("open", self.id).returncode, 0)

    def write(self, name, content):
        path = self.defs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")

    def campaign(self, action, *words):
        return khaosat("campaign", action, "--data", str(self.data), "--defs", str(self.defs), *words)

    def label(self):
        return rows(self.campaign("list", "--format", "csv").stdout)[0]["questionnaire"]

    def test_looking_says_what_changes_and_changes_nothing(self):
        looked = self.campaign("publish", self.id, "2", "--only-look", "--format", "csv")
        self.assertEqual(looked.returncode, 0, looked.stderr)
        found = {(row["point"], row["question"]): row["refused"] for row in rows(looked.stdout)}
        self.assertEqual(found, {("wording", "used"): "0", ("wording_unstated", "used"): "1", ("question_new", "more"): "0"})
        self.assertIn("form/1 → form/2", looked.stderr)
        self.assertEqual(self.label(), "form/1")

    def test_it_is_published_with_a_reason_and_a_statement(self):
        for words in ((), ("--reason", "hiểu sai"), ("--same-meaning", "used")):
            refused = self.campaign("publish", self.id, "2", *words)
            self.assertEqual(refused.returncode, 3, refused.stderr)
            self.assertEqual(self.label(), "form/1")
        published = self.campaign("publish", self.id, "2", "--reason", "hiểu sai", "--same-meaning", "used")
        self.assertEqual(published.returncode, 0, published.stderr)
        self.assertEqual(self.label(), "form/2")

    def test_a_refusal_names_question_and_reason(self):
        refused = self.campaign("publish", self.id, "3", "--reason", "x", "--same-meaning", "used")
        self.assertEqual(refused.returncode, 3)
        self.assertIn("option_gone", refused.stderr)
        self.assertIn('"used"', refused.stderr)
        self.assertIn("not_comparable", refused.stderr)
        self.assertEqual(self.campaign("publish", self.id, "9", "--reason", "x").returncode, 5)
        self.assertEqual(self.label(), "form/1")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=1)
