"""Tables, cards, CSV and colours."""
import csv
import io
import os
import platform
import pty
import subprocess
import unicodedata

from program import PROGRAM, ProgramTest, main


def width(text):
    """Columns that a terminal needs."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Tables(ProgramTest):
    def setUp(self):
        super().setUp()
        self.bought("a-rather-long-name-for-a-host.department.example.com", "k1")
        self.bought("例え.jp", "k2")
        self.bought("bücher.example.com", "a-certificate-with-a-long-id-of-its-own")
        self.issued("short.example.com", "k4")

    def table(self, *arguments, columns):
        return self.certledger(*arguments, environment={"COLUMNS": str(columns)}).out.splitlines()

    def test_a_table_fits_80_and_200_columns(self):
        for columns in (80, 120, 200):
            for arguments in (["list"], ["cert", "history", "k4"], ["log", "show"], ["refunds"], ["policy", "list"],
                              ["cert", "progress", "k4"], ["review", "list"], ["cert", "why", "k4"],
                              ["audit", "replay", "--every"]):
                for line in self.table(*arguments, columns=columns):
                    self.assertLessEqual(width(line), columns, (arguments, line))

    def test_what_is_read_whole_goes_on_below_instead_of_being_cut(self):
        self.certledger("cert", "renew", "k4", code=1)
        for arguments in (["cert", "why", "k4"], ["cert", "history", "k4"], ["cert", "progress", "k4"]):
            lines = self.table(*arguments, columns=80)
            self.assertNotIn("…", "".join(lines), arguments)
        told = " ".join(" ".join(self.table("cert", "why", "k4", columns=80)).split())
        self.assertIn("short.example.com", told)
        for part in ("renewal is", "possible from", "certledger cert revoke", "certledger cert deploy"):
            self.assertIn(part, told)

    def test_help_fits_the_terminal(self):
        for arguments in ([], ["cert"], ["cert", "why"], ["cert", "list"], ["cert", "revoke"], ["audit", "what-if"],
                          ["list"], ["policy", "adopt"], ["audit", "witness"]):
            plain = self.certledger(*arguments, "--help").out
            narrow = self.table(*arguments, "--help", columns=80)
            pasted = plain[plain.index("Examples:"):].splitlines() if "Examples:" in plain else []
            for line in narrow:
                if line not in pasted and not line.startswith("Usage:"):
                    self.assertLessEqual(width(line), 80, (arguments, line))
            self.assertEqual(" ".join(plain.split()), " ".join(" ".join(narrow).split()))

    def test_columns_are_aligned_whatever_the_script(self):
        lines = self.table("list", columns=200)
        place = lines[0].index("STATUS")
        for line in lines[1:]:
            before = ""
            for character in line:
                if width(before) >= place:
                    break
                before += character
            self.assertEqual(width(before), place, line)
            self.assertRegex(line[len(before):], r"^(paid|issued)")

    def test_no_line_ends_in_spaces(self):
        for arguments in (["list"], ["cert", "progress", "k4"], ["refunds"], ["log", "show"]):
            for line in self.table(*arguments, columns=100):
                self.assertEqual(line, line.rstrip(), arguments)

    def test_ids_are_never_cut(self):
        self.assertIn("a-certificate-with-a-long-id-of-its-own", "\n".join(self.table("list", columns=80)))

    def test_what_is_cut_ends_in_an_ellipsis(self):
        self.assertIn("…", "\n".join(self.table("list", columns=80)))

    def test_nothing_is_cut_in_a_pipe(self):
        text = self.certledger("list").out
        self.assertIn("a-rather-long-name-for-a-host.department.example.com", text)
        self.assertNotIn("…", text)

    def test_names_are_shown_in_their_own_script(self):
        self.assertIn("例え.jp", self.certledger("list").out)
        self.assertIn("xn--r8jz45g.jp", self.answer("list")["items"][1]["names"])

    def test_cards_show_one_certificate_a_block(self):
        blocks = self.certledger("list", "--layout", "card").out.strip().split("\n\n")
        self.assertEqual(len(blocks), 4)
        self.assertEqual(blocks[0].splitlines()[0], "k1")
        self.assertIn("SHA-256", blocks[3])
        self.assertNotIn("SHA-256", blocks[0])

    def test_csv_is_read_by_others(self):
        rows = list(csv.DictReader(io.StringIO(self.certledger("list", "--csv").out)))
        self.assertEqual([row["certificate"] for row in rows],
                         ["k1", "k2", "a-certificate-with-a-long-id-of-its-own", "k4"])
        self.assertEqual(rows[3]["status"], "issued")

    def test_every_view_is_a_table_cards_and_csv_of_the_same_columns(self):
        self.certledger("quota", "buy", "--quota", "q1", "--brand", "b", "--count", "3", "--price", "100.00 USD")
        self.certledger("cert", "deploy", "k4", "--to", "nginx:" + self.path("etc"))
        self.certledger("cert", "buy", "--brand", "b", "--domain", "late.example.com", "--price", "1.00 USD",
                        "--certificate", "k5")
        for view, row in ((["list"], "k4"), (["quota", "list"], "q1"), (["refunds", "list"], "k4"),
                          (["counts"], "issued"), (["counts", "--by-month"], "issued"), (["deployments"], "k4"),
                          (["calendar"], "k4"), (["cert", "evidence", "k4"], "short.example.com")):
            rows = list(csv.DictReader(io.StringIO(self.certledger(*view, "--csv").out)))
            document = self.answer(*view)
            self.assertEqual(len(rows), len(document["items"]), view)
            members = set(document["items"][0])
            self.assertEqual({name.split(".")[0] for name in rows[0]} - members - {"paid_at", "reference", "month"}, set(),
                             view)
            for layout in ("table", "card"):
                for columns in (80, 200):
                    shown = self.table(*view, "--layout", layout, columns=columns)
                    self.assertIn(row, "\n".join(shown), view)
                    for line in shown:
                        self.assertLessEqual(width(line), columns, (view, line))

    def test_counts_and_calendar_agree_with_the_list(self):
        counts = {item["status"]: item["certificates"] for item in self.answer("counts")["items"]}
        self.assertEqual(counts, {"paid": 3, "issued": 1})
        listed = self.answer("list", "--status", "issued")["items"][0]
        item = self.answer("calendar")["items"][0]
        self.assertEqual((item["certificate"], item["not_after"]), ("k4", listed["not_after"]))
        self.assertEqual(self.answer("calendar", "--within", "1d")["items"], [])
        self.assertEqual(self.certledger("calendar", "--within", "1d").out, "")
        ends = listed["not_after"]
        self.assertEqual([i["certificate"] for i in self.answer("list", "--not-after-since", ends)["items"]], ["k4"])
        self.assertEqual(self.answer("list", "--not-after-until", "2020-01-01T00:00:00Z")["items"], [])

    def test_a_list_is_sorted_limited_and_continued(self):
        first = self.answer("list", "--sort", "name", "--limit", "3")
        rest = self.answer("list", "--sort", "name", "--limit", "3", "--cursor", first["next"])
        names = [item["names"][0] for item in first["items"] + rest["items"]]
        self.assertEqual(names, sorted(names))
        self.assertEqual((len(names), rest["next"]), (4, None))
        down = self.answer("list", "--sort", "name", "--descending")["items"]
        self.assertEqual([item["names"][0] for item in down], names[::-1])

    def test_filters_narrow_the_list(self):
        def found(*filters):
            return [item["certificate"] for item in self.answer("list", *filters)["items"]]

        self.assertEqual(found("--status", "issued"), ["k4"])
        self.assertEqual(found("--domain", "SHORT.example.com"), ["k4"])
        self.assertEqual(found("--domain", "例え.jp"), ["k2"])
        self.assertEqual(len(found("--domain", "*.example.com")), 3)
        self.assertEqual(found("--covers", "short.example.com"), ["k4"])
        item = self.answer("cert", "show", "k4")
        self.assertEqual(found("--serial", item["serial"].upper()), ["k4"])
        self.assertEqual(found("--fingerprint", item["sha256"]), ["k4"])
        self.assertEqual(found("--expiring-within", "6y"), ["k4"])
        self.assertEqual(found("--flag", "hosted"), [])


class Terminals(ProgramTest):
    def in_terminal(self, *arguments, columns=80, **environment):
        """Output of a run whose stdout and stderr are a terminal."""
        leader, follower = pty.openpty()
        import fcntl
        import struct
        import termios
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        # CI says NO_COLOR for everything; here a terminal is played that nobody has said anything to.
        plain = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        variables = dict(plain, TERM="xterm", **environment)
        for name in ("COLUMNS", "CERTLEDGER"):
            variables.pop(name, None)
        process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, env=variables, stdin=subprocess.DEVNULL,
                                   stdout=follower, stderr=follower)
        os.close(follower)
        octets = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            if not piece:
                break
            octets += piece
        os.close(leader)
        self.assertEqual(process.wait(60), 0, octets)
        return octets.decode()

    def test_colours_are_for_terminals_unless_somebody_says_otherwise(self):
        self.issued()
        self.assertIn("\x1b[", self.in_terminal("list"))
        self.assertNotIn("\x1b[", self.in_terminal("list", "--color", "never"))
        self.assertNotIn("\x1b[", self.in_terminal("list", NO_COLOR="1"))
        self.assertNotIn("\x1b[", self.certledger("list").out)
        self.assertIn("\x1b[", self.certledger("list", "--color", "always").out)
        self.assertNotIn("\x1b[", self.certledger("list", "--color", "always", "--json").out)

    def test_views_that_have_to_be_made_show_how_far_they_are(self):
        self.answer("bench", "generate", "made", "--certificates", "3000")
        ledger = ["--ledger", "made"]
        shown = self.in_terminal(*ledger, "list", "--limit", "1")
        self.assertRegex(shown, r"making the views \[[#.]{24}\] [0-9]+ of [0-9]+")
        # They are there now.
        self.assertNotIn("making", self.in_terminal(*ledger, "list", "--limit", "1"))
        for name in os.listdir(self.path("made", "views")):
            os.unlink(self.path("made", "views", name))
        self.assertNotIn("making", self.in_terminal(*ledger, "list", "--limit", "1", "--quiet"))

    def test_a_table_fits_the_terminal(self):
        self.bought("a-rather-long-name-for-a-host.department.example.com", "k1")
        for line in self.in_terminal("list", "--color", "never", columns=60).splitlines():
            self.assertLessEqual(width(line), 60)

    def test_progress_is_for_terminals(self):
        self.issued()
        self.assertNotIn("[", self.certledger("audit", "verify").err)
        self.assertNotIn("\r[", self.certledger("cert", "import", self.write("x", ""), code=2).err)


class Harmless(ProgramTest):
    def test_what_strangers_wrote_does_not_steer_the_terminal(self):
        self.pending()
        self.certledger("cert", "validate", "k1", "--record", "failed", "--name", "example.com", "--cause",
                        "bad \x1b[31m red \u202e drow \r\n next")
        for arguments in (["cert", "history", "k1"], ["cert", "why", "k1"], ["cert", "progress", "k1"],
                          ["cert", "show", "k1"], ["log", "show"]):
            text = self.certledger(*arguments).out
            self.assertNotIn("\x1b", text)
            self.assertNotIn("\u202e", text)
            self.assertNotIn("\r", text)
        self.assertIn("\\u{1b}", self.certledger("cert", "why", "k1").out)


class Libraries(ProgramTest):
    """What a start costs is mostly what is loaded with the program."""

    def loaded(self, *arguments):
        told = self.run_program(*arguments, environment={"LD_DEBUG": "libs"}).err
        return {os.path.basename(line.split()[-1]) for line in told.splitlines() if "calling init:" in line}

    def test_libraries_that_few_commands_need_come_with_the_first_call(self):
        # Elsewhere they are linked as usual.
        on_demand = platform.machine() == "x86_64"
        version = self.loaded("--version")
        self.assertIn("libc.so.6", version)
        for name in ("libcrypto", "libcurl", "libarchive", "libmicrohttpd"):
            self.assertEqual(any(file.startswith(name) for file in version), not on_demand, name)
        self.assertTrue(any(file.startswith("libcrypto") for file in self.loaded("quota", "buy", "--quota", "q1",
                        "--brand", "digicert", "--level", "dv", "--kind", "single", "--count", "1", "--term", "1y",
                        "--price", "1.00 USD")))


if __name__ == "__main__":
    main()
