"""The command line as a script sees it: streams, exit codes, figures against published ones.
usage: cli_test.py KHAOSAT SOURCE_DIR"""
import csv
import io
import json
import pathlib
import sys
import tempfile
import unittest

from command_line import PUBLISHED, SOURCE, khaosat, rows


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


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=1)
