"""The JSON Schemas and the C++ readers agree on one corpus (tests/fixtures/definitions).

Every file that ships and every sound file satisfies its schema; of the faulty ones the schema
refuses what expected.json says it refuses. usage: check_definition_schemas.py [repository]
"""
import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator, RefResolver

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
CORPUS = ROOT / "tests/fixtures/definitions"
# Folder → the schema of files that do not say what they are.
KINDS = {"questionnaires": "questionnaire", "scales": "scale", "units": "units",
         "index_models": "index_model", "award_rules": "award_rules", "calendar": "holidays",
         "scorecards": "scorecard", "retention": "retention"}
SCHEMAS = {path.name: json.loads(path.read_text(encoding="utf-8"))
           for path in sorted((ROOT / "survey_defs/schema").glob("*.schema.json"))}
faults = []


def validator(name):
    schema = SCHEMAS[f"{name}.schema.json"]
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, resolver=RefResolver("", schema, store=SCHEMAS))


VALIDATORS = {name: validator(name) for name in [*KINDS.values(), "grade_ladder"]}


def complaint(path):
    """What is wrong with the file's shape; None when nothing is."""
    try:
        document = json.loads(path.read_bytes().decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return str(error)
    kind = KINDS[path.parent.name]
    # Ladders of grades live beside the answer scales.
    if kind == "scale" and isinstance(document, dict) and document.get("schema") == "khaosat/grade_ladder/1":
        kind = "grade_ladder"
    first = next(VALIDATORS[kind].iter_errors(document), None)
    return first and f"{'/'.join(map(str, first.absolute_path))}: {first.message}"[:300]


def check_sound(folder, kind):
    for path in sorted((folder / kind).glob("*.json")):
        found = complaint(path)
        if found:
            faults.append(f"{path.relative_to(ROOT)}: the schema refuses a sound file: {found}")


for kind in KINDS:
    check_sound(ROOT / "survey_defs", kind)
    check_sound(CORPUS / "valid", kind)
for name, expected in json.loads((CORPUS / "expected.json").read_text(encoding="utf-8")).items():
    found = complaint(CORPUS / "invalid" / name)
    if bool(found) != (expected["schema"] == "refuses"):
        faults.append(f"invalid/{name}: the schema should have said \"{expected['schema']}\": {found}")

print("\n".join(faults) or "schemas and readers agree")
sys.exit(1 if faults else 0)
