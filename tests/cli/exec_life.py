"""Commands of the independent model on certificates that are issued, and at their end."""
from exec_state import DAY, minor, refuse, seconds


class LifeRules:
    """Part of the Model, as Rules."""

    # Use.

    def do_deploy_certificate(self, line, account, at, held):
        target = line["target"]
        if at > held.not_after:
            refuse("expired")
        if target.split(":")[0] in ("nginx", "apache", "haproxy", "iis", "tomcat") and not held.key_held:
            refuse("key-not-held")
        holder = self.holder(account, target)
        if holder and not line.get("force"):
            for name in holder.names:
                if name not in held.names and "*" + name[name.index("."):] not in held.names:
                    refuse("names-not-superset")
        return self.on(held, "deployment-started", lambda: self.target(held, target).__setitem__("started", True))

    def holder(self, account, target):
        held = self.holders.get((account, target))
        return held if held and held.status != "deleted" else None

    def target(self, held, name):
        return held.targets.setdefault(name, {"started": False, "succeeded": False, "ever": False})

    def do_record_deployment(self, line, account, at, held):
        name, outcome = line["target"], line["outcome"]
        was = dict(held.targets.get(name, {"started": False, "succeeded": False, "ever": False}))
        if outcome in ("observed", "drifted"):
            if not was["ever"]:
                refuse("illegal-transition")
            return self.on(held, "deployment-" + outcome)
        if held.status != "issued" or not (was["started"] or (outcome == "rolled-back" and was["succeeded"])):
            refuse("illegal-transition")

        def ended():
            good = outcome == "succeeded"
            held.targets[name] = {"started": False, "succeeded": good, "ever": was["ever"] or good}
            if good:
                self.holders[account, name] = held
            elif outcome == "rolled-back" and self.holders.get((account, name)) is held:
                self.holders[account, name] = None
        return self.on(held, {"succeeded": "certificate-deployed", "failed": "deployment-failed",
                              "rolled-back": "deployment-rolled-back"}[outcome], ended)

    def do_download_certificate(self, line, account, at, held):
        if line["format"] in ("pfx", "iis", "tomcat", "jks") and not held.key_held:
            refuse("key-not-held")
        if held.uploaded:
            refuse("uploaded")
        return self.on(held, "certificate-downloaded")

    def do_enable_hosting(self, line, account, at, held):
        if held.uploaded:
            refuse("uploaded")
        if held.requested:
            refuse("revocation-pending")
        if held.hosted:
            refuse("hosted")
        if at > held.not_after:
            refuse("expired")
        return self.on(held, "hosting-enabled", lambda: setattr(held, "hosted", True))

    def do_disable_hosting(self, line, account, at, held):
        if held.uploaded:
            refuse("uploaded")
        if not held.hosted:
            refuse("not-hosted")
        return self.on(held, "hosting-disabled", lambda: setattr(held, "hosted", False))

    # The end.

    def do_request_revocation(self, line, account, at, held):
        if held.uploaded:
            refuse("uploaded")
        if held.hosted:
            refuse("hosted")
        if at > held.not_after:
            refuse("expired")
        if held.requested:
            refuse("revocation-already-requested")
        return self.on(held, "revocation-requested", lambda: setattr(held, "requested", True))

    def do_confirm_revocation(self, line, account, at, held):
        if held.uploaded:
            refuse("uploaded")
        if held.level == "dv" or held.confirmed:
            refuse("illegal-transition")
        if not held.requested:
            refuse("revocation-not-requested")
        return self.on(held, "revocation-confirmed", lambda: setattr(held, "confirmed", True))

    def verdict(self, held, at, by_ca):
        terms, ref = self.policy(held.account, "refund", at)
        if held.payment == 0:
            return False, "nothing-paid", ref, None
        if held.issued_at is None:
            return terms["unissued"] == "full", None, ref, None
        if by_ca and terms["ca_initiated"] == "full":
            return True, None, ref, None
        start = held.issued_at if terms["clock"] == "issue" else held.paid_at
        end = start + terms["days"] * DAY
        if terms["day"] == "calendar":
            end = (start // DAY + terms["days"] + 1) * DAY - 1
        return at <= end, None, ref, end

    def refund_event(self, held, at, by_ca):
        granted, reason, ref, end = self.verdict(held, at, by_ca)

        def decided():
            held.refund = "granted" if granted else "declined"
            held.refund_row = {"reason": reason, "policy": ref, "decided_at": at, "end": end}
            if granted:
                self.total(held.account, held.currency, held.payment)
        return self.on(held, "refund-granted" if granted else "refund-declined", decided)

    def do_record_revocation(self, line, account, at, held):
        if held.uploaded:
            refuse("uploaded")
        by_ca = "by" in line
        if not by_ca and not held.requested:
            refuse("revocation-not-requested")
        if line["outcome"] == "declined":
            def declined():
                held.requested = held.confirmed = False
            return self.on(held, "revocation-declined", declined)
        if not by_ca and held.level != "dv" and not held.confirmed:
            refuse("revocation-not-confirmed")

        def revoked():
            held.status, held.hosted, held.requested, held.confirmed = "revoked", False, False, False
        return self.on(held, "certificate-revoked", revoked) + self.refund_event(held, at, by_ca)

    def do_request_refund(self, line, account, at, held):
        if held.refund in ("granted", "paid"):
            refuse("already-refunded")
        if held.refund == "declined":
            refuse("not-refundable")
        return self.refund_event(held, at, False)

    def do_pay_refund(self, line, account, at, held):
        if held.refund == "paid":
            refuse("already-refunded")
        if held.refund != "granted":
            refuse("not-refundable")
        if "amount" in line and minor(line["amount"]) != (held.payment, held.currency):
            refuse("invalid-field", "amount")
        return self.on(held, "refund-paid", lambda: setattr(held, "refund", "paid"))

    def do_expire_certificate(self, line, account, at, held):
        if at <= held.not_after:
            refuse("not-expired")
        if held.requested:
            refuse("revocation-pending")

        def expired():
            held.status, held.hosted = "expired", False
        return self.on(held, "certificate-expired", expired)

    def do_delete_certificate(self, line, account, at, held):
        force = line.get("force", False)
        if not force and any(self.holder(account, target) is held for target in held.targets):
            refuse("still-deployed")
        if held.hosted:
            refuse("hosted")
        if held.refund == "granted":
            refuse("refund-unpaid")
        if held.requested and not force:
            refuse("revocation-pending")

        def deleted():
            held.status = "deleted"
            held.requested = False
        caused = self.on(held, "certificate-deleted", deleted)
        if held.quota and held.issued_at is None and held.refund not in ("granted", "paid"):
            def returned():
                held.quota.free.add(held.unit)
                held.quota.returned += 1
            caused.append(("quota-" + held.quota.id, "quota-returned", returned))
        return caused

    def do_adopt_policy(self, line, account, at, _):
        stream = self.named(line, account)
        policy = dict(line["policy"])
        kind, since = policy.pop("kind"), seconds(policy.pop("effective_from"))
        mine = self.policies.setdefault(stream, [])
        if any(entry[0] == kind and entry[1] > since for entry in mine):
            refuse("policy-not-monotone")
        if "steps" in policy:
            policy["steps"] = [(seconds(step["from"]), step["days"]) for step in policy["steps"]]
        return [(stream, "policy-adopted", lambda: mine.append((kind, since, policy, self.versions[stream])))]
