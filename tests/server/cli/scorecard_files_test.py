"""A year of a scorecard as files: between two offices, by other programs, with two people's consent.
usage: scorecard_files_test.py KHAOSAT SOURCE_DIR"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

from command_line import khaosat


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


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=1)
