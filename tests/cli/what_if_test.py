"""audit what-if: which decisions other rules would have changed, and by how much money."""
import json

from program import ProgramTest, main

DIGEST = "{:064x}".format
PRODUCT = {"brand": "digicert", "level": "dv", "kind": "single", "names_max": 1, "term_years": 1}
CONTACT = {"name": "Ada", "mail": "ada@example.com", "phone": "+44123456"}
REFUND = {"kind": "refund", "effective_from": "1970-01-01T00:00:00Z", "clock": "issue", "days": 30, "day": "elapsed",
          "unissued": "full", "ca_initiated": "full"}
START = "1970-01-01T00:00:00Z"


class WhatIf(ProgramTest):
    def setUp(self):
        super().setUp()
        self.number = 0
        self.certledger("init", "--simulated-time")

    def give(self, command, at, code=None, **fields):
        self.number += 1
        line = dict(fields, id=f"c{self.number}", command=command, occurred_at=at)
        answer = self.exec(line)[0]
        self.assertEqual(answer.get("refusal", {}).get("code"), code, answer)
        return answer

    def issue(self, certificate, at="2026-01-02T00:00:00Z", not_after="2026-12-31T00:00:00Z", price="100.00 USD",
              validated=None, **more):
        if certificate not in more.get("made", ()):
            self.give("buy-certificate", "2026-01-01T00:00:00Z", certificate=certificate, product=PRODUCT,
                      names=["example.com"], price=price)
        self.give("submit-application", validated or at, certificate=certificate, validation="dns-manual", contact=CONTACT,
                  key_sha256=DIGEST(1))
        self.give("record-validation", validated or at, certificate=certificate, name="example.com", outcome="succeeded")
        self.give("issue-certificate", at, certificate=certificate, serial="01", issuer="CN=Test", not_before=at,
                  not_after=not_after, sha256=DIGEST(100 + self.number))

    def revoke(self, certificate, at, asked=None):
        self.give("request-revocation", asked or at, certificate=certificate, reason="superseded")
        self.give("record-revocation", at, certificate=certificate, outcome="completed")

    def ask(self, policy, *more):
        self.write("policy.json", json.dumps(policy))
        return self.answer("audit", "what-if", "--policy", "policy.json", *more)

    def decisions(self, report):
        return [(item["stream"], item["decision"], item["would"].split(",")[0]) for item in report["items"]]

    def test_the_rule_that_was_in_force_changes_nothing(self):
        self.issue("k1")
        self.revoke("k1", "2026-01-20T00:00:00Z")
        report = self.ask(REFUND)
        self.assertEqual(report["items"], [])
        self.assertEqual(report["judged"], 1)
        self.assertEqual(report["totals"], [{"currency": "USD", "was": "100.00 USD", "would": "100.00 USD"}])

    def test_a_shorter_refund_window_takes_money_back_and_a_longer_one_gives_it(self):
        self.issue("k1")
        self.issue("k2", price="500 JPY")
        self.revoke("k1", "2026-01-20T00:00:00Z")
        self.revoke("k2", "2026-03-20T00:00:00Z")
        shorter = self.ask(dict(REFUND, days=7))
        self.assertEqual(self.decisions(shorter), [("certificate-k1", "refund", "declined: window-closed")])
        item = shorter["items"][0]
        self.assertEqual((item["was_amount"], item["would_amount"]), ("100.00 USD", "0.00 USD"))
        self.assertEqual(shorter["totals"], [{"currency": "JPY", "was": "0 JPY", "would": "0 JPY"},
                                             {"currency": "USD", "was": "100.00 USD", "would": "0.00 USD"}])
        longer = self.ask(dict(REFUND, days=400))
        self.assertEqual(self.decisions(longer), [("certificate-k2", "refund", "granted: within-window")])
        self.assertEqual(longer["totals"][0], {"currency": "JPY", "was": "0 JPY", "would": "500 JPY"})

    def test_a_rule_counts_from_its_date_on(self):
        self.issue("k1")
        self.revoke("k1", "2026-01-20T00:00:00Z")
        later = dict(REFUND, days=7, effective_from="2026-01-20T00:00:01Z")
        self.assertEqual(self.ask(later)["judged"], 0)
        self.assertEqual(len(self.ask(dict(later, effective_from="2026-01-20T00:00:00Z"))["items"]), 1)

    def test_the_range_narrows_decisions_and_totals(self):
        self.issue("k1")
        self.issue("k2")
        self.revoke("k1", "2026-01-20T00:00:00Z")
        self.revoke("k2", "2026-01-25T00:00:00Z")
        rule = dict(REFUND, days=7)
        whole = self.ask(rule)
        self.assertEqual(len(whole["items"]), 2)
        first, second = (item["position"] for item in whole["items"])
        self.assertEqual([item["position"] for item in self.ask(rule, "--to", str(first))["items"]], [first])
        after = self.ask(rule, "--from", "2026-01-20T00:00:01Z")
        self.assertEqual([item["position"] for item in after["items"]], [second])
        self.assertEqual(after["totals"], [{"currency": "USD", "was": "100.00 USD", "would": "0.00 USD"}])
        self.assertEqual(self.ask(rule, "--from", str(first + 1), "--to", str(second - 1))["items"], [])

    def test_what_was_never_issued_and_units_of_a_quota_go_by_the_refund_rule(self):
        self.give("buy-quota", "2026-01-01T00:00:00Z", quota="q1", product=PRODUCT, count=3, price="100.00 USD")
        self.give("refund-quota", "2026-01-02T00:00:00Z", quota="q1", count=1)
        self.give("create-certificate", "2026-01-02T00:00:00Z", quota="q1", certificate="k1", names=["example.com"])
        self.give("request-refund", "2026-01-03T00:00:00Z", certificate="k1")
        report = self.ask(dict(REFUND, unissued="none"))
        self.assertEqual(self.decisions(report), [("quota-q1", "quota-refund", "refused: not-refundable"),
                                                  ("certificate-k1", "refund", "declined: unissued-not-refundable")])
        self.assertEqual(report["totals"], [{"currency": "USD", "was": "66.67 USD", "would": "0.00 USD"}])

    def test_another_cap_and_another_reuse_forbid_issues(self):
        self.issue("k1", validated="2026-01-01T12:00:00Z")
        self.issue("k2", not_after="2026-02-01T00:00:00Z")
        cap = {"kind": "validity", "effective_from": START, "steps": [{"from": START, "days": 90}]}
        self.assertEqual(self.decisions(self.ask(cap)), [("certificate-k1", "issue", "refused: validity-exceeds-policy")])
        reuse = {"kind": "reuse", "effective_from": START, "steps": [{"from": START, "days": 0}]}
        self.assertEqual(self.decisions(self.ask(reuse)), [("certificate-k1", "issue", "refused: not-validated")])
        self.assertEqual(self.ask([cap, reuse])["judged"], 2)

    def test_another_window_forbids_renewals_and_opens_for_refused_ones(self):
        self.issue("k1")
        self.issue("k2")
        self.give("renew-certificate", "2026-12-05T00:00:00Z", certificate="k1", successor="k3")
        self.give("renew-certificate", "2026-11-20T00:00:00Z", code="not-in-renewal-window", certificate="k2",
                  successor="k4")
        window = {"kind": "renewal", "effective_from": START, "window_days": 10}
        self.assertEqual(self.decisions(self.ask(window)),
                         [("certificate-k1", "renewal", "refused: not-in-renewal-window")])
        wider = self.ask(dict(window, window_days=60))
        self.assertEqual(self.decisions(wider), [("rejection-certificate-k2", "renewal", "the window was open")])

    def test_a_shorter_year_ends_the_term_before_a_renewal(self):
        self.issue("k1")
        self.give("renew-certificate", "2026-12-20T00:00:00Z", certificate="k1", successor="k2")
        term = {"kind": "term", "effective_from": START, "days_per_year": 300}
        self.assertEqual(self.decisions(self.ask(term)), [("certificate-k1", "renewal", "refused: term-ended")])

    def test_another_deadline_makes_an_answer_late(self):
        self.issue("k1")
        self.revoke("k1", "2026-01-23T00:00:00Z", asked="2026-01-20T00:00:00Z")
        deadline = {"kind": "revocation", "effective_from": START, "key_compromise_seconds": 3600, "other_seconds": 86400}
        self.assertEqual(self.decisions(self.ask(deadline)),
                         [("certificate-k1", "revocation-deadline", "by 2026-01-21T00:00:00Z"),
                          ("certificate-k1", "revocation-answer", "late")])

    def test_times_that_the_tick_noted_are_judged(self):
        self.issue("k1")
        self.certledger("--now", "2026-12-31T00:00:01Z", "tick")
        window = {"kind": "renewal", "effective_from": START, "window_days": 10}
        self.assertEqual(self.decisions(self.ask(window)),
                         [("certificate-k1", "renewal-due", "due 2026-12-21T00:00:00Z")])
        notices = {"kind": "notices", "effective_from": START, "days": [30, 7]}
        self.assertEqual([item["was"] for item in self.ask(notices)["items"]],
                         [f"{days} days before the end" for days in (60, 14, 1)])

    def test_what_policy_show_prints_can_be_edited_and_asked_about(self):
        self.issue("k1")
        self.revoke("k1", "2026-01-20T00:00:00Z")
        shown = self.answer("policy", "show", "refund")
        shown["policy"]["days"] = 1
        self.assertEqual(len(self.ask(shown)["items"]), 1)
        table = self.certledger("audit", "what-if", "--policy", "policy.json").out
        for words in ("declined: window-closed", "100.00 USD", "0.00 USD", "1 of 1 decisions would have been others"):
            self.assertIn(words, table)

    def test_nothing_is_written_and_a_bad_file_is_said(self):
        self.issue("k1")
        before = self.exec({"query": "position"})[0]["result"]
        self.ask(dict(REFUND, days=1))
        self.assertEqual(self.exec({"query": "position"})[0]["result"], before)
        for bad in ({}, [], dict(REFUND, days=-1), dict(REFUND, kind="nothing"), "text"):
            self.write("policy.json", json.dumps(bad))
            self.assertIn("policy file", self.certledger("audit", "what-if", "--policy", "policy.json", code=2).err)
        self.certledger("audit", "what-if", code=2)
        self.certledger("audit", "what-if", "--policy", "nowhere.json", code=2)


if __name__ == "__main__":
    main()
