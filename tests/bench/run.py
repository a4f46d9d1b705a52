"""Runs the benchmarks of a release build and prints one JSON document on standard output.

usage: run.py BUILD_DIR [--smoke] [--all] [NAME ...]     without NAME: THE LIST, the long ones only with --all

A benchmark is a program that prints one JSON object. Its "rows" are gathered into one table; every
row says what was measured and, if there is a target, whether it was met. What it lists under "faults"
(work not accounted for) makes the run fail. README.md says how to add one.
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent


def the_list(build):
    """THE LIST: name → (command, command of the smoke form or None if there is none)."""
    programs = build / "tests/bench"

    def script(name, *words):
        return [sys.executable, HERE / name, build, *words]

    return {
        "server": (script("server_bench.py"), script("server_bench.py", "--rounds", 1, "--seconds", 0.2, "--respondents", 40, "--over", 1)),
        "index": (script("index_bench.py"), script("index_bench.py", "--people", 400)),
        "index_columns": ([programs / "columns_bench"], [programs / "columns_bench", "20000"]),
        "index_scale": ([programs / "index_scale", build / "index_scale"], [programs / "index_scale", build / "index_scale_smoke", "4000"]),
        "columns_scale": ([programs / "columns_scale", build, "10", "100"], [programs / "columns_scale", build]),
        "columns_peers": (script("columns_peers.py"), None),
        "routing": ([programs / "routing_bench"], None),
        "store": ([programs / "store_bench"], [programs / "store_bench", "1", "0.05"]),
    }


LONG = {"columns_scale"}  # minutes, and gigabytes on the disk meanwhile


def run_one(name, command):
    # The program refuses variables of ours that it does not know.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KHAOSAT_")}
    began = time.monotonic()
    print(f"bench: {name} …", file=sys.stderr, flush=True)
    run = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False, env=environment)
    if run.returncode != 0:
        raise SystemExit(f"bench: {name} ended with {run.returncode}")
    result = json.loads(run.stdout)
    result["took_s"] = round(time.monotonic() - began, 1)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--smoke", action="store_true", help="one short round of everything: does it count, drain and report")
    parser.add_argument("--all", action="store_true", help="the long ones too: " + ", ".join(sorted(LONG)))
    parser.add_argument("names", nargs="*")
    options = parser.parse_intermixed_args()
    benchmarks = the_list(options.build.resolve())
    for name in options.names:
        if name not in benchmarks:
            parser.error(f"no benchmark is called {name}; there are: {', '.join(benchmarks)}")
    results = {}
    for name in options.names or [name for name in benchmarks if options.all or options.smoke or name not in LONG]:
        full, smoke = benchmarks[name]
        command = smoke if options.smoke else full
        if command:
            results[name] = run_one(name, command)
    rows = [{"benchmark": name, **row} for name, result in results.items() for row in result.pop("rows", [])]
    machine = {"processors": os.cpu_count(), "system": platform.platform(), "load": [round(x, 2) for x in os.getloadavg()]}
    json.dump({"machine": machine, "rows": rows, "benchmarks": results}, sys.stdout, indent=1, ensure_ascii=False)
    print()
    # Speeds are no pass or fail; an answer lost or a connection nobody can account for is.
    faults = [f"{name}: {fault}" for name, result in results.items() for fault in result.get("faults", [])]
    sys.exit("\n".join(faults) if faults else 0)


if __name__ == "__main__":
    main()
