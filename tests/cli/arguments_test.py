"""Arguments, help, exit codes and the form of errors."""
import json
import os
import re
import subprocess

from program import CONTACT, PROGRAM, ProgramTest, main

NOUNS = ["quota", "cert", "review", "refunds", "list", "progress", "watch", "tick", "exec", "log", "audit", "policy",
         "views", "machine", "init", "completion"]
CERT_VERBS = ["buy", "create", "apply", "withdraw", "validate", "show", "list", "history", "progress", "why", "upload",
              "import", "download", "deploy", "renew", "hosting", "revoke", "refund", "delete"]


class Help(ProgramTest):
    def test_the_version_names_number_and_commit(self):
        self.assertRegex(self.certledger("--version").out, r"^certledger \d+\.\d+\.\d+ \(.+\)\n$")

    def test_help_lists_every_noun_the_globals_and_the_exit_codes(self):
        text = self.certledger("--help").out
        for noun in NOUNS:
            self.assertRegex(text, rf"(?m)^  {noun} ")
        for option in ["--ledger", "--json", "--as-of", "--as-at", "--actor", "--now", "--account", "--color",
                       "--quiet", "--wait", "--no-wait", "--version"]:
            self.assertIn(option, text)
        self.assertIn("70 a bug", text)

    def test_every_noun_and_verb_has_help_with_an_example(self):
        for noun in NOUNS:
            text = self.certledger(noun, "--help").out
            self.assertIn("Examples:", text, noun)
            for verb in re.findall(r"(?m)^  ([a-z-]+) ", text.split("Verbs:")[1] if "Verbs:" in text else ""):
                inner = self.certledger(noun, verb, "--help").out
                self.assertIn("Examples:", inner, f"{noun} {verb}")

    def test_help_before_a_noun_is_help_about_it(self):
        self.assertEqual(self.certledger("help", "quota", "buy").out, self.certledger("quota", "buy", "--help").out)

    def test_cert_has_the_verbs_of_the_manual(self):
        text = self.certledger("cert", "--help").out
        for verb in CERT_VERBS:
            self.assertRegex(text, rf"(?m)^  {verb} ")

    def test_help_makes_no_ledger(self):
        self.certledger("list", "--help")
        self.assertFalse(os.path.exists(self.path("ledger")))


class Globals(ProgramTest):
    def test_they_are_taken_before_and_after_the_noun_and_the_verb(self):
        self.bought()
        before = self.certledger("--json", "--ledger", "./ledger", "cert", "show", "k1").out
        between = self.certledger("cert", "--json", "show", "--ledger=./ledger", "k1").out
        after = self.certledger("cert", "show", "k1", "--ledger", "./ledger", "--json").out
        self.assertEqual(before, between)
        self.assertEqual(before, after)

    def test_the_environment_names_the_ledger_and_the_option_goes_before_it(self):
        self.certledger("init", environment={"CERTLEDGER": "./named"})
        self.assertTrue(os.path.isdir(self.path("named")))
        self.certledger("init", "--ledger", "./other", environment={"CERTLEDGER": "./named"})
        self.assertTrue(os.path.isdir(self.path("other")))

    def test_the_actor_is_written_into_every_event(self):
        self.certledger("cert", "buy", "--brand", "b", "--domain", "example.com", "--price", "1.00 USD",
                        "--certificate", "k1", "--actor", "grace")
        events = self.answer("cert", "history", "k1")["items"]
        self.assertEqual({event["actor"] for event in events}, {"grace"})

    def test_an_account_sees_only_what_is_its_own(self):
        self.bought()
        self.assertEqual(self.answer("list", "--account", "other")["items"], [])
        self.assertEqual(self.certledger("cert", "show", "k1", "--account", "other", code=3).out, "")

    def test_as_of_and_as_at_are_for_queries(self):
        self.bought()
        for command in (["cert", "delete", "k1"], ["cert", "buy", "--brand", "b", "--domain", "x.org", "--price",
                        "1.00 USD"], ["tick"], ["run", "--once"], ["backup", "file"], ["policy", "adopt", "x"]):
            self.assertIn('--as-of is for queries', self.certledger(*command, "--as-of", "1", code=2).err)
        self.certledger("tick", "--as-at", "2027-01-01T00:00:00Z", code=2)
        self.assertEqual(self.answer("list", "--as-of", "1")["items"], [])

    def test_now_is_only_for_simulated_time(self):
        self.certledger("init")
        self.certledger("list", "--now", "2026-01-01T00:00:00Z", code=2)

    def test_quiet_keeps_stderr_empty(self):
        self.assertIn("made a new ledger", self.certledger("list").err)
        self.assertEqual(self.certledger("--ledger", "./second", "list", "--quiet").err, "")

    def test_words_behind_two_hyphens_are_no_options(self):
        self.certledger("cert", "show", "--", "--json", code=3)


class WrongUsage(ProgramTest):
    def complaint(self, *arguments):
        ended = self.certledger(*arguments, code=2)
        self.assertEqual(ended.out, "")
        return ended.err

    def test_an_unknown_option_is_named_with_the_one_that_was_meant(self):
        self.assertIn('did you mean "--status"', self.complaint("list", "--statsu", "issued"))
        self.assertIn('did you mean "--ledger"', self.complaint("list", "--leger", "x"))

    def test_an_unknown_noun_and_verb_are_named_with_the_one_that_was_meant(self):
        self.assertIn('did you mean "refunds"', self.complaint("refund"))
        self.assertIn('did you mean "apply"', self.complaint("cert", "aply"))

    def test_a_noun_without_its_verb_lists_the_verbs(self):
        self.assertIn("buy, list, show, refund", self.complaint("quota"))

    def test_nothing_at_all_is_wrong_usage(self):
        self.complaint()

    def test_a_missing_option_is_named(self):
        self.assertIn("--price", self.complaint("cert", "buy", "--brand", "b", "--domain", "example.com"))

    def test_a_bad_value_is_shown_with_the_rule(self):
        text = self.complaint("list", "--expiring-within", "soon")
        self.assertIn('"soon"', text)
        self.assertIn("30d", text)
        self.assertIn("100.00 USD", self.complaint("cert", "buy", "--brand", "b", "--domain", "a.example",
                                                   "--price", "100"))
        self.assertIn("dv, ov, ev", self.complaint("list", "--level", "xv"))

    def test_an_option_that_is_given_twice_is_refused(self):
        self.assertIn("--limit is given more than once", self.complaint("list", "--limit", "1", "--limit", "2"))
        self.complaint("list", "--status", "paid", "--status", "issued")

    def test_an_option_without_its_value_or_before_its_verb_is_named(self):
        self.assertIn("--limit needs a value", self.complaint("list", "--limit"))
        self.assertIn('"--limit" stands before its verb', self.complaint("cert", "--limit", "1", "list"))
        self.assertIn('unknown option "--lim" for "cert"', self.complaint("cert", "--lim", "1", "list"))
        self.assertIn('cursor "xx"', self.complaint("list", "--cursor", "xx"))

    def test_a_ledger_that_cannot_be_named_so_is_not_begun(self):
        self.complaint("--ledger", "./new", "init", "--origin", "a b")
        self.assertFalse(os.path.exists(self.path("new")))

    def test_a_word_too_many_is_refused(self):
        self.assertIn("surplus", self.complaint("cert", "show", "k1", "surplus"))

    def test_nothing_is_written_by_wrong_usage(self):
        self.complaint("list", "--nonsense")
        self.assertFalse(os.path.exists(self.path("ledger")))

    def test_with_json_the_error_is_a_document_on_stdout(self):
        for arguments in (["list", "--nonsense", "--json"], ["--json", "nonsense"]):
            ended = self.certledger(*arguments, code=2)
            self.assertEqual(ended.json["error"]["kind"], "invalid-input")
            self.assertTrue(ended.json["error"]["message"])
            self.assertEqual(ended.err, "")


class ExitCodes(ProgramTest):
    def test_a_refusal_is_1_and_says_code_status_and_what_is_allowed(self):
        self.bought()
        ended = self.certledger("cert", "withdraw", "k1", code=1)
        self.assertEqual(ended.out, "")
        self.assertIn("illegal-transition", ended.err)
        self.assertIn("submit-application", ended.err)
        refusal = self.answer("cert", "withdraw", "k1", code=1)["refusal"]
        self.assertEqual((refusal["code"], refusal["status"], refusal["command"]),
                         ("illegal-transition", "paid", "withdraw-application"))
        self.assertIn("submit-application", refusal["allowed"])

    def test_what_does_not_exist_is_3(self):
        self.certledger("cert", "show", "nobody", code=3)
        self.assertEqual(self.answer("quota", "show", "nothing", code=3)["error"]["kind"], "not-found")

    def test_a_path_that_cannot_be_written_is_5(self):
        self.write("file", "")
        self.assertIn(self.run_program("--ledger", "./file/below", "init").code, (2, 5))

    def test_a_full_disk_is_5_and_leaves_the_ledger_good(self):
        self.certledger("init")
        before = self.answer("log", "tail", "-n", "1")
        line = json.dumps({"id": "c", "command": "buy-quota", "product": {
            "brand": "b", "level": "dv", "kind": "single", "names_max": 1, "term_years": 1}, "count": 1,
            "price": "1.00 USD"})
        limit = os.path.getsize(self.path("ledger", "log", "data.mdb")) // 1024 + 64
        lines = "".join(line.replace('"c"', f'"c{i}"') + "\n" for i in range(20000))
        with open(self.path("lines"), "w") as file:
            file.write(lines)
        done = subprocess.run(["bash", "-c", f'ulimit -f {limit}; exec "$0" exec lines', PROGRAM], cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        self.assertEqual(done.returncode, 5, done.stderr)
        answered = len(done.stdout.splitlines())
        self.assertLess(answered, 20000)
        self.certledger("audit", "verify")
        after = self.answer("log", "tail", "-n", "1")
        self.assertEqual(after["position"] - before["position"], answered)

    def test_what_is_done_is_told_once_also_when_the_checkpoint_cannot_be_written(self):
        self.certledger("init")
        os.mkdir(self.path("ledger", "checkpoint.new"))
        done = self.certledger("quota", "buy", "--quota", "q1", "--brand", "b", "--price", "1.00 USD", "--json")
        self.assertTrue(done.json["ok"])
        self.assertIn("warning: the checkpoint", done.err)
        os.rmdir(self.path("ledger", "checkpoint.new"))
        self.certledger("quota", "buy", "--quota", "q2", "--brand", "b", "--price", "1.00 USD")
        self.assertEqual(self.answer("audit", "checkpoint")["size"], self.answer("log", "tail", "-n", "1")["position"])

    def test_an_unwritable_stdout_is_5(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "machine"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE,
                                  timeout=60, check=False)
        self.assertEqual(done.returncode, 5, done.stderr)


class Machine(ProgramTest):
    def test_json_is_an_array_of_event_from_and_to(self):
        rows = self.certledger("machine", "--format", "json").json
        self.assertEqual(list(rows[0]), ["event", "from", "to"])
        self.assertIn({"event": "certificate-purchased", "from": None, "to": "paid"}, rows)
        self.assertIn({"event": "certificate-revoked", "from": "issued", "to": "revoked"}, rows)
        self.assertEqual(len(rows), len({(row["event"], row["from"]) for row in rows}))

    def test_every_format_tells_the_same_events(self):
        events = {row["event"] for row in self.certledger("machine", "--format", "json").json}
        for form in ("table", "mermaid", "dot"):
            text = self.certledger("machine", "--format", form).out
            self.assertEqual({event for event in events if event not in text}, set())


class Completion(ProgramTest):
    def complete(self, *words):
        """What bash offers for the last word."""
        script = self.certledger("completion", "bash").out
        line = " ".join(f"'{word}'" for word in words)
        text = (f'{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _certledger; '
                'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              check=False)
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode().split()

    def test_bash_offers_nouns_verbs_options_and_values(self):
        self.assertIn("quota", self.complete("certledger", "qu"))
        self.assertEqual(self.complete("certledger", "cert", "hi"), ["history"])
        self.assertIn("--validation", self.complete("certledger", "--json", "cert", "apply", "k1", "--va"))
        self.assertEqual(self.complete("certledger", "list", "--level", "o"), ["ov"])
        self.assertIn("--as-of", self.complete("certledger", "list", "--as"))

    def test_every_shell_has_a_script(self):
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("certledger", self.certledger("completion", shell).out)
        self.certledger("completion", "tcsh", code=2)


class Startup(ProgramTest):
    def test_personal_data_may_come_from_a_file(self):
        self.bought()
        path = self.write("contact", CONTACT + "\n")
        document = self.answer("cert", "apply", "k1", "--validation", "dns-manual", "--contact-file", path)
        self.assertEqual(document["status"], "pending-verification")
        self.assertNotIn("ada@example.com", self.certledger("log", "export").out)


if __name__ == "__main__":
    main()
