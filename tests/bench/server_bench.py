"""The whole program under load: one JSON object on standard output.

usage: server_bench.py BUILD_DIR [--rounds N] [--seconds S] [--respondents N] [--over S]
"""
import argparse
import hashlib
import json
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import time

import office
import rounds

CLIENTS = 64
MEMORY_CLIENTS = 256


def stored(data, campaign):
    """Submissions on the disk, read from the file itself after the server has ended."""
    database = sqlite3.connect(f"file:{data}/answers/{campaign}.db?mode=ro", uri=True)
    count = database.execute("SELECT count(*) FROM submission").fetchone()[0]
    database.close()
    return count


class Bench:
    def __init__(self, build, folder, seconds, slips):
        self.build, self.folder, self.seconds = build, pathlib.Path(folder), seconds
        self.client = build / "tests/bench/load_client"
        self.office = office.Office(build / "khaosat", folder, slips)
        self.plan = office.write_plan(self.folder / "submissions", self.office.submissions(slips))
        self.faults = []

    def check(self, what, result, data=None):
        """Every connection counted, every answer the right one, every acknowledged answer stored."""
        connections = result["connections"]
        if sum(connections[kind] for kind in ("served", "refused", "broken", "never_answered")) != connections["opened"]:
            self.faults.append(f"{what}: connections do not add up: {connections}")
        if connections["served"] != connections["opened"] or result["unexpected"]:
            self.faults.append(f"{what}: {connections}, statuses {result['statuses']}")
        if data and stored(data, self.office.campaign) < result["right"]:
            self.faults.append(f"{what}: {result['right']} acknowledged, {stored(data, self.office.campaign)} stored")
        return result

    def submit(self, what, command, keeps=True):
        """A closed loop of submissions against a fresh server on a fresh copy of the folder."""
        def measure():
            server = self.office.serve(command)
            server.throw_away = False
            with server:
                server.ask("GET", self.office.path)
                result = server.load(self.client, "closed", self.plan, CLIENTS, self.seconds)
            self.check(what, result, server.data if keeps else None)
            shutil.rmtree(server.data)
            return result
        return measure

    def fetch(self, what, server, request, status=200, clients=CLIENTS):
        plan = office.write_plan(self.folder / what, [(request, status, 0)])
        def measure():
            return self.check(what, server.load(self.client, "closed", plan, clients, self.seconds, "repeat"))
        return measure


def submissions(bench, count):
    held = lambda kind, extra=0: bench.office.held_back(bench.build / "tests/bench/bench_server", kind, extra)
    body = bench.folder / "body"
    body.write_bytes(bench.office.submission(0).split(b"\r\n\r\n", 1)[1])
    parse = lambda: json.loads(office.run_program(bench.build / "tests/bench/parse_cost", office.DEFS, body))
    cells = {
        "parsing alone": parse,
        "durable": bench.submit("durable", bench.office.real()),
        "not storing": bench.submit("not storing", held("discard"), keeps=False),
        "one by one": bench.submit("one by one", held("one-by-one")),
        "group, +2 ms": bench.submit("group, +2 ms", held("keep", 2000)),
        "one by one, +2 ms": bench.submit("one by one, +2 ms", held("one-by-one", 2000)),
    }
    done = rounds.run_rounds(count, cells, bench.folder)
    rate = lambda cell: cell["per_second"]
    rows = []
    for what, one, other, bound in (
            ("durable submissions against the same server not storing", "durable", "not storing", 0.6),
            ("durable submissions against one transaction for each, this disk", "durable", "one by one", 2),
            ("the same with 2 ms more for each flush", "group, +2 ms", "one by one, +2 ms", 10)):
        ratio = rounds.ratio(done, rate, one, other)
        rows.append(rounds.row(what, ratio["median"], "ratio", (">=", bound), spread=[ratio["least"], ratio["greatest"]],
                               per_second=[round(rounds.median(done, rate, name)) for name in (one, other)]))
    cpu = rounds.median(done, lambda cell: cell["server_cpu_us"], "durable")
    parsing = rounds.median(done, lambda cell: cell["answers_us"], "parsing alone")
    times = rounds.ratio(done, lambda cell: cell.get("server_cpu_us", cell.get("answers_us")), "durable", "parsing alone")
    rows.append(rounds.row("processor time of the server for a durable submission", cpu, "us",
                           p50_ms=rounds.median(done, lambda cell: cell["p50_ms"], "durable"),
                           p99_ms=rounds.median(done, lambda cell: cell["p99_ms"], "durable")))
    rows.append(rounds.row("the same against parsing alone (bytes to typed answers)", times["median"], "ratio",
                           spread=[times["least"], times["greatest"]], parsing_us=parsing))
    return rows, done


def pages(bench, count):
    """The published first page against a file of the same bytes and of the same size compressed or not."""
    with bench.office.serve(bench.office.real()) as server:
        page = server.ask("GET", bench.office.path)[2].decode()
    web = bench.folder / "web"
    shutil.copytree(office.SOURCE / "web", web)
    line = " ".join(page.split("\n")).strip()
    text = line + "." * (len(page.encode()) - len(line.encode()) - 1) + "\n"
    (web / "js/bench.txt").write_text(text, encoding="utf-8")
    static = f"/static/bench.{hashlib.sha256(text.encode()).hexdigest()[:16]}.txt"
    with bench.office.serve(bench.office.real("--web", str(web))) as server:
        sizes = {path: len(server.ask("GET", path)[2]) for path in (bench.office.path, static)}
        session = f"Cookie: {bench.office.cookie}\r\n"
        cells = {
            "page": bench.fetch("page", server, office.get(bench.office.path)),
            "static file": bench.fetch("static file", server, office.get(static)),
            "error page": bench.fetch("error page", server, office.get("/nowhere"), 404),
            "staff page": bench.fetch("staff page", server, office.get("/staff", session)),
        }
        done = rounds.run_rounds(count, cells, bench.folder)
    rate, cpu = (lambda cell: cell["per_second"]), (lambda cell: cell["server_cpu_us"])
    ratio = rounds.ratio(done, rate, "page", "static file")
    rows = [rounds.row("questionnaire's first page against a static file of its size", ratio["median"], "ratio", (">=", 0.9),
                       spread=[ratio["least"], ratio["greatest"]], bytes=list(sizes.values()),
                       per_second=[round(rounds.median(done, rate, name)) for name in ("page", "static file")])]
    for name in ("page", "error page", "staff page"):
        rows.append(rounds.row(f"processor time for a request: {name}", rounds.median(done, cpu, name), "us"))
    return rows, done


def memory(bench):
    """Resident memory: soon after the start, and its peak while 256 clients send answers."""
    server = bench.office.serve(bench.office.real())
    with server:
        server.ask("GET", bench.office.path)
        time.sleep(0.5)
        idle = server.megabytes()
        server.forget_peak()
        result = bench.check("memory", server.load(bench.client, "closed", bench.plan, MEMORY_CLIENTS, bench.seconds * 2))
        peak = server.megabytes("VmHWM")
    return [rounds.row("resident memory, idle", idle, "MB", ("<=", 25)),
            rounds.row(f"peak of resident memory under {MEMORY_CLIENTS} clients", peak, "MB", ("<=", 64))], result


def arrivals(bench, people, seconds):
    """People who come when they like: first page and its script, some thinking, the check page, sending."""
    page = bench.office
    with page.serve(page.real()) as server:
        html = server.ask("GET", page.path)[2].decode()
        script = html.split('src="', 1)[1].split('"', 1)[0]
    requests = []
    for number in range(people):
        requests += [(office.get(page.path), 200, 0), (office.get(script), 200, 0),
                     (page.submission(number, "check"), 200, 3000), (page.submission(number), 200, 1000)]
    plan = office.write_plan(bench.folder / "respondents", requests)
    server = page.serve(page.real())
    server.throw_away = False
    with server:
        server.forget_peak()
        result = server.load(bench.client, "open", plan, people, 4, seconds, 20261122)
        peak = server.megabytes("VmHWM")
    kept = stored(server.data, page.campaign)
    shutil.rmtree(server.data)
    bench.check("respondents", result)
    errors = 4 * people - result["right"]
    if kept != people:
        bench.faults.append(f"respondents: {people} came, {kept} answers are stored")
    return [rounds.row(f"errors while {people} respondents arrive within {seconds:g} s", errors, "requests", ("<=", 0),
                       stored=kept, requests=result["right"], peak_mb=round(peak, 1)),
            rounds.row("the same: p99 of a request from when it was due", result["p99_ms"], "ms",
                       p50_ms=result["p50_ms"], worst_ms=result["worst_ms"])], result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.2)
    parser.add_argument("--respondents", type=int, default=10000)
    parser.add_argument("--over", type=float, default=60)
    options = parser.parse_args()
    # A folder of the build, as /tmp may lie in memory, where a flush costs nothing.
    with tempfile.TemporaryDirectory(dir=options.build) as folder:
        slips = max(options.respondents, int(12000 * options.seconds))
        bench = Bench(options.build, folder, options.seconds, slips)
        report, rows = {}, []
        for name, measure in (("submissions", lambda: submissions(bench, options.rounds)),
                              ("pages", lambda: pages(bench, options.rounds)),
                              ("memory", lambda: memory(bench)),
                              ("respondents", lambda: arrivals(bench, options.respondents, options.over))):
            print(f"bench: server, {name} …", file=sys.stderr, flush=True)
            more, report[name] = measure()
            rows += more
        report["faults"] = bench.faults
        rows.append(rounds.row("connections or answers unaccounted for", len(bench.faults), "faults", ("<=", 0)))
        json.dump({"rows": rows, **report}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
