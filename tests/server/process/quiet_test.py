"""What the program writes for its operators: one JSON object a line, numbers for Prometheus, and nowhere a
word about those who answer.
usage: quiet_test.py KHAOSAT SOURCE_DIR"""
import json

from support import *

# Things only a respondent's request holds; none may be written down anywhere but in the sealed answers.
MARKS = {"header": "MarkInHeader7", "agent": "MarkInAgent7", "query": "MarkInQuery7", "path": "MarkInPath7", "text": "MarkInText7",
         "field": "mark_in_field7", "cookie": "MarkInCookie7", "language": "xx-MarkInLanguage7"}


class Quiet(InFolder):
    def test_logs_and_metrics_say_nothing_about_respondents(self):
        campaign, codes = make_campaign(self.data, 80)
        with Server(self.data, "--low-space", "100000000") as server:
            headers = {"User-Agent": MARKS["agent"], "X-Mark": MARKS["header"], "Cookie": "a=" + MARKS["cookie"],
                       "Accept-Language": MARKS["language"], "X-Forwarded-For": "203.0.113.77", "Referer": "https://" + MARKS["header"]}

            def post(path, data, **more):
                return fetch(server.address + path, data if isinstance(data, bytes) else urllib.parse.urlencode(data).encode(), {**headers, **more})
            receipts = []
            for number in range(30):
                answer = post(f"/s/{campaign}", submission(codes[number], number, comment=MARKS["text"]))
                receipts.append(receipt_of(answer.body) if answer.status == 200 else None)
            accepted = post(f"/s/{campaign}", submission(codes[40], 40))
            self.assertEqual(accepted.status, 200)
            receipts.append(receipt_of(accepted.body))
            # Everything that is refused, too: that is where logs usually talk.
            post(f"/s/{campaign}", submission(codes[40], 41))                                  # spent
            post(f"/s/{campaign}", submission("0000-0000-0000-0", 42))                         # unknown
            post(f"/s/{campaign}", submission(codes[40], 40, question_1=MARKS["text"]))        # conflict
            post(f"/s/{campaign}", {MARKS["field"]: MARKS["text"]})
            post(f"/s/{campaign}", b'{"' + MARKS["field"].encode() + b'":', **{"Content-Type": "application/json"})
            post(f"/s/{campaign}", b"a=%ff" + MARKS["text"].encode())
            post(f"/s/{campaign}", MARKS["text"].encode(), **{"Content-Type": "text/xml"})
            fetch(f"{server.address}/s/{campaign}?x={MARKS['query']}", None, headers)
            fetch(f"{server.address}/{MARKS['path']}", None, headers)
            exchange(server.port, b"GET /" + MARKS["path"].encode() + b" HTTP/1.1\r\nX: \x01" + MARKS["header"].encode() + b"\r\n\r\n")
            exchange(server.port, b"\x16\x03\x01" + MARKS["header"].encode())
            post("/staff/sign-in", {"name": "nobody", "password": MARKS["text"]})
            metrics = server.get("/metrics").body
            server.stop()
            log = server.log()
        for number, line in enumerate(log.splitlines()):
            entry = json.loads(line)
            self.assertLessEqual({"time", "level", "event"}, set(entry), line)
        self.assertIn("low_space", log)
        secrets = [*MARKS.values(), *codes, *filter(None, receipts), "submission-000", "203.0.113.77", "127.0.0.1"]
        for written in (log, metrics):
            for secret in secrets:
                self.assertNotIn(secret, written)
            for code in codes[:5]:
                self.assertNotIn(code.replace("-", ""), written)

    def test_metrics_are_prometheus_text_and_counters_of_citizens_go_in_steps(self):
        campaign, codes = make_campaign(self.data, 80)
        with Server(self.data) as server:
            def read():
                values = {}
                for line in server.get("/metrics").body.splitlines():
                    match = re.fullmatch(r'(khaosat_[a-z_]+)(\{(?:[a-z]+="[A-Za-z0-9_.+ ]*",?)+\})? (\d+(?:\.\d+)?(?:e-?\d+)?)', line)
                    self.assertTrue(match or re.match(r"# (HELP|TYPE) khaosat_[a-z_]+ \S", line), line)
                    if match:
                        self.assertNotIn(match.group(1) + (match.group(2) or ""), values, "said twice")
                        values[match.group(1) + (match.group(2) or "")] = float(match.group(3))
                return values
            seen = []
            for number in range(23):
                self.assertEqual(send(server.address, campaign, codes[number], number).status, 200)
                seen.append(read())
            answers = 'khaosat_requests_total{route="answer",method="POST",status="2xx"}'
            self.assertEqual([values.get(answers, 0) for values in seen], [(number + 1) // 5 * 5 for number in range(23)])
            for values in seen:
                for name, value in values.items():
                    if name.startswith(("khaosat_connections_accepted", "khaosat_requests_handled", "khaosat_answers_total")):
                        self.assertEqual(value % 5, 0, name)
            # Between two looks at the commits lie at least five of them, or none.
            counts = [values["khaosat_store_commit_seconds_count"] for values in seen]
            for before, after in zip(counts, counts[1:]):
                self.assertTrue(after == before or after >= before + 5, counts)
            last = seen[-1]
            self.assertGreaterEqual(last["khaosat_store_commit_seconds_count"], 15)
            buckets = [last[name] for name in last if name.startswith("khaosat_store_commit_seconds_bucket")]
            self.assertEqual(buckets, sorted(buckets))
            self.assertGreater(last["khaosat_disk_free_bytes"], 0)
            self.assertAlmostEqual(last["khaosat_resident_bytes"] / (1 << 20), server.resident_mb(), delta=20)
            self.assertIn('khaosat_requests_total{route="metrics",method="GET",status="2xx"}', last)
            self.assertEqual(last["khaosat_healthy"], 1)
            self.assertEqual(last["khaosat_store_writes_waiting"], 0)


if __name__ == "__main__":
    run()
