#!/usr/bin/env python3
"""seeds.py: puts the golden records and the published vectors into the fuzzers' corpus, beside what is there.

Run it after a new event type or schema version. A file is named by the SHA-1 of its octets, as libFuzzer does it.
"""
import hashlib
import os

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "..", "events", "golden")
LOG = os.path.join(HERE, "..", "store", "tlog", "vectors", "tessera-testdata-log")


def keep(target, octets):
    folder = os.path.join(HERE, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, hashlib.sha1(octets).hexdigest()), "wb") as file:
        file.write(octets)


def read(*names):
    with open(os.path.join(*names), "rb") as file:
        return file.read()


def from_golden(name):
    stem = name[:-len(".record-hex")]
    records = [bytes.fromhex(line) for line in read(GOLDEN, name).decode().split()]
    lines = read(GOLDEN, stem + ".json").splitlines()
    payloads = [bytes.fromhex(line) for line in read(GOLDEN, stem + ".bin-hex").decode().splitlines()]
    for record, payload, line in zip(records, payloads, lines):
        keep("record", record)
        keep("event", record[2:4] + payload)
        keep("json", line)


def from_published_log():
    for name in os.listdir(LOG):
        if name.startswith("checkpoint"):
            note = read(LOG, name)
            text = note.split(b"\n\n")[0] + b"\n"
            keep("note", note)
            keep("checkpoint", note)
            keep("checkpoint", text)
            keep("cosignature", note.split(b"\n\n")[1])
            keep("cosignature", b"old 0\n\n" + note)
            keep("proof", b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + note)
    keep("verifier_key", read(LOG, "log.vkey").strip())
    for width in (2, 15):
        keep("tile", bytes([width - 1]) + read(LOG, "tile", "entries", "000.p", str(width)))


def main():
    for name in sorted(os.listdir(GOLDEN)):
        if name.endswith(".record-hex"):
            from_golden(name)
    from_published_log()
    for path in ("tile/0/000", "tile/63/x001/x234/067.p/255", "tile/entries/x018/x446/x744/x073/x709/x551/615",
                 "tile/entries/000.p/1"):
        keep("tile", path.encode())


if __name__ == "__main__":
    main()
