"""A newer version of a questionnaire for an open campaign, through the command line.
usage: versions_test.py KHAOSAT SOURCE_DIR"""
import json
import pathlib
import sys
import tempfile
import unittest

from command_line import khaosat, rows


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
