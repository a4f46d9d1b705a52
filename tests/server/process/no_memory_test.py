"""Memory runs out at the n-th request for it, anywhere in the real program, while a submission is taken: the
gate, the router, the page, sealing, the store. No acknowledgement without commit, and the program goes on.
usage: no_memory_test.py KHAOSAT SOURCE_DIR          FAILING_MEMORY: the library to load below it"""
import mmap
import struct

from support import *

SHIM = os.environ.get("FAILING_MEMORY", "")
LAST = 2000


@unittest.skipIf(IS_SANITIZED or not SHIM, "SKIPPED: failing memory cannot be loaded below a sanitizer")
class NoMemory(InFolder):
    def test_no_acknowledgement_without_commit(self):
        campaign, codes = make_campaign(self.data, 2 * LAST + 400)
        self.switch_file = self.folder / "switch"
        self.switch_file.write_bytes(bytes(16))
        with self.switch_file.open("r+b") as file, mmap.mmap(file.fileno(), 16) as switch:
            environment = {"LD_PRELOAD": SHIM, "MEMORY_SWITCH": str(self.switch_file)}
            with Server(self.data, environment=environment) as server:
                for number in range(20):
                    self.assertEqual(send(server.address, campaign, codes[number], number).status, 200)
                taken = 20
                outcomes = {}
                runs = [(n, 0) for n in range(1, LAST + 1)] + [(n, 1) for n in range(1, LAST + 1, 10)]
                failures = 0
                for n, for_good in runs:
                    number = taken
                    switch[0:16] = struct.pack("iiii", 1, n, for_good, 0)
                    try:
                        answer = send(server.address, campaign, codes[number], number)
                        status, receipt = answer.status, receipt_of(answer.body) if answer.status == 200 else None
                    except OSError:
                        status, receipt = "closed", None
                    failed = struct.unpack("i", switch[12:16])[0]
                    switch[0:4] = struct.pack("i", 0)
                    failures += failed > 0
                    if status == "closed":
                        time.sleep(0.1)  # a process that ends takes a moment
                    self.assertTrue(server.is_running(), f"ended at request {n}, for good {for_good}\n{server.log()[-2000:]}")
                    outcomes[status] = outcomes.get(status, 0) + 1
                    if status == 200:
                        # An answer that looks like success is one: it has a receipt.
                        self.assertTrue(receipt, n)
                    else:
                        again = send(server.address, campaign, codes[number], number)
                        self.assertEqual(again.status, 200, (n, for_good, again.body))
                    taken += 1
                print(f"memory: {len(runs)} runs, {failures} with a failure, outcomes {outcomes}")
                self.assertGreater(failures, 200)
                self.assertGreater(sum(count for status, count in outcomes.items() if status != 200), 20)
                self.assertEqual(server.stop(), 0)
        closed = checked("campaign", "close", campaign, "--data", self.data, "--format", "csv")
        self.assertEqual(int(closed.splitlines()[1].split(",")[0]), taken)


if __name__ == "__main__":
    run()
