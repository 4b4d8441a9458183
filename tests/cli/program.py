"""Runs the built program for the tests of the command line."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.join(os.environ.get("CERTLEDGER_BIN_DIR", "build/bin"), "certledger")

CONTACT = "Ada <ada@example.com> +44123456"
COMPANY = ["--company-name", "Example Ltd", "--company-country", "GB", "--company-registration", "01234567",
           "--company-address", "1 High Street, London"]


class Ended:
    """What a run left behind."""

    def __init__(self, done):
        self.code = done.returncode
        self.octets = done.stdout
        self.out = done.stdout.decode("utf-8", "surrogateescape")
        self.err = done.stderr.decode("utf-8", "surrogateescape")

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


class ProgramTest(unittest.TestCase):
    """Each test has a folder of its own, which is the working directory of its runs."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="certledger-cli-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text, mode="w"):
        with open(self.path(name), mode) as file:
            file.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def run_program(self, *arguments, stdin="", environment=None, timeout=120, **more):
        variables = {key: value for key, value in os.environ.items()
                     if key not in ("CERTLEDGER", "NO_COLOR", "COLUMNS", "CERTLEDGER_MASTER_KEY")}
        variables.update(environment or {})
        octets = stdin if isinstance(stdin, bytes) else stdin.encode()
        return Ended(subprocess.run([PROGRAM, *arguments], cwd=self.folder, input=octets, env=variables,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout, check=False,
                                    **more))

    def certledger(self, *arguments, code=0, **more):
        """Runs and expects the exit code."""
        ended = self.run_program(*arguments, **more)
        self.assertEqual(ended.code, code, f"certledger {' '.join(arguments)}\n{ended.out}\n{ended.err}")
        return ended

    def answer(self, *arguments, code=0, **more):
        """Runs with --json and gives the document."""
        return self.certledger(*arguments, "--json", code=code, **more).json

    def exec(self, *lines, code=0, **more):
        """Answers to commands as JSON Lines."""
        text = "".join(json.dumps(line) + "\n" for line in lines)
        return self.certledger("exec", stdin=text, code=code, **more).lines

    # Short cuts to certificates in a certain status, by the command line alone.

    def bought(self, name="example.com", certificate="k1", level="dv", price="100.00 USD"):
        self.certledger("cert", "buy", "--brand", "digicert", "--level", level, "--domain", name, "--price", price,
                        "--certificate", certificate)
        return certificate

    def issued(self, name="example.com", certificate="k1", **more):
        self.bought(name, certificate, **more)
        document = self.answer("cert", "apply", certificate, "--validation", "http-file", "--contact", CONTACT)
        self.assertEqual(document["status"], "issued", document)
        return certificate

    def pending(self, name="example.com", certificate="k1"):
        self.bought(name, certificate)
        self.certledger("cert", "apply", certificate, "--validation", "dns-manual", "--contact", CONTACT)
        return certificate


def main():
    unittest.main(argv=[sys.argv[0]], verbosity=1)
