"""The main job: what it leaves is accepted by others, holds no secret, and survives its own death at any moment."""
import base64
import os
import random
import shutil
import signal
import ssl
import subprocess
import tempfile

from program import PROGRAM, ProgramTest, main

COUNT = "24"


def certificates_of_others(folder, count):
    """A folder with certificates of other issuers, of different kinds of keys."""
    os.mkdir(folder)
    for number in range(count):
        kind = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if number % 2 else ["rsa:2048"]
        subprocess.run(["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-keyout", "/dev/null", "-out",
                        os.path.join(folder, f"{number}.pem"), "-days", "90", "-subj",
                        f"/C=DE/O=Others/CN=host{number}.example.net", "-addext",
                        f"subjectAltName=DNS:host{number}.example.net", "-addext", "basicConstraints=critical,CA:FALSE"],
                       check=True, capture_output=True)


class AfterTheDemo(ProgramTest):
    """One demo, looked at from several sides; no test changes its ledger."""

    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.mkdtemp(prefix="certledger-demo-")
        cls.addClassCleanup(shutil.rmtree, cls.shared)
        cls.others = os.path.join(cls.shared, "others")
        certificates_of_others(cls.others, 4)
        cls.demo = os.path.join(cls.shared, "demo")
        done = subprocess.run([PROGRAM, "demo", "--count", COUNT, "--certificates", cls.others, "--json", cls.demo],
                              capture_output=True, timeout=200, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stderr.decode())

    def setUp(self):
        super().setUp()
        self.ledger = ["--ledger", os.path.join(self.demo, "ledger")]

    def openssl(self, *arguments, **more):
        return subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, check=True,
                              **more).stdout.decode()

    def events(self, *types):
        lines = self.certledger(*self.ledger, "log", "export").lines
        return [line for line in lines if line.get("type") in types]

    def test_every_issued_certificate_verifies_against_the_chain(self):
        issued = self.events("certificate-issued")
        self.assertGreater(len(issued), 20)
        root, chain = (os.path.join(self.demo, "ca", name) for name in ("root.pem", "intermediate.pem"))
        for event in issued:
            pem = self.write("leaf.pem", ssl.DER_cert_to_PEM_cert(base64.b64decode(event["data"]["der"])))
            at = subprocess.run(["date", "-d", event["occurred_at"], "+%s"], capture_output=True, check=True)
            said = self.openssl("verify", "-purpose", "sslserver", "-attime", at.stdout.decode().strip(), "-CAfile", root,
                                "-untrusted", chain, pem)
            self.assertIn("OK", said)

    def test_the_lists_are_valid_through_the_whole_of_its_time(self):
        certificates = os.path.join(self.demo, "ca")
        last = self.events("certificate-expired")[-1]["recorded_at"]
        revoked = {event["stream"]: event["recorded_at"] for event in self.events("certificate-revoked")}
        first = [event for event in self.events("certificate-issued") if event["stream"] not in revoked][0]
        earliest = min(revoked, key=revoked.get)
        gone = [event for event in self.events("certificate-issued") if event["stream"] == earliest][0]
        for event, when, wanted in ((first, first["occurred_at"], "OK"), (gone, gone["occurred_at"], "OK"),
                                    (gone, "2026-05-01T00:00:00Z", "certificate revoked"),
                                    (gone, "2026-06-01T00:00:00Z", "certificate revoked"),
                                    (first, "2026-06-01T00:00:00Z", "OK"), (first, last, "certificate has expired")):
            pem = self.write("leaf.pem", ssl.DER_cert_to_PEM_cert(base64.b64decode(event["data"]["der"])))
            at = subprocess.run(["date", "-d", when, "+%s"], capture_output=True, check=True).stdout.decode().strip()
            done = subprocess.run(["openssl", "verify", "-crl_check", "-attime", at, "-CAfile",
                                   os.path.join(certificates, "root.pem"), "-untrusted",
                                   os.path.join(certificates, "intermediate.pem"), "-CRLfile",
                                   os.path.join(certificates, "crl.pem"), pem], capture_output=True, check=False)
            said = (done.stdout + done.stderr).decode()
            self.assertIn(wanted, said)
            self.assertNotIn("CRL", said)

    def test_every_revoked_certificate_is_in_the_list_that_openssl_reads(self):
        crl = os.path.join(self.demo, "ca", "crl.pem")
        text = self.openssl("crl", "-in", crl, "-noout", "-text")
        listed = {line.split(":")[1].strip().lstrip("0").lower() for line in text.splitlines()
                  if "Serial Number:" in line}
        issued = {event["stream"]: event["data"]["serial"].lstrip("0") for event in self.events("certificate-issued")}
        revoked = {issued[event["stream"]] for event in self.events("certificate-revoked")}
        self.assertGreater(len(revoked), 1)
        self.assertEqual(listed, revoked)
        self.openssl("crl", "-in", crl, "-noout", "-CAfile", os.path.join(self.demo, "ca", "intermediate.pem"))

    def test_uploaded_ones_show_the_fields_that_openssl_shows(self):
        items = {item["sha256"]: item for item in
                 self.answer(*self.ledger, "list", "--flag", "uploaded", "--limit", "100")["items"]}
        for name in os.listdir(self.others):
            path = os.path.join(self.others, name)
            show = self.openssl("x509", "-in", path, "-noout", "-serial", "-fingerprint", "-sha256", "-dateopt",
                                "iso_8601", "-dates", "-ext", "subjectAltName")
            facts = dict(line.split("=", 1) for line in show.splitlines() if "=" in line)
            item = items[facts["sha256 Fingerprint"].replace(":", "").lower()]
            self.assertEqual(item["serial"].lstrip("0"), facts["serial"].lower().lstrip("0"))
            self.assertEqual(item["not_before"].replace("T", " "), facts["notBefore"])
            self.assertEqual(item["not_after"].replace("T", " "), facts["notAfter"])
            self.assertIn("DNS:" + item["names"][0], show)

    def test_no_private_key_and_no_contact_is_in_the_clear_in_any_file_of_the_ledger(self):
        # What the demo's applicants say of themselves, and what any key in PEM begins with.
        secrets = {b"PRIVATE KEY", b"webmaster@", b"hostmaster@", b"Webmaster of", b"+49 30 1234567", b"HRB 12345",
                   b"Example Street 1"}
        keys = [os.path.join(self.demo, "targets", where, "privkey.pem")
                for where in os.listdir(os.path.join(self.demo, "targets"))]
        self.assertGreater(len(keys), 3)
        for key in keys:
            text = self.openssl("pkey", "-in", key, "-noout", "-text")
            scalar = text.split("priv:")[1].split("pub:")[0] if "priv:" in text else \
                text.split("prime1:")[1].split("prime2:")[0]
            octets = bytes.fromhex("".join(scalar.split()).replace(":", "")).lstrip(b"\0")
            secrets |= {octets, octets.hex().encode()}
            with open(key, "rb") as file:
                secrets.add(file.read().splitlines()[1])
        for folder, _, names in os.walk(self.ledger[1]):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    octets = file.read()
                for secret in secrets:
                    # Without the octets in the message, which a comparison by unittest would print.
                    self.assertFalse(secret in octets, f"{name} holds something of {len(secret)} octets in the clear")

    def test_the_views_are_rebuilt_and_equal_when_their_files_are_gone(self):
        copy = self.path("copy")
        shutil.copytree(self.ledger[1], copy)
        views = [["list", "--limit", "1000"], ["refunds", "list", "--limit", "1000"], ["refunds", "totals"],
                 ["quota", "list"], ["progress", "c-0004"]]
        before = [self.answer("--ledger", copy, *view) for view in views]
        shutil.rmtree(os.path.join(copy, "views"))
        self.assertEqual([self.answer("--ledger", copy, *view) for view in views], before)
        self.assertTrue(self.answer("--ledger", copy, "audit", "verify")["ok"])


class KilledDemo(ProgramTest):
    """SIGKILL at moments spread over the run: the ledger opens, verifies and holds what had been seen in it."""

    KILLS = int(os.environ.get("CERTLEDGER_DEMO_KILLS", "6"))

    def head(self):
        """The head as another process sees it: only what is durable; None while there is no ledger yet."""
        done = self.run_program("--ledger", "demo/ledger", "--json", "log", "tail", "-n", "1")
        return done.json if done.code == 0 and done.out.strip() else None

    def kill_after(self, position):
        """Kills the demo once another process has read this position; gives the last record that was read."""
        running = subprocess.Popen([PROGRAM, "demo", "--count", COUNT, "--certificates", self.path("others"), "demo"],
                                   cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seen = None
        try:
            while running.poll() is None:
                if os.path.exists(self.path("demo", "ledger", "log", "data.mdb")):
                    seen = self.head() or seen
                if seen and seen["position"] >= position:
                    break
        finally:
            running.send_signal(signal.SIGKILL)
            running.wait()
        return seen

    def test_the_ledger_opens_verifies_and_holds_what_was_seen(self):
        certificates_of_others(self.path("others"), 2)
        kills = 0
        for turn in range(self.KILLS):
            shutil.rmtree(self.path("demo"), ignore_errors=True)
            # Below the total of some 500 records of such a demo.
            seen = self.kill_after(random.Random(turn).randrange(1, 350))
            if seen is None:
                continue
            kills += 1
            ledger = ["--ledger", "demo/ledger"]
            self.assertEqual(self.answer(*ledger, "log", "show", str(seen["position"])), seen)
            self.assertTrue(self.answer(*ledger, "audit", "verify")["ok"])
            before = self.answer(*ledger, "list", "--limit", "1000")
            shutil.rmtree(self.path("demo", "ledger", "views"), ignore_errors=True)
            self.assertEqual(self.answer(*ledger, "list", "--limit", "1000"), before)
        self.assertGreater(kills, 0)


if __name__ == "__main__":
    main()
