"""Means of every commune and item by DuckDB and by R beside the scan of a column file, on the same answers.

usage: columns_peers.py BUILD_DIR [--respondents N] [--r-items N]

DuckDB (npm) is put into a folder of its own below BUILD_DIR; R and its package survey must be there
(apt: r-cran-survey). R is timed on all items; --r-items of them, at most 4, are compared with ours.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ITEMS = 40
DUCKDB = "@duckdb/node-api@1.5.6-r.1"

QUERY = """
const {DuckDBInstance} = require('@duckdb/node-api');
(async () => {
  const [csv, items] = [process.argv[2], Number(process.argv[3])];
  const db = await (await DuckDBInstance.create(':memory:', {threads: '1'})).connect();
  const names = [...Array(items).keys()].map(k => 'q' + k);
  const types = ['commune: INTEGER', 'village: INTEGER', 'w: DOUBLE', ...names.map(n => n + ': TINYINT')];
  await db.run(`create table answers as select * from read_csv('${csv}', header=false, columns={${types.map(t => t.replace(/: (.*)/, ": '$1'")).join(', ')}})`);
  const means = names.map(n => `sum(w * ${n}) / sum(case when ${n} is not null then w end) as ${n}`);
  const query = `select commune, ${means.join(', ')} from answers group by commune order by commune`;
  let best = Infinity, rows;
  for (let round = 0; round < 5; ++round) {
    const before = process.cpuUsage();
    rows = await (await db.runAndReadAll(query)).getRows();
    const used = process.cpuUsage(before);
    best = Math.min(best, (used.user + used.system) / 1e3);
  }
  const sum = k => rows.reduce((all, row) => all + row[k + 1], 0);
  console.log(JSON.stringify({ms: best, check: [0, 1, 2, 3].map(sum)}));
})();
"""

# All items in one formula, which is R's quickest way; there a missing answer would take the respondent out
# of every item, so that it is timed with answers filled in. Results are compared item by item.
SVYBY = """
suppressMessages(library(survey))
a <- commandArgs(TRUE); items <- as.integer(a[2])
x <- read.csv(a[1], header = FALSE, colClasses = c("integer", "integer", "numeric", rep("integer", 40)))
names(x) <- c("commune", "village", "w", paste0("q", 1:40))
check <- character()
d <- svydesign(id = ~village, strata = ~commune, weights = ~w, data = x)
for (k in seq_len(items)) {
  s <- svyby(as.formula(paste0("~q", k)), ~commune, d, svymean, na.rm = TRUE)
  check[k] <- sprintf("[%.17g, %.17g]", sum(s[[2]]), sum(s$se))
}
x[is.na(x)] <- 3L
d <- svydesign(id = ~village, strata = ~commune, weights = ~w, data = x)
t <- system.time(svyby(as.formula(paste0("~", paste0("q", 1:40, collapse = "+"))), ~commune, d, svymean))
cat(sprintf('{"ms": %.6g, "check": [%s]}', (t[["user.self"]] + t[["sys.self"]]) * 1000, paste(check, collapse = ", ")))
"""


def run(*words, **options):
    return subprocess.run([str(word) for word in words], check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def duckdb(build, csv):
    folder = build / "duckdb"
    folder.mkdir(exist_ok=True)
    try:
        if not (folder / "node_modules/@duckdb/node-api").exists():
            run("npm", "install", "--no-audit", "--no-fund", "--prefix", folder, DUCKDB)
    except (OSError, subprocess.CalledProcessError) as trouble:
        return None, f"DuckDB could not be installed: {trouble}"
    (folder / "means.js").write_text(QUERY)
    return json.loads(run("node", folder / "means.js", csv, ITEMS)), None


def svyby(folder, csv, items):
    if not shutil.which("Rscript"):
        return None, "R is not installed: apt install r-cran-survey"
    script = folder / "svyby.R"
    script.write_text(SVYBY)
    return json.loads(run("Rscript", script, csv, items)), None


def close(found, wanted):
    return abs(found - wanted) <= 1e-9 * abs(wanted)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--respondents", type=int, default=1000000)
    parser.add_argument("--r-items", type=int, default=1)
    options = parser.parse_args()
    build = options.build.resolve()
    rows, faults, notes = [], [], []

    def ratio(what, value, bound):
        rows.append({"what": what, "measured": round(value, 1), "unit": "times", "target": f">= {bound}", "met": value >= bound})

    with tempfile.TemporaryDirectory(dir=build) as name:
        folder = pathlib.Path(name)
        csv = folder / "answers.csv"
        ours = json.loads(run(build / "tests/bench/columns_bench", options.respondents, csv))
        rows += ours["rows"]
        scan = [row["measured"] for row in ours["rows"] if row["what"].startswith("column file to means and linearised errors, ")
                and row["what"].endswith("1 thread")][-1]
        found, trouble = duckdb(build, csv)
        if found:
            rows.append({"what": "DuckDB, means alone, processor time", "measured": found["ms"], "unit": "ms"})
            ratio("DuckDB's means alone over our means and errors", found["ms"] / scan, 10)
            if not all(close(value, pair[0]) for value, pair in zip(found["check"], ours["check"])):
                faults.append("DuckDB has other means")
        else:
            notes.append(trouble)
        found, trouble = svyby(folder, csv, min(4, options.r_items))
        if found:
            rows.append({"what": f"R svyby, means and errors of {ITEMS} items, processor time", "measured": found["ms"], "unit": "ms"})
            ratio("R svyby over our means and errors", found["ms"] / scan, 200)
            if not all(close(a, b) for one, other in zip(found["check"], ours["check"]) for a, b in zip(one, other)):
                faults.append("R has other means or errors")
        else:
            notes.append(trouble)
    json.dump({"rows": rows, "faults": faults, "notes": notes}, sys.stdout)


if __name__ == "__main__":
    main()
