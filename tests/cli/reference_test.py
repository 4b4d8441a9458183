"""docs/REFERENCE.md is what the program says of itself, and the schema of exec takes what its examples say."""
import json
import os
import re

from program import ProgramTest, main

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "REFERENCE.md")

EXAMPLES = """
{"id":"c1","command":"buy-quota","quota":"q1","product":{"brand":"digicert","level":"dv","kind":"single","names_max":1,"term_years":1},"count":3,"price":"100.00 USD","actor":"ada","occurred_at":"2026-01-01T00:00:00Z"}
{"id":"c2","command":"create-certificate","quota":"q1","certificate":"k1","names":["example.com"],"occurred_at":"2026-01-02T00:00:00Z"}
{"id":"c3","command":"submit-application","certificate":"k1","validation":"dns-manual","contact":{"name":"Ada","mail":"ada@example.com","phone":"+44123456"},"key":"ec-p256","occurred_at":"2026-01-02T00:01:00Z"}
{"id":"c4","command":"record-validation","certificate":"k1","name":"example.com","outcome":"succeeded","occurred_at":"2026-01-02T00:05:00Z"}
{"id":"c5","command":"issue-certificate","certificate":"k1","serial":"0a1b","issuer":"CN=Test CA","not_before":"2026-01-02T00:06:00Z","not_after":"2026-12-31T00:06:00Z","sha256":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff","occurred_at":"2026-01-02T00:06:00Z"}
{"id":"c6","command":"request-revocation","certificate":"k1","reason":"superseded","occurred_at":"2026-01-20T00:00:00Z"}
{"id":"c7","command":"record-revocation","certificate":"k1","outcome":"completed","occurred_at":"2026-01-20T00:00:05Z"}
{"id":"c8","query":"certificate","certificate":"k1"}
{"id":"r1","command":"renew-certificate","certificate":"k1","pays":"term","expected_version":"stream-exists"}
{"id":"r2","command":"renew-certificate","certificate":"k1","pays":{"quota":"q2"},"successor":"k2","expected_version":4}
{"id":"r3","command":"renew-certificate","certificate":"k1","pays":{"price":"90 JPY"}}
{"id":"p1","command":"adopt-policy","policy":{"kind":"renewal","effective_from":"2027-01-01T00:00:00Z","window_days":20},"scope":"ledger"}
{"query":"list","status":"issued","limit":5,"as_of":12}
""".strip().splitlines()

# Each differs from an example in one member, which makes it no line of exec.
NONE = """
{"command":"buy-quota","count":3,"price":"100.00 USD","product":{"brand":"digicert","level":"dv","kind":"single","names_max":1,"term_years":1}}
{"id":"c1","command":"buy-quota","count":3.5,"price":"100.00 USD","product":{"brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1}}
{"id":"c1","command":"buy-quota","count":3,"price":"100.00 usd","product":{"brand":"x","level":"dv","kind":"single","names_max":1,"term_years":1}}
{"id":"c4","command":"record-validation","certificate":"k1","name":"example.com","outcome":"maybe"}
{"id":"c6","command":"request-revocation","certificate":"k1","reason":"superseded","unknown":1}
{"id":"c6","command":"request-revocation","certificate":null,"reason":"superseded"}
{"id":"r3","command":"renew-certificate","certificate":"k1","pays":{"price":"90 JPY","quota":"q2"}}
{"id":"x","command":"note-expiry","certificate":"k1","days":30}
{"query":"nothing"}
""".strip().splitlines()


def fits(value, schema):
    """The part of JSON Schema that the schema of exec is written in."""
    if "const" in schema:
        return value == schema["const"]
    if "enum" in schema:
        return value in schema["enum"]
    if "oneOf" in schema:
        return sum(fits(value, one) for one in schema["oneOf"]) == 1
    kind = schema["type"]
    if kind == "object":
        known = schema["properties"]
        return isinstance(value, dict) and all(name in value for name in schema["required"]) and \
            all(name in known and fits(member, known[name]) for name, member in value.items())
    if kind == "array":
        return isinstance(value, list) and all(fits(element, schema["items"]) for element in value)
    if kind == "integer":
        return type(value) is int and schema["minimum"] <= value <= schema["maximum"]
    if kind == "boolean":
        return isinstance(value, bool)
    return isinstance(value, str) and re.search(schema.get("pattern", ""), value) is not None and \
        schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1 << 20)


class Reference(ProgramTest):
    def test_the_page_in_docs_is_what_the_program_writes(self):
        with open(PAGE, encoding="utf-8") as file:
            kept = file.read()
        written = self.certledger("reference").out
        self.assertEqual(kept, written, "write it anew: build/bin/certledger reference > docs/REFERENCE.md")

    def test_every_command_code_and_event_has_its_place_on_the_page(self):
        page = self.certledger("reference").out
        for one in self.certledger("exec", "--schema").json["oneOf"]:
            if not one["title"].startswith("query "):
                self.assertIn(f"### {one['title']}\n", page)
        for row in self.certledger("machine", "--format", "json").json:
            self.assertIn(f"### {row['event']}\n", page)
        for word in ("`illegal-transition`", "`policy-not-monotone`", "### notices", "| 70 | a bug |",
                     "### certledger audit what-if"):
            self.assertIn(word, page)

    def test_the_schema_takes_the_examples_and_nothing_beside(self):
        schema = self.certledger("exec", "--schema").json
        for line in EXAMPLES:
            self.assertTrue(fits(json.loads(line), schema), line)
        for line in NONE:
            self.assertFalse(fits(json.loads(line), schema), line)

    def test_a_line_that_the_schema_does_not_take_is_refused_for_its_form(self):
        self.certledger("init", "--simulated-time")
        for answer in self.certledger("exec", stdin="\n".join(NONE) + "\n").lines:
            self.assertEqual(answer["refusal"]["code"], "invalid-field", answer)

    def test_help_says_the_exit_codes(self):
        text = self.certledger("--help").out
        for words in ("1  refused by a rule", "4  the ledger is damaged", "70 a bug"):
            self.assertIn(words, text)


if __name__ == "__main__":
    main()
