"""The log, its export and import, its verification, the views and the policies."""
import base64
import hashlib
import json
import os
import subprocess

from program import CONTACT, PROGRAM, ProgramTest, main


class Log(ProgramTest):
    def test_records_are_shown_whole_as_json_and_raw(self):
        self.bought()
        records = self.certledger("log", "show", "--json").lines
        self.assertEqual([record["position"] for record in records], list(range(1, len(records) + 1)))
        self.assertEqual(records[0]["type"], "ledger-created")
        last = records[-1]
        self.assertEqual(self.certledger("log", "show", str(last["position"]), "--json").json, last)
        raw = self.certledger("log", "show", str(last["position"]), "--raw").octets
        self.assertEqual(base64.b64encode(hashlib.sha256(b"\0" + raw).digest()).decode(), last["leaf_hash"])

    def test_the_log_is_narrowed_to_a_range_a_stream_and_a_type(self):
        self.issued()
        positions = [record["position"] for record in self.certledger("log", "show", "--from", "2", "--to", "4",
                                                                       "--json").lines]
        self.assertEqual(positions, [2, 3, 4])
        of_stream = self.certledger("log", "show", "--stream", "certificate-k1", "--json").lines
        self.assertEqual([record["version"] for record in of_stream], list(range(1, len(of_stream) + 1)))
        of_type = self.certledger("log", "show", "--type", "certificate-issued", "--json").lines
        self.assertEqual(len(of_type), 1)
        self.assertEqual(len(self.certledger("log", "tail", "-n", "3", "--json").lines), 3)

    def test_a_position_behind_the_end_is_not_found(self):
        self.certledger("log", "show", "9999", code=3)

    def test_an_export_is_imported_with_the_same_octets_and_root(self):
        self.issued()
        self.certledger("cert", "withdraw", "k1", code=1)
        self.certledger("log", "export", "log.jsonl")
        self.assertEqual(self.read("log.jsonl").decode(), self.certledger("log", "export").out)
        imported = self.answer("--ledger", "./copy", "log", "import", "log.jsonl")
        query = {"query": "position"}
        original = self.exec(query)[0]["result"]
        self.assertEqual((imported["position"], imported["root"]), (original["position"], original["root"]))
        self.assertEqual(self.certledger("--ledger", "./copy", "log", "export").out, self.read("log.jsonl").decode())
        self.certledger("--ledger", "./copy", "audit", "verify")
        self.assertEqual(self.answer("--ledger", "./copy", "list")["items"][0]["status"], "issued")

    def test_an_import_needs_a_path_with_no_ledger(self):
        self.bought()
        self.certledger("log", "export", "log.jsonl")
        self.certledger("log", "import", "log.jsonl", code=2)
        self.certledger("log", "export", "log.jsonl", code=2)

    def test_an_export_to_where_nothing_can_be_is_no_bug(self):
        os.symlink("loop", self.path("loop"))
        self.certledger("log", "export", "loop", code=2)
        self.certledger("log", "export", "a" * 300, code=5)
        self.write("out.part", "mine")
        self.assertIn("out.part", self.certledger("log", "export", "out", code=2).err)
        self.assertEqual(self.read("out.part"), b"mine")

    def test_an_imported_ledger_without_its_log_is_damaged_not_begun_anew(self):
        self.bought()
        self.certledger("log", "export", "log.jsonl")
        self.certledger("--ledger", "./copy", "log", "import", "log.jsonl")
        os.remove(self.path("copy", "log", "data.mdb"))
        for command in (["quota", "list"], ["init"], ["doctor"], ["audit", "verify"]):
            self.certledger("--ledger", "./copy", *command, code=4)
        self.assertFalse(os.path.exists(self.path("copy", "log", "data.mdb")))

    def test_a_ledger_without_its_log_folder_is_damaged_for_every_command(self):
        self.bought()
        os.rename(self.path("ledger", "log"), self.path("log"))
        for command in (["list"], ["doctor"], ["backup", "b"], ["audit", "checkpoint"], ["audit", "verify"], ["init"]):
            self.certledger(*command, code=4)

    def test_no_ledger_is_made_under_an_address(self):
        self.certledger("log", "export", "log.jsonl")
        self.certledger("--ledger", "s3://bucket/l", "log", "import", "log.jsonl", code=2)
        self.certledger("backup", "b")
        self.certledger("--ledger", "postgres://db/l", "restore", "b", code=2)
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(":")], [])

    def test_an_export_for_which_there_is_no_room_leaves_nothing(self):
        self.exec(*({"id": f"c{i}", "command": "buy-quota", "product": {
            "brand": "b", "level": "dv", "kind": "single", "names_max": 1, "term_years": 1}, "count": 1,
            "price": "1.00 USD"} for i in range(200)))
        before = sorted(os.listdir(self.folder))
        done = subprocess.run(["bash", "-c", 'ulimit -f 40; exec "$0" log export out', PROGRAM], cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_an_export_that_was_tampered_with_is_not_taken_and_leaves_nothing(self):
        self.bought()
        lines = self.certledger("log", "export").out.splitlines()
        changed = json.loads(lines[-1])
        changed["data"]["payment"] = "1.00 USD"
        for bad in (lines[:-1] + [json.dumps(changed)], lines[:3] + lines[4:], lines[1:], lines + ["{"], []):
            self.write("bad.jsonl", "\n".join(bad) + "\n")
            self.certledger("--ledger", "./copy", "log", "import", "bad.jsonl", code=2)
            self.assertFalse(os.path.exists(self.path("copy", "log")))


class Verify(ProgramTest):
    def test_a_whole_life_holds(self):
        self.certledger("quota", "buy", "--quota", "q1", "--brand", "b", "--count", "3", "--price", "100.00 USD")
        self.certledger("cert", "create", "--quota", "q1", "--domain", "a.example.com", "--certificate", "a")
        self.certledger("cert", "delete", "a")
        self.issued()
        self.certledger("cert", "revoke", "k1", "--reason", "superseded")
        self.certledger("cert", "refund", "pay", "k1", "--reference", "TX")
        told = self.answer("audit", "verify")
        self.assertTrue(told["ok"])
        self.assertEqual((told["records"], told["bad_records"], told["findings"]), (told["position"], 0, []))
        self.assertEqual(told["root"], self.exec({"query": "position"})[0]["result"]["root"])
        self.assertEqual(told["covered"], told["position"])
        self.assertGreater(told["decisions"], 8)
        text = self.certledger("audit", "verify").out
        self.assertIn("records/s", text)
        self.assertIn("the log holds", text)
        self.certledger("audit", "verify", "--from", "5")
        self.certledger("audit", "verify", "--from", "9999", code=3)

    def test_an_event_that_the_rules_would_not_have_given_is_named(self):
        self.issued()
        self.certledger("cert", "revoke", "k1", "--reason", "superseded")
        records = self.certledger("log", "export").lines
        for record in records:
            del record["leaf_hash"]
            if record["type"] == "refund-granted":
                record["data"]["amount"] = "999.00 USD"
                position = record["position"]
        self.write("forged.jsonl", "".join(json.dumps(record) + "\n" for record in records))
        self.certledger("--ledger", "./forged", "log", "import", "forged.jsonl")
        told = self.certledger("--ledger", "./forged", "audit", "verify", "--json", code=4).json
        self.assertEqual((told["ok"], told["bad_records"]), (False, 1))
        self.assertEqual(told["findings"][0]["position"], position)
        self.assertIn("decided again, refund-granted says something else", told["findings"][0]["message"])

    def test_a_changed_octet_is_damage_and_its_position_is_named(self):
        self.bought()
        self.certledger("cert", "apply", "k1", "--validation", "dns-manual", "--contact", CONTACT)
        path = self.path("ledger", "log", "data.mdb")
        octets = bytearray(self.read("ledger/log/data.mdb"))
        # The payload of the purchase: names stand in it as text.
        place = octets.find(b"example.com")
        self.assertGreater(place, 0)
        while place >= 0:
            octets[place] = ord("x")
            place = octets.find(b"example.com", place + 1)
        with open(path, "wb") as file:
            file.write(octets)
        ended = self.run_program("audit", "verify", "--json")
        self.assertEqual(ended.code, 4, ended.out + ended.err)
        self.assertEqual(ended.json["findings"][0]["position"], 10)

    def test_replay_shows_the_states(self):
        self.issued()
        states = {state["stream"]: state for state in self.certledger("audit", "replay", "--json").lines}
        self.assertEqual(states["certificate-k1"]["status"], "issued")
        steps = self.certledger("audit", "replay", "--stream", "certificate-k1", "--every", "--json").lines
        self.assertEqual([step["event"] for step in steps],
                         ["certificate-purchased", "application-submitted", "challenge-issued", "domain-validated",
                          "issuance-intended", "certificate-issued"])
        self.assertEqual([step["status"] for step in steps],
                         ["paid"] + 4 * ["pending-verification"] + ["issued"])
        earlier = self.certledger("audit", "replay", "--to", str(steps[1]["position"]), "--json").lines
        self.assertEqual(earlier[-1]["status"], "pending-verification")
        self.certledger("audit", "replay", "--stream", "certificate-none", code=3)


class Diff(ProgramTest):
    def changes(self, *arguments):
        """The changes of each stream as {field: (before, after)}."""
        document = self.answer("audit", "diff", *arguments)
        return document, {item["stream"]: {change["field"]: (change["before"], change["after"])
                                           for change in item["changes"]} for item in document["items"]}

    def head(self):
        return self.exec({"query": "position"})[0]["result"]["position"]

    def test_what_is_new_has_nothing_before(self):
        self.certledger("init")
        start = self.head()
        self.bought()
        document, streams = self.changes("--from", str(start))
        self.assertEqual((document["from"], document["to"]), (start, self.head()))
        self.assertEqual(list(streams), ["certificate-k1"])
        item = document["items"][0]
        self.assertEqual((item["certificate"], item["account"], item["records"]), ("k1", "default", 1))
        changes = streams["certificate-k1"]
        self.assertEqual(changes["status"], (None, "paid"))
        self.assertEqual(changes["names"], (None, ["example.com"]))
        self.assertEqual(changes["refund_state"], (None, "eligible"))
        self.assertNotIn("days_left", changes)

    def test_a_life_is_told_by_the_fields_that_it_moved(self):
        self.bought()
        bought = self.head()
        self.certledger("cert", "apply", "k1", "--validation", "http-file", "--contact", CONTACT)
        issued = self.head()
        _, streams = self.changes("--from", str(bought), "--to", str(issued))
        changes = streams["certificate-k1"]
        self.assertEqual(changes["status"], ("paid", "issued"))
        self.assertIsNone(changes["not_after"][0])
        self.assertRegex(changes["not_after"][1], "^20..-")
        self.assertNotIn("names", changes)
        self.certledger("cert", "revoke", "k1", "--reason", "superseded")
        _, streams = self.changes("--from", str(issued))
        changes = streams["certificate-k1"]
        self.assertEqual(changes["status"], ("issued", "revoked"))
        self.assertEqual(changes["refund_state"], ("eligible", "granted"))
        self.certledger("cert", "refund", "pay", "k1", "--reference", "TX")
        self.certledger("cert", "delete", "k1")
        _, streams = self.changes("--from", str(issued))
        self.assertEqual(streams["certificate-k1"]["status"], ("issued", "deleted"))

    def test_quotas_show_their_balance_and_policies_their_terms(self):
        self.certledger("quota", "buy", "--quota", "q1", "--brand", "b", "--count", "3", "--price", "100.00 USD")
        before = self.head()
        self.certledger("cert", "create", "--quota", "q1", "--domain", "a.example.com", "--certificate", "a")
        self.write("policy.json", json.dumps({"kind": "renewal", "effective_from": "2020-01-01T00:00:00Z",
                                              "window_days": 20}))
        self.certledger("policy", "adopt", "policy.json", "--account", "shop")
        _, streams = self.changes("--from", str(before))
        self.assertEqual(streams["quota-q1"], {"consumed": (0, 1), "free": (3, 2)})
        self.assertEqual(streams["policy-shop"]["renewal"][0], None)
        self.assertEqual(streams["policy-shop"]["renewal"][1]["window_days"], 20)

    def test_a_target_taken_over_is_a_change_of_both_certificates(self):
        os.mkdir(self.path("srv"))
        for certificate in ("k1", "k2"):
            self.issued(certificate=certificate)
        target = "nginx:" + self.path("srv")
        self.certledger("cert", "deploy", "k1", "--to", target)
        before = self.head()
        self.certledger("cert", "deploy", "k2", "--to", target)
        _, streams = self.changes("--from", str(before))
        self.assertEqual(len(streams["certificate-k1"]["targets"][0]), 1)
        self.assertEqual(streams["certificate-k1"]["targets"][1], [])
        self.assertEqual(len(streams["certificate-k2"]["targets"][1]), 1)

    def test_times_are_points_too_and_nothing_between_is_no_change(self):
        self.bought()
        recorded = self.certledger("log", "show", "--json").lines[-1]["recorded_at"]
        self.certledger("cert", "apply", "k1", "--validation", "dns-manual", "--contact", CONTACT)
        _, streams = self.changes("--from", recorded, "--to", "2999-01-01T00:00:00Z")
        self.assertEqual(streams["certificate-k1"]["status"], ("paid", "pending-verification"))
        document, streams = self.changes("--from", recorded, "--to", recorded)
        self.assertEqual((document["items"], document["from"]), ([], document["to"]))

    def test_points_in_the_wrong_order_or_none_are_wrong_usage(self):
        self.bought()
        self.certledger("audit", "diff", "--from", "5", "--to", "3", code=2)
        self.certledger("audit", "diff", code=2)
        self.certledger("audit", "diff", "--from", "yesterday", code=2)
        self.certledger("audit", "diff", "--from", "1", "--as-of", "5", code=2)

    def test_people_read_a_table(self):
        self.bought()
        head = self.head()
        self.certledger("cert", "apply", "k1", "--validation", "dns-manual", "--contact", CONTACT)
        ended = self.certledger("audit", "diff", "--from", str(head))
        self.assertIn("BEFORE", ended.out)
        self.assertRegex(ended.out, "certificate-k1 +status +paid +pending-verification")
        self.assertIn("1 streams changed", ended.err)


class Views(ProgramTest):
    def test_they_are_equal_to_their_fold_and_made_anew(self):
        self.issued()
        status = self.answer("views", "status")
        self.assertEqual((status["checkpoint"], status["certificates"]), (status["head"], 1))
        before = self.answer("list")
        self.assertTrue(self.answer("views", "verify")["ok"])
        self.assertEqual(self.answer("views", "rebuild")["checkpoint"], status["head"])
        self.assertEqual(self.answer("views", "rebuild", "list")["checkpoint"], status["head"])
        self.assertIn("must be one of list", self.certledger("views", "rebuild", "nothing", code=2).err)
        self.assertEqual(self.answer("list"), before)

    def test_a_deleted_view_is_made_again(self):
        self.issued()
        before = self.answer("list")
        for name in os.listdir(self.path("ledger", "views")):
            os.unlink(self.path("ledger", "views", name))
        self.assertEqual(self.answer("list"), before)


class Policies(ProgramTest):
    def test_the_defaults_are_in_force(self):
        items = self.answer("policy", "list")["items"]
        self.assertEqual([item["policy"]["kind"] for item in items if item["in_force"] and item["id"] == "policy"],
                         ["refund", "validity", "reuse", "renewal", "term", "review", "revocation", "notices"])
        self.assertEqual(self.answer("policy", "show", "refund")["policy"]["days"], 30)

    def test_an_account_adopts_its_own(self):
        policy = {"kind": "renewal", "effective_from": "2020-01-01T00:00:00Z", "window_days": 20}
        self.write("policy.json", json.dumps(policy))
        self.certledger("policy", "adopt", "policy.json", "--account", "shop")
        self.assertEqual(self.answer("policy", "show", "renewal", "--account", "shop")["policy"]["window_days"], 20)
        self.assertEqual(self.answer("policy", "show", "renewal")["policy"]["window_days"], 30)
        refusal = self.answer("policy", "adopt", "policy.json", "--account", "shop", "--scope", "ledger",
                              code=1)["refusal"]
        self.assertEqual(refusal["code"], "not-authorized")

    def test_a_malformed_policy_is_named(self):
        self.write("policy.json", '{"kind":"renewal","effective_from":"2020-01-01T00:00:00Z"}')
        self.assertIn("window_days", self.certledger("policy", "adopt", "policy.json", code=2).err)
        self.write("policy.json", "not json")
        self.certledger("policy", "adopt", "policy.json", code=2)


if __name__ == "__main__":
    main()
