"""A certificate's life by the command line, with the embedded authority."""
import base64
import hashlib
import os
import subprocess
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer

from program import CONTACT, ProgramTest, main


def types(document):
    return [event["type"] for event in document["events"]]


class Orders(ProgramTest):
    def test_a_product_is_filled_in_from_the_names(self):
        for names, kind in ((["a.example.com"], "single"), (["*.example.com"], "wildcard"),
                            (["b.example.com", "c.example.com"], "multi")):
            words = [word for name in names for word in ("--domain", name)]
            made = self.answer("cert", "buy", "--brand", "b", "--price", "1.00 USD", *words)
            self.assertEqual(self.answer("cert", "show", made["certificate"])["kind"], kind)

    def test_a_quota_is_consumed_returned_and_refunded(self):
        self.certledger("quota", "buy", "--quota", "q1", "--brand", "b", "--count", "3", "--price", "100.00 USD")
        self.certledger("cert", "create", "--quota", "q1", "--domain", "example.com", "--certificate", "k1")
        self.assertEqual(self.answer("quota", "show", "q1")["free"], 2)
        self.certledger("cert", "delete", "k1")
        self.assertEqual(self.answer("quota", "show", "q1")["returned"], 1)
        self.assertEqual(types(self.answer("quota", "refund", "q1", "--count", "2")), ["quota-refunded"])
        quota = self.answer("quota", "show", "q1")
        self.assertEqual((quota["bought"], quota["refunded"], quota["free"]), (3, 2, 1))
        self.assertEqual(self.answer("refunds", "totals")["totals"], [{"currency": "USD", "amount": "66.66 USD"}])

    def test_a_quota_of_multi_certificates_needs_to_know_how_many_names(self):
        self.certledger("quota", "buy", "--brand", "b", "--kind", "multi", "--price", "1.00 USD", code=2)

    def test_a_name_that_cannot_be_ordered_is_a_refusal(self):
        refusal = self.answer("cert", "buy", "--brand", "b", "--domain", "un_der.example.com", "--price", "1.00 USD",
                              code=1)["refusal"]
        self.assertEqual((refusal["code"], refusal["field"]), ("invalid-domain-name", "names"))

    def test_quick_issue_does_it_all_in_one_command(self):
        self.certledger("quota", "buy", "--quota", "q1", "--brand", "b", "--count", "1", "--price", "10.00 USD")
        made = self.answer("cert", "create", "--quota", "q1", "--domain", "example.com", "--quick-issue",
                           "--validation", "http-file", "--contact", CONTACT)
        self.assertEqual(made["status"], "issued")
        self.assertEqual(types(made), ["quota-consumed", "certificate-created", "application-submitted",
                                       "challenge-issued", "domain-validated", "issuance-intended",
                                       "certificate-issued"])


class Applications(ProgramTest):
    def test_the_intent_stands_before_the_certificate(self):
        self.bought()
        made = self.answer("cert", "apply", "k1", "--validation", "http-file", "--contact", CONTACT)
        self.assertEqual(types(made), ["application-submitted", "challenge-issued", "domain-validated",
                                       "issuance-intended", "certificate-issued"])

    def test_without_waiting_the_follow_up_is_left_to_later(self):
        self.bought()
        made = self.answer("cert", "apply", "k1", "--validation", "http-file", "--contact", CONTACT, "--no-wait")
        self.assertEqual((types(made), made["status"]), (["application-submitted"], "pending-verification"))
        self.assertEqual(self.answer("cert", "validate", "k1")["status"], "issued")

    def test_dns_says_what_to_publish_and_goes_on_by_hand(self):
        self.bought()
        made = self.answer("cert", "apply", "k1", "--validation", "dns-manual", "--contact", CONTACT)
        self.assertEqual(made["status"], "pending-verification")
        self.assertIn("example.com. IN TXT", made["waiting_for"][0])
        again = self.answer("cert", "validate", "k1")
        self.assertEqual(again["waiting_for"], made["waiting_for"])
        done = self.answer("cert", "validate", "k1", "--record", "succeeded")
        self.assertEqual(types(done), ["domain-validated", "issuance-intended", "certificate-issued"])

    def test_a_failed_validation_is_recorded_by_hand_with_its_cause(self):
        self.pending()
        self.answer("cert", "validate", "k1", "--record", "failed", "--name", "example.com", "--cause", "no record")
        self.assertIn("no record", self.certledger("cert", "why", "k1").out)

    def test_an_own_request_is_taken_and_no_key_is_held(self):
        subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", "own.key", "-out", "own.csr", "-subj", "/CN=example.com", "-addext",
                        "subjectAltName=DNS:example.com"], cwd=self.folder, check=True, capture_output=True)
        self.bought()
        made = self.answer("cert", "apply", "k1", "--validation", "http-file", "--contact", CONTACT, "--csr", "own.csr")
        self.assertEqual(made["status"], "issued")
        self.answer("cert", "download", "k1", "--format", "nginx", "-o", "x.zip")
        refusal = self.answer("cert", "deploy", "k1", "--to", "nginx:" + self.path("etc"), code=1)["refusal"]
        self.assertEqual(refusal["code"], "key-not-held")

    def test_an_own_request_in_der_or_behind_its_key_is_stored_alone(self):
        subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", "own.key", "-out", "own.csr", "-subj", "/CN=example.com", "-addext",
                        "subjectAltName=DNS:example.com"], cwd=self.folder, check=True, capture_output=True)
        subprocess.run(["openssl", "req", "-in", "own.csr", "-outform", "der", "-out", "own.der"], cwd=self.folder,
                       check=True, capture_output=True)
        with open(self.path("own.key")) as key, open(self.path("own.csr")) as request:
            both = key.read() + request.read()
        with open(self.path("both.pem"), "w") as out:
            out.write(both)
        with open(self.path("own.der"), "rb") as der:
            expected = base64.b64encode(der.read()).decode()
        for name, given in (("k1", "own.der"), ("k2", "both.pem")):
            self.answer("cert", "buy", "--certificate", name, "--brand", "geotrust", "--level", "dv", "--kind", "single",
                        "--domain", "example.com", "--price", "30.00 USD")
            made = self.answer("cert", "apply", name, "--validation", "http-file", "--contact", CONTACT, "--csr", given)
            self.assertEqual(made["status"], "issued")
            history = self.answer("cert", "history", name)["items"]
            stored = [event["data"]["csr"] for event in history if event["type"] == "application-submitted"]
            self.assertEqual(stored, [expected])
        self.assertEqual(self.certledger("audit", "verify").code, 0)

    def test_a_request_with_a_mail_address_or_password_is_not_kept(self):
        self.write("openssl.cnf", "[req]\nprompt = no\ndistinguished_name = dn\nattributes = attributes\n"
                   "[dn]\nCN = example.com\n[attributes]\nchallengePassword = hunter2secret\n")
        self.bought()
        for options, secret in ((["-subj", "/emailAddress=ada@mail.example/CN=example.com"], b"ada@mail.example"),
                                (["-subj", "/OU=ada@mail.example/CN=example.com"], b"ada@mail.example"),
                                (["-config", "openssl.cnf"], b"hunter2secret")):
            subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-keyout", "own.key", "-out", "own.csr", "-addext", "subjectAltName=DNS:example.com",
                            *options], cwd=self.folder, check=True, capture_output=True)
            refusal = self.answer("cert", "apply", "k1", "--validation", "http-file", "--contact", CONTACT, "--csr",
                                  "own.csr", code=1)["refusal"]
            self.assertEqual(refusal["code"], "csr-invalid")
            self.assertNotIn(secret, self.read("ledger/log/data.mdb"))

    def test_each_common_name_of_a_request_is_looked_at(self):
        self.bought()
        for subject in ("/CN=evil.com/CN=example.com", "/CN=example.com/CN=evil.com"):
            subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-keyout", "own.key", "-out", "own.csr", "-addext", "subjectAltName=DNS:example.com",
                            "-subj", subject], cwd=self.folder, check=True, capture_output=True)
            refusal = self.answer("cert", "apply", "k1", "--validation", "http-file", "--contact", CONTACT, "--csr",
                                  "own.csr", code=1)["refusal"]
            self.assertEqual(refusal["code"], "csr-names-mismatch")

    def test_what_the_applicant_serves_is_fetched_and_a_wrong_answer_fails(self):
        contents = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = contents.get(self.path)
                self.send_response(200 if body else 404)
                self.end_headers()
                self.wfile.write((body or "").encode())

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        where = f"127.0.0.1:{server.server_address[1]}"
        self.bought()
        failed = self.answer("cert", "apply", "k1", "--validation", "http-file", "--contact", CONTACT, "--responder",
                             where, code=5)
        self.assertEqual(failed["error"]["kind"], "outside")
        self.assertEqual(failed["status"], "pending-verification")
        self.assertEqual(types(failed)[-1], "domain-validation-failed")
        history = self.answer("cert", "history", "k1")["items"]
        token = [event for event in history if event["type"] == "challenge-issued"][0]["data"]["token"]
        contents[f"/.well-known/pki-validation/{token}"] = token
        self.assertEqual(self.answer("cert", "validate", "k1", "--responder", where)["status"], "issued")

    def test_a_withdrawn_application_can_be_submitted_again(self):
        self.pending()
        self.assertEqual(self.answer("cert", "withdraw", "k1")["status"], "paid")
        made = self.answer("cert", "apply", "k1", "--validation", "http-file", "--contact", CONTACT)
        self.assertEqual(made["status"], "issued")

    def test_the_certificate_is_one_that_others_accept(self):
        self.issued()
        self.certledger("ca", "root", "-o", "root.pem")
        self.certledger("ca", "chain", "-o", "chain.pem")
        self.certledger("cert", "download", "k1", "--format", "apache", "-o", "x.zip")
        subprocess.run(["python3", "-m", "zipfile", "-e", "x.zip", "out"], cwd=self.folder, check=True)
        done = subprocess.run(["openssl", "verify", "-CAfile", "root.pem", "-untrusted", "chain.pem", "-verify_hostname",
                               "example.com", "out/example.com.crt"], cwd=self.folder, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_contact_without_a_phone_is_incomplete(self):
        self.bought()
        refusal = self.answer("cert", "apply", "k1", "--validation", "http-file", "--contact", "Ada <ada@example.com>",
                              code=1)["refusal"]
        self.assertEqual(refusal["code"], "contact-incomplete")


class Endings(ProgramTest):
    def test_a_revocation_is_completed_refunded_paid_and_on_the_list(self):
        self.issued()
        done = self.answer("cert", "revoke", "k1", "--reason", "key-compromise")
        self.assertEqual(types(done), ["revocation-requested", "certificate-revoked", "refund-granted"])
        refund = self.answer("refunds", "show", "k1")
        self.assertEqual((refund["state"], refund["amount"]), ("granted", "100.00 USD"))
        self.certledger("cert", "refund", "pay", "k1", "--reference", "TX1")
        self.assertEqual(self.answer("refunds", "show", "k1")["state"], "paid")
        self.certledger("ca", "crl", "-o", "crl.pem")
        text = subprocess.run(["openssl", "crl", "-in", "crl.pem", "-noout", "-text"], cwd=self.folder,
                              capture_output=True, check=True).stdout.decode()
        serial = self.answer("cert", "show", "k1")["serial"]
        self.assertIn(serial.upper().lstrip("0"), text)
        self.assertIn("Key Compromise", text)

    def test_what_was_never_issued_is_refunded_on_request(self):
        self.bought()
        self.assertEqual(types(self.answer("cert", "refund", "k1")), ["refund-granted"])
        self.bought("b.example.com", "k2")
        self.certledger("cert", "refund", "request", "k2")
        self.certledger("refunds", "pay", "k2", "--reference", "TX2")
        states = {item["certificate"]: item["state"] for item in self.answer("refunds")["items"]}
        self.assertEqual(states, {"k1": "granted", "k2": "paid"})

    def test_a_revocation_by_another_ca_waits_for_its_answer(self):
        self.pending()
        self.exec({"id": "v", "command": "record-validation", "certificate": "k1", "name": "example.com",
                   "outcome": "succeeded"},
                  {"id": "i", "command": "issue-certificate", "certificate": "k1", "serial": "0a",
                   "issuer": "CN=Other", "not_before": "2026-01-01T00:00:00Z", "not_after": "2036-01-01T00:00:00Z",
                   "sha256": "ab" * 32})
        # The clock of this machine decides whether such a certificate is legal: what counts is that nobody answers
        # for a CA that was not asked.
        if self.answer("cert", "show", "k1")["status"] == "issued":
            done = self.answer("cert", "revoke", "k1", "--reason", "superseded")
            self.assertEqual(types(done), ["revocation-requested"])
            self.assertIn("CN=Other", done["waiting_for"][0])

    def test_the_ca_may_revoke_by_itself(self):
        self.issued()
        done = self.answer("cert", "revoke", "k1", "--by-ca", "--reason", "privilege-withdrawn")
        self.assertEqual(types(done)[0], "certificate-revoked")

    def test_a_cohort_is_shown_first_and_revoked_when_confirmed(self):
        for number in (1, 2, 3):
            self.issued(f"h{number}.example.com", f"k{number}")
        self.issued("other.example.org", "k9")
        chosen = ["cert", "revoke", "--where", "--domain", "*.example.com", "--reason", "superseded"]
        shown = self.answer(*chosen, "--dry-run")["items"]
        self.assertEqual({item["certificate"] for item in shown}, {"k1", "k2", "k3"})
        self.certledger(*chosen, code=2)
        self.assertEqual(len(self.answer("list", "--status", "issued")["items"]), 4)
        done = self.answer(*chosen, "--yes")
        self.assertTrue(done["ok"])
        left = self.answer("list", "--status", "issued")["items"]
        self.assertEqual([item["certificate"] for item in left], ["k9"])

    def of_another_ca(self, certificate):
        """Issued by a CA that is not here, so that a revocation waits for its answer."""
        now = datetime.now(timezone.utc)
        digest = hashlib.sha256(certificate.encode()).hexdigest()
        answers = self.exec(
            {"id": f"{certificate}-1", "command": "buy-certificate", "certificate": certificate, "price": "10.00 USD",
             "names": [f"{certificate}.example.com"],
             "product": {"brand": "other", "level": "dv", "kind": "single", "names_max": 1, "term_years": 1}},
            {"id": f"{certificate}-2", "command": "submit-application", "certificate": certificate,
             "validation": "dns-manual", "contact": {"name": "Ada", "mail": "a@example.com", "phone": "+1"},
             "key_sha256": digest},
            {"id": f"{certificate}-3", "command": "record-validation", "certificate": certificate,
             "name": f"{certificate}.example.com", "outcome": "succeeded"},
            {"id": f"{certificate}-4", "command": "issue-certificate", "certificate": certificate, "serial": "0a",
             "issuer": "CN=Elsewhere", "sha256": digest, "not_before": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
             "not_after": (now + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")})
        self.assertTrue(all(answer["ok"] for answer in answers), answers)

    def test_a_cohort_is_planned_then_reported_with_the_time_that_is_left(self):
        for certificate in ("k1", "k2", "k3"):
            self.of_another_ca(certificate)
        self.certledger("cert", "hosting", "on", "k3")
        chosen = ["cert", "revoke", "--where", "--brand", "other", "--reason", "key-compromise"]
        plan = self.answer(*chosen, "--dry-run")
        self.assertEqual({item["certificate"]: item["permitted"] for item in plan["items"]},
                         {"k1": True, "k2": True, "k3": False})
        self.assertEqual(plan["totals"], [{"currency": "USD", "amount": "20.00 USD"}])
        self.assertEqual(self.answer("cert", "revocations")["items"], [])
        report = {item["certificate"]: item for item in self.answer(*chosen, "--yes", code=1)["items"]}
        self.assertEqual(report["k3"]["refused"], "hosted")
        for certificate in ("k1", "k2"):
            self.assertEqual(report[certificate]["waits_for"], "certificate-revoked")
            self.assertTrue(86_000 < report[certificate]["seconds_left"] <= 86_400, report)
        self.assertEqual(self.certledger("cert", "revocations").out.count(" left"), 2)
        before = str(self.answer("log", "tail", "-n", "1")["position"])
        self.exec({"id": "r1", "command": "record-revocation", "certificate": "k2", "outcome": "completed"})
        self.assertEqual({item["certificate"] for item in self.answer("cert", "revocations", "--as-of", before)["items"]},
                         {"k1", "k2"})
        self.assertEqual([item["certificate"] for item in self.answer("cert", "revocations")["items"]], ["k1"])

    def test_why_says_who_under_which_rule_and_what_came_back(self):
        self.issued()
        self.certledger("--actor", "eve", "cert", "revoke", "k1", "--reason", "superseded")
        text = self.certledger("cert", "why", "k1").out
        for words in ("k1 is revoked", "eve", "certificate-revoked, position", "Under which rules",
                      "revocation (policy, version 7): key_compromise_seconds 86400", "validity (policy, version 2)",
                      "100.00 USD granted, not paid yet: 30 days of 86,400 s from the issue", "inside of it",
                      "audit what-if", "refund-paid from the operator"):
            self.assertIn(words, text)
        told = self.answer("cert", "why", "k1")
        self.assertEqual([rule["event"] for rule in told["rules"]],
                         ["certificate-issued", "certificate-issued", "revocation-requested", "refund-granted"])
        self.assertEqual(told["refund"]["state"], "granted")
        self.assertIn("inside of it", self.certledger("refunds", "show", "k1").out)

    def test_a_cohort_without_a_filter_is_not_everything(self):
        self.issued()
        self.certledger("cert", "revoke", "--where", "--yes", "--reason", "superseded", code=2)

    def test_hosting_is_turned_on_and_off_in_either_order_of_words(self):
        self.issued()
        self.certledger("cert", "hosting", "on", "example.com")
        self.assertIn("hosted", self.answer("cert", "show", "k1")["flags"])
        refusal = self.answer("cert", "revoke", "k1", "--reason", "superseded", code=1)["refusal"]
        self.assertEqual(refusal["code"], "hosted")
        self.certledger("cert", "hosting", "k1", "off")
        self.assertNotIn("hosted", self.answer("cert", "show", "k1")["flags"])

    def test_a_deployed_certificate_is_deleted_only_by_force(self):
        self.issued()
        self.certledger("cert", "deploy", "k1", "--to", "nginx:" + self.path("etc"))
        self.assertEqual(self.answer("cert", "delete", "k1", code=1)["refusal"]["code"], "still-deployed")
        self.assertEqual(self.answer("cert", "delete", "k1", "--force")["status"], "deleted")


class Deployments(ProgramTest):
    def test_the_files_are_there_and_the_key_is_private(self):
        self.issued()
        done = self.answer("cert", "deploy", "k1", "--to", "nginx:" + self.path("etc"))
        self.assertEqual(types(done), ["deployment-started", "certificate-deployed"])
        self.assertEqual(self.read("etc/fullchain.pem").count(b"BEGIN CERTIFICATE"), 2)
        self.assertEqual(os.stat(self.path("etc/privkey.pem")).st_mode & 0o777, 0o600)
        self.assertEqual(self.answer("list", "--target", "nginx:" + self.path("etc"))["items"][0]["certificate"], "k1")

    def test_a_folder_that_cannot_be_made_is_a_recorded_failure(self):
        self.issued()
        with open(self.path("file"), "w"):
            pass
        done = self.answer("cert", "deploy", "k1", "--to", "nginx:" + self.path("file", "folder"), code=5)
        self.assertEqual(types(done), ["deployment-started", "deployment-failed"])
        self.assertEqual(done["error"]["kind"], "outside")

    def test_one_folder_is_one_target_however_it_is_written(self):
        self.issued()
        folder = "nginx:" + self.path("etc", "tls")
        self.answer("cert", "deploy", "k1", "--to", folder + "/")
        self.assertEqual(self.answer("cert", "show", "k1")["targets"], [folder])
        self.issued("other.example", "k2")
        refusal = self.answer("cert", "deploy", "k2", "--to", folder + "/./", code=1)["refusal"]
        self.assertEqual(refusal["code"], "names-not-superset")
        started = {"id": "d", "command": "deploy-certificate", "certificate": "k2", "target": folder + "//"}
        self.assertEqual(self.exec(started)[0]["refusal"]["code"], "names-not-superset")
        self.assertEqual(len(self.answer("list", "--target", folder + "/")["items"]), 1)

    def test_a_target_of_another_kind_is_wrong_input(self):
        self.issued()
        self.certledger("cert", "deploy", "k1", "--to", "iis:/x", code=2)
        self.certledger("cert", "deploy", "k1", "--to", "nginx:relative", code=2)


class Why(ProgramTest):
    def test_it_tells_what_led_here_what_was_refused_and_what_comes_next(self):
        self.pending()
        self.certledger("cert", "delete", "k1", code=1)
        told = self.answer("cert", "why", "k1")
        self.assertEqual(told["status"], "pending-verification")
        self.assertEqual([event["type"] for event in told["chain"]],
                         ["certificate-purchased", "application-submitted"])
        self.assertEqual([event["data"]["command"] for event in told["refused"]], ["delete-certificate"])
        self.assertIn("record-validation", told["allowed"])
        self.assertTrue(any(step["expected"]["event"] == "domain-validated" for step in told["expected"]), told)
        text = self.certledger("cert", "why", "k1").out
        for part in ("What led here", "What was refused", "illegal-transition", "What is expected next",
                     "What status and flags allow now"):
            self.assertIn(part, text)


if __name__ == "__main__":
    main()
