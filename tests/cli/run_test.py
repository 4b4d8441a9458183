"""The worker: follow-up work that commands have left, carried out beside them."""
import json
import os
import shutil
import signal
import socket
import subprocess
import threading

from program import CONTACT, PROGRAM, ProgramTest, main


class Worker:
    """`certledger run` in the background; its lines of JSON come one by one."""

    def __init__(self, folder, *arguments, environment=None):
        self.process = subprocess.Popen([PROGRAM, "run", "--json", *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env={**os.environ, **(environment or {})})
        # No line may keep the tests waiting for ever.
        self.alarm = threading.Timer(60, self.process.kill)
        self.alarm.start()
        self.started = self.process.stderr.readline()

    def line(self):
        return json.loads(self.process.stdout.readline())

    def complaint(self):
        return self.process.stderr.readline()

    def end(self, how):
        self.process.send_signal(how)
        self.process.communicate()
        self.alarm.cancel()
        return self.process.returncode


def types(line):
    return [event["type"] for event in line["events"]]


class FollowUp(ProgramTest):
    def apply(self, certificate="k1", name="example.com", *more):
        self.bought(name, certificate)
        self.certledger("cert", "apply", certificate, "--validation", "http-file", "--contact", CONTACT, "--no-wait",
                        *more)

    def worker(self, *arguments, **more):
        worker = Worker(self.folder, *arguments, **more)
        self.addCleanup(worker.end, signal.SIGKILL)
        self.assertIn("at work", worker.started)
        return worker

    def test_one_turn_carries_out_what_commands_have_left(self):
        self.apply()
        done = self.certledger("run", "--once", "--json").lines
        self.assertEqual(len(done), 1)
        self.assertEqual((done[0]["account"], done[0]["certificate"], done[0]["begun"]),
                         ("default", "k1", "application-submitted"))
        self.assertEqual(types(done[0]),
                         ["challenge-issued", "domain-validated", "issuance-intended", "certificate-issued"])
        target = "nginx:" + self.path("tls")
        self.certledger("cert", "deploy", "k1", "--to", target, "--no-wait")
        done = self.certledger("run", "--once", "--json").lines
        self.assertEqual((done[0]["target"], types(done[0])), (target, ["certificate-deployed"]))
        self.assertTrue(os.path.exists(self.path("tls", "fullchain.pem")))
        self.assertEqual(self.certledger("run", "--once").out, "")
        self.certledger("audit", "verify")

    def test_people_read_a_line_for_each_certificate(self):
        self.apply()
        self.assertEqual(self.certledger("run", "--once").out,
                         "k1: challenge-issued, domain-validated, issuance-intended, certificate-issued\n")

    def test_what_fails_outside_is_said_and_ends_the_turn_with_5(self):
        self.apply()
        ended = self.certledger("run", "--once", "--responder", "127.0.0.1:1", code=5)
        self.assertEqual(ended.out, "k1: challenge-issued, domain-validation-failed\n")
        self.assertIn("k1: example.com was not validated", ended.err)
        line = self.certledger("run", "--once", "--responder", "127.0.0.1:1", "--json", code=5).lines[0]
        self.assertIn("was not validated", line["failure"])
        self.assertIn("publish on the web server", line["waiting_for"][0])

    def test_time_brings_its_events(self):
        self.certledger("--ledger", "trial", "init", "--simulated-time")
        trial = ("--ledger", "trial", "--now")
        for line in (("cert", "buy", "--brand", "b", "--domain", "example.com", "--price", "1.00 USD",
                      "--certificate", "k1"),
                     ("cert", "apply", "k1", "--validation", "http-file", "--contact", CONTACT)):
            self.certledger(*trial, "2026-01-01T00:00:00Z", *line)
        done = self.certledger(*trial, "2027-06-01T00:00:00Z", "run", "--once", "--json").lines
        self.assertEqual({line["certificate"] for line in done}, {"k1"})
        self.assertEqual(types(done[-1]), ["certificate-expired"])

    def test_a_worker_serves_commands_that_are_given_beside_it_until_it_is_stopped(self):
        self.certledger("init")
        worker = self.worker()
        self.apply("k1", "example.com")
        self.assertEqual(types(worker.line())[-1], "certificate-issued")
        self.apply("k2", "example.org", "--account", "default")
        self.assertEqual(types(worker.line())[-1], "certificate-issued")
        self.certledger("cert", "revoke", "k2", "--reason", "superseded", "--no-wait")
        self.assertEqual(types(worker.line())[0], "certificate-revoked")
        self.assertEqual(worker.end(signal.SIGTERM), 0)
        self.certledger("audit", "verify")

    def test_an_interrupt_ends_it_as_well(self):
        self.certledger("init")
        self.assertEqual(self.worker().end(signal.SIGINT), 0)

    def test_what_a_killed_worker_has_left_the_next_one_does(self):
        for number in range(4):
            self.apply(f"k{number}", f"n{number}.example.com")
        worker = self.worker()
        worker.line()
        worker.end(signal.SIGKILL)
        self.certledger("run", "--once")
        statuses = [item["status"] for item in self.answer("list")["items"]]
        self.assertEqual(statuses, ["issued"] * 4)
        self.certledger("audit", "verify")

    def test_a_commit_that_nobody_knows_of_is_looked_for_in_a_ledger_opened_anew(self):
        self.apply()
        # The fifth write to the log is that of a meta page: LMDB gives up when it fails.
        fault = {"LD_PRELOAD": os.environ["CERTLEDGER_PROBE"], "CERTLEDGER_PROBE_FOLDER": self.folder,
                 "CERTLEDGER_PROBE_FAULT": "ledger/log/data.mdb write 5 5 before once"}
        worker = self.worker("--ledger", self.path("ledger"), environment=fault)
        self.assertIn("the outcome is unknown", worker.complaint())
        self.assertEqual(types(worker.line())[-1], "certificate-issued")
        self.assertEqual(worker.end(signal.SIGTERM), 0)
        self.certledger("audit", "verify")

    def test_a_ledger_that_cannot_be_opened_ends_it(self):
        self.write("file", "")
        self.certledger("--ledger", "file", "run", code=2)
        for every in ("soon", "0s", "2d"):
            self.certledger("run", "--once", "--every", every, code=2)

    def test_a_second_worker_stands_by_until_the_first_ends(self):
        self.certledger("init")
        first = self.worker()
        second = self.worker()
        self.assertIn("another worker is at work", second.started)
        self.assertIn("another worker is at work", self.certledger("run", "--once").err)
        self.assertEqual(first.end(signal.SIGTERM), 0)
        self.apply()
        self.assertEqual(types(second.line())[-1], "certificate-issued")
        third = self.worker()
        self.assertIn("another worker is at work", third.started)
        self.assertEqual(third.end(signal.SIGTERM), 0)

    def test_a_folder_that_was_replaced_ends_it(self):
        self.certledger("init")
        worker = self.worker()
        os.rename(self.path("ledger"), self.path("elsewhere"))
        self.assertEqual(worker.process.wait(), 5)

    def test_one_that_stood_by_serves_the_folder_that_is_there_then(self):
        self.certledger("init")
        first = self.worker()
        second = self.worker()
        os.rename(self.path("ledger"), self.path("elsewhere"))
        self.certledger("init")
        self.assertEqual(first.process.wait(), 5)
        self.assertIn("at work for", second.complaint())
        self.apply()
        self.assertEqual(types(second.line())[-1], "certificate-issued")

    def test_it_is_stopped_between_two_pieces_of_work(self):
        for number in range(3):
            self.apply(f"k{number}", f"n{number}.example.com")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            worker = self.worker("--responder", f"127.0.0.1:{silent.getsockname()[1]}")
            asked, _ = silent.accept()
            worker.process.send_signal(signal.SIGTERM)
            asked.close()
            self.assertEqual(worker.line()["certificate"], "k0")
            self.assertEqual(worker.process.wait(), 0)
        self.assertEqual(worker.process.stdout.read(), "")

    def test_a_vault_that_is_lost_ends_it(self):
        self.apply()
        shutil.rmtree(self.path("ledger", "vault"))
        self.certledger("run", "--once", code=4)
        self.certledger("run", code=4)


if __name__ == "__main__":
    main()
