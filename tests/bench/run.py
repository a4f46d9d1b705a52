"""Runs the benchmarks of a release build and prints one JSON document on standard output.
usage: run.py BUILD_DIR [NAME ...]     NAME: store. Every figure that counts is a ratio within one run."""
import json
import pathlib
import subprocess
import sys

build = pathlib.Path(sys.argv[1])
# THE LIST: name → program with its arguments
BENCHMARKS = {"store": [build / "tests/bench/store_bench"]}

results = {}
for name in sys.argv[2:] or BENCHMARKS:
    run = subprocess.run([str(word) for word in BENCHMARKS[name]], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{name}: {run.stderr}")
    results[name] = json.loads(run.stdout)
json.dump(results, sys.stdout, indent=1, ensure_ascii=False)
print()
