"""Computing an index from a closed campaign: one JSON object on standard output.

usage: index_bench.py BUILD_DIR [--people N] [--rounds N]
"""
import argparse
import json
import os
import pathlib
import resource
import sys
import tempfile
import time

import office
import rounds


def timed(work):
    """What `work` gives, with the time and the processor time that programs it runs have taken."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    result = work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return result, {"ms": (time.perf_counter() - began) * 1e3, "cpu_ms": cpu * 1e3}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--people", type=int, default=100000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.build) as folder:
        print(f"bench: index, {options.people} answers …", file=sys.stderr, flush=True)
        place = office.Office(options.build / "khaosat", folder, options.people)
        codes = pathlib.Path(folder) / "codes"
        codes.write_text("\n".join(place.codes) + "\n")
        filled, filling = timed(lambda: json.loads(office.run_program(options.build / "tests/bench/fill_campaign", place.data,
                                                                      office.DEFS, place.campaign, codes)))
        people = filled["taken"]
        _, closing = timed(lambda: place.run("campaign", "close", place.campaign))
        compute = lambda model: timed(lambda: place.run("index", "compute", "--model", model, "--campaign", place.campaign,
                                                        "--format", "json"))[1]
        done = rounds.run_rounds(options.rounds, {"sipas": lambda: compute("sipas"), "start": lambda: timed(
            lambda: place.run("campaign", "list"))[1]}, folder)
        size = os.path.getsize(place.data / "answers" / f"{place.campaign}.db")
    wall = rounds.median(done, lambda cell: cell["ms"], "sipas")
    start = rounds.median(done, lambda cell: cell["ms"], "start")
    rows = [rounds.row(f"index compute, {people} answers of a closed campaign", wall, "ms",
                       cpu_ms=round(rounds.median(done, lambda cell: cell["cpu_ms"], "sipas"), 1),
                       of_which_starting_ms=round(start, 1)),
            rounds.row("the same for one respondent", (wall - start) * 1e3 / people, "us"),
            rounds.row(f"closing a campaign of {people} answers", closing["ms"], "ms", cpu_ms=round(closing["cpu_ms"], 1)),
            rounds.row("database for one answer, closed", size / people, "bytes")]
    faults = [] if people == options.people else [f"{options.people} answered, {people} were taken"]
    json.dump({"rows": rows, "faults": faults, "filling": filling, "rounds": done}, sys.stdout)


if __name__ == "__main__":
    main()
