"""What an office may hand in by mistake, through the command line: each is a stated refusal or a stated
rule, never NaN and never 0 for what is missing.
usage: bad_input_test.py KHAOSAT SOURCE_DIR"""
import csv
import io
import json
import pathlib
import sys
import tempfile
import unittest

from command_line import khaosat

HEAD = "unit,stratum,psu,weight,a,b\n"
SOUND = "".join(f"v,t,q{k % 4},1,{1 + k % 5},{5 - k % 4}\n" for k in range(40))  # another unit, which is as it should be


def leaf(name, **more):
    return {"id": name, "parent": "index", "title": {"vi": name}, "weight": 0.5, "years": [2020, 2026],
            "source": {"survey": {"question": name, "scores": {str(k): k for k in range(1, 6)}}},
            "scoring": {"method": "min_max", "to": [1, 10], "anchors": [{"version": 1, "lo": 1, "hi": 5, "author": "x", "reason": "y"}]}, **more}


def model(**changes):
    text = {"schema": "khaosat/index_model/1", "id": "m", "version": 1, "title": {"vi": "M"}, "source": {"issuer": "x"}, "scale": [1, 10],
            "questionnaire": {"id": "q", "version": 1},
            "nodes": [{"id": "index", "title": {"vi": "Chỉ số"}, "aggregate": "weighted_mean", "years": [2020, 2026]}, leaf("a"), leaf("b")]}
    for node in text["nodes"]:
        node.update(changes.get(node["id"], {}))
    text.update(changes.get("model", {}))
    return text


def people(unit, stratum, psus, answers, weight="1", count=24):
    return "".join(f"{unit},{stratum},{psus[k % len(psus)]},{weight},{answers[k % len(answers)]},{answers[(k + 1) % len(answers)]}\n"
                   for k in range(count))


class BadInput(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def compute(self, table, text=None, *words, year=2025, sample="drawn"):
        path = pathlib.Path(self.folder.name) / "model.json"
        path.write_text(json.dumps(text or model()), encoding="utf-8")
        return khaosat("index", "compute", "--model", path, "--input", "-", "--sample", sample, "--year", year, "--format", "csv", *words, stdin=table)

    def refused(self, code, run, *told, status=3):
        self.assertEqual((run.stdout, run.returncode), ("", status), run.stderr)
        self.assertIn(f"[{code}]", run.stderr)
        for word in told:
            self.assertIn(word, run.stderr)

    # By (unit, node) what the table says; and nowhere a word for a number that is none.
    def scores(self, run):
        self.assertEqual(run.returncode, 0, run.stderr)
        for word in ("nan", "inf,", "Infinity"):
            self.assertNotIn(word, run.stdout.lower())
        return {(row["unit"], row["node"]): row for row in csv.DictReader(io.StringIO(run.stdout))}

    def test_weights_missing_negative_or_no_numbers(self):
        for weight in ("", "-1", "nan", "inf", "many", "1,5e999"):
            cell = f'"{weight}"' if "," in weight else weight
            self.refused("weight_invalid", self.compute(HEAD + f"u,s,p1,{cell},1,1\n" + SOUND), "row 2", "weight")

    def test_weights_of_zero_and_weights_that_sum_to_zero(self):
        some = self.scores(self.compute(HEAD + people("u", "s", ["p1", "p2", "p3"], "24") + people("u", "s", ["p1", "p2", "p3"], "55", "0") + SOUND))
        none = self.scores(self.compute(HEAD + people("u", "s", ["p1", "p2", "p3"], "24") + SOUND))
        self.assertEqual(some["u", "a"]["value"], none["u", "a"]["value"])  # a weight of 0 counts nothing
        zero = self.scores(self.compute(HEAD + people("u", "s", ["p1", "p2"], "24", "0") + SOUND))
        for node in ("a", "b", "index"):
            self.assertEqual((zero["u", node]["state"], zero["u", node]["value"]), ("missing", ""))
        self.assertEqual(zero["v", "index"]["state"], "value")
        nobody = self.compute(HEAD + people("u", "s", ["p1", "p2"], "24", "0"))
        self.assertEqual(self.scores(nobody)["u", "index"]["value"], "")

    def test_a_cluster_in_two_strata(self):
        self.refused("psu_in_two_strata", self.compute(HEAD + people("u", "s", ["p1"], "24") + people("u", "r", ["p1"], "24")), "p1")
        self.scores(self.compute(HEAD + people("u", "s", ["p1", "p2"], "24") + people("u", "r", ["p1", "p2"], "24"), None, "--psu-ids-restart"))

    def test_a_unit_with_one_cluster_one_respondent_or_no_valid_answer(self):
        one = self.scores(self.compute(HEAD + people("u", "s", ["p1"], "2413") + SOUND))["u", "index"]
        self.assertEqual((one["state"], one["lower"], one["upper"]), ("value", "", ""))
        self.assertIn("lonely_psu", one["notes"])
        single = self.scores(self.compute(HEAD + "u,s,p1,1,2,4\n" + SOUND))["u", "index"]
        self.assertEqual((single["value"], single["lower"], single["rank_from"]), ("", "", ""))  # too few to be shown
        absent = self.scores(self.compute(HEAD + people("u", "s", ["p1", "p2"], ["~dont_know", "~declined", ""]) + SOUND))
        for node in ("a", "b", "index"):
            self.assertEqual((absent["u", node]["value"], absent["u", node]["rank_from"]), ("", ""))

    def test_all_answers_equal(self):
        row = self.scores(self.compute(HEAD + people("u", "s", ["p1", "p2", "p3"], "3") + SOUND))["u", "index"]
        self.assertEqual((row["state"], row["reason"], row["value"]), ("hidden", "nearly_alike", ""))  # it would tell everybody's answer
        mixed = self.scores(self.compute(HEAD + people("u", "s", ["p1", "p2"], "33333333333333333333333332") + SOUND))["u", "a"]
        self.assertNotEqual(mixed["value"], "0")

    def test_an_anchor_without_width(self):
        flat = {"scoring": {"method": "min_max", "to": [1, 10], "anchors": [{"version": 1, "lo": 3, "hi": 3, "author": "x", "reason": "y"}]}}
        self.refused("anchor_degenerate", self.compute(HEAD + SOUND, model(a=flat)), "#/nodes/1")

    def test_weights_of_a_model_that_sum_to_zero_or_not_to_one(self):
        for weights in ((0, 0), (1, -1), (0.2, 0.2)):
            run = self.compute(HEAD + SOUND, model(a={"weight": weights[0]}, b={"weight": weights[1]}))
            self.assertEqual((run.returncode, run.stdout), (3, ""), weights)

    def test_unknown_option_codes(self):
        for cell in ("7", "yes", "~perhaps", "1.5"):
            self.refused("unknown_option", self.compute(HEAD + f"u,s,p1,1,{cell},1\n" + SOUND), "row 2", "a")

    def test_a_question_that_this_version_lacks(self):
        self.refused("missing_field", self.compute("unit,stratum,psu,weight,a\nu,s,p1,1,2\n"), "question b")
        other = model(a={"source": {"survey": {"question": "no_such_question", "share_of": ["satisfied"]}}},
                      model={"questionnaire": {"id": "citizen_satisfaction", "version": 1}})
        self.refused("definition_unknown", self.compute(HEAD + SOUND, other), "no_such_question", status=5)

    def test_a_year_without_structure_and_years_with_different_structure(self):
        self.assertEqual(self.compute(HEAD + SOUND, year=1999).returncode, 3)
        grown = model(a={"years": [2020, 2024]}, index={"years": [2020, 2026]})
        grown["nodes"][2]["weight"] = 1
        path = pathlib.Path(self.folder.name)
        (path / "grown.json").write_text(json.dumps(grown), encoding="utf-8")
        (path / "table.csv").write_text(HEAD + SOUND, encoding="utf-8")
        run = khaosat("index", "change", "--model", path / "grown.json", "--sample", "drawn", "--year-before", "2024", "--year-after", "2025",
                      path / "table.csv", path / "table.csv")
        self.assertNotIn("nan", run.stdout.lower())
        if run.returncode == 0:
            root = json.loads(run.stdout)["units"][0]["changes"][0]
            self.assertNotEqual(root["state"], "tested")
            self.assertTrue(root["reason"])
        else:
            self.assertEqual((run.returncode, run.stdout), (3, ""))

    def test_a_table_without_rows_and_what_is_no_table(self):
        self.refused("no_valid_answers", self.compute(HEAD), "no row below its header")
        self.refused("bad_csv", self.compute(""), "empty")
        self.refused("bad_csv", self.compute("PK\x03\x04xl/workbook"), "workbook")
        path = pathlib.Path(self.folder.name) / "model.json"
        run = khaosat("index", "compute", "--model", path, "--input", self.folder.name, "--year", "2025")
        self.refused("file_unreadable", run, "folder", status=6)

    def test_a_table_as_a_vietnamese_excel_saves_it(self):
        plain = HEAD + people("u", "s", ["p1", "p2", "p3"], "2413", "1.5") + SOUND
        wanted = self.compute(plain)
        self.assertEqual(wanted.returncode, 0, wanted.stderr)
        excel = "sep=;\n" + plain.replace(",", ";").replace("1.5", "1,5") + ";;;;;\n;;;;;\n"
        self.assertEqual(self.compute(excel.replace("\n", "\r\n")).stdout, wanted.stdout)
        self.refused("weight_invalid", self.compute(excel.replace("v;t;q0;1;", "v;t;q0;1.000;", 1)), "weight")

    def test_finished_weights_are_refused_and_half_a_second_stage_too(self):
        for column, code in (("person_population", "missing_field"), ("fpc2", "missing_field"), ("post_stratum", "missing_field")):
            head = HEAD.strip() + "," + column + "\n"
            self.refused(code, self.compute(head + "".join(line + ",30\n" for line in SOUND.splitlines())), column)
        for column, value in (("calibrated_weight", "1.2"), ("calibration", "raking")):
            head = HEAD.strip() + "," + column + "\n"
            table = "".join(line + "," + value + "\n" for line in SOUND.splitlines())
            self.refused("design_invalid", self.compute(head + table), column)
            plain = self.compute(head + table, sample="none")  # no error is stated, so none is wrong
            self.assertEqual(plain.returncode, 0, plain.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=1)
