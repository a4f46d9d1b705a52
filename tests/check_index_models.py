#!/usr/bin/env python3
"""Index models against their schema, and the schema's words against the lists in C++.

Usage: check_index_models.py REPOSITORY. Without the Debian package python3-jsonschema only the words
are compared."""
import json
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
faults = []
schema = json.loads((root / "survey_defs/schema/index_model.schema.json").read_text(encoding="utf-8"))


def listed(path, kind):
    text = (root / path).read_text(encoding="utf-8")
    return re.findall(kind + r'\{"([a-z_]+)"', text)


node = schema["$defs"]["node"]["properties"]
words = {
    "aggregators.cpp": (listed("analysis/index/aggregators.cpp", "Aggregator"), node["aggregate"]["enum"]),
    "normalisations.cpp": (
        listed("analysis/index/normalisations.cpp", "Normalisation"),
        schema["$defs"]["scoring"]["properties"]["method"]["enum"],
    ),
}
for name, (code, described) in words.items():
    if not code or sorted(code) != sorted(described):
        faults.append(f"{name} lists {code}, the schema {described}")

files = sorted((root / "survey_defs/index_models").glob("*.json"))
try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed: shapes not checked")
else:
    validator = jsonschema.Draft202012Validator(schema)
    for path in files:
        for error in validator.iter_errors(json.loads(path.read_text(encoding="utf-8"))):
            faults.append(f"{path}: /{'/'.join(map(str, error.path))}: {error.message}")

for fault in faults:
    print(fault)
print(f"{len(files)} index models, {len(faults)} faults")
sys.exit(1 if faults or not files else 0)
