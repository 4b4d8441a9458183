"""The CA's desk: ov and ev applications, and revocations."""
import subprocess

from program import COMPANY, CONTACT, ProgramTest, main


def types(document):
    return [event["type"] for event in document["events"]]


class Desk(ProgramTest):
    def applied(self, level="ov"):
        self.bought("example.com", "k1", level=level)
        return self.answer("cert", "apply", "k1", "--contact", CONTACT, *COMPANY)

    def test_an_ov_application_waits_for_the_desk_which_lists_it(self):
        made = self.applied()
        self.assertEqual(made["status"], "pending-verification")
        self.assertIn("review approve k1", made["waiting_for"][0])
        self.assertEqual([item["certificate"] for item in self.answer("review", "list")["items"]], ["k1"])

    def test_an_ov_certificate_is_issued_when_everything_is_recorded(self):
        self.applied()
        refusal = self.answer("review", "approve", "k1", code=1)["refusal"]
        self.assertEqual(refusal["code"], "not-validated")
        self.assertEqual(types(self.answer("review", "record", "k1", "mail", "sent")), ["validation-mail-sent"])
        self.assertEqual(types(self.answer("review", "record", "k1", "mail")), ["validation-mail-confirmed"])
        self.assertEqual(types(self.answer("review", "record", "k1", "organization")), ["organization-verified"])
        done = self.answer("review", "approve", "example.com")
        self.assertEqual(types(done), ["issuance-intended", "certificate-issued"])
        self.certledger("cert", "download", "k1", "--format", "der", "-o", "k1.cer")
        subject = subprocess.run(["openssl", "x509", "-inform", "der", "-in", "k1.cer", "-noout", "-subject"],
                                 cwd=self.folder, capture_output=True, check=True).stdout.decode()
        self.assertIn("Example Ltd", subject)

    def test_an_ev_review_has_a_phone_step(self):
        self.applied("ev")
        self.certledger("review", "record", "k1", "review")
        self.certledger("review", "record", "k1", "phone", "requested")
        self.certledger("review", "record", "k1", "phone")
        self.certledger("review", "record", "k1", "mail")
        self.certledger("review", "record", "k1", "organization")
        self.assertEqual(self.answer("review", "approve", "k1")["status"], "issued")

    def test_a_rejection_says_why(self):
        self.applied()
        done = self.answer("review", "reject", "k1", "--cause", "not in the register")
        self.assertEqual((types(done), done["status"]), (["application-rejected"], "validation-failed"))
        self.assertIn("not in the register", self.certledger("cert", "why", "k1").out)
        self.certledger("review", "reject", "k1", code=2)

    def test_a_company_is_needed(self):
        self.bought("example.com", "k1", level="ov")
        self.assertEqual(self.answer("cert", "apply", "k1", "--contact", CONTACT, code=1)["refusal"]["code"],
                         "company-required")

    def test_an_ov_revocation_needs_the_mail_step(self):
        self.applied()
        self.certledger("review", "record", "k1", "mail")
        self.certledger("review", "record", "k1", "organization")
        self.certledger("review", "approve", "k1")
        asked = self.answer("cert", "revoke", "k1", "--reason", "superseded")
        self.assertEqual(types(asked), ["revocation-requested"])
        self.assertIn("review record k1 revocation", asked["waiting_for"][0])
        self.assertEqual(self.answer("review", "approve", "k1", code=1)["refusal"]["code"], "revocation-not-confirmed")
        done = self.answer("review", "record", "k1", "revocation")
        self.assertEqual(types(done), ["revocation-confirmed", "certificate-revoked", "refund-granted"])

    def test_a_revocation_is_declined(self):
        self.issued()
        self.certledger("cert", "revoke", "k1", "--reason", "superseded", "--no-wait")
        done = self.answer("review", "reject", "k1", "--cause", "the request was withdrawn")
        self.assertEqual((types(done), done["status"]), (["revocation-declined"], "issued"))

    def test_what_is_no_step_is_wrong_usage(self):
        self.applied()
        self.certledger("review", "record", "k1", "handshake", code=2)
        self.certledger("review", "record", "k1", "mail", "lost", code=2)


if __name__ == "__main__":
    main()
