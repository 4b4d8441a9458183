"""The ends of what can be written: years, amounts, counts, depth of a line. Nothing of it may leave a ledger that does not read."""
from program import ProgramTest, main

PRODUCT = {"brand": "digicert", "level": "dv", "kind": "single", "names_max": 1, "term_years": 6}
CONTACT = {"name": "Ada", "mail": "ada@example.com", "phone": "+44123456"}
DIGEST = "{:064x}".format
FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"


class Extremes(ProgramTest):
    def setUp(self):
        super().setUp()
        self.number = 0
        self.certledger("init", "--simulated-time")

    def line(self, command, at, **fields):
        self.number += 1
        return dict(fields, id=f"c{self.number}", command=command, occurred_at=at)

    def give(self, *lines):
        answers = self.exec(*lines)
        for line, answer in zip(lines, answers):
            self.assertTrue(answer["ok"], (line, answer))
        return answers

    def order(self, certificate, at, not_before, not_after, digest):
        return [self.line("buy-certificate", at, certificate=certificate, product=PRODUCT, names=["example.com"],
                          price="100.00 USD"),
                self.line("submit-application", at, certificate=certificate, validation="dns-manual", contact=CONTACT,
                          key_sha256=DIGEST(1)),
                self.line("record-validation", at, certificate=certificate, name="example.com", outcome="succeeded"),
                self.line("issue-certificate", at, certificate=certificate, serial="1", issuer="CN=CA",
                          not_before=not_before, not_after=not_after, sha256=DIGEST(digest))]

    def looked_at(self, certificate):
        of = {"certificate": certificate}
        rows = [dict(of, query=query) for query in ("certificate", "progress", "refund", "history")]
        return [answer["result"] for answer in self.give(*rows, {"query": "list"}, {"query": "watch"}, {"query": "refunds"})]

    def policy(self, **terms):
        return self.line("adopt-policy", FIRST, policy=dict(terms, effective_from=FIRST))

    def test_deadlines_and_windows_end_with_the_last_year(self):
        self.give(self.policy(kind="revocation", key_compromise_seconds=36500 * 86400, other_seconds=36500 * 86400),
                  *self.order("k1", "9999-12-31T23:00:00Z", "9999-12-31T23:00:00Z", LAST, 2),
                  self.line("request-revocation", "9999-12-31T23:30:00Z", certificate="k1", reason="superseded"))
        self.looked_at("k1")
        history = self.exec({"query": "history", "certificate": "k1"})[0]["result"]["items"]
        self.assertEqual(history[-1]["data"]["due"], "9999-12-31T23:59:59.999999Z")
        self.give(self.line("record-revocation", LAST, certificate="k1", outcome="completed"))
        self.assertEqual(self.looked_at("k1")[2]["state"], "granted")
        self.certledger("audit", "verify")

    def test_a_refund_window_of_calendar_days_ends_with_the_last_year(self):
        for number, zone in enumerate(("UTC", "Pacific/Kiritimati", "America/New_York")):
            self.give(self.policy(kind="refund", clock="issue", days=36500, day="calendar", zone=zone, unissued="full",
                                  ca_initiated="window"),
                      *self.order(f"k{number}", "9999-12-30T00:00:00Z", "9999-12-30T00:00:00Z", LAST, 10 + number),
                      self.line("record-revocation", LAST, certificate=f"k{number}", outcome="completed", by="ca",
                                reason="superseded"))
            self.assertEqual(self.looked_at(f"k{number}")[2]["state"], "granted")
        self.certledger("audit", "verify")

    def test_the_first_year_is_as_good_as_any(self):
        self.give(*self.order("k1", FIRST, FIRST, "0001-06-01T00:00:00Z", 2))
        self.looked_at("k1")
        answers = self.exec(self.line("renew-certificate", FIRST, certificate="k1", successor="k2"),
                            self.line("renew-certificate", "0001-05-20T00:00:00Z", certificate="k1", successor="k2"),
                            self.line("expire-certificate", "0001-06-01T00:00:01Z", certificate="k1"))
        self.assertEqual(answers[0]["refusal"]["code"], "not-in-renewal-window")
        self.assertTrue(answers[1]["ok"] and answers[2]["ok"], answers)
        self.certledger("tick", "--until", LAST)
        self.certledger("audit", "verify")

    def test_a_tick_at_the_end_of_time_expires_what_ends_before_it(self):
        self.give(*self.order("k1", "9999-12-01T00:00:00Z", "9999-12-01T00:00:00Z", "9999-12-31T23:59:58Z", 2))
        self.certledger("tick", "--until", LAST)
        self.assertEqual(self.looked_at("k1")[0]["status"], "expired")
        self.certledger("audit", "verify")

    def test_the_largest_amount_and_count_are_shared_and_summed_to_the_unit(self):
        most, price = 2 ** 63 - 1, "92233720368547758.07 USD"
        at = "2026-01-01T00:00:00Z"
        self.give(self.line("buy-quota", at, quota="q1", product=PRODUCT, count=most, price=price),
                  self.line("create-certificate", at, quota="q1", certificate="k1", names=["example.com"]),
                  self.line("refund-quota", at, quota="q1"),
                  self.line("buy-quota", at, quota="q2", product=PRODUCT, count=1, price=price),
                  self.line("refund-quota", at, quota="q2"))
        refunds, quota = (answer["result"] for answer in self.give({"query": "refunds"}, {"query": "quota", "quota": "q1"}))
        self.assertEqual(refunds["totals"], [{"currency": "USD", "amount": "184467440737095516.13 USD"}])
        self.assertEqual((quota["free"], quota["refunded"]), (0, most - 1))
        self.certledger("audit", "verify")

    def test_a_deep_line_is_answered_like_any_that_is_none(self):
        deep = '{"id":"a","command":"refund-quota","quota":"q","x":' + "[" * 100_000 + "]" * 100_000 + "}\n"
        lines = self.certledger("exec", stdin="[" * 200_000 + "\n" + deep + '{"query":"position"}\n').lines
        self.assertEqual([line["ok"] for line in lines], [False, False, True])


if __name__ == "__main__":
    main()
