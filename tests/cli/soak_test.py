"""A short soak. The same command with --seconds 3600 is the long one."""
import unittest

from program import ProgramTest


class Soak(ProgramTest):
    def test_under_everything_at_once_nothing_answered_is_lost(self):
        document = self.answer("bench", "soak", "soak", "--seconds", "120", timeout=280)
        self.assertEqual(document["faults"], [])
        counts = document["counts"]
        for what in ["commands", "commands of the second process", "kills", "questions", "questions about the past",
                     "rebuilds", "slow readings"]:
            self.assertGreater(counts.get(what, 0), 0, what)
        self.assertGreaterEqual(counts["answered events found again"], counts["commands"])
        self.assertGreater(len(document["samples"]), 8)
        checked = self.answer("--ledger", "soak/ledger", "audit", "verify")["checked"]
        signed = [int(what.split()[0]) for what in checked if "signed checkpoints" in what]
        self.assertGreater(signed[0], 10)

    def test_a_folder_that_holds_something_is_not_used(self):
        self.write("file", "mine")
        self.certledger("bench", "soak", ".", "--seconds", "5", code=2)


if __name__ == "__main__":
    unittest.main()
