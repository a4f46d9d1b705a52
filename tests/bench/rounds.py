"""Interleaved rounds with a fixed piece of work at both ends, and ratios within a round.

Other work on the machine changes every rate, but it changes what stands side by side alike. So a round
measures each cell once, a ratio is taken within its round, and the median over rounds is what counts.
The reference work shows how much the machine itself moved during a round.
"""
import hashlib
import os
import statistics
import tempfile
import time

MOVED = 1.25  # a round whose reference moved by more is set aside while others remain


def reference(folder=None):
    """Milliseconds for hashing 24 MB, and for 40 appends of 4 KB, each flushed."""
    block = b"\x5a" * (1 << 20)
    began = time.perf_counter()
    for _ in range(24):
        hashlib.sha256(block).digest()
    hashed = time.perf_counter()
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(40):
            os.write(file.fileno(), block[:4096])
            os.fdatasync(file.fileno())
    return {"cpu_ms": (hashed - began) * 1e3, "disk_ms": (time.perf_counter() - hashed) * 1e3}


def run_rounds(count, cells, folder=None):
    """`cells` maps a name to a function that measures it and gives a dict. Returns the list of rounds:
    {"reference": [before, after], "cells": {name: dict}}. Every other round goes backwards, so that
    nobody always comes first."""
    rounds = []
    for number in range(count):
        names = list(cells)
        if number % 2:
            names.reverse()
        before = reference(folder)
        measured = {name: cells[name]() for name in names}
        rounds.append({"reference": [before, reference(folder)], "cells": measured})
    return rounds


def moved(one_round):
    """By how much the reference work on the processor differed between both ends, as a factor."""
    times = [ends["cpu_ms"] for ends in one_round["reference"]]
    return max(times) / min(times)


def calm(rounds):
    """The rounds to judge by: those in which the machine kept still, or all if it hardly ever did."""
    still = [one for one in rounds if moved(one) <= MOVED]
    return still if len(still) * 2 >= len(rounds) else rounds


def ratio(rounds, value, one, other):
    """Median, least and greatest over calm rounds of value(one) / value(other) in the same round."""
    ratios = [value(r["cells"][one]) / max(value(r["cells"][other]), 1e-9) for r in calm(rounds)]
    return {"median": round(statistics.median(ratios), 3), "least": round(min(ratios), 3), "greatest": round(max(ratios), 3)}


def median(rounds, value, one):
    return statistics.median(value(r["cells"][one]) for r in calm(rounds))


def row(what, measured, unit, target=None, **more):
    """One line of the table. `target` is (">=" or "<=", number) or None where the figure is only stated."""
    line = {"what": what, "measured": round(measured, 4), "unit": unit}
    if target:
        sign, bound = target
        line["target"] = f"{sign} {bound}"
        line["met"] = bool(measured >= bound if sign == ">=" else measured <= bound)
    return {**line, **more}
