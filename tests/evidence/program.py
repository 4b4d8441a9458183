"""Runs the program as a user does, in a folder of its own."""
import json
import os
import shutil
import subprocess
import sys
import tempfile


class Failure(Exception):
    pass


def check(condition, message):
    if not condition:
        raise Failure(message)


class Desk:
    """A folder with ledgers and files, and the program at hand."""

    def __init__(self, program):
        self.program = program
        self.folder = tempfile.mkdtemp(prefix="evidence-")
        self.count = 0

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def start(self, *arguments, ledger="ledger", **options):
        environment = {name: value for name, value in os.environ.items() if name != "CERTLEDGER"}
        command = [self.program, "--ledger", self.path(ledger), *arguments]
        return subprocess.Popen(command, env=environment, cwd=self.folder, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run(self, *arguments, ledger="ledger", code=0, text="", binary=False):
        """Standard output of a command that must end with the code."""
        process = self.start(*arguments, ledger=ledger)
        out, errors = process.communicate(text.encode(), timeout=300)
        check(process.returncode == code, "%s: ended with %d, must be %d\n%s%s" % (
            " ".join(arguments), process.returncode, code, out.decode(errors="replace"),
            errors.decode(errors="replace")))
        self.errors = errors.decode(errors="replace")
        return out if binary else out.decode()

    def json(self, *arguments, **options):
        return json.loads(self.run("--json", *arguments, **options))

    def purchases(self, count):
        """Lines of exec that add one record each."""
        lines = []
        for _ in range(count):
            self.count += 1
            lines.append(json.dumps({
                "id": "c%d" % self.count, "command": "buy-quota", "quota": "q%d" % self.count, "count": 1,
                "price": "1.00 USD", "actor": "ada",
                "product": {"brand": "digicert", "level": "dv", "kind": "single", "names_max": 1, "term_years": 1}}))
        return "".join(line + "\n" for line in lines).encode()

    def grow(self, count=1, ledger="ledger", code=0):
        """Adds so many records in one process."""
        out = self.run("exec", "-", ledger=ledger, text=self.purchases(count).decode(), code=code)
        for line in out.splitlines():
            check(code != 0 or json.loads(line)["ok"], line)

    def head(self, ledger="ledger"):
        answer = self.run("exec", "-", ledger=ledger, text='{"query":"position"}\n')
        return json.loads(answer)["result"]

    def keep(self, name, octets):
        with open(self.path(name), "wb") as file:
            file.write(octets if isinstance(octets, bytes) else octets.encode())
        return self.path(name)

    def read(self, *parts):
        with open(self.path(*parts), "rb") as file:
            return file.read()


def flipped(octets, at):
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1:]


def main(*tests):
    """Runs each test in a folder of its own; the function's name is what it says."""
    failed = 0
    for test in tests:
        desk = Desk(os.path.abspath(sys.argv[1]))
        name = test.__name__.replace("_", " ")
        try:
            test(desk)
            print("ok      " + name)
        except (Failure, OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
            failed += 1
            print("FAILED  %s\n        %s: %s" % (name, type(error).__name__, error))
        finally:
            shutil.rmtree(desk.folder, ignore_errors=True)
    sys.exit(1 if failed else 0)
