"""The rules of the service once more, written from its specification alone, to be compared with `certledger exec`.

A Model answers a command as exec does, apart from messages; positions are counted from `start`. Names are ASCII here; what IDNA
does to others is tested elsewhere, and so are uploads.
"""
import re

from exec_rules import Rules
from exec_state import CAPS, CREATING, DAY, REUSE, STATUSES, Refused, money, refuse, seconds, text_of


class Model(Rules):
    def __init__(self, start):
        self.position = start
        self.certificates, self.quotas, self.claimed = {}, {}, {}
        self.versions, self.holders = {}, {}
        self.clock = 0
        self.totals = {}
        self.policies = {"policy": [
            (kind, 0, terms, version + 1) for version, (kind, terms) in enumerate((
                ("refund", {"days": 30, "clock": "issue", "day": "elapsed", "unissued": "full", "ca_initiated": "full"}),
                ("validity", {"steps": CAPS}), ("reuse", {"steps": REUSE}), ("renewal", {"window_days": 30}),
                ("term", {"days_per_year": 365}), ("review", {}), ("revocation", {}), ("notices", {})))]}
        self.versions["policy"] = 8
        self.policy_first = {}
        self.history = {}

    # What is in force.

    def policy(self, account, kind, at):
        for stream in ("policy-" + account, "policy"):
            best = None
            for entry in self.policies.get(stream, []):
                if entry[0] == kind and entry[1] <= at and (best is None or entry[1] >= best[1]):
                    best = entry
            if best:
                return best[2], {"id": stream, "version": best[3]}
        raise AssertionError(kind)

    def days(self, account, kind, at):
        return [days for since, days in self.policy(account, kind, at)[0]["steps"] if since <= at][-1]

    # Answers.

    def run(self, line):
        account = line.get("account", "default")
        at = seconds(line["occurred_at"]) if "occurred_at" in line else self.clock
        try:
            self.shape(line)
        except Refused as fault:
            return self.refusal(line, account, fault, None)
        content = {k: v for k, v in line.items() if k not in ("account", "actor", "correlation", "expected_version", "id")}
        known = self.claimed.get((account, line["id"]))
        if known:
            if known[0] == content:
                return dict(known[1], replayed=True)
            return self.refusal(line, account, Refused("command-id-reused", "id"), None)
        try:
            self.exists(line, account)
            self.expected(line, account)
            caused = self.decide(line, account, at)
            for stream, _, _ in caused:
                first = self.first_of(stream)
                if first is not None and at < first:
                    refuse("invalid-field", "occurred_at")
        except Refused as fault:
            return self.refusal(line, account, fault, at)
        events = []
        for stream, event, change in caused:
            events.append(self.record(stream, event, at, account))
            if change:
                change()
        answer = {"id": line["id"], "ok": True, "position": self.position, "events": events}
        named = self.named(line, account)
        if named.startswith("certificate-"):
            answer["status"] = self.certificates[named[12:]].status
        self.claimed[account, line["id"]] = (content, answer)
        return answer

    def first_of(self, stream):
        kind, _, identity = stream.partition("-")
        if kind == "policy":
            return self.policy_first.get(stream, 0 if stream == "policy" else None)
        found = (self.certificates if kind == "certificate" else self.quotas).get(identity)
        return found.first_at if found and found.version else None

    def record(self, stream, event, at, account):
        self.position += 1
        self.clock = max(self.clock, at)
        self.versions[stream] = self.versions.get(stream, 0) + 1
        self.history.setdefault(stream, []).append((self.position, event, at))
        kind, _, identity = stream.partition("-")
        held = {"certificate": self.certificates, "quota": self.quotas}.get(kind, {}).get(identity)
        if held:
            held.version += 1
        if kind == "policy":
            self.policy_first.setdefault(stream, at)
        return {"type": event, "stream": stream, "version": self.versions[stream], "position": self.position}

    def named(self, line, account):
        command = line["command"]
        if command == "adopt-policy":
            return "policy" if line.get("scope") == "ledger" else "policy-" + account
        if command in ("buy-quota", "refund-quota"):
            return "quota-" + line["quota"]
        return "certificate-" + line["certificate"]

    def refusal(self, line, account, fault, at):
        refusal = {"code": fault.code, "command": line["command"], "status": None}
        if fault.field:
            refusal["field"] = fault.field
        named = self.named(line, account)
        if named.startswith("certificate-"):
            held = self.certificates.get(named[12:])
            if held is None:
                refusal["allowed"] = CREATING
            elif held.account != account:
                refusal["allowed"] = []
            else:
                refusal["status"], refusal["allowed"] = held.status, self.allowed(held)
            if fault.blind:
                refusal["status"], refusal["allowed"] = None, []
        answer = {"id": line["id"], "ok": False}
        if fault.code not in ("invalid-field", "command-id-reused"):
            self.record("rejection-" + named, "command-refused", at, account)
            answer["position"] = self.position
        answer["refusal"] = refusal
        return answer

    def allowed(self, held):
        if held.status == "deleted":
            return []
        granted = held.refund == "granted"
        closed = held.refund in ("granted", "paid") and held.status in ("paid", "validation-failed")
        forbidden = {
            "submit-application": closed, "request-refund": held.refund != "none" or held.status == "revoked",
            "pay-refund": not granted, "delete-certificate": granted or held.hosted,
            "download-certificate": held.uploaded, "renew-certificate": held.uploaded or self.renewed(held),
            "record-revocation": held.uploaded,
            "enable-hosting": held.uploaded or held.hosted or held.requested,
            "disable-hosting": held.uploaded or not held.hosted,
            "request-revocation": held.uploaded or held.hosted or held.requested,
            "confirm-revocation": held.uploaded or not held.requested or held.confirmed,
            "expire-certificate": held.requested,
        }
        return [command for command, statuses in STATUSES.items() if held.status in statuses and not forbidden.get(command)]

    def renewed(self, held):
        after = self.certificates.get(held.successor) if held.successor else None
        return after is not None and not (after.status == "deleted" and after.issued_at is None)

    # Checks in their order.

    def shape(self, line):
        command = line["command"]
        if "product" in line:
            product = line["product"]
            most = 250 if product["kind"] == "multi" else 1
            if not 1 <= product["names_max"] <= most or not 1 <= product["term_years"] <= 6 or \
                    (product["level"], product["kind"]) == ("ev", "wildcard") or \
                    not re.fullmatch("[a-z0-9-]{1,32}", product["brand"]):
                refuse("invalid-field", "product")
        if line.get("count", 1) < 1:
            refuse("invalid-field", "count")
        given = [name for name in ("key", "csr", "key_sha256") if name in line]
        applies = command == "submit-application" or (command == "create-certificate" and line.get("quick_issue"))
        if applies:
            if len(given) != 1:
                refuse("invalid-field")
            if "key" in line and line["key"] not in ("rsa-1024", "rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384"):
                refuse("invalid-field", "key")
        elif command == "create-certificate":
            for name in ("validation", "contact", "company", "key", "csr", "key_sha256"):
                if name in line:
                    refuse("invalid-field", name)
        if "cause" in line and not line["cause"].strip():
            refuse("invalid-field", "cause")
        if command in ("record-validation", "record-issuance") and line["outcome"] == "failed" and "cause" not in line:
            refuse("invalid-field", "cause")
        if command == "issue-certificate" and seconds(line["not_after"]) <= seconds(line["not_before"]):
            refuse("invalid-field", "not_after")
        if command == "request-revocation" and line["reason"] == "privilege-withdrawn":
            refuse("invalid-field", "reason")
        if command == "record-revocation":
            if ("by" in line) != ("reason" in line) or ("by" in line and line["outcome"] == "declined"):
                refuse("invalid-field")

    def exists(self, line, account):
        command = line["command"]
        if command == "adopt-policy":
            if line.get("scope") == "ledger" and account != "default":
                raise Refused("not-authorized", None, True)
            return
        if command in ("buy-quota", "refund-quota"):
            held = self.quotas.get(line["quota"])
            if (held is None) != (command == "buy-quota"):
                refuse("unknown-stream" if held is None else "already-exists")
            if held and held.account != account:
                refuse("not-authorized")
            return
        held = self.certificates.get(line["certificate"])
        quota = self.quota_of(line)
        if command in CREATING:
            if held:
                raise Refused("already-exists", None, held.account != account)
            if quota is False:
                refuse("unknown-stream")
            if quota and quota.account != account:
                raise Refused("not-authorized", None, True)
            return
        if held is None:
            refuse("unknown-stream")
        if command == "renew-certificate":
            after = self.certificates.get(line.get("successor"))
            if after:
                raise Refused("already-exists", None, account not in (after.account, held.account) or after.account != account)
            if quota is False:
                refuse("unknown-stream")
        if held.account != account or (quota and quota.account != account):
            raise Refused("not-authorized", None, True)
        if held.status == "deleted":
            refuse("deleted")

    def quota_of(self, line):
        """The quota that a line names, False where there is none of that id, None where it names none."""
        name = line.get("quota")
        if line["command"] == "renew-certificate":
            pays = line.get("pays", "term")
            name = pays.get("quota") if isinstance(pays, dict) else None
        return None if name is None else self.quotas.get(name, False)

    def expected(self, line, account):
        wanted = line.get("expected_version", "any")
        version = self.versions.get(self.named(line, account), 0)
        fits = {"any": True, "no-stream": version == 0, "stream-exists": version > 0}.get(wanted, wanted == version)
        if not fits:
            refuse("version-conflict", "expected_version")

    def decide(self, line, account, at):
        command = line["command"]
        held = self.certificates.get(line.get("certificate"))
        if held is not None and held.version and command in STATUSES and held.status not in STATUSES[command]:
            if command == "request-refund" and held.status != "pending-verification":
                refuse("already-refunded" if held.refund in ("granted", "paid") else "not-refundable")
            refuse("illegal-transition")
        return getattr(self, "do_" + command.replace("-", "_"))(line, account, at, held)

    # Views.

    def item(self, held, now):
        flags = []
        if held.status == "issued" and held.not_after - now <= 30 * DAY:
            flags.append("expiring")
        for flag, given in (("hosted", held.hosted), ("uploaded", held.uploaded),
                            ("deployed", any(self.holder(held.account, target) is held for target in held.targets)),
                            ("revocation-requested", held.requested)):
            if given:
                flags.append(flag)
        if held.status == "pending-verification":
            limit = 7200 if held.level == "dv" else 5 * DAY
            if now > held.submitted_at + limit:
                flags.append("stalled")
        return {
            "certificate": held.id, "account": held.account, "names": held.names, "names_unicode": held.names,
            "brand": held.product["brand"], "level": held.level, "kind": held.product["kind"], "status": held.status,
            "flags": flags, "not_before": held.not_before and text_of(held.not_before),
            "not_after": held.not_after and text_of(held.not_after),
            "days_left": None if held.not_after is None else max(0, (held.not_after - now) // DAY),
            "serial": held.serial, "sha256": held.sha256,
            "targets": sorted(t for t in held.targets if self.holder(held.account, t) is held),
            "predecessor": held.predecessor, "successor": held.successor if self.renewed(held) else None,
            "created_at": text_of(held.first_at)}

    def refund_view(self, held, now):
        view = {"certificate": held.id, "state": "none", "amount": None, "eligible_until": None, "decided_at": None}
        if held.refund != "none":
            row = held.refund_row
            view.update(state=held.refund, decided_at=text_of(row["decided_at"]), policy=row["policy"],
                        eligible_until=row["end"] and text_of(row["end"]))
            if held.refund != "declined":
                view["amount"] = money(held.payment, held.currency)
            return view
        if held.payment == 0:
            return view
        granted, _, ref, end = self.verdict(held, now, False)
        if held.issued_at is None:
            if granted:
                view.update(state="eligible", amount=money(held.payment, held.currency), policy=ref)
            return view
        open_now = granted and held.status == "issued"
        view.update(state="eligible" if open_now else "closed", eligible_until=text_of(end), policy=ref)
        if open_now:
            view["amount"] = money(held.payment, held.currency)
        return view

    def quota_view(self, quota):
        return {"quota": quota.id, "account": quota.account, "product": quota.product, "count": quota.count,
                "price": money(quota.price, quota.currency), "bought": quota.count, "consumed": quota.consumed,
                "returned": quota.returned, "refunded": quota.refunded, "free": len(quota.free)}
