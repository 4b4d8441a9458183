"""`certledger bench`: large ledgers, measurements, and their paper."""
import json
import os
import unittest

from program import ProgramTest


class Generate(ProgramTest):
    def test_a_generated_ledger_is_verified_and_listed(self):
        made = self.answer("bench", "generate", "made", "--certificates", "500")
        self.assertEqual(made["certificates"], 500)
        self.assertEqual(self.answer("--ledger", "made", "audit", "checkpoint")["size"], made["records"])
        verified = self.answer("--ledger", "made", "audit", "verify")
        self.assertEqual(verified["records"], made["records"])
        self.assertTrue(self.answer("--ledger", "made", "list", "--limit", "5")["items"])

    def test_the_seed_decides_about_every_octet(self):
        roots = [self.answer("bench", "generate", name, "--certificates", "200", "--seed", seed)["root"]
                 for name, seed in [("a", "1"), ("b", "1"), ("c", "2")]]
        self.assertEqual(roots[0], roots[1])
        self.assertNotEqual(roots[0], roots[2])

    def test_damaged_views_are_found_by_the_doctor_and_made_anew_by_his_advice(self):
        self.answer("bench", "generate", "made", "--certificates", "1500")
        items = self.answer("--ledger", "made", "list", "--limit", "20")["items"]
        views = self.path("made", "views", "views.mdb")
        # Too large to be walked through by each command.
        self.assertGreater(os.path.getsize(views), 1 << 20)
        with open(views, "r+b") as file:
            for page in range(100, os.path.getsize(views) // 4096, 5):
                file.seek(page * 4096 + 10)
                file.write(b"\xff" * 60)
        found = self.certledger("--ledger", "made", "--json", "doctor", code=4).json["findings"]
        self.assertIn("certledger views rebuild",
                      [one["advice"] for one in found if one["weight"] == "fault"])
        self.answer("--ledger", "made", "views", "rebuild")
        self.assertTrue(self.answer("--ledger", "made", "views", "verify")["ok"])
        self.assertEqual(self.answer("--ledger", "made", "list", "--limit", "20")["items"], items)

    def test_a_folder_that_holds_something_is_left_alone(self):
        self.write("file", "mine")
        self.certledger("bench", "generate", ".", code=2)
        self.assertEqual(self.read("file"), b"mine")


class Measure(ProgramTest):
    def test_a_measurement_is_a_document_with_machine_commit_and_command(self):
        document = self.answer("bench", "machine", "--rounds", "2")
        self.assertEqual(document["command"], "certledger bench machine --rounds 2")
        self.assertTrue(document["machine"]["cpu"])
        self.assertTrue(document["commit"])
        section = document["benches"][0]
        self.assertEqual(section["figures"][0]["rounds"], 2)
        self.assertEqual(section["ratios"][0]["of"], "msm")
        # What was made for it is gone.
        self.assertEqual(os.listdir(self.folder), [])

    def test_what_a_goal_is_set_for_is_a_row(self):
        rows = {row["metric"]: row for row in self.answer("bench", "replay", "--certificates", "100", "--rounds", "1")["rows"]}
        self.assertEqual(set(rows), {"replay.fold", "replay.fold_hashed_all_cores"})
        fold = rows["replay.fold"]
        self.assertEqual(list(fold), ["metric", "value", "unit", "limit", "ratio", "needed", "aim", "better"])
        self.assertEqual((fold["unit"], fold["needed"], fold["aim"], fold["better"]), ("events/s", 6e6, 12e6, "higher"))
        self.assertAlmostEqual(fold["ratio"], fold["value"] / fold["limit"])
        decode = self.answer("bench", "archive", "--rounds", "1")["rows"]
        self.assertEqual([(row["metric"], row["limit"], row["ratio"]) for row in decode],
                         [("archive.issued_decode_times", None, decode[0]["value"])])

    def test_a_person_gets_a_table(self):
        text = self.certledger("bench", "archive", "--rounds", "1").out
        self.assertIn("MEDIAN", text)
        self.assertIn("certificate-issued, decode", text)

    def test_the_ledger_that_was_made_stays_where_it_was_asked_for(self):
        options = ["--dir", "work", "--certificates", "200", "--rounds", "1"]
        first = self.answer("bench", "replay", *options)
        self.assertIn("ledger-200-1", os.listdir(self.path("work")))
        again = self.answer("bench", "replay", *options)
        self.assertEqual(first["benches"][0]["sizes"], again["benches"][0]["sizes"])

    def test_the_paper_is_written(self):
        self.certledger("bench", "machine", "--rounds", "1", "--out", "docs")
        paper = self.read("docs/PERFORMANCE.md").decode()
        self.assertIn("## Reach", paper)
        self.assertIn("One event judged", paper)
        self.assertNotIn("limit there", paper)
        self.assertTrue(self.read("docs/performance/machine.svg").startswith(b"<svg"))

    def test_a_figure_stands_beside_the_limit_of_the_same_run(self):
        self.certledger("bench", "replay", "--certificates", "100", "--rounds", "1", "--out", "docs")
        paper = self.read("docs/PERFORMANCE.md").decode()
        rows = paper[paper.index("| limit there |"):].splitlines()
        fold = [cell.strip() for cell in rows[2].split("|")[1:-1]]
        self.assertEqual(fold[:3], ["replay, fold, legality and version, a core", "28.7M events/s", "0.209 times"])
        self.assertRegex(fold[3], r"^[0-9.]+[kM]? events/s$")
        self.assertRegex(fold[4], r"^[0-9.]+ times$")

    def test_another_program_to_compare_with_must_be_known(self):
        ended = self.certledger("bench", "append", "--against", "oracle", code=2)
        self.assertIn("sqlite", ended.err)


if __name__ == "__main__":
    unittest.main()
