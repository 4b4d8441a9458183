"""One method a command of the independent model: guards in the order of the specification, then the events."""
import re

from exec_life import LifeRules
from exec_state import DAY, Certificate, Quota, minor, refuse, seconds, share


class Rules(LifeRules):
    """Part of the Model. A method gives `(stream, event type, change or None)` in the order of the log, or raises Refused."""

    # Quotas and orders.

    def do_buy_quota(self, line, account, at, _):
        def bought():
            self.quotas[line["quota"]] = Quota(line["quota"], account, at, line["product"], line["count"], line["price"])
            self.quotas[line["quota"]].version = 1
        return [("quota-" + line["quota"], "quota-purchased", bought)]

    def do_refund_quota(self, line, account, at, _):
        quota = self.quotas[line["quota"]]
        count = line.get("count", len(quota.free))
        if not quota.free or count > len(quota.free):
            refuse("quota-exhausted")
        if self.policy(account, "refund", at)[0]["unissued"] == "none":
            refuse("not-refundable")

        def refunded():
            for unit in sorted(quota.free)[-count:]:
                quota.free.discard(unit)
                self.total(account, quota.currency, share(quota.price, quota.count, unit))
            quota.refunded += count
        return [("quota-" + quota.id, "quota-refunded", refunded)]

    def total(self, account, currency, amount):
        sums = self.totals.setdefault(account, {})
        sums[currency] = sums.get(currency, 0) + amount

    def fit(self, names, product):
        for name in names:
            if not re.fullmatch(r"(\*\.)?([a-z0-9][a-z0-9-]*\.)+[a-z]+|[0-9.]+", name):
                refuse("invalid-domain-name", "names")
        address = [name for name in names if re.fullmatch("[0-9.]+", name)]
        if not names or len(names) > product["names_max"] or len(set(names)) < len(names) or \
                any(name.startswith("*.") != (product["kind"] == "wildcard") for name in names) or \
                (address and product["level"] != "ov"):
            refuse("names-do-not-fit-product", "names")

    def order(self, identity, account, at, product, names, payment, paid_at, **more):
        held = Certificate(identity, account, at)
        held.product, held.names, held.paid_at = product, names, paid_at
        held.payment, held.currency = payment
        held.term_end = at + product["term_years"] * self.policy(account, "term", at)[0]["days_per_year"] * DAY
        held.status, held.version = "paid", 1
        for name, value in more.items():
            setattr(held, name, value)
        self.certificates[identity] = held

    def do_buy_certificate(self, line, account, at, _):
        self.fit(line["names"], line["product"])
        return [("certificate-" + line["certificate"], "certificate-purchased", lambda: self.order(
            line["certificate"], account, at, line["product"], line["names"], minor(line["price"]), at))]

    def consume(self, quota, identity, account, at, names, **more):
        unit = min(quota.free)

        def consumed():
            quota.free.discard(unit)
            quota.consumed += 1
        return [("quota-" + quota.id, "quota-consumed", consumed),
                ("certificate-" + identity, "certificate-created", lambda: self.order(
                    identity, account, at, quota.product, names,
                    (share(quota.price, quota.count, unit), quota.currency), quota.first_at, quota=quota, unit=unit, **more))]

    def do_create_certificate(self, line, account, at, _):
        quota = self.quotas[line["quota"]]
        if not quota.free:
            refuse("quota-exhausted")
        self.fit(line["names"], quota.product)
        caused = self.consume(quota, line["certificate"], account, at, line["names"])
        if line.get("quick_issue"):
            method = self.complete(line, quota.product, line["names"])
            caused.append(("certificate-" + line["certificate"], "application-submitted",
                           lambda: self.apply(self.certificates[line["certificate"]], line, method, at)))
        return caused

    def do_renew_certificate(self, line, account, at, held):
        window = self.policy(account, "renewal", at)[0]["window_days"] * DAY
        if not held.not_after - window <= at <= held.not_after:
            refuse("not-in-renewal-window")
        if held.uploaded:
            refuse("uploaded")
        if self.renewed(held):
            refuse("already-renewed")
        after, pays = line["successor"], line.get("pays", "term")
        started = ("certificate-" + held.id, "renewal-started", lambda: setattr(held, "successor", after))
        if pays == "term":
            if at > held.term_end:
                refuse("term-ended")
            return [started, ("certificate-" + after, "certificate-purchased", lambda: self.order(
                after, account, at, held.product, held.names, (0, held.currency), at, predecessor=held.id, by_term=True,
                term_end=held.term_end))]
        if "price" in pays:
            return [started, ("certificate-" + after, "certificate-purchased", lambda: self.order(
                after, account, at, held.product, held.names, minor(pays["price"]), at, predecessor=held.id))]
        quota = self.quotas[pays["quota"]]
        if quota.product != held.product:
            refuse("product-mismatch")
        if not quota.free:
            refuse("quota-exhausted")
        caused = self.consume(quota, after, account, at, held.names, predecessor=held.id)
        return [caused[0], started, caused[1]]

    # Applications.

    def complete(self, line, product, names):
        address = any(re.fullmatch("[0-9.]+", name) for name in names)
        method = line.get("validation")
        if product["level"] == "dv":
            if method is None:
                refuse("invalid-field", "validation")
            if method == "mail" or (method == "http-file" and product["kind"] == "wildcard"):
                refuse("method-not-allowed")
        else:
            wanted = "http-file" if address else "mail"
            if (method or wanted) != wanted:
                refuse("method-not-allowed")
            method = wanted
        contact, company = line.get("contact", {}), line.get("company", {})
        if any(not contact.get(member, "").strip() for member in ("name", "mail", "phone")):
            refuse("contact-incomplete")
        if product["level"] != "dv" and \
                any(not company.get(member, "").strip() for member in ("name", "country", "registration", "address")):
            refuse("company-required")
        if line.get("key") == "rsa-1024":
            refuse("weak-key")
        return method

    def apply(self, held, line, method, at):
        held.status, held.method, held.submitted_at = "pending-verification", method, at
        held.mail = held.organization = None
        held.key, held.key_held = line.get("key_sha256"), "key" in line

    def on(self, held, event, change=None):
        return [("certificate-" + held.id, event, change)]

    def do_submit_application(self, line, account, at, held):
        if held.refund in ("granted", "paid"):
            refuse("already-refunded")
        method = self.complete(line, held.product, held.names)
        return self.on(held, "application-submitted", lambda: self.apply(held, line, method, at))

    def status(self, held, status):
        return lambda: setattr(held, "status", status)

    def do_withdraw_application(self, line, account, at, held):
        return self.on(held, "application-withdrawn", self.status(held, "paid"))

    def of_application(self, line, held):
        address = re.fullmatch("[0-9.]+", line["name"])
        if held.level != "dv" and not address:
            refuse("method-not-allowed")
        if line["name"] not in held.names:
            refuse("invalid-field", "name")

    def do_issue_challenge(self, line, account, at, held):
        self.of_application(line, held)
        return self.on(held, "challenge-issued")

    def do_record_validation(self, line, account, at, held):
        self.of_application(line, held)
        good = line["outcome"] == "succeeded"
        return self.on(held, "domain-validated" if good else "domain-validation-failed",
                       lambda: held.validations.__setitem__(line["name"], (good, at)))

    def do_record_review(self, line, account, at, held):
        return self.on(held, "review-started")

    def identity(self, held):
        if held.level == "dv":
            refuse("method-not-allowed")

    def do_record_mail(self, line, account, at, held):
        self.identity(held)
        sent = line["outcome"] == "sent"
        return self.on(held, "validation-mail-sent" if sent else "validation-mail-confirmed",
                       None if sent else lambda: setattr(held, "mail", at))

    def do_record_phone(self, line, account, at, held):
        self.identity(held)
        return self.on(held, {"requested": "phone-verification-requested", "verified": "phone-verified"}[line["outcome"]])

    def do_record_organization(self, line, account, at, held):
        self.identity(held)
        return self.on(held, "organization-verified", lambda: setattr(held, "organization", at))

    def do_record_issuance(self, line, account, at, held):
        return self.on(held, "issuance-intended" if line["outcome"] == "intended" else "issuance-failed")

    def do_reject_application(self, line, account, at, held):
        return self.on(held, "application-rejected", self.status(held, "validation-failed"))

    def do_issue_certificate(self, line, account, at, held):
        reuse = self.days(account, "reuse", at) * DAY
        for name in held.names:
            if held.level != "dv" and not re.fullmatch("[0-9.]+", name):
                continue
            good, proven = held.validations.get(name, (False, 0))
            if not good or at - proven > reuse:
                refuse("not-validated")
        if held.level != "dv" and (held.organization is None or held.mail is None or at - held.mail > reuse):
            refuse("not-validated")
        if "names" in line and set(line["names"]) != set(held.names):
            refuse("names-mismatch")
        if "key_sha256" in line and line["key_sha256"] != held.key:
            refuse("key-mismatch")
        not_before, not_after = seconds(line["not_before"]), seconds(line["not_after"])
        if -(-(not_after - not_before + 1) // DAY) > self.days(account, "validity", at):
            refuse("validity-exceeds-policy")
        if not_after < at:
            refuse("invalid-field", "not_after")
        if held.by_term and not_after > held.term_end:
            refuse("validity-exceeds-policy")
        for other in self.certificates.values():
            if other.account == account and other.sha256 == line["sha256"] and other.status != "deleted":
                refuse("already-exists")

        def issued():
            held.status, held.issued_at, held.sha256, held.serial = "issued", at, line["sha256"], line["serial"]
            held.not_before, held.not_after = not_before, not_after
        caused = self.on(held, "certificate-issued", issued)
        before = self.certificates.get(held.predecessor)
        if before and before.status == "issued":
            caused += self.on(before, "renewal-completed")
        return caused
