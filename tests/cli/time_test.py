"""Ledgers with simulated time: expiry, renewal, notices, the watch list, questions about the past."""
from program import CONTACT, ProgramTest, main


def types(document):
    return [event["type"] for event in document["events"]]


class Simulated(ProgramTest):
    def setUp(self):
        super().setUp()
        self.certledger("init", "--simulated-time", "--now", "2026-01-01T00:00:00Z")

    def order(self, at="2026-01-02T00:00:00Z"):
        self.certledger("cert", "buy", "--brand", "b", "--domain", "example.com", "--price", "100.00 USD",
                        "--certificate", "k1", "--now", at)

    def issue(self, at="2026-01-02T00:00:00Z"):
        self.order(at)
        self.certledger("cert", "apply", "k1", "--validation", "http-file", "--contact", CONTACT, "--now", at)
        return self.answer("cert", "show", "k1")

    def test_init_says_what_was_made_and_a_second_one_is_refused(self):
        self.certledger("init", code=2)
        told = self.answer("--ledger", "./other", "init", "--origin", "example.com/log")
        self.assertEqual((told["origin"], told["simulated_time"]), ("example.com/log", False))

    def test_a_certificate_is_as_long_as_the_rules_and_the_term_allow(self):
        item = self.issue()
        self.assertEqual((item["not_before"], item["not_after"]), ("2026-01-02T00:00:00Z", "2027-01-02T00:00:00Z"))

    def test_after_march_2026_it_is_200_days(self):
        item = self.issue("2026-04-01T00:00:00Z")
        self.assertEqual(item["not_after"], "2026-10-17T23:59:59Z")

    def test_time_brings_notices_renewal_and_expiry(self):
        self.issue()
        made = self.answer("tick", "--until", "2027-01-03T00:00:00Z", "--now", "2027-01-03T00:00:00Z")
        self.assertEqual([event["type"] for event in made["events"]],
                         ["expiry-noticed", "renewal-due", "expiry-noticed", "expiry-noticed", "expiry-noticed",
                          "expiry-noticed", "certificate-expired"])
        self.assertEqual(self.answer("cert", "show", "k1")["status"], "expired")
        self.assertEqual(self.answer("tick", "--now", "2027-01-04T00:00:00Z")["events"], [])

    def test_a_renewal_is_paid_by_the_term_and_completed_by_the_issue(self):
        self.issue("2026-04-01T00:00:00Z")
        at = "2026-10-01T00:00:00Z"
        done = self.answer("cert", "renew", "k1", "--successor", "k2", "--now", at)
        self.assertEqual(types(done), ["renewal-started", "certificate-purchased"])
        self.assertEqual(done["successor"], "k2")
        made = self.answer("cert", "apply", "k2", "--validation", "http-file", "--contact", CONTACT, "--now", at)
        self.assertEqual(types(made)[-2:], ["certificate-issued", "renewal-completed"])
        self.assertEqual(self.answer("cert", "show", "k2")["predecessor"], "k1")

    def test_too_early_a_renewal_is_refused(self):
        self.issue()
        refusal = self.answer("cert", "renew", "k1", "--now", "2026-06-01T00:00:00Z", code=1)["refusal"]
        self.assertEqual(refusal["code"], "not-in-renewal-window")

    def test_a_refund_after_its_window_is_declined(self):
        self.issue()
        self.certledger("cert", "revoke", "k1", "--reason", "superseded", "--now", "2026-02-01T00:00:01Z")
        refund = self.answer("refunds", "show", "k1")
        self.assertEqual((refund["state"], refund["reason"]), ("declined", "window-closed"))

    def test_what_should_have_happened_is_on_the_watch_list(self):
        self.order()
        self.certledger("cert", "apply", "k1", "--validation", "dns-manual", "--contact", CONTACT, "--now",
                        "2026-01-02T00:00:00Z")
        self.assertEqual(self.answer("watch")["items"], [])
        items = self.answer("watch", "--now", "2026-01-02T05:00:00Z")["items"]
        self.assertTrue(items)
        self.assertEqual(items[0]["certificate"], "k1")
        self.assertIn("k1", self.certledger("watch", "--now", "2026-01-02T05:00:00Z").out)

    def test_questions_about_the_past_and_the_future(self):
        self.issue()
        bought = [event["position"] for event in self.answer("cert", "history", "k1")["items"]
                  if event["type"] == "certificate-purchased"][0]
        self.assertEqual(self.answer("cert", "show", "k1", "--as-of", str(bought))["status"], "paid")
        self.assertEqual(self.answer("list", "--as-of", "2026-01-01T12:00:00Z")["items"], [])
        soon = self.answer("list", "--as-at", "2026-12-20T00:00:00Z")["items"][0]
        self.assertIn("expiring", soon["flags"])

    def test_the_clock_does_not_run_back_for_commands(self):
        self.order("2026-03-01T00:00:00Z")
        self.certledger("cert", "delete", "k1", "--now", "2026-02-01T00:00:00Z", code=2)
        self.certledger("tick", "--now", "2026-02-01T00:00:00Z", code=2)
        self.certledger("run", "--once", "--now", "2026-02-01T00:00:00Z", code=2)
        self.certledger("cert", "show", "k1", "--now", "2026-02-01T00:00:00Z")


if __name__ == "__main__":
    main()
