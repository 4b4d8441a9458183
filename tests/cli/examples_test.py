"""Every example of the manual works as it is written, each on a ledger of its own."""
import shlex

from program import ProgramTest, main


class Examples(ProgramTest):
    def example(self, line, code=0):
        words = shlex.split(line)
        self.assertEqual(words[0], "certledger")
        return self.certledger(*words[1:], code=code)

    def quota(self):
        self.example('certledger quota buy --quota q1 --brand digicert --level dv --kind single --count 3 --term 1y '
                     '--price "100.00 USD"')

    def order(self):
        self.quota()
        self.example("certledger cert create --quota q1 --domain example.com")

    def issue(self):
        self.order()
        self.example('certledger cert apply example.com --validation http-file '
                     '--contact "Ada <ada@example.com> +44123456" --key ec-p256')

    def test_a_quota_is_bought(self):
        self.quota()
        self.assertEqual(self.answer("quota", "show", "q1")["free"], 3)

    def test_a_certificate_is_made_from_the_quota(self):
        self.order()
        items = self.answer("list")["items"]
        self.assertEqual([item["names"] for item in items], [["example.com"]])
        self.assertEqual(items[0]["status"], "paid")

    def test_a_multi_name_certificate_is_bought(self):
        self.example('certledger cert buy --brand geotrust --level ov --kind multi --domain example.com '
                     '--domain www.example.com --price "300.00 USD"')
        item = self.answer("cert", "show", "www.example.com")
        self.assertEqual(item["names"], ["example.com", "www.example.com"])
        self.assertEqual((item["brand"], item["level"], item["kind"]), ("geotrust", "ov", "multi"))

    def test_an_application_ends_with_an_issued_certificate(self):
        self.issue()
        self.assertEqual(self.answer("cert", "show", "example.com")["status"], "issued")

    def test_progress_is_told(self):
        self.issue()
        shown = self.example("certledger cert progress example.com").out
        self.assertIn("purchase", shown)
        self.assertIn("done", shown)

    def test_a_certificate_is_downloaded(self):
        self.issue()
        self.example("certledger cert download example.com --format nginx -o example.com.zip")
        self.assertEqual(self.read("example.com.zip")[:2], b"PK")

    def test_a_certificate_is_deployed(self):
        self.issue()
        target = self.path("etc")
        self.example(f"certledger cert deploy example.com --to nginx:{target}")
        self.assertIn(b"BEGIN CERTIFICATE", self.read("etc/fullchain.pem"))

    def test_a_certificate_is_revoked_and_refunded(self):
        self.issue()
        self.example("certledger cert revoke example.com --reason key-compromise")
        self.assertEqual(self.answer("cert", "show", "example.com")["status"], "revoked")
        self.assertEqual(self.answer("refunds", "show", "example.com")["state"], "granted")

    def test_the_list_is_filtered_and_laid_out_as_cards(self):
        self.example("certledger list --status issued --expiring-within 30d --sort not-after --limit 50 --layout card")

    def test_refund_totals_are_told_by_month(self):
        document = self.example("certledger refunds totals --by month --json").json
        self.assertEqual(document["totals"], [])

    def test_the_log_is_verified(self):
        self.example("certledger audit verify")

    def test_the_list_is_asked_as_of_a_time(self):
        self.example("certledger --as-of 2026-10-01T00:00:00Z list")


if __name__ == "__main__":
    main()
