"""Indices of campaigns on the command line: sums of several offices, counts of the population, several indices as one family.
usage: offices_test.py KHAOSAT SOURCE_DIR"""
import csv
import io
import json
import pathlib
import sqlite3
import tempfile
import unittest
import sys

from command_line import khaosat
from office_folder import ITEMS, LEVELS, YEAR, Office, village_answers, write_definitions


def villages(commune, seed=1, shift=0, declining=0):
    return {f"{commune}_{k}": (commune, people, village_answers(f"{commune}_{k}", 20, shift + k % 2, seed, declining))
            for k, people in enumerate([300, 200, 250], 1)}


def counts(units, classes):
    """A table of counts; each class is (sex, age, people)."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["unit", "sex", "age", "people"])
    for unit in units:
        for sex, age, people in classes:
            table.writerow([unit, sex, age, people])
    return out.getvalue()


class Made:
    """Two communes with an office each, and one office that has all of the same answers: made once."""


def setUpModule():
    Made.folder = tempfile.TemporaryDirectory()
    Made.root = pathlib.Path(Made.folder.name)
    Made.defs = Made.root / "defs"
    write_definitions(Made.defs)
    Made.first = Office(Made.root / "a", Made.defs, villages("xa_a")).answer().close()
    Made.second = Office(Made.root / "b", Made.defs, villages("xa_b", shift=1)).answer().close()
    Made.both = Office(Made.root / "ab", Made.defs, villages("xa_a") | villages("xa_b", shift=1)).answer().close()


def tearDownModule():
    Made.folder.cleanup()


class Offices(unittest.TestCase):
    def setUp(self):
        self.root, self.defs, self.first, self.second, self.both = Made.root, Made.defs, Made.first, Made.second, Made.both

    def refused(self, run, code, name):
        self.assertEqual((run.returncode, run.stdout), (code, ""), run.stderr)
        self.assertIn(f"[{name}]", run.stderr)

    def test_sums_of_two_folders_give_the_bytes_of_one_with_all_answers(self):
        whole = self.both.compute()
        self.assertEqual(whole.returncode, 0, whole.stderr)
        added = self.first.compute("--also", f"{self.second.folder}={self.second.id}")
        self.assertEqual(added.stdout, whole.stdout, added.stderr)
        self.assertEqual({unit["id"] for unit in json.loads(added.stdout)["units"]}, {"xa_a", "xa_b"})
        # From the other side the units stand in another order, and say the same.
        turned = json.loads(self.second.compute("--also", f"{self.first.folder}={self.first.id}").stdout)
        self.assertEqual({unit["id"]: unit["scores"] for unit in turned["units"]}, {unit["id"]: unit["scores"] for unit in json.loads(whole.stdout)["units"]})

    def test_closing_leaves_the_column_file_that_indices_are_computed_from(self):
        kept = self.first.folder / "answers" / f"{self.first.id}.columns"
        self.assertTrue(kept.exists())
        before = kept.stat().st_mtime_ns
        with_file = self.first.compute().stdout
        self.assertEqual(kept.stat().st_mtime_ns, before)
        # It has no worth of its own.
        kept.unlink()
        self.assertEqual(self.first.compute().stdout, with_file)

    def test_what_cannot_be_added_is_refused_and_nothing_is_printed(self):
        also = lambda word: self.first.compute("--also", word)
        self.refused(also(str(self.second.folder)), 2, "usage")
        self.refused(also(f"{self.second.folder}="), 2, "usage")
        self.refused(also(f"{self.root / 'nowhere'}={self.second.id}"), 5, "not_found")
        self.refused(also(f"{self.second.folder}=aaaaaaaaaa"), 5, "not_found")
        self.refused(also(f"{self.first.folder}={self.first.id}"), 4, "already_exists")
        twice = f"{self.second.folder}={self.second.id}"
        self.refused(self.first.compute("--also", twice, "--also", f"{self.second.folder}/.={self.second.id}"), 4, "already_exists")
        # Nobody is counted twice under another name either: the strata are the same.
        self.refused(also(f"{self.both.folder}={self.both.id}"), 3, "not_comparable")
        still_open = Office(self.root / "open", self.defs, villages("xa_b"))
        self.refused(also(f"{still_open.folder}={still_open.id}"), 4, "campaign_not_closed")
        newer = Office(self.root / "newer", self.defs, villages("xa_b"), version=2).answer().close()
        self.refused(also(f"{newer.folder}={newer.id}"), 3, "not_comparable")
        other_year = Office(self.root / "later", self.defs, villages("xa_b"), year=YEAR + 1).answer().close()
        self.refused(also(f"{other_year.folder}={other_year.id}"), 3, "not_comparable")
        self.refused(khaosat("index", "compute", "--model", "papi", "--input", "-", "--also", twice, stdin="x"), 2, "usage")

    def test_a_model_that_reads_another_questionnaire_is_refused(self):
        self.refused(self.first.compute("--also", f"{self.second.folder}={self.second.id}", model="nothing"), 5, "definition_unknown")


class OtherWeights(unittest.TestCase):
    """Each other weight is one more equation over a question that three people answered."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.root = pathlib.Path(cls.folder.name)
        cls.defs = cls.root / "defs"
        write_definitions(cls.defs)
        model = json.loads((cls.defs / "index_models" / "whole.json").read_text(encoding="utf-8"))
        top, one, two, three = model["nodes"]
        top.pop("weights_total")
        model |= {"id": "weighed", "parameters": [{"id": name, "title": {"vi": name}, "value": 0.5, "low": 0, "high": 1,
                                                   "assumption": {"vi": "x"}} for name in "vw"]}
        one |= {"parent": "f", "weight": {"parameter": "v"}}
        two |= {"parent": "f", "weight": {"one_minus": "v"}}
        three |= {"weight": {"one_minus": "w"}}
        inner = {"id": "f", "parent": "index", "title": {"vi": "F"}, "aggregate": "weighted_mean", "weight": {"parameter": "w"}}
        model["nodes"] = [top, inner, one, two, three]
        cls.model = cls.defs / "index_models" / "weighed.json"
        cls.model.write_text(json.dumps(model), encoding="utf-8")
        for other in ("whole", "part"):  # beside which more would be hidden
            (cls.defs / "index_models" / f"{other}.json").unlink()
        places = villages("xa_a") | villages("xa_b", shift=1)
        for psu, (unit, _, answers) in places.items():
            for who, one in enumerate(answers):
                if unit == "xa_a" and (who or psu[-1] not in "123"):
                    one["one"] = "~dont_know"
        cls.office = Office(cls.root / "office", cls.defs, places).answer().close()

    def scores(self, *parameters):
        words = ["--variant", "thử"] if parameters else []
        for one in parameters:
            words += ["--parameter", one]
        run = self.office.compute(*words, model="weighed")
        self.assertEqual(run.returncode, 0, run.stderr)
        return {(unit["id"], score["node"]): score for unit in json.loads(run.stdout)["units"] for score in unit["scores"]}

    def test_two_runs_by_other_weights_do_not_solve_for_what_is_hidden(self):
        own = self.scores()
        self.assertEqual(own["xa_a", "one"]["reason"], "too_few_respondents")
        self.assertEqual((own["xa_a", "two"]["state"], own["xa_a", "f"]["state"]), ("hidden", "value"))
        for v in (0.1, 0.4, 0.9):
            other = self.scores(f"v={v}")
            for node in ("one", "two", "f", "index"):
                self.assertEqual(other["xa_a", node]["state"], "hidden", node)
                self.assertNotIn("value", other["xa_a", node])
            self.assertEqual(other["xa_a", "three"]["value"], own["xa_a", "three"]["value"])
            # Where nothing is hidden other weights tell what they do.
            told = {node: other["xa_b", node]["value"] for node in ("one", "two", "f")}
            self.assertAlmostEqual(told["f"], v * told["one"] + (1 - v) * told["two"], delta=0.11)
        # Of two parts that are both told anybody can make any mean.
        other = self.scores("w=0.9")
        self.assertEqual(other["xa_a", "f"], own["xa_a", "f"])
        self.assertAlmostEqual(other["xa_a", "index"]["value"], 0.9 * own["xa_a", "f"]["value"] + 0.1 * own["xa_a", "three"]["value"], delta=0.11)

    def test_ways_around_by_a_copy_of_the_model_or_changed_definitions_are_closed(self):  # last: it changes the registry
        copy = json.loads(self.model.read_text(encoding="utf-8"))
        copy["parameters"][0]["value"] = 0.9
        path = self.root / "copy.json"
        path.write_text(json.dumps(copy), encoding="utf-8")
        refused = self.office.compute(model=path)
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("[usage]", refused.stderr)
        self.assertEqual(self.office.compute(model=self.model).returncode, 0)  # the same file by its path
        # As when a result was kept by the model as it stands.
        registry = sqlite3.connect(self.office.folder / "registry.db")
        registry.execute("INSERT INTO definition (kind, id, version, hash, content) VALUES ('index_model', 'weighed', 1, 'another', '{}')")
        registry.commit()
        registry.close()
        refused = self.office.compute(model="weighed")
        self.assertEqual((refused.returncode, refused.stdout), (4, ""))
        self.assertIn("[definition_changed]", refused.stderr)


class Population(unittest.TestCase):
    # 750 people stand in the frame of each commune.
    CLASSES = [("female", "young", 150), ("female", "middle", 130), ("female", "old", 100),
               ("male", "young", 160), ("male", "middle", 120), ("male", "old", 90)]

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        self.defs = self.root / "defs"
        write_definitions(self.defs)

    def office(self, name, table, **more):
        office = Office(self.root / name, self.defs, villages("xa_a", **more))
        handed = office.campaign("population", office.id, "-", stdin=table)
        self.assertEqual(handed.returncode, 0, handed.stderr)
        return office

    def run_of(self, office):
        run = office.compute()
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(office.compute().stdout, run.stdout)
        return json.loads(run.stdout)

    def people(self, declining=0):
        """Everybody with psu, base weight and answers, as the office's frame has it."""
        for psu, (unit, population, answers) in villages("xa_a", declining=declining).items():
            for one in answers:
                yield {"unit": unit, "psu": psu, "weight": population / len(answers), **one}

    def by_table(self, people, columns):
        """The same people as a table of respondents, whose parity with R other tests hold."""
        out = io.StringIO()
        names = ["unit", "stratum", "psu", "weight", *ITEMS, *columns]
        table = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        for one in people:
            table.writerow({"stratum": one["unit"], **one})
        run = khaosat("index", "compute", "--defs", self.defs, "--model", "whole", "--sample", "drawn", "--year", str(YEAR), "--input", "-", stdin=out.getvalue())
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def assert_same_scores(self, one, other):
        for a, b in zip(one["units"][0]["scores"], other["units"][0]["scores"]):
            self.assertEqual([a.get(key) for key in ("node", "value", "lower", "upper", "df")], [b.get(key) for key in ("node", "value", "lower", "upper", "df")])

    def test_post_stratification_is_what_the_same_table_of_people_gives(self):
        # By sex alone, so that no class is small.
        table = "unit,sex,people\nxa_a,female,380\nxa_a,male,370\n"
        office = self.office("sex", table).answer().close()
        run = self.run_of(office)
        self.assertTrue(run["calibration"]["applied"])
        self.assertEqual((run["calibration"]["method"], run["calibration"]["margins"]), ("post_stratification", [["unit", "sex"]]))
        known = {"female": 380, "male": 370}
        people = [{**one, "post_stratum": one["sex"], "post_stratum_population": known[one["sex"]]} for one in self.people()]
        self.assert_same_scores(run, self.by_table(people, ["post_stratum", "post_stratum_population"]))
        # By hand: the mean of the first item.
        total = {sex: sum(one["weight"] for one in people if one["sex"] == sex) for sex in known}
        weight = lambda one: one["weight"] * known[one["sex"]] / total[one["sex"]]
        mean = sum(weight(one) * (LEVELS.index(one["one"]) * 25) for one in people) / 750
        value = {score["node"]: score["value"] for score in run["units"][0]["scores"]}
        self.assertAlmostEqual(value["one"], round(mean, 1), places=6)
        # Beside it the score without, which is that of a campaign without counts.
        plain = json.loads(Made.first.compute().stdout)
        root = plain["units"][0]["scores"][0]
        without = run["calibration"]["without"][0]
        self.assertEqual([without[key] for key in ("unit", "value", "lower", "upper")], ["xa_a", root["value"], root["lower"], root["upper"]])
        self.assertNotEqual(root["value"], run["units"][0]["scores"][0]["value"])
        self.assertNotEqual(plain["input_hash"], run["input_hash"])
        self.assertNotIn("calibration", plain)

    def test_two_margins_are_raked(self):
        table = "unit,sex,age,people\nxa_a,female,,380\nxa_a,male,,370\nxa_a,,young,310\nxa_a,,middle,250\nxa_a,,old,190\n"
        run = self.run_of(self.office("raked", table).answer().close())
        self.assertEqual(run["calibration"]["method"], "raking")
        known = {"sex": {"female": 380, "male": 370}, "age": {"young": 310, "middle": 250, "old": 190}}
        people = [{**one, **{f"margin_{trait}": one[trait] for trait in known}, **{f"margin_{trait}_population": known[trait][one[trait]] for trait in known}}
                  for one in self.people()]
        self.assert_same_scores(run, self.by_table(people, [f"margin_{trait}{more}" for trait in known for more in ("", "_population")]))

    def test_small_classes_are_joined_with_their_neighbour_and_told(self):
        run = self.run_of(self.office("small", counts(["xa_a"], self.CLASSES)).answer().close())
        said = run["calibration"]
        size = {}
        for one in self.people():
            size[(one["sex"], one["age"])] = size.get((one["sex"], one["age"]), 0) + 1
        self.assertTrue(any(n < 5 for n in size.values()), size)
        joined = [tuple(tuple(options) for options in one["classes"]) for one in said["joined"]]
        self.assertTrue(joined)
        for group in joined:
            self.assertGreaterEqual(sum(size.get(one, 0) for one in group), 5)
            self.assertTrue(any(size.get(one, 0) < 5 for one in group))
            self.assertEqual(len({sex for sex, _ in group}), 1)  # within a sex there was room
        names = {one: "+".join(map(str, group)) for group in joined for one in group}
        name = lambda one: names.get((one["sex"], one["age"]), f"{one['sex']} {one['age']}")
        known = {}
        for sex, age, people in self.CLASSES:
            key = name({"sex": sex, "age": age})
            known[key] = known.get(key, 0) + people
        people = [{**one, "post_stratum": name(one), "post_stratum_population": known[name(one)]} for one in self.people()]
        self.assert_same_scores(run, self.by_table(people, ["post_stratum", "post_stratum_population"]))

    def test_who_tells_no_category_keeps_the_share_their_weights_have(self):
        table = "unit,age,people\nxa_a,young,310\nxa_a,middle,250\nxa_a,old,190\n"
        run = self.run_of(self.office("declined", table, declining=2).answer().close())
        self.assertTrue(run["calibration"]["applied"])
        people = list(self.people(declining=2))
        silent = sum(one["weight"] for one in people if one["age"] == "~declined")
        share = silent / sum(one["weight"] for one in people)
        known = {"young": 310 * (1 - share), "middle": 250 * (1 - share), "old": 190 * (1 - share), "~declined": 750 * share}
        people = [{**one, "post_stratum": one["age"].strip("~"), "post_stratum_population": repr(known[one["age"]])} for one in people]
        self.assert_same_scores(run, self.by_table(people, ["post_stratum", "post_stratum_population"]))
        too_many = self.run_of(self.office("silent", table, declining=6).answer().close())
        self.assertEqual((too_many["calibration"]["applied"], too_many["calibration"]["refused"]), (False, "too_many_unclassed"))
        self.assertIn("value", too_many["units"][0]["scores"][0])

    def test_counts_are_settled_at_closing_and_may_be_withdrawn_before(self):
        office = self.office("settled", counts(["xa_a"], self.CLASSES))
        printed = office.done("population", office.id)
        self.assertEqual(office.campaign("population", office.id, "-", stdin=printed).returncode, 0)
        self.assertEqual(office.done("population", office.id, "--withdraw"), "withdrawn\n")
        office.answer().close()
        self.assertNotIn("calibration", json.loads(office.compute().stdout))
        late = office.campaign("population", office.id, "-", stdin=printed)
        self.assertEqual(late.returncode, 4)
        self.assertIn("[campaign_closed]", late.stderr)
        self.assertNotIn("calibration", json.loads(office.compute().stdout))

    def test_places_are_added_up_to_their_unit(self):
        by_place = "psu,sex,people\n" + "".join(f"xa_a_{k},{sex},{people}\n" for k in (1, 2, 3) for sex, people in (("female", 130), ("male", 120)))
        office = self.office("places", by_place)
        self.assertEqual(office.done("population", office.id), "unit,sex,people\nxa_a,female,390\nxa_a,male,360\n")

    def test_a_table_with_a_fault_is_refused_as_a_whole(self):
        office = Office(self.root / "faults", self.defs, villages("xa_a") | villages("xa_b"))
        good = counts(["xa_a", "xa_b"], self.CLASSES)
        cases = {
            "unit_not_valid": good.replace("xa_b,female,old", "xa_c,female,old"),
            "unknown_option": good.replace("xa_b,female,old", "xa_b,female,ancient"),
            "missing_field": good.replace("xa_b,female,old,100\n", ""),
            "duplicate_key": good + "xa_b,female,old,1\n",
            "wrong_type": good.replace("xa_b,female,old,100", "xa_b,female,old,100.5"),
            "not_comparable": good + "xa_a,,young,310\nxa_a,,middle,250\nxa_a,,old,191\nxa_b,,young,310\nxa_b,,middle,250\nxa_b,,old,190\n",
            "unknown_field": good.replace("unit,sex", "unit,one"),
            "wrong_type  ": "unit,sex,people\nxa_a,female,38000000000\n",
            "bad_csv": '"unit,sex\n',
        }
        cases["wrong_type "] = good.replace("xa_b,female,old,100", "xa_b,female,old,-1")
        cases["not_comparable "] = counts(["xa_a", "xa_b"], [(sex, age, 10 * people) for sex, age, people in self.CLASSES])  # not the people of the frame
        cases["missing_field "] = counts(["xa_a"], self.CLASSES)
        cases["missing_field  "] = "unit,sex,people\nxa_a,female,750\nxa_b,female,750\n"
        cases["missing_field   "] = "unit,people\nxa_a,750\n"
        for name, table in cases.items():
            with self.subTest(name):
                run = office.campaign("population", office.id, "-", stdin=table)
                self.assertEqual((run.returncode, run.stdout), (3, ""), run.stderr)
                self.assertIn(f"[{name.strip()}]", run.stderr)
        # Nothing was kept: what is printed is a table to fill in.
        self.assertTrue(all(line.endswith(",") for line in office.done("population", office.id).splitlines()[1:]))
        none = Office(self.root / "none", self.defs, villages("xa_a"), sample="none")
        run = none.campaign("population", none.id, "-", stdin=counts(["xa_a"], self.CLASSES))
        self.assertEqual(run.returncode, 3)
        self.assertIn("[design_invalid]", run.stderr)

    def test_another_office_takes_sums_only_and_says_so(self):
        office = self.office("counted", counts(["xa_a"], self.CLASSES)).answer().close()
        run = json.loads(office.compute("--also", f"{Made.second.folder}={Made.second.id}").stdout)
        self.assertEqual((run["calibration"]["applied"], run["calibration"]["refused"]), (False, "several_offices"))


class Family(unittest.TestCase):
    def test_several_indices_are_adjusted_as_one_family(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            write_definitions(root / "defs")
            data = root / "data"
            before = Office(data, root / "defs", villages("xa_a") | villages("xa_b")).answer().close()
            after = Office(data, root / "defs", villages("xa_a", seed=2, shift=1) | villages("xa_b", seed=2), year=YEAR + 1).answer().close()

            def change(*words):
                run = khaosat("index", "change", "--data", data, "--defs", root / "defs", *words, before.id, after.id)
                self.assertEqual(run.returncode, 0, run.stderr)
                return run.stdout

            whole, part = (json.loads(change("--model", model)) for model in ("whole", "part"))
            family = json.loads(change("--model", "whole", "--model", "part"))
            everything = json.loads(change("--all-models"))
            by_model = lambda family: {one["model_after"]["id"]: one for one in family["changes"]}
            self.assertEqual(by_model(everything), by_model(family))
            self.assertEqual((family["indices"], family["units"], family["tests"]), (2, 2, 10))
            tests = [(unit["id"], model, node["node"], node[side]["alone"], node[side])
                     for side in ("p_rise",) for model, one in enumerate(family["changes"]) for unit in one["units"]
                     for node in unit["changes"] if node["node"] != "index"]
            # Holm within a unit, over both indices, from the p-values as printed.
            for unit in ("xa_a", "xa_b"):
                here = sorted((p, adjusted["among_components_holm"]) for u, _, _, p, adjusted in tests if u == unit)
                highest = 0
                for rank, (p, adjusted) in enumerate(here):
                    highest = max(highest, min(1, (len(here) - rank) * p))
                    self.assertAlmostEqual(adjusted, highest, delta=1e-3)
            ordered = sorted((p, adjusted["among_units_benjamini_hochberg"]) for _, _, _, p, adjusted in tests)
            lowest = 1
            for rank in range(len(ordered), 0, -1):
                p, adjusted = ordered[rank - 1]
                lowest = min(lowest, p * len(ordered) / rank)
                self.assertAlmostEqual(adjusted, lowest, delta=1e-3)
            # What is not adjusted is that of each alone.
            for alone, together in zip((whole, part), family["changes"]):
                for a, b in zip(alone["units"], together["units"]):
                    for x, y in zip(a["changes"], b["changes"]):
                        self.assertEqual([x.get(key) for key in ("before", "after", "difference", "lower", "upper")],
                                         [y.get(key) for key in ("before", "after", "difference", "lower", "upper")])
            self.assertIn("Holm", change("--model", "whole", "--model", "part", "--format", "text"))
            some = json.loads(change("--all-models", "--component", "two"))
            self.assertEqual(some["tests"], 4)
            unknown = khaosat("index", "change", "--data", data, "--defs", root / "defs", "--all-models", "--component", "nobody", before.id, after.id)
            self.assertEqual((unknown.returncode, unknown.stdout), (5, ""))
            nothing = khaosat("index", "change", "--data", data, "--defs", root / "defs", before.id, after.id)
            self.assertEqual((nothing.returncode, nothing.stdout), (2, ""))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=1)
