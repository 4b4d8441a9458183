"""What may stand where a certificate or a quota is named."""
from program import ProgramTest, main


class Ids(ProgramTest):
    def shown(self, text):
        return self.answer("cert", "show", text)["certificate"]

    def test_an_id_its_beginning_and_a_domain_name_all_mean_the_certificate(self):
        self.bought("www.example.com", "spring-order-1")
        for text in ("spring-order-1", "spring", "www.example.com", "WWW.Example.COM", "www.example.com."):
            self.assertEqual(self.shown(text), "spring-order-1", text)

    def test_a_name_in_its_own_script_means_the_certificate(self):
        self.bought("bücher.example.com", "k1")
        self.assertEqual(self.shown("bücher.example.com"), "k1")
        self.assertEqual(self.shown("xn--bcher-kva.example.com"), "k1")

    def test_an_ambiguous_beginning_is_wrong_input_and_lists_the_candidates(self):
        self.bought("a.example.com", "order-1")
        self.bought("b.example.com", "order-2")
        ended = self.certledger("cert", "show", "order", code=2)
        self.assertIn("order-1", ended.err)
        self.assertIn("order-2", ended.err)
        self.assertEqual(self.shown("order-2"), "order-2")

    def test_an_exact_id_goes_before_ids_that_it_begins(self):
        self.bought("a.example.com", "order")
        self.bought("b.example.com", "order-2")
        self.assertEqual(self.shown("order"), "order")

    def test_a_domain_with_two_live_certificates_is_ambiguous_and_with_one_it_is_not(self):
        self.issued("example.com", "k1")
        self.bought("example.com", "k2")
        self.certledger("cert", "show", "example.com", code=2)
        self.certledger("cert", "revoke", "k1", "--reason", "superseded")
        self.assertEqual(self.shown("example.com"), "k2")

    def test_nothing_is_meant_by_an_unknown_text(self):
        self.bought()
        self.certledger("cert", "show", "other.example", code=3)
        self.certledger("cert", "show", "../../etc/passwd", code=3)
        self.certledger("cert", "show", "", code=3)

    def test_a_deleted_certificate_answers_by_its_exact_id_with_its_history_alone(self):
        self.bought("example.com", "order-1")
        self.certledger("cert", "delete", "order-1")
        types = [event["type"] for event in self.answer("cert", "history", "order-1")["items"]]
        self.assertEqual(types[-1], "certificate-deleted")
        self.certledger("cert", "show", "order-1", code=3)
        self.certledger("cert", "show", "example.com", code=3)
        self.assertEqual(self.answer("cert", "withdraw", "order-1", code=1)["refusal"]["code"], "deleted")

    def test_quotas_are_found_by_the_beginning_of_their_ids(self):
        for quota in ("spring", "summer"):
            self.certledger("quota", "buy", "--quota", quota, "--brand", "b", "--count", "1", "--price", "1.00 USD")
        self.assertEqual(self.answer("quota", "show", "sp")["quota"], "spring")
        self.certledger("quota", "show", "s", code=2)

    def test_every_id_that_is_printed_can_be_pasted(self):
        made = self.answer("cert", "buy", "--brand", "b", "--domain", "example.com", "--price", "1.00 USD")
        self.assertEqual(self.shown(made["certificate"]), made["certificate"])
        shown = self.certledger("list", environment={"COLUMNS": "80"}).out
        self.assertIn(made["certificate"], shown)

    def test_exec_takes_exact_ids_only(self):
        self.bought("example.com", "order-1")
        for text in ("order", "example.com"):
            answer = self.exec({"query": "certificate", "certificate": text})[0]
            self.assertEqual(answer["refusal"]["code"], "unknown-stream")


if __name__ == "__main__":
    main()
