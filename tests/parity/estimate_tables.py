"""Random small samples of every kind `khaosat estimate` knows, each with the questions asked of it. A seed gives the
same table on every machine."""
import csv
import math
import random

KINDS = ("plain", "plain", "people", "fpc", "two", "two", "lonely", "lonely", "certain", "collapse", "calibrated", "calibrated", "calibrated",
         "trimmed", "replicates", "replicates", "replicates_made", "replicates_calibrated")
CALIBRATIONS = ("post", "rake", "linear", "truncated", "exponential", "logit")


def digits(value, figures=6):
    """Few figures, so that every reader of decimals arrives at the same double."""
    return float(f"{value:.{figures}g}")


class Case:
    """One table (rows as dicts of text), its design, and questions: dicts of what `estimate_sweep.R` needs too."""

    def __init__(self, seed):
        self.seed = seed
        self.random = random.Random(seed)
        self.kind = KINDS[seed % len(KINDS)]
        self.design = {"stages": 1, "fpc": 0, "policy": "fail", "inside": 0, "calibration": "none", "trim": "", "replicates": "none",
                       "made": 0, "rho": 0, "scale": "", "rscales": "", "centre": "mean", "people": 0, "level": self.random.choice((0.95, 0.95, 0.9, 0.99))}
        self.words = ["--level", str(self.design["level"])]
        self.draw()
        if self.kind in ("lonely", "certain"):
            self.set_policy(self.random.choice(("remove", "certainty", "adjust", "average")))
        if self.kind == "collapse":
            self.collapse()
        if self.kind in ("calibrated", "trimmed", "replicates_calibrated"):
            self.calibrate()
        if self.kind == "trimmed":
            self.trim()
        if self.kind.startswith("replicates"):
            self.replicate()
        self.ask()

    def shape(self):
        """PSUs drawn and in the frame, stratum by stratum."""
        pick = self.random
        strata = pick.randint(1, 6)
        least = 1 if self.kind in ("lonely", "collapse") else 2
        drawn = [pick.choice((least, 2, 2, 3, 4, 6)) for _ in range(strata)]
        if self.kind in ("lonely", "collapse"):
            drawn = [1, pick.randint(2, 5)] + drawn
        frame = [n + pick.randint(1, 15) for n in drawn]
        if self.kind == "certain":
            # A stratum taken whole, one whose only PSU was certain, one that is lonely beside them.
            drawn, frame = [3, 1, 1, 2] + drawn, [3, 1, 9, 5] + frame
        if self.half_samples():
            drawn = [2] * max(2, strata)
            frame = [9] * len(drawn)
        return drawn, frame

    def half_samples(self):
        return self.kind.startswith("replicates") and self.seed // len(KINDS) % 5 in (2, 3)

    def draw(self):
        pick = self.random
        fpc = self.kind in ("fpc", "two", "certain") or (self.kind in ("lonely", "calibrated") and pick.random() < 0.5)
        two = self.kind == "two" or (fpc and self.kind in ("calibrated", "lonely") and pick.random() < 0.4)
        self.design.update(fpc=int(fpc), stages=2 if two else 1, people=int(self.kind == "people"))
        spread = pick.choice((0, 0.3, 1, 3))  # of weights: up to several magnitudes
        missing = pick.choice((0, 0.05, 0.3))
        size = pick.choice((1, 1000, 1e-3, 1e6))
        drawn, frame = self.shape()
        households = two and pick.random() < 0.3
        # A single unit of the second stage is lonely, which is asked of few tables without a policy.
        sizes = (3, 4, 6, 8) if self.kind.startswith("replicates") or (two and self.kind != "lonely" and pick.random() < 0.8) else (1, 2, 3, 5, 8)
        self.rows = []
        psu = 0
        for stratum, (n, population) in enumerate(zip(drawn, frame)):
            for _ in range(n):
                psu += 1
                people = pick.choice(sizes)
                effect = pick.gauss(0, 0.7)
                units = people + pick.choice((0, 1, 20))
                for person in range(people):
                    likert = min(5, max(1, round(3.2 + effect + pick.gauss(0, 1))))
                    row = {"stratum": f"s{stratum}", "psu": f"v{psu}", "unit": psu * 100 + (person // 2 if households else person),
                           "weight": digits(population / n * 10 * math.exp(spread * pick.gauss(0, 1))),
                           "frame": population, "units": units,
                           "y": digits(size * (20 + 4 * effect + pick.gauss(0, 5))), "x": digits(pick.uniform(1, 9), 3),
                           "q": likert, "a": min(5, max(1, likert + pick.randint(-1, 1))), "b": min(5, max(1, likert + pick.randint(-2, 2))),
                           "rare": int(pick.random() < 0.08), "g": pick.choice(("ga", "ga", "gb", "gc")), "s": pick.choice("fm"),
                           "part": "in" if stratum == 0 or psu % 4 == 0 else "out", "category": pick.choice("kl"), "side": pick.choice("uv")}
                    for answer in ("y", "q", "a", "b"):
                        if pick.random() < missing:
                            row[answer] = ""
                    if missing and pick.random() < 0.05:
                        row["g"] = ""
                    self.rows.append(row)
        # Everybody of a calibration's categories is met, and every group and answer.
        for k, row in enumerate(self.rows[:6]):
            row.update(category="kl"[k % 2], side="uv"[k // 2 % 2], g=("ga", "gb", "gc")[k % 3], s="fm"[k % 2], part=row["part"])
            row["y"] = row["y"] if row["y"] != "" else digits(size * (15 + k))
            row["q"] = 4 if k % 2 else 2
        if self.kind in ("plain", "fpc") and pick.random() < 0.3:
            for row in pick.sample(self.rows[6:], min(2, max(0, len(self.rows) - 6))):
                row["weight"] = 0.0

    def set_policy(self, policy):
        inside = policy in ("adjust", "average") and self.random.random() < 0.4
        self.design.update(policy=policy, inside=int(inside))
        self.words += ["--lonely-psu", policy] + (["--lonely-in-domain"] if inside else [])

    def collapse(self):
        lonely = [s for s in sorted({row["stratum"] for row in self.rows}) if len({r["psu"] for r in self.rows if r["stratum"] == s}) == 1]
        for row in self.rows:
            row["joined"] = "s1" if row["stratum"] in lonely else row["stratum"]
        for stratum in lonely:
            self.words += ["--collapse", f"{stratum}=s1"]
        self.design["policy"] = "collapse"

    def calibrate(self):
        how = CALIBRATIONS[self.seed // len(KINDS) % len(CALIBRATIONS)]
        self.design["calibration"] = how

        def counts(column):
            found = {}
            for row in self.rows:
                found[row[column]] = found.get(row[column], 0) + row["weight"]
            return found

        # Sides add up to the same population as categories.
        grown = {name: digits(count * factor, 12) for (name, count), factor in zip(sorted(counts("category").items()), (1.06, 0.97))}
        everybody = sum(grown.values())
        sides = counts("side")
        share = sides["u"] / sum(sides.values()) * 1.02
        others = {"u": everybody * share, "v": everybody - everybody * share}
        total_x = sum(row["weight"] * row["x"] for row in self.rows) * 1.03
        for row in self.rows:
            if how == "post":
                row.update(post_stratum=row["category"], post_stratum_population=grown[row["category"]])
            elif how == "rake":
                row.update(margin_one=row["category"], margin_one_population=grown[row["category"]],
                           margin_two=row["side"], margin_two_population=others[row["side"]])
            else:
                row.update(total_one=1, total_one_population=everybody, total_k=int(row["category"] == "k"), total_k_population=grown["k"],
                           total_x=row["x"], total_x_population=total_x)
        if how in ("exponential", "logit"):
            self.words += ["--calibration", how]
        if how in ("truncated", "logit"):
            self.design["bounds"] = "0.5 2"
            self.words += ["--weight-bounds", "0.5", "2"]

    def trim(self):
        weights = sorted(row["weight"] for row in self.rows)
        low, high = digits(weights[len(weights) // 10]), digits(weights[-max(1, len(weights) // 10)])
        self.design["trim"] = f"{low!r} {high!r}"
        self.words += ["--trim", repr(low), repr(high)]

    def replicate(self):
        turn = self.seed // len(KINDS) % 5
        kind = ("jkn", "jk1", "brr", "fay", "bootstrap")[turn]
        made = self.kind == "replicates_made" and kind in ("jkn", "jk1")
        self.design.update(replicates=kind, made=int(made), centre=self.random.choice(("mean", "full")), fpc=0, stages=1)
        self.words += ["--replicates", kind, "--replicate-centre", self.design["centre"]]
        if kind == "jk1":
            for row in self.rows:
                row["stratum"] = "s0"
        psus = {}
        for row in self.rows:
            psus.setdefault(row["stratum"], {})[row["psu"]] = True
        psus = {stratum: list(names) for stratum, names in psus.items()}
        self.design["rho"] = 0.3 if kind == "fay" else 0
        if kind == "fay":
            self.words += ["--rho", "0.3"]
        if made:
            return
        factors, rscales = [], []
        if kind in ("jkn", "jk1"):
            for stratum, names in psus.items():
                n = len(names)
                for out in names:
                    factors.append({name: (0 if name == out else n / (n - 1)) for name in names})
                    rscales.append((n - 1) / n)
            if kind == "jk1":
                self.design["scale"] = repr(rscales[0])
                rscales = []
        elif kind in ("brr", "fay"):
            order = 1
            while order < len(psus) + 1:
                order *= 2
            rho = self.design["rho"]
            for r in range(order):
                factor = {}
                for h, names in enumerate(psus.values()):
                    first = bin((h + 1) & r).count("1") % 2 == 0
                    factor[names[0]], factor[names[1]] = (2 - rho, rho) if first else (rho, 2 - rho)
                factors.append(factor)
        else:
            for _ in range(30):
                factor = {}
                for names in psus.values():
                    n = len(names)
                    factor.update({name: 0 for name in names})
                    for _ in range(n - 1):
                        factor[self.random.choice(names)] += n / (n - 1)
                factors.append(factor)
        if rscales:
            self.design["rscales"] = " ".join(map(repr, rscales))
            self.words += ["--replicate-rscales", *map(repr, rscales)]
        for row in self.rows:
            for k, factor in enumerate(factors):
                row[f"replicate_{k}"] = row["weight"] * factor.get(row["psu"], 1)

    def ask(self):
        groups = [("", ""), ("g", "gb"), ("part", "in"), ("s", "f")]
        replicated = self.design["replicates"] != "none"
        self.questions = []

        def put(kind, statement, column="", value="", minus="", **more):
            where = f" in {column}={value}" if column else ""
            where += f" minus {column}={minus}" if minus else ""
            way = f" with {more['way']}" if more.get("way") else ""
            self.questions.append({"kind": kind, "statement": statement + where + way, "column": column, "value": value, "minus": minus,
                                   "y": "", "x": "", "category": "", "p": "", "rule": "", "method": "", **more})

        for column, value in groups:
            for kind, y in (("mean", "y"), ("mean", "q"), ("total", "y"), ("total", "x"), ("variance", "y")):
                put(kind, f"{kind} {y}", column, value, y=y)
            put("ratio", "ratio y/x", column, value, y="y", x="x")
            for method in (("xlogit", "beta", "mean") if replicated else ("xlogit", "beta", "mean", "asin", "logit", "wilson", "likelihood")):
                put("share", "share q=4", column, value, y="q", category=4, method=method, way=method)
            put("share", "share rare=1", column, value, y="rare", category=1, method="xlogit", way="xlogit")
            # R keeps the rows outside the group of a calibrated sample, and those a replicate leaves out, with a weight
            # of 0, and most rules count them.
            rules = ("math", "school", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9")
            rules = rules[:2] if replicated else rules[:1] if self.design["calibration"] != "none" else rules
            rule = self.random.choice(rules)
            # Likewise beta, which counts rows.
            method = self.random.choice(("mean", "xlogit", "asin", "beta")[: 3 if self.design["calibration"] != "none" or any(row["weight"] == 0 for row in self.rows) else 4])
            p = self.random.choice((0.1, 0.25, 0.5, 0.8))
            put("quantile", f"quantile y {p}", column, value, y="y", p=p, rule=rule, method=method, way=f"{rule} {method}")
        put("kish", "kish")
        put("icc", "icc q", y="q")
        put("alpha", "alpha q a b", y="q")
        put("alpha_weighted", "alpha q a b", y="q", way="weighted")
        for column, first, second in (("g", "ga", "gb"), ("s", "f", "m"), ("part", "in", "out")):
            if not any(row[column] == second for row in self.rows):
                continue
            for kind, y in (("mean", "y"), ("total", "y"), ("mean", "q")):
                put(f"difference_{kind}", f"{kind} {y}", column, first, second, y=y)
            put("difference_ratio", "ratio y/x", column, first, second, y="y", x="x")

    def columns(self, for_program):
        """The program is told of a second stage, populations and PSUs only where the design has them."""
        left_out = {"unit", "frame", "units", "frame_share", "units_share", "category", "side", "joined"} if for_program else set()
        names = [name for name in self.rows[0] if name not in left_out]
        if for_program and self.design["people"]:
            names.remove("psu")
        if for_program and (self.design["made"] or self.design["replicates"] == "none"):
            names = [name for name in names if not name.startswith("replicate_")]
        return names

    def write(self, path, for_program):
        names = self.columns(for_program)
        extra = []
        if for_program and self.design["fpc"]:
            extra.append(("psu_population", "frame"))
        if for_program and self.design["stages"] == 2:
            extra += [("second_stage_population", "units"), ("second_stage_unit", "unit")]
        if for_program and self.design["people"] and self.design["fpc"]:
            extra = []
        # Every third table tells what share was drawn instead of the number in the frame.
        if extra and self.seed % 3 == 0:
            met = {}
            for row in self.rows:
                met.setdefault(row["stratum"], set()).add(row["psu"])
                met.setdefault((row["stratum"], row["psu"]), set()).add(row["unit"])
            for row in self.rows:
                row["frame_share"] = len(met[row["stratum"]]) / row["frame"]
                row["units_share"] = len(met[row["stratum"], row["psu"]]) / row["units"]
            shares = {"psu_population": ("psu_fraction", "frame_share"), "second_stage_population": ("second_stage_fraction", "units_share")}
            extra = [shares.get(name, (name, source)) for name, source in extra]
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names + [name for name, _ in extra])
            for row in self.rows:
                writer.writerow([text(row[name]) for name in names] + [text(row[source]) for _, source in extra])


def text(value):
    return repr(value) if isinstance(value, float) else str(value)
