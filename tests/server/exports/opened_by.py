"""Our files, opened by other people's programs: no warning, equal cells.

usage: opened_by.py readstat|pspp|haven|openpyxl|survey|ddi FOLDER    exit 77: the program is not installed
"""
import csv
import io
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

NO_VALUES = ["dont_know", "declined", "no_experience", "not_asked", "blank", "withheld", "invalid"]
TOOL, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
MICRODATA = [FOLDER / "wild", FOLDER / "nobody", FOLDER / "governance_commune" / "files", FOLDER / "citizen_satisfaction" / "files",
             FOLDER / "unanswered" / "files"]


def skip(what):
    print(f"skipped: {what} is not installed; script/install compare")
    sys.exit(77)


def need(program):
    if not shutil.which(program):
        skip(program)


def run(*words, cwd=None):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, f"{words}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done


def quiet(done, words=("warning", "error")):
    said = (done.stdout + done.stderr).lower()
    for word in words:
        assert word not in said, f"{done.args} says:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"


def ours(folder):
    """The table as our JSON has it: names, rows of float or '~kind'."""
    document = json.loads((folder / "microdata.json").read_text(encoding="utf-8"))
    rows = [[cell if isinstance(cell, str) else float(cell) for cell in row] for row in document["rows"]]
    return document, [v["name"] for v in document["variables"]], rows


def same(found, wanted):
    return math.isclose(found, wanted, rel_tol=1e-14, abs_tol=0)


def check_cells(found, folder, missing):
    """found: rows of text; missing(text) is the kind of no answer, or None."""
    _, names, rows = ours(folder)
    assert found[0] == names, f"{folder}: other names {found[0][:8]}"
    assert len(found) - 1 == len(rows), f"{folder}: {len(found) - 1} rows of {len(rows)}"
    for number, (theirs, row) in enumerate(zip(found[1:], rows)):
        for name, cell, wanted in zip(names, theirs, row):
            kind = missing(name, cell)
            if isinstance(wanted, str):
                assert kind == wanted[1:], f"{folder} row {number} {name}: {cell!r}, not {wanted}"
            else:
                assert kind is None and same(float(cell), wanted), f"{folder} row {number} {name}: {cell!r}, not {wanted}"


def missing_codes(folder):
    """By variable: code → kind, from the codebook file."""
    import xml.etree.ElementTree as tree
    space = {"d": "ddi:codebook:2_5"}
    codes = {}
    for var in tree.parse(folder / "codebook.xml").getroot().iterfind(".//d:var", space):
        codes[var.get("name")] = {
            float(c.find("d:catValu", space).text): c.get("missType")
            for c in var.iterfind("d:catgry", space) if c.get("missing") == "Y"}
    return codes


def from_spss(folder):
    codes = missing_codes(folder)
    def kind(name, cell):
        return codes[name].get(float(cell))
    return kind


def by_readstat():
    need("readstat")
    for folder in MICRODATA:
        for ending in ("sav", "dta"):
            with tempfile.TemporaryDirectory() as scratch:
                out = pathlib.Path(scratch) / "out.csv"
                quiet(run("readstat", folder / f"microdata.{ending}", out))
                found = list(csv.reader(out.open(encoding="utf-8")))
                _, names, rows = ours(folder)
                assert found[0] == names and len(found) - 1 == len(rows), (folder, ending, len(found))
                for theirs, row in zip(found[1:], rows):
                    for name, cell, wanted in zip(names, theirs, row):
                        # readstat prints six decimals, and nothing or a code for what is missing.
                        if isinstance(wanted, float):
                            assert math.isclose(float(cell), wanted, rel_tol=1e-9, abs_tol=6e-7), (folder, ending, name, cell, wanted)


def by_pspp():
    need("pspp-convert")
    for folder in MICRODATA:
        with tempfile.TemporaryDirectory() as scratch:
            out = pathlib.Path(scratch) / "out.csv"
            quiet(run("pspp-convert", folder / "microdata.sav", out))
            found = list(csv.reader(out.open(encoding="utf-8-sig")))
            _, names, rows = ours(folder)
            assert found[0] == names and len(found) - 1 == len(rows), folder
            codes = missing_codes(folder)
            for theirs, row in zip(found[1:], rows):
                for name, cell, wanted in zip(names, theirs, row):
                    if isinstance(wanted, str):
                        assert cell in ("", " ") or codes[name].get(float(cell)) == wanted[1:], (name, cell, wanted)
                    else:
                        assert math.isclose(float(cell), wanted, rel_tol=1e-9, abs_tol=1e-6), (name, cell, wanted)
        # The dictionary as PSPP reads it, with user-missing values and without a complaint.
        with tempfile.TemporaryDirectory() as scratch:
            script = pathlib.Path(scratch) / "look.sps"
            script.write_text(f"get file='{folder}/microdata.sav'.\ndisplay dictionary.\n")
            if shutil.which("pspp"):
                done = run("pspp", "-O", "format=txt", script, cwd=scratch)
                assert "warning:" not in done.stdout + done.stderr, done.stdout[:3000] + done.stderr[:3000]


def r_lines(text):
    need("Rscript")
    with tempfile.TemporaryDirectory() as scratch:
        script = pathlib.Path(scratch) / "look.R"
        script.write_text("options(warn = 2)\n" + text, encoding="utf-8")
        return run("Rscript", "--vanilla", script, cwd=scratch).stdout


def has_package(name):
    need("Rscript")
    return subprocess.run(["Rscript", "-e", f"q(status = !requireNamespace('{name}', quietly = TRUE))"], capture_output=True).returncode == 0


def by_haven():
    if not has_package("haven"):
        skip("R package haven")
    for folder in MICRODATA:
        document, _, _ = ours(folder)
        with tempfile.TemporaryDirectory() as scratch:
            r_lines(f"""
library(haven)
d <- read_sav("{folder}/microdata.sav", user_na = TRUE)
print_number <- function(x) formatC(as.numeric(unclass(x)), digits = 17, format = "g")
write.csv(as.data.frame(lapply(d, print_number)), "{scratch}/sav.csv", row.names = FALSE, quote = FALSE)
s <- read_dta("{folder}/microdata.dta")
tagged <- function(x) ifelse(is_tagged_na(x), paste0(".", na_tag(x)), print_number(x))
write.csv(as.data.frame(lapply(s, tagged)), "{scratch}/dta.csv", row.names = FALSE, quote = FALSE)
con <- file("{scratch}/labels.txt", "w", encoding = "UTF-8")
on_a_line <- function(x) gsub("\\n", "\\\\n", gsub("\\t", "\\\\t", enc2utf8(as.character(x)), fixed = TRUE), fixed = TRUE)
of_values <- function(x) paste(paste0(print_number(x), "=", on_a_line(names(x))), collapse = "\t")
for (n in names(d)) {{
  writeLines(c(n, on_a_line(attr(d[[n]], "label")), on_a_line(attr(s[[n]], "label")),
    of_values(attr(d[[n]], "labels")), of_values(attr(s[[n]], "labels"))), con, useBytes = TRUE)
}}
close(con)
""")
            scratch = pathlib.Path(scratch)
            check_cells(list(csv.reader((scratch / "sav.csv").open())), folder, from_spss(folder))
            letters = {"." + "abcdefg"[k]: kind for k, kind in enumerate(NO_VALUES)}
            check_cells(list(csv.reader((scratch / "dta.csv").open())), folder, lambda name, cell: letters.get(cell))
            lines = (scratch / "labels.txt").read_text(encoding="utf-8").split("\n")
            for k, variable in enumerate(document["variables"]):
                name, spss, stata, values, stata_values = lines[5 * k:5 * k + 5]
                full = variable["label"]["vi"]
                spss, stata = whole_again(spss), whole_again(stata)
                assert name == variable["name"]
                for label, longest in ((spss, 256), (stata, 4 * 80)):
                    assert len(label.encode()) <= longest, (name, len(label.encode()))
                    assert label == full or (label.endswith("…") and full.startswith(label[:-1])), (name, label)
                    if label != full:
                        check_whole_letters(full, label[:-1])
                for found, longest in ((values, 120), (stata_values, 4 * 200 + 3)):
                    by_value = {}
                    for one in found.split("\t"):
                        code, _, label = one.strip().partition("=")
                        by_value.setdefault(code, whole_again(label))
                    for value in variable.get("values", []):
                        full, label = value["label"]["vi"], by_value[f"{value['value']:g}"]
                        assert len(label.encode()) <= longest, label
                        assert label == full or (label.endswith("…") and full.startswith(label[:-1])), (name, label, full)


def whole_again(text):
    return text.replace("\\n", "\n").replace("\\t", "\t")


def check_whole_letters(full, beginning):
    import unicodedata
    rest = full[len(beginning):]
    assert rest and unicodedata.combining(rest[0]) == 0, f"cut inside a letter: {beginning[-5:]!r} | {rest[:5]!r}"


def by_openpyxl():
    try:
        import openpyxl
    except ImportError:
        # Debian's package belongs to Debian's Python, which may not be the first in the path.
        if sys.executable != "/usr/bin/python3" and pathlib.Path("/usr/bin/python3").exists():
            sys.exit(subprocess.run(["/usr/bin/python3", *sys.argv]).returncode)
        skip("openpyxl")
    import warnings
    warnings.simplefilter("error")
    sheets = openpyxl.load_workbook(FOLDER / "wild_sheets" / "book.xlsx").sheetnames
    assert len(sheets) == 11 == len({name.lower() for name in sheets}), sheets
    assert all(0 < len(name.encode("utf-16-le")) <= 62 and not set(name) & set("[]:*?/\\'") for name in sheets), sheets
    for name in ("governance_commune", "citizen_satisfaction", "unanswered", "wild_results"):
        folder = FOLDER / name
        book = openpyxl.load_workbook(folder / "results.xlsx")
        assert len(book.sheetnames) == 4, book.sheetnames
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f" and cell.hyperlink is None, (sheet.title, cell.coordinate, cell.value)
        text = (folder / "results.csv").read_bytes()
        assert text.startswith(b"\xef\xbb\xbf"), "no byte order mark"
        csv.field_size_limit(1 << 20)
        table = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))
        table = [{key: unshielded(cell) for key, cell in line.items()} for line in table]
        document = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        depth = {}
        for node in document["nodes"]:
            depth[node["id"]] = depth[node["parent"]] + 1 if "parent" in node else 0
        sheet = book.worksheets[0]
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        assert len(rows) == len(table)
        for row, line in zip(rows, table):
            assert row[0] == line["unit"] and in_a_cell(row[1], line["unit_name"]) and row[2] == line["node"], (row[:3], line)
            title = "" if row[4] is None else row[4]
            assert in_a_cell(title[2 * depth[row[2]]:], line["title"]), (title, line["title"])
            for cell, column in zip(row[5:12], ("value", "lower", "upper", "n_low", "n_high", "rank_from", "rank_to")):
                assert (cell is None) == (line[column] == "") and (cell is None or math.isclose(cell, float(line[column]), rel_tol=1e-15)), (line, column, cell)
            assert (row[12] is None) == (line["rank_basis"] == ""), line
            assert (row[5] is not None) or row[13], line
        scores = [score for unit in document["units"] for score in unit["scores"]]
        names = [unit["name"] for unit in document["units"] for _ in unit["scores"]]
        assert [line["unit_name"] for line in table] == names and len(table) == len(scores)
        titles = [node["title"]["vi"] for node in document["nodes"]]
        assert [line["title"] for line in table[:len(titles)]] == titles
        tree = list(book.worksheets[1].iter_rows(min_row=2, values_only=True))
        for row, node in zip(tree, document["nodes"], strict=True):
            assert in_a_cell(row[3], node["title"]["vi"]) and in_a_cell(row[10] or "", "; ".join(node["steps"])), row
            assert in_a_cell(row[9] or "", node.get("responsible", "")), row
        for line, score in zip(table, scores):
            assert line["value"] == "" and "value" not in score or float(line["value"]) == score["value"]
        facts = {row[1] for row in book.worksheets[3].iter_rows(values_only=True)}
        assert document["model"]["hash"] in facts and document["input_hash"] in facts


def unshielded(cell):
    """What our own reader takes off: the quote before what a spreadsheet would compute."""
    starts = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
    bare = cell.lstrip("'")
    return cell[1:] if cell.startswith("'") and bare.startswith(starts) else cell


def in_a_cell(found, text):
    """The text, or as much of it as a cell of a workbook holds."""
    # ISO 29500 part 1, 22.9.2.19, which openpyxl leaves to others where a cell holds its text itself.
    text = re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", "", text)  # which XML cannot hold
    found = re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found.group(1), 16)), found)
    if found == text:
        return True
    return len(text.encode("utf-16-le")) > 2 * 32000 and found.endswith("…") and text.startswith(found[:-1]) and len(found) > 20000


def by_survey():
    """rebuild.R gives our own values, errors and intervals from our own export."""
    if not (has_package("survey") and has_package("haven")):
        skip("R package survey or haven")
    for name in ("governance_commune", "citizen_satisfaction", "unanswered"):
        folder = FOLDER / name
        expected = json.loads((folder / "expected.json").read_text())
        with tempfile.TemporaryDirectory() as out:
            run("Rscript", "--vanilla", folder / "files" / "rebuild.R", out)
            table = list(csv.DictReader(open(pathlib.Path(out) / "main_table.csv")))
        left_out = [line.split(": ")[1] for line in (folder / "files" / "rebuild.R").read_text(encoding="utf-8").splitlines()
                    if line.startswith("# Not repeated here")]
        assert set(expected) == {row["node"] for row in table} | set(left_out), set(expected) ^ {row["node"] for row in table}
        assert len(left_out) == 0, left_out
        worst = {}
        for node in expected:
            # Units have new codes: the same figures, in another order.
            theirs = sorted((row for row in table if row["node"] == node and row["value"] != "NA"), key=lambda row: float(row["value"]))
            units = sorted(expected[node], key=lambda unit: unit["value"])
            assert len(theirs) == len(units), node
            for row, unit in zip(theirs, units):
                for column in ("value", "se", "df", "lower", "upper"):
                    scale = max(abs(unit[column]), 1e-3)
                    worst[column] = max(worst.get(column, 0), abs(float(row[column]) - unit[column]) / scale)
        print(name, len(expected), "nodes, worst relative differences:", {k: f"{v:.1e}" for k, v in worst.items()})
        assert all(difference < 1e-9 for difference in worst.values()), worst


# Of the elements we write: which may stand below them, in this order (field level documentation of DDI-Codebook 2.5).
DDI_ORDER = {
    "codeBook": "docDscr stdyDscr fileDscr dataDscr otherMat",
    "docDscr": "citation guide docStatus docSrc controlledVocabUsed notes",
    "stdyDscr": "citation studyAuthorization stdyInfo studyDevelopment method dataAccs othrStdyMat notes",
    "citation": "titlStmt rspStmt prodStmt distStmt serStmt verStmt biblCit holdings notes",
    "titlStmt": "titl subTitl altTitl parTitl IDNo",
    "rspStmt": "AuthEnty othId",
    "prodStmt": "producer copyright prodDate prodPlac software fundAg grantNo",
    "stdyInfo": "studyBudget subject abstract sumDscr qualityStatement notes exPostEvaluation",
    "sumDscr": "timePrd collDate nation geogCover geogUnit geoBndBox boundPoly anlyUnit universe dataKind",
    "method": "dataColl notes anlyInfo stdyClas dataProcessing codingInstructions",
    "dataColl": "timeMeth dataCollector collectorTraining frequenc sampProc sampleFrame targetSampleSize deviat collMode resInstru "
                "instrumentDevelopment sources collSitu actMin ConOps weight cleanOps",
    "fileDscr": "fileTxt locMap notes",
    "fileTxt": "fileName fileCitation fileCont fileStrc dimensns fileType format filePlac dataChck ProcStat dataMsng software verStmt",
    "dimensns": "caseQnty varQnty logRecL recPrCas recNumTot",
    "dataDscr": "varGrp nCubeGrp var nCube notes",
    "var": "location labl imputation security embargo respUnit anlysUnit qstn valrng invalrng undocCod universe TotlResp sumStat txt stdCatgry "
           "catgryGrp catgry codInstr verStmt concept derivation varFormat geoMap catLevel notes",
    "qstn": "preQTxt qstnLit postQTxt forward backward ivuInstr",
    "catgry": "catValu labl txt catStat mrow",
    "notes": "p",
}
DDI_ATTRIBUTES = {  # what an element may have; "!" must
    "codeBook": "!version {xml}lang {xsi}schemaLocation", "var": "ID !name files dcml intrvl wgt", "qstn": "ID var", "catgry": "missing missType",
    "fileDscr": "!ID", "varFormat": "type schema", "collDate": "date event", "prodDate": "date", "nation": "abbr",
}


def check_ddi(element):
    tag = element.tag.removeprefix("{ddi:codebook:2_5}")
    order = DDI_ORDER.get(tag, "").split()
    children = [child.tag.removeprefix("{ddi:codebook:2_5}") for child in element]
    assert set(children) <= set(order), (tag, set(children) - set(order))
    places = [order.index(child) for child in children]
    assert places == sorted(places), (tag, children)
    assert not children or not (element.text or "").strip(), tag
    names = {name.replace("{http://www.w3.org/XML/1998/namespace}", "{xml}").replace("{http://www.w3.org/2001/XMLSchema-instance}", "{xsi}")
             for name in element.attrib}
    known = DDI_ATTRIBUTES.get(tag, "").split()
    assert names <= {name.strip("!") for name in known} | {"{xml}lang"}, (tag, names)
    assert names >= {name[1:] for name in known if name[0] == "!"}, (tag, names)
    assert element.get("intrvl") in (None, "contin", "discrete") and element.get("event") in (None, "start", "end"), element.attrib
    for child in element:
        check_ddi(child)


def by_ddi():
    """Well-formed, of the DDI 2.5 namespace, put together as its schema wants, and nothing in words.

    With KHAOSAT_DDI_SCHEMA=…/codebook.xsd (of the DDI Alliance, not part of this repository) xmllint holds them against the schema itself."""
    import os
    import xml.etree.ElementTree as tree
    for folder in MICRODATA:
        root = tree.parse(folder / "codebook.xml").getroot()
        assert root.tag == "{ddi:codebook:2_5}codeBook" and root.get("version") == "2.5"
        assert [child.tag.split("}")[1] for child in root] == ["docDscr", "stdyDscr", "fileDscr", "dataDscr"]
        check_ddi(root)
        identities = [element.get("ID") for element in root.iter() if element.get("ID")]
        assert len(set(identities)) == len(identities) and all(re.fullmatch("[A-Za-z_][A-Za-z0-9_.-]*", one) for one in identities)
        for element in root.iter():
            for name in ("files", "var"):
                assert element.get(name) is None or element.get(name) in identities, element.attrib
        document, names, rows = ours(folder)
        variables = root.findall(".//{ddi:codebook:2_5}var")
        assert [var.get("name") for var in variables] == names
        labels = [var.findtext("{ddi:codebook:2_5}labl") for var in variables]
        assert labels == [variable["label"]["vi"] for variable in document["variables"]]
        assert root.find(".//{ddi:codebook:2_5}caseQnty").text == str(len(rows))
        for path in folder.iterdir():
            assert "bí mật của một người".encode() not in path.read_bytes(), f"words in {path}"
        if os.environ.get("KHAOSAT_DDI_SCHEMA"):
            run("xmllint", "--noout", "--nonet", "--schema", os.environ["KHAOSAT_DDI_SCHEMA"], folder / "codebook.xml")


{"readstat": by_readstat, "pspp": by_pspp, "haven": by_haven, "openpyxl": by_openpyxl, "survey": by_survey, "ddi": by_ddi}[TOOL]()
print(TOOL, "ok")
