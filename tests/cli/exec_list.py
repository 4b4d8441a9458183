"""The list again, in Python: every filter of the specification combined at random, in every order, page by page.

Rows are the items of the independent model; nothing here is shared with the program.
"""
import json

from exec_state import DAY, seconds, text_of

STATUSES = ["paid", "pending-verification", "issued", "validation-failed", "revoked", "expired"]
FLAGS = ["expiring", "hosted", "uploaded", "deployed", "revocation-requested", "stalled"]
SORTS = ["created", "not-after", "name", "status"]
FOREVER = 1 << 60


def below(name, domain):
    return name.endswith(domain[1:]) if domain.startswith("*.") else name == domain


def covers(name, host):
    return name == host or (not host.startswith("*.") and name == "*" + host[host.index("."):])


def ends(row, since, until):
    return row["not_after"] is not None and since <= seconds(row["not_after"]) <= until


def order(rows, sort):
    """Rows come as they were ordered: that decides between equals."""
    created = lambda row: seconds(row["created_at"])
    keys = {"created": created, "name": lambda row: row["names"][0],
            "not-after": lambda row: seconds(row["not_after"]) if row["not_after"] else FOREVER,
            "status": lambda row: (STATUSES.index(row["status"]), created(row))}
    return sorted(rows, key=keys[sort])


class Selection:
    """Filters made up so that they often find something: their values are those of a row that there is."""

    def __init__(self, random, rows, now):
        self.random, self.now, self.flags, self.tests = random, now, [], []
        self.status = self.domain = None
        row = random.choice(rows) if rows else {}
        pick, chance = random.choice, random.random

        def value(name, other):
            return row.get(name) if row.get(name) and chance() < 0.8 else other

        name = pick(value("names", ["www.example.com"]))
        end = seconds(value("not_after", text_of(now)))
        born = seconds(value("created_at", text_of(now)))
        days, since, until = pick([1, 30, 90, 400]), end - pick([0, 1, DAY]), end + pick([0, 1, DAY, -1])
        early, late = born - pick([0, 1, DAY]), born + pick([0, 1, 60 * DAY, -1])
        suffix = "*." + name.split(".", pick([1, 1, 2]))[-1]
        host, status = pick([name, name.replace("*", "x"), "a." + name]), value("status", pick(STATUSES))
        domain, target = pick([name, name, suffix, "*.com"]), pick(value("targets", ["cdn:x", "none"]))
        flag = pick(value("flags", FLAGS))
        brand, level, kind = value("brand", "geotrust"), value("level", "ev"), value("kind", "multi")
        serial, digest = value("serial", "0"), value("sha256", "0" * 64)
        self.filters = {
            "--status": (status, lambda r: r["status"] == status),
            "--brand": (brand, lambda r: r["brand"] == brand),
            "--level": (level, lambda r: r["level"] == level),
            "--kind": (kind, lambda r: r["kind"] == kind),
            "--domain": (domain, lambda r: any(below(n, domain) for n in r["names"])),
            "--covers": (host, lambda r: any(covers(n, host) for n in r["names"])),
            "--target": (target, lambda r: target in r["targets"]),
            "--serial": (serial, lambda r: r["serial"] == serial),
            "--fingerprint": (digest, lambda r: r["sha256"] == digest),
            "--flag": (flag, lambda r: flag in r["flags"]),
            "--expiring-within": (f"{days}d", lambda r: ends(r, now, now + days * DAY)),
            "--not-after-since": (text_of(since), lambda r: ends(r, since, FOREVER)),
            "--not-after-until": (text_of(until), lambda r: ends(r, -FOREVER, until)),
            "--created-since": (text_of(early), lambda r: seconds(r["created_at"]) >= early),
            "--created-until": (text_of(late), lambda r: seconds(r["created_at"]) <= late),
        }

    def written(self, name, value):
        """Names and digits may be written otherwise than they are kept."""
        if name in ("--domain", "--covers", "--serial", "--fingerprint") and self.random.random() < 0.3:
            value = value.upper()
        if name in ("--domain", "--covers") and not value[-1].isdigit() and self.random.random() < 0.2:
            value += "."
        return value

    def take(self, names):
        """Restricts the rows by these filters; gives them as they are written."""
        given = []
        for name in names:
            value, test = self.filters[name]
            self.tests.append(test)
            given.append((name, self.written(name, value)))
        return given

    def found(self, rows):
        return [row for row in rows if all(test(row) for test in self.tests)]


class Lists:
    """Asks a ledger for lists and compares. `snapshots` are (position or None, account, clock, rows)."""

    def __init__(self, test, ledger, random, snapshots):
        self.test, self.ledger, self.random, self.snapshots = test, ledger, random, snapshots
        self.asked = self.rows = 0

    def limit(self, wanted):
        """None, or one that makes two to five pages of what there is, or just one."""
        pages = self.random.choice([None, None, 1, 2, 3, 5])
        return None if pages is None else max(1, -(-len(wanted) // pages))

    def pages(self, limit, ask):
        """All items, page by page; `ask(cursor)` gives a page."""
        items, cursor = [], None
        while True:
            page = ask(cursor)
            items += page["items"]
            self.asked += 1
            if page["next"] is None:
                return items
            self.test.assertEqual(len(page["items"]), limit, "a page before the last is full")
            cursor = page["next"]

    def compare(self, got, wanted, where):
        self.test.assertEqual([item["certificate"] for item in got], [row["certificate"] for row in wanted], where)
        self.test.assertEqual(got, wanted, where)
        self.rows += len(got)

    def by_command_line(self):
        """`certledger list` with any of its flags."""
        pick, chance = self.random.choice, self.random.random
        position, account, now, rows = pick(self.snapshots)
        selection = Selection(self.random, rows, now)
        flags = selection.take(self.random.sample(list(selection.filters), pick([0, 1, 1, 2, 2, 3, 4])))
        sort = pick(SORTS)
        wanted = order(selection.found(rows), sort)
        limit = self.limit(wanted)
        arguments = ["--ledger", self.ledger, "list", "--json", "--account", account, "--sort", sort]
        arguments += [part for flag in flags for part in flag]
        arguments += ["--as-of", str(position)] if position else ["--now", text_of(now)]
        if chance() < 0.4:
            wanted.reverse()
            arguments.append("--descending")
        if limit:
            arguments += ["--limit", str(limit)]
        got = self.pages(limit, lambda cursor: self.test.certledger(
            *arguments, *(["--cursor", cursor] if cursor else [])).json)
        self.compare(got, wanted, " ".join(arguments))

    def by_exec(self, many):
        """The query `list`, with all that it takes; each page in a run of its own, since its cursor is the page's before."""
        open_lists = []
        for _ in range(many):
            position, account, now, rows = self.random.choice(self.snapshots)
            if position is None:
                continue
            selection = Selection(self.random, rows, now)
            flags = selection.take(self.random.sample(["--status", "--domain"], self.random.choice([0, 1, 2])))
            query = {"query": "list", "account": account, "as_of": position, **{name[2:]: value for name, value in flags}}
            wanted = order(selection.found(rows), "created")
            if limit := self.limit(wanted):
                query["limit"] = limit
            open_lists.append((query, wanted, []))
        while open_lists:
            text = "".join(json.dumps(query) + "\n" for query, _, _ in open_lists)
            answers = self.test.certledger("--ledger", self.ledger, "exec", stdin=text).lines
            self.test.assertEqual(len(answers), len(open_lists))
            more = []
            for (query, wanted, got), answer in zip(open_lists, answers):
                self.test.assertTrue(answer["ok"], f"{query}: {answer}")
                page = answer["result"]
                self.test.assertEqual(page["as_of"], query["as_of"])
                self.asked += 1
                if page["next"] is None:
                    self.compare(got + page["items"], wanted, json.dumps(query))
                    continue
                self.test.assertEqual(len(page["items"]), query["limit"])
                more.append((dict(query, cursor=page["next"]), wanted, got + page["items"]))
            open_lists = more
