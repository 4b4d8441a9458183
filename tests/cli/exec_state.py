"""What the independent model of `exec` keeps, and the tables of the specification.

Times are whole seconds since 1970, amounts minor units.
"""
import calendar
import time

DAY = 86400
CREATING = ["buy-certificate", "create-certificate", "upload-certificate"]

STATUSES = {
    "submit-application": ("paid", "validation-failed"),
    "withdraw-application": ("pending-verification",), "issue-challenge": ("pending-verification",),
    "record-validation": ("pending-verification",), "record-review": ("pending-verification",),
    "record-mail": ("pending-verification",), "record-phone": ("pending-verification",),
    "record-organization": ("pending-verification",), "record-issuance": ("pending-verification",),
    "reject-application": ("pending-verification",), "issue-certificate": ("pending-verification",),
    "deploy-certificate": ("issued",), "record-deployment": ("issued", "expired", "revoked"),
    "download-certificate": ("issued", "expired"), "enable-hosting": ("issued",), "disable-hosting": ("issued",),
    "renew-certificate": ("issued",), "request-revocation": ("issued",), "confirm-revocation": ("issued",),
    "record-revocation": ("issued",), "request-refund": ("paid", "validation-failed"),
    "pay-refund": ("paid", "validation-failed", "revoked"), "expire-certificate": ("issued",),
    "delete-certificate": ("paid", "validation-failed", "issued", "revoked", "expired"),
}
CAPS = [(0, 825), (1598918400, 398), (1773532800, 200), (1805068800, 100), (1868227200, 47)]
REUSE = [(0, 398), (1598918400, 398), (1773532800, 200), (1805068800, 100), (1868227200, 10)]


def seconds(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def text_of(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def share(price, count, unit):
    """Price of unit 1..count, in minor units."""
    return price // count + (1 if unit <= price % count else 0)


def minor(money):
    amount, currency = money.split(" ")
    return int(amount.replace(".", "")), currency


def money(amount, currency):
    digits = {"JPY": 0, "KWD": 3}.get(currency, 2)
    if digits == 0:
        return f"{amount} {currency}"
    return f"{amount // 10 ** digits}.{amount % 10 ** digits:0{digits}d} {currency}"


class Refused(Exception):
    """A rule says no. `blind`: nothing is told about somebody else's certificate."""

    def __init__(self, code, field=None, blind=False):
        super().__init__(code)
        self.code, self.field, self.blind = code, field, blind


def refuse(code, field=None):
    raise Refused(code, field)


class Certificate:
    def __init__(self, identity, account, at):
        self.id, self.account, self.first_at, self.version = identity, account, at, 0
        self.status = None
        self.product = self.quota = self.predecessor = self.successor = None
        self.uploaded = self.key_held = self.by_term = self.hosted = self.requested = self.confirmed = False
        self.names, self.validations, self.targets = [], {}, {}
        self.key = self.method = self.mail = self.organization = None
        self.issued_at = self.not_before = self.not_after = self.serial = self.sha256 = None
        self.refund, self.refund_row = "none", None
        self.payment, self.currency, self.paid_at, self.term_end, self.unit = 0, "USD", at, None, None
        self.submitted_at = None

    @property
    def level(self):
        return self.product["level"] if self.product else None


class Quota:
    def __init__(self, identity, account, at, product, count, price):
        self.id, self.account, self.first_at, self.version = identity, account, at, 0
        self.product, self.count = product, count
        self.price, self.currency = minor(price)
        self.free = set(range(1, count + 1))
        self.consumed = self.returned = self.refunded = 0
