"""Random courses of commands: every answer and every view of `exec` against an independent model of the specification.

CERTLEDGER_EXEC_COMMANDS sets how many commands are compared, CERTLEDGER_EXEC_SEED the first seed. Every course ends with lists by
random filters, in every order, page by page, now, at other instants and as of positions passed.
"""
import collections
import json
import os
import shutil
import sys

from exec_course import Course
from exec_list import Lists
from exec_model import Model
from exec_state import DAY, minor, seconds
from program import ProgramTest, main

FIRST_RECORDS = 9
COMMANDS = int(os.environ.get("CERTLEDGER_EXEC_COMMANDS", "6000"))
SEED = int(os.environ.get("CERTLEDGER_EXEC_SEED", "1"))
LONGEST = 1000
LISTS = 12


class Conversation:
    """Lines of one course, with what must be answered."""

    def __init__(self, seed):
        self.model = Model(FIRST_RECORDS)
        self.course = Course(seed, self.model)
        self.lines, self.expected = [], []
        self.past = []
        self.snapshots = []

    def say(self, line, what, wanted):
        self.lines.append(line)
        self.expected.append((what, wanted))

    def command(self):
        line = self.course.line()
        self.say(line, "answer", self.model.run(line))

    def rows(self, account, now=None):
        now = self.model.clock if now is None else now
        return [self.model.item(held, now) for held in self.model.certificates.values()
                if held.account == account and held.status != "deleted"]

    def refunds(self, account):
        """What is decided stays, whatever becomes of the certificate; what could be asked for goes with it."""
        views = [self.model.refund_view(held, self.model.clock) for held in self.model.certificates.values()
                 if held.account == account and (held.status != "deleted" or held.refund != "none")]
        return [view for view in views if view["state"] != "none"]

    def snapshots_now(self):
        """The lists at the course's end, by the last recorded instant and by others."""
        for account in ("default", "other"):
            for apart in (0, 0, 1, -DAY, 40 * DAY, 400 * DAY):
                now = self.model.clock + apart
                self.snapshots.append((None, account, now, self.rows(account, now)))

    def ask(self):
        """Every view as it is now, and some of those that were asked before as of then."""
        model, now = self.model, self.model.clock
        for line, what, wanted in self.course.random.sample(self.past, min(8, len(self.past))):
            self.say(line, what, wanted)
        self.say({"query": "position"}, "position", model.position)
        for held in list(model.certificates.values())[-10:]:
            of = {"certificate": held.id, "account": held.account}
            self.say(dict(of, query="history"), "history", list(model.history["certificate-" + held.id]))
            if held.status == "deleted":
                self.say(dict(of, query="certificate"), "code", "deleted")
                continue
            for query, wanted in (("certificate", model.item(held, now)), ("refund", model.refund_view(held, now))):
                self.say(dict(of, query=query), "row", wanted)
                self.past.append((dict(of, query=query, as_of=model.position), "row", wanted))
        for quota in list(model.quotas.values())[-4:]:
            self.say({"query": "quota", "quota": quota.id, "account": quota.account}, "row", model.quota_view(quota))
        for account in ("default", "other"):
            listed = {"query": "list", "account": account}
            self.say(listed, "items", self.rows(account))
            self.past.append((dict(listed, as_of=model.position), "items", self.rows(account)))
            self.snapshots.append((model.position, account, now, self.rows(account)))
            self.say({"query": "refunds", "account": account}, "totals", dict(model.totals.get(account, {})))
            self.say({"query": "refunds", "account": account}, "rows", self.refunds(account))


def answered(got, wanted):
    """The answer without what the model does not say: messages, and a field or allowed commands it leaves open."""
    if got["ok"]:
        return got
    refusal = {name: value for name, value in got["refusal"].items() if name in wanted.get("refusal", {})}
    if "allowed" in refusal:
        refusal["allowed"] = sorted(refusal["allowed"], key=wanted["refusal"]["allowed"].index) \
            if set(refusal["allowed"]) == set(wanted["refusal"]["allowed"]) else refusal["allowed"]
    return dict(got, refusal=refusal)


def told(what, got, wanted):
    """The part of an answer that the model speaks of, in its form."""
    if what == "answer":
        return answered(got, wanted)
    if what == "code":
        return got["refusal"]["code"]
    result = got["result"]
    if what == "position":
        return result["position"]
    if what == "history":
        return [(event["position"], event["type"], seconds(event["occurred_at"])) for event in result["items"]]
    if what == "totals":
        return {minor(total["amount"])[1]: minor(total["amount"])[0] for total in result["totals"]}
    if what == "rows":
        # Longer than what is wanted when there are more.
        wanted = wanted + [{}] * (len(result["items"]) - len(wanted))
        return [{name: item[name] for name in row} for item, row in zip(result["items"], wanted)]
    if what == "items":
        # By creation, which the model's order is but for what came late.
        return sorted(result["items"], key=lambda item: [row["certificate"] for row in wanted].index(item["certificate"])
                      if item["certificate"] in [row["certificate"] for row in wanted] else -1)
    return {name: result[name] for name in wanted}


class ExecModel(ProgramTest):
    maxDiff = None

    def converse(self, seed, commands):
        talk = Conversation(seed)
        for number in range(commands):
            talk.command()
            if number % 40 == 39:
                talk.ask()
        ledger = self.path(f"ledger-{seed}")
        self.certledger("--ledger", ledger, "init", "--simulated-time")
        text = "".join(json.dumps(line) + "\n" for line in talk.lines)
        answers = self.certledger("--ledger", ledger, "exec", stdin=text).lines
        self.assertEqual(len(answers), len(talk.lines))
        self.certledger("--ledger", ledger, "audit", "verify")
        return talk, answers

    def lists(self, seed, talk):
        """Gives how many pages were asked for and how many rows stood on them."""
        talk.snapshots_now()
        lists = Lists(self, self.path(f"ledger-{seed}"), talk.course.random, talk.snapshots)
        for _ in range(LISTS):
            lists.by_command_line()
        lists.by_exec(8 * LISTS)
        return lists.asked, lists.rows

    def test_every_answer_and_view_is_the_models(self):
        seen = collections.Counter()
        pages = rows = 0
        for first in range(0, COMMANDS, LONGEST):
            seed = SEED + first // LONGEST
            talk, answers = self.converse(seed, min(LONGEST, COMMANDS - first))
            for number, (line, (what, wanted), got) in enumerate(zip(talk.lines, talk.expected, answers)):
                where = f"seed {seed}, line {number + 1}: {json.dumps(line)}"
                self.assertEqual(told(what, got, wanted), wanted, where)
                if what == "answer":
                    seen[got["events"][0]["type"] if got["ok"] else got["refusal"]["code"]] += 1
            asked, found = self.lists(seed, talk)
            pages, rows = pages + asked, rows + found
            shutil.rmtree(self.path(f"ledger-{seed}"))
        # A course that gets nowhere would agree as well.
        for kind in ("certificate-issued", "certificate-expired", "renewal-started", "refund-granted", "refund-declined",
                     "quota-refunded", "revocation-pending", "already-exists", "version-conflict", "command-id-reused"):
            self.assertGreater(seen[kind], 0, kind)
        self.assertGreater(rows, pages)
        print(f"{COMMANDS} commands, {pages} pages of lists with {rows} rows", file=sys.stderr)


if __name__ == "__main__":
    main()
