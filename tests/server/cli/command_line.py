"""What every test of the command line starts from: the program, the repository, one way to run it."""
import csv
import io
import os
import pathlib
import subprocess
import sys

KHAOSAT, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
PUBLISHED = SOURCE / "tests" / "published"


def khaosat(*words, stdin=None, environment=None):
    """Without the variables of the program's own family, which it would refuse."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith("KHAOSAT_")}
    return subprocess.run([KHAOSAT, *map(str, words)], capture_output=True, text=True, cwd=SOURCE, input=stdin,
                          env={**variables, **(environment or {})}, timeout=120)


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))
