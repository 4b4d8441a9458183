"""Certificates that come in and go out as files."""
import os
import subprocess
import zipfile

from program import ProgramTest, main


class Files(ProgramTest):
    def openssl(self, *arguments, **more):
        return subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, check=True, **more).stdout

    def foreign(self, name, key="key.pem", certificate="cert.pem"):
        """A certificate of another issuer."""
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                     "-out", certificate, "-days", "90", "-subj", f"/CN={name}", "-addext",
                     f"subjectAltName=DNS:{name}", "-addext", "basicConstraints=critical,CA:FALSE")

    def mode(self, name):
        return os.stat(self.path(name)).st_mode & 0o777


class Downloads(Files):
    def test_every_format_is_handed_out_and_recorded(self):
        self.issued()
        self.write("password", "s3cret\n")
        for form in ("nginx", "apache", "pem", "der", "pfx", "iis", "tomcat", "jks"):
            done = self.answer("cert", "download", "k1", "--format", form, "-o", form, "--password-file", "password")
            self.assertEqual(done["file"], form)
            self.assertGreater(os.path.getsize(self.path(form)), 100)
            self.assertTrue(done["holds_key"])
            self.assertEqual(self.mode(done.get("key_file", form)), 0o600, form)
        downloads = [event["data"]["format"] for event in self.answer("cert", "history", "k1")["items"]
                     if event["type"] == "certificate-downloaded"]
        self.assertEqual(downloads[:8], ["nginx", "apache", "pem", "der", "pfx", "iis", "tomcat", "jks"])
        self.openssl("pkcs12", "-in", "pfx", "-passin", "pass:s3cret", "-nodes")

    def test_in_der_the_key_is_a_file_beside_the_certificate_and_on_record(self):
        self.issued()
        done = self.answer("cert", "download", "k1", "--format", "der", "-o", "x.der")
        self.assertEqual((done["file"], done["key_file"]), ("x.der", "x.key.der"))
        self.assertEqual((self.mode("x.der"), self.mode("x.key.der")), (0o644, 0o600))
        self.assertEqual(self.openssl("x509", "-in", "x.der", "-inform", "der", "-noout", "-pubkey"),
                         self.openssl("pkey", "-in", "x.key.der", "-inform", "der", "-pubout"))
        self.write("y.key.der", "mine")
        self.certledger("cert", "download", "k1", "--format", "der", "-o", "y.cer", code=2)
        self.assertEqual(self.read("y.key.der"), b"mine")
        self.assertFalse(os.path.exists(self.path("y.cer")))
        self.write("z", "mine")
        self.certledger("cert", "download", "k1", "--format", "der", "-o", "z", code=2)
        self.assertFalse(os.path.exists(self.path("z.key.der")))
        self.write("w.key.der", "mine")
        os.mkdir(self.path("w.cer"))
        self.certledger("cert", "download", "k1", "--format", "der", "-o", "w.cer", "--force", code=2)
        self.assertEqual(self.read("w.key.der"), b"mine")
        self.assertEqual([name for name in os.listdir(self.folder) if ".der." in name or ".cer." in name], [])
        before = len(self.answer("cert", "history", "k1")["items"])
        self.certledger("cert", "download", "k1", "--format", "der", "-o", "-", code=2)
        events = self.answer("cert", "history", "k1")["items"]
        self.assertEqual(len(events), before)
        self.assertTrue(all(event["data"]["with_key"] for event in events if event["type"] == "certificate-downloaded"))

    def test_an_archive_holds_certificate_and_key(self):
        self.issued()
        self.certledger("cert", "download", "k1", "--format", "nginx", "-o", "x.zip")
        with zipfile.ZipFile(self.path("x.zip")) as archive:
            self.assertEqual(archive.namelist(), ["example.com.pem", "example.com.key"])
            self.assertIn(b"PRIVATE KEY", archive.read("example.com.key"))

    def test_a_file_that_is_there_is_not_replaced_without_force(self):
        self.issued()
        self.write("x.pem", "mine")
        self.certledger("cert", "download", "k1", "-o", "x.pem", code=2)
        self.assertEqual(self.read("x.pem"), b"mine")
        self.certledger("cert", "download", "k1", "-o", "x.pem", "--force")
        self.assertIn(b"BEGIN CERTIFICATE", self.read("x.pem"))
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("x.pem.")], [])

    def test_a_password_comes_from_a_file_and_is_needed(self):
        self.issued()
        self.assertIn("--password-file", self.certledger("cert", "download", "k1", "--format", "pfx", code=2).err)

    def test_what_was_not_issued_or_was_uploaded_is_refused(self):
        self.bought("a.example.com", "k1")
        self.assertEqual(self.answer("cert", "download", "k1", code=1)["refusal"]["code"], "illegal-transition")
        self.foreign("b.example.com")
        self.certledger("cert", "upload", "cert.pem", "--certificate", "k2")
        self.assertEqual(self.answer("cert", "download", "k2", code=1)["refusal"]["code"], "uploaded")


class Uploads(Files):
    def test_a_certificate_with_its_key_can_be_deployed(self):
        self.foreign("example.com")
        made = self.answer("cert", "upload", "cert.pem", "--key", "key.pem", "--certificate", "k1")
        self.assertEqual(made["status"], "issued")
        item = self.answer("cert", "show", "example.com")
        self.assertEqual((item["flags"], item["brand"]), (["uploaded"], None))
        self.certledger("cert", "deploy", "k1", "--to", "nginx:" + self.path("etc"))
        self.assertEqual(self.read("etc/privkey.pem").splitlines()[1:-1], self.read("key.pem").splitlines()[1:-1])

    def test_a_chain_behind_the_certificate_is_not_kept_and_that_is_said(self):
        self.issued()
        self.certledger("cert", "download", "k1", "--format", "nginx", "-o", "x.zip")
        with zipfile.ZipFile(self.path("x.zip")) as archive:
            archive.extract("example.com.pem", self.folder)
        taken = self.certledger("--ledger", "./other", "cert", "upload", "example.com.pem")
        self.assertIn("of 2 certificates in example.com.pem the first is taken", taken.err)
        self.assertEqual(self.answer("--ledger", "./other", "list")["items"][0]["names"], ["example.com"])

    def test_der_is_taken_too_and_the_same_certificate_only_once(self):
        self.foreign("example.com")
        self.openssl("x509", "-in", "cert.pem", "-outform", "der", "-out", "cert.der")
        self.certledger("cert", "upload", "cert.der")
        self.assertEqual(self.answer("cert", "upload", "cert.pem", code=1)["refusal"]["code"], "already-exists")

    def test_a_key_of_another_certificate_is_refused(self):
        self.foreign("a.example.com")
        self.foreign("b.example.com", key="other.pem", certificate="other.crt")
        self.assertEqual(self.answer("cert", "upload", "cert.pem", "--key", "other.pem", code=1)["refusal"]["code"],
                         "key-mismatch")

    def test_what_is_no_certificate_is_wrong_input(self):
        self.write("junk", "not a certificate")
        self.certledger("cert", "upload", "junk", code=2)
        self.certledger("cert", "upload", "nothing-there", code=2)


class Imports(Files):
    def test_a_folder_with_every_form_is_taken_in_with_its_keys(self):
        os.mkdir(self.path("in"))
        for number in (1, 2, 3, 4):
            self.foreign(f"h{number}.example.com", key=f"k{number}", certificate=f"c{number}")
        os.rename(self.path("c1"), self.path("in/one.pem"))
        os.rename(self.path("k1"), self.path("in/one.key"))
        self.openssl("x509", "-in", "c2", "-outform", "der", "-out", "in/two.cer")
        self.openssl("crl2pkcs7", "-nocrl", "-certfile", "c3", "-out", "in/three.p7b")
        self.openssl("pkcs12", "-export", "-in", "c4", "-inkey", "k4", "-passout", "pass:pw", "-out", "in/four.pfx")
        self.write("in/readme.txt", "not a certificate")
        self.write("password", "pw\n")
        done = self.answer("cert", "import", "in", "--password-file", "password")
        by_name = {item["name"]: item for item in done["items"] if item["name"]}
        self.assertEqual({name for name, item in by_name.items() if item["result"] == "imported"},
                         {f"h{number}.example.com" for number in (1, 2, 3, 4)})
        self.assertEqual({name: item["key_held"] for name, item in by_name.items()},
                         {"h1.example.com": True, "h2.example.com": False, "h3.example.com": False,
                          "h4.example.com": True})
        self.assertEqual([item["file"] for item in done["items"] if item["result"] == "skipped"], ["in/readme.txt"])

    def test_a_file_that_does_not_open_is_refused_beside_those_that_do(self):
        os.mkdir(self.path("in"))
        self.foreign("example.com", key="in/a.key", certificate="in/a.pem")
        self.openssl("pkcs12", "-export", "-in", "in/a.pem", "-inkey", "in/a.key", "-passout", "pass:pw", "-out",
                     "in/b.pfx")
        done = self.answer("cert", "import", "in", code=1)
        self.assertEqual({item["file"]: item["result"] for item in done["items"]},
                         {"in/a.pem": "imported", "in/b.pfx": "refused"})

    def test_a_second_import_passes_over_what_is_known(self):
        self.foreign("example.com")
        self.certledger("cert", "import", "cert.pem")
        again = self.answer("cert", "import", "cert.pem")
        self.assertEqual([item["result"] for item in again["items"]], ["known"])
        self.assertEqual(len(self.answer("list")["items"]), 1)

    def test_a_damaged_block_of_a_bundle_does_not_cost_the_others(self):
        for number in (1, 2):
            self.foreign(f"h{number}.example.com", key=f"{number}.key", certificate=f"{number}.pem")
        bad = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        self.write("bundle.pem", self.read("1.pem") + bad + b"some words\n" + self.read("2.pem") + self.read("2.key"), "wb")
        done = self.answer("cert", "import", "bundle.pem", code=1)
        self.assertEqual([(item["result"], item["name"], item["key_held"]) for item in done["items"]],
                         [("imported", "h1.example.com", False), ("imported", "h2.example.com", True),
                          ("refused", "", False)])

    def test_a_bundle_may_hold_more_than_a_container(self):
        self.foreign("example.com")
        other = self.read("cert.pem")
        self.write("many.pem", other * 2_500, "wb")
        done = self.answer("cert", "import", "many.pem")
        results = [item["result"] for item in done["items"]]
        self.assertEqual((results.count("imported"), results.count("known")), (1, 2_499))

    def test_a_file_with_nothing_but_a_cas_certificate_is_told(self):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
                     "-out", "ca.pem", "-days", "90", "-subj", "/CN=Some CA")
        done = self.answer("cert", "import", "ca.pem")
        self.assertEqual([item["result"] for item in done["items"]], ["skipped"])
        self.assertEqual(self.answer("cert", "import", "ca.pem", "--authorities")["items"][0]["result"], "imported")

    def test_a_wrong_password_is_wrong_input(self):
        self.foreign("example.com")
        self.openssl("pkcs12", "-export", "-in", "cert.pem", "-inkey", "key.pem", "-passout", "pass:pw", "-out", "x.pfx")
        self.write("password", "other\n")
        self.certledger("cert", "import", "x.pfx", "--password-file", "password", code=2)


if __name__ == "__main__":
    main()
