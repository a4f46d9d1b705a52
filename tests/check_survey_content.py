"""What the shipped questionnaires and unit registers promise, beyond what the loader checks.

The citizen form keeps the structure of the national satisfaction form and mends its known defects;
the register agrees with the published lineage (tests/published/unit_lineage_directives.csv).
usage: check_survey_content.py [repository]
"""
import csv
import json
import sys
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
DEFS = ROOT / "survey_defs"
# Factor -> how many of the 33 items, in their order.
FACTORS = {"accountability": 2, "participation": 2, "quality": 8, "impact": 2, "access": 4,
           "procedure": 4, "officials": 5, "result": 3, "complaints": 3}
# Experience question -> items that only someone with this experience can judge.
ROUTES = {"used_school": [7], "used_health": [6], "used_procedure": range(19, 31), "made_complaint": [32, 33]}
SENSITIVE = ["harassment", "payment"]
PERSONAL = ["sex", "age_band", "education", "occupation", "area"]
LAST_DAY, FIRST_DAY = "2025-06-30", "2025-07-01"

faults = []


def expect(condition, message):
    if not condition:
        faults.append(message)


def load(path):
    return json.loads((DEFS / path).read_text(encoding="utf-8"))


def questions(form):
    return [(section, question) for section in form["sections"] for question in section["questions"]]


def holds(condition, answers):
    """The few kinds of condition the shipped forms use, on single choices only."""
    if condition is None:
        return True
    if "in" in condition:
        return answers.get(condition["question"]) in condition["in"]
    if "not" in condition:
        return not holds(condition["not"], answers)
    if "any" in condition:
        return any(holds(part, answers) for part in condition["any"])
    return all(holds(part, answers) for part in condition["all"])


def asked(form, answers):
    return {question["id"] for section, question in questions(form)
            if holds(section.get("relevant"), answers) and holds(question.get("relevant"), answers)}


def check_every_form():
    for path in sorted(DEFS.glob("questionnaires/*.json")):
        form = json.loads(path.read_text(encoding="utf-8"))
        for section in form["sections"]:
            expect(1 <= len(section["questions"]) <= 8, f"{path.name}: {section['id']} must have 1 to 8 questions")
        used = {question.get("factor") for _, question in questions(form)} - {None}
        known = {factor["id"] for factor in form.get("factors", [])}
        expect(used == known, f"{path.name}: factors without a question or unknown: {sorted(used ^ known)}")
        expect(len(form["consent"]) >= 3, f"{path.name}: consent says too little")
        for _, question in questions(form):
            expect(not question.get("required"), f"{path.name}: {question['id']} may be left blank")


def check_citizen_satisfaction():
    form = load("questionnaires/citizen_satisfaction.json")
    by_id = {question["id"]: question for _, question in questions(form)}
    items = [question for _, question in questions(form) if question["id"].startswith("item_")]
    expect([item["id"] for item in items] == [f"item_{n:02d}" for n in range(1, 34)], "33 items in order")
    expected = [factor for factor, count in FACTORS.items() for _ in range(count)]
    expect([item["factor"] for item in items] == expected, "items belong to the nine factors in order")
    part_of = {factor["id"]: factor["part"] for factor in form["factors"]}
    expect([part_of[item["factor"]] for item in items] == ["policy"] * 14 + ["services"] * 19, "14 and 19 items")
    for item in items:
        expect(item["scale"] == "satisfaction_5", f"{item['id']}: scale")
        expect(item["absences"] == ["no_experience", "dont_know", "declined"], f"{item['id']}: absences")

    everything = asked(form, {gate: "yes" for gate in ROUTES} | {"dealt_with_office": "yes"})
    for gate, numbers in ROUTES.items():
        for answer, wanted in (("yes", True), (None, True), ("no", False)):
            seen = asked(form, {gate: answer})
            for n in numbers:
                expect((f"item_{n:02d}" in seen) == wanted, f"item_{n:02d} when {gate} is {answer}")
        gone = {i for i in everything - asked(form, {gate: "no"}) if i.startswith("item_")}
        expect(gone == {f"item_{n:02d}" for n in numbers}, f"{gate}=no hides exactly its own items")
    office = asked(form, {"dealt_with_office": "no", "used_procedure": "no"})
    expect("item_15" not in office and "item_15" in asked(form, {"dealt_with_office": "no"}), "access items")

    for name in SENSITIVE:
        expect("declined" in by_id[name]["absences"] and "hint" in by_id[name], f"{name}: may be declined, says why")
    for name in PERSONAL:
        expect("declined" in by_id[name]["absences"], f"{name}: may be declined")
    expect("never_attended" in [option["id"] for option in by_id["education"]["options"]], "never attended school")
    for _, question in questions(form):
        ethnic = question["id"].startswith("ethnicity")
        expect((question.get("topic") == "ethnicity") == ethnic, f"{question['id']}: topic")
    expect("ethnicity" not in asked(form, {}) and "ethnicity" not in asked(form, {"ethnicity_consent": "no"}),
           "ethnicity only after consent")
    expect("ethnicity" in asked(form, {"ethnicity_consent": "yes"}), "ethnicity after consent")


def check_register():
    units = {unit["id"]: unit for unit in load("units/vn_2025.json")["units"]}
    villages = load("units/demo_villages.json")["units"]

    def find(code, level, day):
        found = [unit for unit in units.values() if unit["code"] == code and unit["level"] == level
                 and unit.get("valid_from", "") <= day <= unit.get("valid_to", "9999")]
        expect(len(found) == 1, f"code {code} on {day}: {len(found)} units")
        return found[0] if found else {}

    with open(ROOT / "tests/published/unit_lineage_directives.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    predecessors = {}
    for row in rows:
        old, new = find(row["old_code"], "commune", LAST_DAY), find(row["new_code"], "commune", FIRST_DAY)
        expect(old["name"]["vi"] == f"{row['old_type']} {row['old_name']}", f"name of {old['id']}")
        expect(new["name"]["vi"] == f"{row['new_type']} {row['new_name']}", f"name of {new['id']}")
        district = units[old["parent"]]
        expect((district["code"], district["name"]["vi"]) == (row["old_district_code"], row["old_district"]),
               f"district of {old['id']}")
        expect(units[district["parent"]]["code"] == row["old_province_code"], f"old province of {old['id']}")
        expect(units[new["parent"]]["code"] == row["new_province_code"], f"new province of {new['id']}")
        expect(district["parent"] in units[new["parent"]]["predecessors"], f"province line of {old['id']}")
        predecessors.setdefault(new["id"], set()).add(old["id"])
    for unit in units.values():
        if unit["level"] == "commune" and unit.get("valid_from"):
            expect(set(unit["predecessors"]) == predecessors.get(unit["id"]), f"predecessors of {unit['id']}")
    expect("so_tttt_binh_phuoc" in units, "the department of the Bình Phước directive")

    per_commune = {}
    for village in villages:
        expect(village["level"] == "village" and "(thử)" in village["name"]["vi"], f"{village['id']} says it is made up")
        per_commune[village["parent"]] = per_commune.get(village["parent"], 0) + 1
    communes = {find(row["new_code"], "commune", FIRST_DAY)["id"] for row in rows if row["directive"] == "C"}
    expect(per_commune == dict.fromkeys(communes, 8), "eight villages in each commune of the Ngân Sơn area")


check_every_form()
check_citizen_satisfaction()
check_register()
for fault in faults:
    print(fault)
print(f"{len(faults)} faults")
sys.exit(1 if faults else 0)
