"""Random courses of commands: mostly sensible ones, so that certificates get far, with everything wrong that a caller may send."""
import random

from exec_state import DAY, STATUSES, text_of

DIGEST = "{:064x}".format
CONTACT = {"name": "Ada", "mail": "ada@example.com", "phone": "+44123456"}
COMPANY = {"name": "Example Ltd", "country": "GB", "registration": "01234567", "address": "1 High Street"}
START = 1767225600  # 2026-01-01


class Course:
    def __init__(self, seed, model):
        self.random, self.model, self.now, self.number = random.Random(seed), model, START, 0
        self.names = ["example.com", "www.example.com", "a.test-site.org", "*.example.com", "192.0.2.1", "b.example.net"]
        self.digests = 0
        self.lines = []

    def product(self):
        pick = self.random.choice
        kind = pick(["single", "single", "multi", "wildcard"])
        product = {"brand": pick(["digicert", "geotrust"]), "level": pick(["dv", "dv", "dv", "ov", "ev"]), "kind": kind,
                   "names_max": pick([2, 3]) if kind == "multi" else 1, "term_years": pick([1, 1, 2])}
        if self.random.random() < 0.03:
            product[pick(["names_max", "term_years"])] = pick([0, 7, 251])
        return product

    def some_names(self, product):
        pick = self.random.choice
        if self.random.random() < 0.1:
            return [pick(self.names + ["bad_name", "-a.com", "com"]) for _ in range(pick([0, 1, 2]))]
        if product["kind"] == "wildcard":
            return ["*.example.com"]
        count = pick([1, 2]) if product["kind"] == "multi" else 1
        plain = [name for name in self.names if not name.startswith("*") and (name[0] != "1" or product["level"] == "ov")]
        return self.random.sample(plain, count)

    def price(self):
        return self.random.choice(["100.00 USD", "100.00 USD", "0.00 USD", "1000 JPY", "9.999 KWD", "0.01 USD"])

    def application(self, product):
        pick, chance = self.random.choice, self.random.random
        fields = {"contact": dict(CONTACT), pick(["key_sha256"] * 4 + ["key"]): "ec-p256"}
        if "key_sha256" in fields:
            fields["key_sha256"] = DIGEST(pick([7, 8]))
        if product is None or product["level"] != "dv" or chance() < 0.1:
            fields["company"] = dict(COMPANY)
        if product is None or product["level"] == "dv" or chance() < 0.2:
            fields["validation"] = pick(["dns-manual", "dns-auto", "http-file", "http-file", "dns-auto", "mail"])
        if chance() < 0.04:
            fields["contact"].pop(pick(list(CONTACT)))
        if chance() < 0.04 and "company" in fields:
            fields["company"][pick(list(COMPANY))] = " "
        if chance() < 0.04:
            fields[pick(["key", "key_sha256", "key"])] = pick(["rsa-1024", DIGEST(9)])
            if fields.get("key") == DIGEST(9):
                fields["key"] = "rsa-512"
            if fields.get("key_sha256") == "rsa-1024":
                fields["key_sha256"] = DIGEST(7)
        return fields

    def advance(self):
        chance = self.random.random()
        if chance < 0.75:
            self.now += self.random.choice([1, 60, 3600])
        elif chance < 0.93:
            self.now += self.random.choice([DAY, 6 * DAY])
        elif chance < 0.96:
            self.now += 30 * DAY

    def line(self):
        """The next command; the caller gives it to the model before it asks again."""
        pick, chance, model = self.random.choice, self.random.random, self.model
        if self.lines and chance() < 0.03:
            again = dict(pick(self.lines[-40:]))
            if chance() < 0.3:
                again["occurred_at"] = text_of(self.now + 1)
            return again
        self.advance()
        self.number += 1
        line = {"id": f"c{self.number}", "account": pick(["default"] * 5 + ["other"])}
        at = self.now if chance() < 0.93 else self.now - pick([1, 3600, 40 * DAY])
        if chance() < 0.95:
            line["occurred_at"] = text_of(at)
        if chance() < 0.03:
            line["expected_version"] = pick(["any", "no-stream", "stream-exists", 0, 1, 2, 3])
        self.fill(line, at)
        self.lines.append(line)
        return line

    def fill(self, line, at):
        pick, chance, model = self.random.choice, self.random.random, self.model
        mine = [c for c in model.certificates.values() if c.account == line["account"]]
        live = [c for c in mine if c.status != "deleted"][-8:]
        kind = chance()
        if kind < 0.03 or not model.quotas:
            line.update(command="buy-quota", quota=f"q{self.number}" if chance() < 0.95 else "q1", product=self.product(),
                        count=pick([1, 3, 7, 7, 0]) if chance() < 0.3 else 7, price=self.price())
        elif kind < 0.04:
            line.update(command="refund-quota", quota=pick(list(model.quotas) + ["q0"]))
            if chance() < 0.5:
                line["count"] = pick([1, 2, 9, 0])
        elif kind < 0.05:
            line.update(command="adopt-policy", policy=self.policy(at))
            if chance() < 0.4:
                line["scope"] = pick(["account", "ledger"])
        elif kind < 0.16 or not live:
            self.order(line, mine)
        else:
            held = pick(live)
            line["certificate"] = held.id if chance() < 0.97 else pick(["k0"] + list(model.certificates))
            self.about(line, held, at)

    def policy(self, at):
        pick = self.random.choice
        since = {"effective_from": text_of(at + pick([0, 0, 5 * DAY, -400 * DAY]))}
        return dict(since, **pick([
            {"kind": "refund", "clock": pick(["issue", "payment"]), "days": pick([0, 7, 28]), "day": pick(["elapsed", "calendar"]),
             "unissued": pick(["full", "full", "none"]), "ca_initiated": pick(["full", "window"])},
            {"kind": "renewal", "window_days": pick([10, 60])}, {"kind": "term", "days_per_year": pick([365, 100])},
            {"kind": "reuse", "steps": [{"from": "1970-01-01T00:00:00Z", "days": pick([1, 100])}]},
            {"kind": "validity", "steps": [{"from": "1970-01-01T00:00:00Z", "days": pick([20, 398])}]}]))

    def order(self, line, mine):
        pick, chance, model = self.random.choice, self.random.random, self.model
        fresh = f"k{self.number}" if chance() < 0.95 or not model.certificates else pick(list(model.certificates))
        quotas = [q for q in model.quotas.values() if q.account == line["account"]]
        if chance() < 0.5 or not quotas:
            product = self.product()
            line.update(command="buy-certificate", certificate=fresh, product=product, names=self.some_names(product),
                        price=self.price())
            return
        quota = pick(quotas) if chance() < 0.95 else pick(list(model.quotas.values()))
        line.update(command="create-certificate", certificate=fresh, quota=quota.id if chance() < 0.97 else "q0",
                    names=self.some_names(quota.product))
        if chance() < 0.3:
            line["quick_issue"] = True
            line.update(self.application(quota.product))
        elif chance() < 0.05:
            line["validation"] = "dns-auto"

    def about(self, line, held, at):
        pick, chance = self.random.choice, self.random.random
        sensible = [command for command, statuses in STATUSES.items() if held.status in statuses]
        if held.status == "pending-verification" and chance() < 0.7:
            proven = all(held.validations.get(name, (False, 0))[0] for name in held.names) if held.level == "dv" else \
                held.mail is not None and held.organization is not None
            sensible = ["issue-certificate"] if proven else \
                ["record-validation"] if held.level == "dv" else ["record-mail", "record-organization", "record-validation"]
        elif held.status == "paid" and chance() < 0.6:
            sensible = ["submit-application"]
        elif held.status == "issued" and chance() < 0.5:
            sensible = [c for c in sensible if c not in ("delete-certificate", "record-revocation")]
        command = pick(sensible) if chance() < 0.93 and sensible else pick(list(STATUSES))
        line["command"] = command
        getattr(self, "fill_" + command.replace("-", "_"), lambda *_: None)(line, held, at)

    def fill_submit_application(self, line, held, at):
        line.update(self.application(held.product))

    def named(self, held):
        return self.random.choice(held.names if self.random.random() < 0.93 else ["example.com", "192.0.2.1", "c.example.com"])

    def fill_issue_challenge(self, line, held, at):
        line["name"] = self.named(held)

    def fill_record_validation(self, line, held, at):
        line.update(name=self.named(held), outcome=self.random.choice(["succeeded", "succeeded", "succeeded", "failed"]))
        if line["outcome"] == "failed" or self.random.random() < 0.05:
            line["cause"] = self.random.choice(["no such record", "timeout", " "])
            if self.random.random() < 0.1:
                del line["cause"]

    def fill_record_review(self, line, held, at):
        line["outcome"] = "started"

    def fill_record_mail(self, line, held, at):
        line["outcome"] = self.random.choice(["sent", "confirmed"])

    def fill_record_phone(self, line, held, at):
        line["outcome"] = self.random.choice(["requested", "verified"])

    def fill_record_organization(self, line, held, at):
        line["outcome"] = "verified"

    def fill_record_issuance(self, line, held, at):
        line["outcome"] = self.random.choice(["intended", "failed"])
        if line["outcome"] == "failed":
            line["cause"] = "the CA is down"

    def fill_reject_application(self, line, held, at):
        line["cause"] = self.random.choice(["blocked", "blocked", "  "])

    def fill_issue_certificate(self, line, held, at):
        pick, chance = self.random.choice, self.random.random
        self.digests += 1
        days = pick([90, 100, 199, 200, 201, 398]) if chance() < 0.7 else 46
        before = at - pick([0, 0, 60])
        line.update(serial=f"{self.number:x}", issuer="CN=Test CA", not_before=text_of(before),
                    not_after=text_of(before + days * DAY - pick([1, 0, DAY])),
                    sha256=DIGEST(self.digests if chance() < 0.95 else 1))
        if chance() < 0.1:
            line["names"] = list(reversed(held.names)) if chance() < 0.5 else ["example.com"]
        if chance() < 0.1 and not held.key_held:
            line["key_sha256"] = held.key if held.key and chance() < 0.7 else DIGEST(99)
        if chance() < 0.04:
            line["not_after"] = text_of(at - 1)

    def fill_deploy_certificate(self, line, held, at):
        line["target"] = self.random.choice(["nginx:/a", "file:/b", "cdn:x"])
        if self.random.random() < 0.15:
            line["force"] = self.random.choice([True, False])

    def fill_record_deployment(self, line, held, at):
        line["target"] = self.random.choice(["nginx:/a", "file:/b", "cdn:x"])
        started = [name for name, target in held.targets.items() if target["started"]]
        if started and self.random.random() < 0.8:
            line["target"] = self.random.choice(started)
        line["outcome"] = self.random.choice(["succeeded", "succeeded", "succeeded", "failed", "rolled-back", "observed", "drifted"])

    def fill_download_certificate(self, line, held, at):
        line["format"] = self.random.choice(["nginx", "apache", "pem", "der", "pfx", "iis", "tomcat", "jks"])

    def fill_renew_certificate(self, line, held, at):
        pick, chance = self.random.choice, self.random.random
        line["successor"] = f"k{self.number}" if chance() < 0.96 else held.id
        if held.not_after and chance() < 0.85:
            self.now = max(self.now, held.not_after - pick([0, 10, 29, 30]) * DAY)
            line["occurred_at"] = text_of(self.now)
        quotas = list(self.model.quotas.values())
        same = [q for q in quotas if q.product == held.product and q.free and q.account == line["account"]]
        if chance() < 0.7:
            line["pays"] = pick(["term", {"price": self.price()}, {"quota": pick(same or quotas).id}])

    def fill_request_revocation(self, line, held, at):
        line["reason"] = self.random.choice(["unspecified", "key-compromise", "superseded", "cessation-of-operation",
                                             "privilege-withdrawn"])

    def fill_record_revocation(self, line, held, at):
        chance = self.random.random
        line["outcome"] = "completed" if chance() < 0.8 else "declined"
        if chance() < 0.15:
            line["by"] = "ca"
        if ("by" in line) == (chance() < 0.95):
            line["reason"] = self.random.choice(["superseded", "privilege-withdrawn"])
        if line["outcome"] == "declined" and chance() < 0.5:
            line["cause"] = "not the owner"

    def fill_pay_refund(self, line, held, at):
        line["reference"] = "R-1"
        if self.random.random() < 0.3:
            line["amount"] = self.random.choice(["100.00 USD", "33.33 USD", "0.01 USD"])

    def fill_expire_certificate(self, line, held, at):
        if held.not_after and self.random.random() < 0.6:
            self.now = max(self.now, held.not_after + self.random.choice([0, 1, DAY]))
            line["occurred_at"] = text_of(self.now)

    def fill_delete_certificate(self, line, held, at):
        if self.random.random() < 0.3:
            line["force"] = self.random.choice([True, False])
