"""Two years beside each other, ranks, and what was published before, through the command line.
usage: years_test.py KHAOSAT SOURCE_DIR"""
import csv
import io
import json
import pathlib
import sys
import tempfile
import unittest

from command_line import SOURCE, khaosat


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

    def test_a_code_that_another_unit_took_over_is_not_compared(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            model, table = folder / "one.json", folder / "units.csv"
            model.write_text(json.dumps({
                "schema": "khaosat/index_model/1", "id": "one", "version": 1, "title": {"vi": "M"}, "source": {"issuer": "x"}, "scale": [0, 10],
                "nodes": [{"id": "index", "title": {"vi": "Chỉ số"}, "aggregate": "mean"},
                          *({"id": name, "parent": "index", "title": {"vi": name}, "source": {"published": {"column": name}}} for name in "ab")]}))
            # 01954 was thị trấn Vân Tùng and is xã Ngân Sơn since July 2025; 01957 only changed its province.
            table.write_text("year,commune_code,a,b\n2024,01954,3,1\n2024,01957,2,2\n2025,01954,4,5\n2025,01957,3,4\n")
            change = json.loads(khaosat("index", "change", "--model", model, table, table, "--year-before", "2024",
                                        "--year-after", "2025", "--format", "json").stdout)
            told = {unit["id"]: unit["changes"][0] for unit in change["units"]}
            self.assertEqual((told["01954"]["state"], told["01954"]["reason"]), ("refused", "other_unit"))
            self.assertEqual(told["01957"]["state"], "exact")
            growth = json.loads(khaosat("index", "growth", "--model", model, "--input", table).stdout)
            years = {(unit["unit"], unit["node"]): [year for year, _ in unit["values"]] for unit in growth["units"]}
            self.assertEqual((years["01954", "index"], years["01957", "index"]), ([2025], [2024, 2025]))
            limits = json.loads(khaosat("index", "limits", "--model", model, "--input", table).stdout)
            self.assertEqual([(one["lo"], one["hi"], one["years"]) for one in limits["leaves"][0]["common"]], [(2, 4, [2024, 2025])])
            coherence = json.loads(khaosat("index", "coherence", "--model", model, "--input", table, "--sides", "1", "--ties", "mean").stdout)
            self.assertEqual([(unit["rank"], unit["strengths"][0]["node"]) for unit in coherence["units"]], [(1, "a"), (2, "a")])

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
                self.assertNotIn("rank", unit)
                self.assertEqual(([unit["rank_from"], unit["rank_to"]], unit["rank_basis"]), (unit["joint_pairs"], "possible"))
                self.assertTrue(unit["rank_from"] <= unit["marginal"][0] <= unit["marginal"][1] <= unit["rank_to"])
            text = khaosat("index", "ranks", *common, *year, "--format", "text").stdout
            self.assertIn("Nhóm 1", text)
            self.assertIn("hạng có thể từ", text)
            # Every result tells the same, and none a rank that the error does not carry.
            sets = {unit["id"]: (unit["rank_from"], unit["rank_to"]) for unit in ranks["units"]}
            run = json.loads(khaosat("index", "compute", *common, *year).stdout)
            for unit in run["units"]:
                for score in unit["scores"]:
                    self.assertNotIn("rank", score)
                root = unit["scores"][0]
                if "rank_from" in root:
                    self.assertEqual((root["rank_from"], root["rank_to"]), sets.pop(unit["id"]))
                    self.assertEqual(root["rank_basis"], "possible")
            self.assertEqual(sets, {})
            table = list(csv.DictReader(io.StringIO(khaosat("index", "compute", *common, *year, "--format", "csv").stdout)))
            self.assertNotIn("rank", table[0])
            for row, score in zip(table, (score for unit in run["units"] for score in unit["scores"])):
                self.assertEqual([row["rank_from"], row["rank_to"], row["rank_basis"]],
                                 [str(score.get(key, "")) for key in ("rank_from", "rank_to", "rank_basis")])
            # Without a probability sample nobody can say where a unit stands.
            anybody = khaosat("index", "compute", "--model", common[1], *year).stdout
            self.assertNotIn("rank_from", anybody)
            self.assertIn('"value"', anybody)
            run = khaosat("index", "ranks", "--model", common[1], *year)
            self.assertEqual(run.returncode, 3)
            self.assertIn("[not_comparable]", run.stderr)

            firm = khaosat("index", "robustness", *common, *year, "--weight", "q1=2")
            self.assertEqual(firm.stdout, khaosat("index", "robustness", *common, *year, "--weight", "q1=2").stdout)
            document = json.loads(firm.stdout)
            self.assertEqual({one["node"] for one in document["removed"]}, {"q1", "q2", "q3"})
            self.assertIn("what_if", document)
            self.assertEqual(sum(unit["what_if_gain"] for unit in document["units"]), 0)
            for unit in document["units"]:
                self.assertEqual((unit["rank_basis"], unit.keys() & {"rank", "rank_what_if"}), ("possible", set()))
            coherence = json.loads(khaosat("index", "coherence", *common, *year).stdout)
            for unit in coherence["units"]:
                for place in (unit, *unit["strengths"], *unit["weaknesses"]):
                    self.assertNotIn("rank", place)
                    self.assertTrue(1 <= place["rank_from"] <= place["rank_to"])
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


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=1)
