"""`khaosat estimate`: what it says, and what it refuses. Its numbers are compared with R in tests/parity.
usage: estimate_command_test.py KHAOSAT SOURCE_DIR"""
import csv
import io
import json
import math
import sys
import unittest

from command_line import SOURCE, khaosat

STATISTICS = SOURCE / "tests" / "fixtures" / "statistics"

HEAD = "stratum,psu,weight,sex,y,x,q\n"
PEOPLE = ("a,1,10,f,3,1,4\na,1,11,m,4,2,5\na,2,9,f,5,3,\na,2,8,m,1,2,4\n"
          "b,3,20,f,2,4,1\nb,3,21,m,,2,4|5\nb,4,19,f,3,1,~dont_know\nb,4,22,m,4,5,2\n")


def estimate(*statements, table=HEAD + PEOPLE, words=()):
    asked = [word for statement in statements for word in ("--spec", statement)]
    return khaosat("estimate", "-", *asked, *words, stdin=table)


class Estimates(unittest.TestCase):
    def values(self, *statements, **more):
        run = estimate(*statements, **more)
        self.assertEqual(run.returncode, 0, run.stderr)
        for word in ("nan", "inf"):
            self.assertNotIn(word, run.stdout.lower())
        return json.loads(run.stdout)["estimates"]

    def refused(self, code, run, *told, status=3):
        self.assertEqual((run.stdout, run.returncode), ("", status), run.stderr)
        self.assertIn(f"[{code}]", run.stderr)
        for word in told:
            self.assertIn(word, run.stderr)

    def test_a_mean_agrees_with_arithmetic_by_hand(self):
        (mean,) = self.values("mean y")
        rows = [line.split(",") for line in PEOPLE.splitlines() if line.split(",")[4]]
        weight = sum(float(row[2]) for row in rows)
        value = sum(float(row[2]) * float(row[4]) for row in rows) / weight
        total = {}
        for row in rows:
            total[row[0], row[1]] = total.get((row[0], row[1]), 0) + float(row[2]) * (float(row[4]) - value) / weight
        variance = sum((total["a", "1"] - total["a", "2"]) ** 2 for _ in "1") + (total["b", "3"] - total["b", "4"]) ** 2
        self.assertAlmostEqual(mean["estimate"], value, 14)
        self.assertAlmostEqual(mean["se"], math.sqrt(variance), 14)  # n/(n-1) · 2 · half the difference squared
        self.assertEqual((mean["df"], mean["n"], mean["n_missing"], mean["notes"]), (2, 7, 1, []))
        t = 0.95 / math.sqrt(2 * 0.975 * 0.025)  # of 2 degrees of freedom, in closed form
        self.assertAlmostEqual(mean["upper"], value + t * mean["se"], 12)
        (normal,) = self.values("mean y", words=("--interval", "z"))
        self.assertAlmostEqual(normal["upper"], value + 1.959963984540054 * mean["se"], 12)
        self.assertIsNone(normal["df"])

    def test_published_samples_give_what_r_gives(self):
        """Column names as they came; the expected values are R's, see the README of the fixtures."""
        for case, table, columns in (("01_srs", "apisrs", ["weight=pw", "psu_population=fpc"]),
                                     ("02_strat", "apistrat", ["weight=pw", "stratum=stype", "psu_population=fpc"]),
                                     ("03_clus1", "apiclus1", ["weight=pw", "psu=dnum", "psu_population=fpc"])):
            expected = json.loads((STATISTICS / "expected" / f"{case}.json").read_text(encoding="utf-8"))
            words = [word for column in columns for word in ("--column", column)]
            items = list(expected["svymean"]["estimate"])
            run = khaosat("estimate", STATISTICS / "data" / f"{table}.csv", *words, *(w for item in items for w in ("--spec", f"mean {item}")),
                          "--spec", "total enroll", "--spec", "kish")
            self.assertEqual(run.returncode, 0, run.stderr)
            found = json.loads(run.stdout)
            self.assertEqual(found["design"]["respondents"], expected["n"])
            *means, total, kish = found["estimates"]
            for item, mean in zip(items, means):
                for ours, theirs in (("estimate", expected["svymean"]["estimate"]), ("se", expected["svymean"]["se"]), ("deff", expected["svymean"]["deff"]),
                                     ("deff_replace", expected["svymean_deff_replace"]), ("lower", expected["svymean"]["ci95_t"]["lower"]),
                                     ("upper", expected["svymean"]["ci95_t"]["upper"])):
                    self.assertAlmostEqual(mean[ours] / theirs[item], 1, 11, (case, item, ours))
                self.assertEqual(mean["df"], expected["degf"])
            self.assertAlmostEqual(total["se"] / expected["svytotal"]["se"]["enroll"], 1, 11)
            self.assertAlmostEqual(kish["estimate"] / expected["kish_neff_weights"], 1, 11)
        self.refused("missing_field", estimate("mean y", words=("--column", "weight=pw")), "pw")
        self.refused("weight_invalid", estimate("mean y", table="y,pw\n1,x\n", words=("--column", "weight=pw")), "row 2, column pw")
        self.refused("usage", estimate("mean y", words=("--column", "pw")), status=2)

    def test_groups_differences_and_several_options(self):
        women, men = self.values("mean y by sex")
        self.assertEqual((women["in"], men["in"]), ({"sex": "f"}, {"sex": "m"}))
        (difference,) = self.values("mean y in sex=f minus sex=m")
        self.assertAlmostEqual(difference["estimate"], women["estimate"] - men["estimate"], 13)
        self.assertAlmostEqual(difference["se"] ** 2, women["se"] ** 2 + men["se"] ** 2 - 2 * difference["covariance"], 12)
        either, four, five = self.values("share q=4|5", "share q=4", "share q=5")
        self.assertEqual(either["n"], 6)
        self.assertLess(either["estimate"], four["estimate"] + five["estimate"])  # one person chose both
        self.assertEqual(len(self.values("mean y by sex stratum")), 4)
        whole, everybody = self.values("mean y in sex=f|m", "mean y")
        self.assertEqual((whole["estimate"], whole["se"], whole["df"]), (everybody["estimate"], everybody["se"], everybody["df"]))

    def test_a_group_is_the_domain_of_its_members_to_the_last_digit(self):
        """Groups are taken apart for speed; each must say what the whole sample says of it."""
        second = "".join(line + ",9,6\n" for line in PEOPLE.splitlines())
        plain = (HEAD + PEOPLE, ())
        two = (HEAD.strip() + ",psu_population,second_stage_population\n" + second, ())
        lonely = (HEAD + PEOPLE + "c,9,5,f,2,2,2\n", ("--lonely-psu", "average", "--lonely-in-domain"))
        for table, words in (plain, two, lonely):
            for asked in ("mean y", "total y", "ratio y/x", "share q=4", "variance y", "quantile x 0.5", "alpha y x", "kish"):
                groups = self.values(f"{asked} by sex", table=table, words=words)
                self.assertEqual(len(groups), 2)
                for group in groups:
                    (alone,) = self.values(f"{asked} in sex={group['in']['sex']}", table=table, words=words)
                    self.assertEqual(group, alone)

    def test_margins_that_no_weights_follow_are_refused(self):
        """Round by round such weights come back to where they were, which looks as if they had settled."""
        head = "psu,y,margin_a,margin_a_population,margin_b,margin_b_population\n"
        sizes = {"a": 60, "b": 70, "u": 60, "v": 70, "x": 50, "z": 80}
        def table(pairs, first, second):
            return head + "".join(f"{k % 6},{k},{a},{sizes[first[a]]},{b},{sizes[second[b]]}\n" for k, (a, b) in enumerate(pairs * 12))
        same = {"a": "a", "b": "b"}
        twins = [("a", "u"), ("b", "v")]  # the same people in both margins
        for second, sound in (({"u": "u", "v": "v"}, True), ({"u": "x", "v": "z"}, False)):
            run = estimate("mean y", table=table(twins, same, second))
            if sound:
                self.assertEqual(run.returncode, 0, run.stderr)
            else:
                self.refused("not_converged", run, "contradict")
        # Everybody of a is in u, of whom there are fewer.
        self.refused("not_converged", estimate("mean y", table=table([("a", "u"), ("b", "v"), ("b", "u")], same, {"u": "x", "v": "z"})), "contradict")
        self.refused("usage", estimate("mean y", table="weight,y,replicate_1,replicate_2\n1,2,1,0\n1,3,0,1\n", words=("--replicates", "other")),
                     "--replicate-scale", status=2)

    def test_tables_as_a_vietnamese_excel_saves_them(self):
        plain = HEAD + PEOPLE.replace(",10,", ",10.5,")
        wanted = self.values("mean y", "share q=5", table=plain)
        commas = plain.replace(",", ";").replace("10.5", "10,5")
        for table in (commas, "sep=;\r\n" + commas.replace("\n", "\r\n"), "\ufeff" + commas, commas.replace(";", "\t"),
                      commas + ";;;;;;\n;;;;;;\n\n"):
            self.assertEqual(self.values("mean y", "share q=5", table=table), wanted)
        self.refused("weight_invalid", estimate("mean y", table=commas.replace(";11;", ";1.100;")), "row 3", "weight")
        self.refused("bad_csv", estimate("mean y", table="PK\x03\x04 and so on"), "workbook")

    def test_a_share_drawn_is_as_good_as_a_number_in_the_frame(self):
        """R takes both; the published stratified sample, of which R's expected values are given, with both."""
        expected = json.loads((STATISTICS / "expected" / "02_strat.json").read_text(encoding="utf-8"))["fpc_as_fraction"]["svymean"]
        with open(STATISTICS / "data" / "apistrat.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        drawn = {"E": 100, "H": 50, "M": 50}
        for row in rows:
            row["share"] = repr(drawn[row["stype"]] / float(row["fpc"]))
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        words = ("--column", "weight=pw", "--column", "stratum=stype", "--column", "psu_fraction=share")
        for item in expected["estimate"]:
            name = item if item in rows[0] else item.replace(".", "_")
            (mean,) = self.values(f"mean {name}", table=out.getvalue(), words=words)
            self.assertAlmostEqual(mean["se"] / expected["se"][item], 1, 11)
        self.refused("design_invalid", estimate("mean y", table="y,psu_fraction\n1,1.5\n2,1.5\n"), "share")
        self.refused("design_invalid", estimate("mean y", table="y,psu_population\n1,0.5\n2,0.5\n"), "psu_fraction")
        self.refused("design_invalid", estimate("mean y", table="y,psu_population,psu_fraction\n1,5,0.5\n2,5,0.5\n"), "one of them")

    def test_csv_says_the_same_as_json(self):
        run = estimate("mean y by sex", "alpha y x", words=("--format", "csv"))
        table = list(csv.DictReader(io.StringIO(run.stdout)))
        for row, finding in zip(table[:2], self.values("mean y by sex")):
            for field in ("estimate", "se", "lower", "upper", "deff"):
                self.assertEqual(float(row[field]), finding[field])
        self.assertIn("alpha.lambda2", [row["statistic"] for row in table])

    def test_statements_from_a_file_and_columns_with_signs(self):
        (one, two) = self.values('mean "my y"', 'mean "in"', table=(HEAD + PEOPLE).replace(",y,x", ",my y,in"))
        self.assertEqual((one["of"], two["of"]), ("my y", "in"))
        self.assertEqual(self.values("mean y in sex=with", table=(HEAD + PEOPLE).replace(",f,", ",with,"))[0]["n"], 4)

    def test_what_has_no_error_says_why(self):
        lonely = HEAD + PEOPLE + "c,9,5,f,2,2,2\n"
        (value,) = self.values("mean y", table=lonely)
        self.assertEqual((value["se"], value["lower"], value["notes"]), (None, None, ["lonely_psu"]))
        for policy in ("remove", "average", "adjust", "certainty"):
            (mended,) = self.values("mean y", table=lonely, words=("--lonely-psu", policy))
            self.assertEqual(mended["estimate"], value["estimate"])
            self.assertGreater(mended["se"], 0)
        (joined,) = self.values("mean y", table=lonely, words=("--collapse", "c=a"))
        self.assertGreater(joined["se"], 0)
        (alike,) = self.values("mean y", table=HEAD + "".join(",".join([*line.split(",")[:4], "3", "1", "1"]) + "\n" for line in PEOPLE.splitlines()))
        self.assertEqual((alike["se"], alike["deff"], alike["notes"]), (0, None, ["zero_variance"]))
        (alone,) = self.values("mean y", table="y\n7\n")
        self.assertEqual((alone["estimate"], alone["se"], alone["notes"]), (7, None, ["lonely_psu", "small_cell"]))
        (all_yes,) = self.values("share q=1", table="weight,q\n" + "1,1\n" * 12)
        self.assertEqual((all_yes["estimate"], all_yes["upper"]), (1, 1))
        self.assertAlmostEqual(all_yes["lower"], 0.025 ** (1 / 12), 12)  # Clopper and Pearson's

    def test_a_group_without_an_answer_is_named_and_the_others_stay(self):
        some, none = self.values("mean y by sex", table=HEAD + PEOPLE.replace(",m,4,", ",m,,").replace(",m,1,", ",m,NA,"))
        self.assertEqual((some["state"], none["state"]), ("value", "no_valid_answers"))
        self.assertNotIn("estimate", none)

    def test_weights_that_are_none(self):
        for weight in ("", "-1", "nan", "inf", "many", "1e999"):
            self.refused("weight_invalid", estimate("mean y", table=HEAD + f"a,1,{weight},f,1,1,1\n" + PEOPLE), "row 2", "weight")
        (with_zero,) = self.values("mean y", table=HEAD + PEOPLE + "b,4,0,f,1,1,1\n")
        self.assertEqual(with_zero["estimate"], self.values("mean y")[0]["estimate"])
        nothing = "".join(",".join([*line.split(",")[:2], "0", *line.split(",")[3:]]) + "\n" for line in PEOPLE.splitlines())
        self.refused("weights_sum_to_zero", estimate("mean y", table=HEAD + nothing))

    def test_designs_that_contradict_themselves(self):
        self.refused("psu_in_two_strata", estimate("mean y", table=HEAD + PEOPLE + "b,1,5,f,2,2,2\n"), "row 10", "psu")
        self.values("mean y", table=HEAD + PEOPLE + "b,1,5,f,2,2,2\n", words=("--psu-ids-restart", "--lonely-psu", "remove"))
        self.refused("design_invalid", estimate("mean y", table="psu,psu_population,y\n1,1,2\n2,1,3\n"), "more PSUs")
        self.refused("missing_field", estimate("mean y", table="psu,post_stratum,y\n1,k,2\n2,l,3\n"), "post_stratum_population")
        self.refused("design_invalid", estimate("mean y", table="psu,calibrated_weight,y\n1,1,2\n2,1,3\n"))
        self.refused("not_comparable", estimate("mean y", table="psu,total_one,total_one_population,total_two,total_two_population,y\n"
                                                                "1,1,10,1,20,3\n2,1,10,1,20,4\n"))

    def test_columns_cells_and_groups_that_are_not_there(self):
        self.refused("missing_field", estimate("mean incme", table="income\n1\n2\n"), "incme", "did you mean \"income\"")
        self.refused("wrong_type", estimate("mean sex"), "row 2, column sex", "\"f\"")
        for cell in ("NaN", "Inf", "-inf", "1,5"):
            self.refused("wrong_type", estimate("mean y", table=f'y\n1\n"{cell}"\n'), "row 3, column y")
        self.refused("no_valid_answers", estimate("mean y in sex=x"), "sex=x", "f, m")
        self.refused("no_valid_answers", estimate("mean y", table="y\n\n~dont_know\n"))
        self.refused("no_valid_answers", estimate("mean y", table="y\n"))
        self.refused("bad_csv", estimate("mean y", table=""))
        self.refused("weights_sum_to_zero", estimate("ratio y/x", table="y,x\n1,1\n2,-1\n"))

    def test_statements_that_say_nothing(self):
        for statement, told in (("men y", "did you mean \"mean\""), ("mean", "a column"), ("share q", "COLUMN=VALUE"), ("quantile y 2", "below 1"),
                                ("mean y minus sex=m", "minus"), ("quantile y 0.5 in sex=f minus sex=m", "minus"), ("alpha y", "two columns"),
                                ("mean y with beta", "beta"), ("mean \"y", "quote"), ("", "empty"), ("mean y of sex", "of")):
            self.refused("usage", estimate(statement), told, status=2)

    def test_the_order_of_rows_and_the_scale_of_weights_change_nothing(self):
        plain = self.values("mean y", "share q=4", "quantile y 0.5", "mean y in sex=f minus sex=m")
        turned = self.values("mean y", "share q=4", "quantile y 0.5", "mean y in sex=f minus sex=m", table=HEAD + "".join(reversed(PEOPLE.splitlines(True))))
        scaled = "".join(",".join([*line.split(",")[:2], str(7 * float(line.split(",")[2])), *line.split(",")[3:]]) + "\n" for line in PEOPLE.splitlines())
        heavier = self.values("mean y", "share q=4", "quantile y 0.5", "mean y in sex=f minus sex=m", table=HEAD + scaled)
        for one, other, third in zip(plain, turned, heavier):
            for field in ("estimate", "se", "lower", "upper"):
                for found in (other, third):
                    self.assertEqual(one[field] is None, found[field] is None)
                    if one[field] is not None:
                        self.assertAlmostEqual(one[field], found[field], 12)

    def test_replicates_given_and_made(self):
        made = self.values("mean y", "total x", words=("--replicates", "jkn"))
        linearised = self.values("mean y", "total x")
        self.assertAlmostEqual(made[1]["se"], linearised[1]["se"], 10)  # a total is linear
        again = [self.values("quantile y 0.5", words=("--replicates", "bootstrap", "--seed", "7", "--replicate-count", "50")) for _ in "12"]
        self.assertEqual(again[0], again[1])
        self.refused("usage", estimate("mean y", table="y,replicate_1,replicate_2\n1,0,2\n2,2,0\n", words=("--replicates", "jkn")), "--replicate-rscales", status=2)
        (given,) = self.values("mean y", table="y,replicate_1,replicate_2\n1,0,2\n2,2,0\n", words=("--replicates", "jk1"))
        self.assertAlmostEqual(given["se"], 0.5, 12)

    def test_the_output_says_that_it_is_not_protected(self):
        run = estimate("mean y")
        self.assertIs(json.loads(run.stdout)["protected"], False)
        self.assertIn("Do not", khaosat("estimate", "--help").stdout)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=1)
