"""Whatever is dropped, edited, put elsewhere or added, of records, checkpoints or tiles, is found."""
import json
import os
import re
import shutil
import subprocess
import sys
import uuid

from program import check, flipped, main

VERIFY_TILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "audit", "verify_tiles.py")


# Records: one who can write the folder puts another log there, whose octets, checksums, numbers and tree are right
# and in which each event could have been. What he cannot make is a checkpoint.

def records_of(desk):
    return [json.loads(line) for line in desk.run("log", "export").splitlines()]


def put_log(desk, records):
    """Numbers the records anew and puts the log made of them in the place of the ledger's."""
    ends = {}
    for position, record in enumerate(records, 1):
        version, last = ends.get(record["stream"], (0, None))
        record.update(position=position, version=version + 1, previous=last)
        record.pop("leaf_hash")
        ends[record["stream"]] = (version + 1, position)
    export = desk.keep("forged.jsonl", "".join(json.dumps(record) + "\n" for record in records))
    shutil.rmtree(desk.path("forged"), ignore_errors=True)
    desk.run("log", "import", export, ledger="forged")
    shutil.rmtree(desk.path("ledger", "log"))
    shutil.rmtree(desk.path("ledger", "views"), ignore_errors=True)
    shutil.copytree(desk.path("forged", "log"), desk.path("ledger", "log"))


def another(record):
    """A record that could stand beside this one."""
    made = json.loads(json.dumps(record))
    made.update(id=str(uuid.uuid4()), stream=record["stream"] + "x", command=record["command"] + "x")
    return made


def dropped(records):
    return records[:12] + records[13:]


def edited(records):
    records[12]["data"]["price"] = "2.00 USD"
    return records


def reordered(records):
    for member in ("recorded_at", "occurred_at"):
        records[12][member], records[13][member] = records[13][member], records[12][member]
    return records[:12] + [records[13], records[12]] + records[14:]


def added(records):
    return records[:13] + [another(records[12])] + records[13:]


def tampered_records_are_found(change):
    def test(desk):
        desk.grow(3)
        desk.grow(6)
        put_log(desk, change(records_of(desk)))
        report = desk.json("audit", "verify", code=4)
        check(any("checkpoint" in finding["message"] for finding in report["findings"]), report)
        # By itself the forged log holds: it is the checkpoints that tell.
        check(report["bad_records"] == 0, report)
        desk.grow(1, code=4)
        desk.run("audit", "sign", code=4)
    test.__name__ = "a_record_that_was_%s_is_found" % change.__name__
    return test


def records_added_behind_the_newest_checkpoint_are_counted_as_not_covered(desk):
    desk.grow(6)
    records = records_of(desk)
    put_log(desk, records + [another(records[-1])])
    report = desk.json("audit", "verify")
    check((report["covered"], report["position"]) == (len(records), len(records) + 1), report)


# Checkpoints: the book, entry by entry, and the checkpoint beside the log.

def entries_of(desk):
    """The book's entries, each with its header line."""
    book, entries = desk.read("ledger", "checkpoints"), []
    while book:
        header, _, rest = book.partition(b"\n")
        size = int(header.split(b" ")[4])
        entries.append(header + b"\n" + rest[:size])
        book = rest[size:]
    return entries


def signed(entries):
    return [at for at, entry in enumerate(entries) if b" signed " in entry.split(b"\n")[0]]


def changed_books(entries):
    """Every way in which one entry can be tampered with: name, entries."""
    for at in range(len(entries)):
        yield "drop %d" % at, entries[:at] + entries[at + 1:]
        for octet in range(0, len(entries[at]), 41):
            yield "edit %d at %d" % (at, octet), entries[:at] + [flipped(entries[at], octet)] + entries[at + 1:]
        yield "add %d again" % at, entries[:at + 1] + [entries[at]] + entries[at + 1:]
        yield "add %d at the end" % at, entries + [entries[at]]
    for at in range(len(entries) - 1):
        yield "exchange %d" % at, entries[:at] + [entries[at + 1], entries[at]] + entries[at + 2:]


def every_checkpoint_that_is_dropped_edited_exchanged_or_added_is_found(desk):
    for size in (3, 1, 2):
        desk.grow(size)
    entries = entries_of(desk)
    check(len(signed(entries)) >= 3, entries)
    tried = 0
    for what, book in changed_books(entries):
        desk.keep(desk.path("ledger", "checkpoints"), b"".join(book))
        process = desk.start("audit", "verify")
        process.communicate(timeout=120)
        check(process.returncode == 4, "%s: audit verify ended with %d" % (what, process.returncode))
        tried += 1
    check(tried > 30, tried)


def the_checkpoint_beside_the_log_cannot_be_dropped_edited_exchanged_or_replaced(desk):
    desk.grow(3)
    old = desk.read("ledger", "checkpoint")
    desk.grow(3)
    desk.grow(2, ledger="other")
    path, good = desk.path("ledger", "checkpoint"), desk.read("ledger", "checkpoint")
    desk.run("audit", "verify")
    for octet in range(0, len(good), 7):
        desk.keep(path, flipped(good, octet))
        desk.run("audit", "verify", code=4)
    desk.keep(path, desk.read("other", "checkpoint"))
    desk.run("audit", "verify", code=4)
    os.unlink(path)
    desk.run("audit", "verify", code=4)
    # An older one is what a crash between book and file leaves: it holds, and the book has the newer one.
    desk.keep(path, old)
    desk.run("audit", "verify")


# Tiles: a published log, judged by the verifier in Python.

def tiles_of(desk):
    return sorted(os.path.relpath(os.path.join(base, name), desk.path("tiles"))
                  for base, _, names in os.walk(desk.path("tiles", "tile")) for name in names)


def refused(desk, what):
    done = subprocess.run([sys.executable, VERIFY_TILES, desk.path("tiles"), desk.path("log.vkey")],
                          capture_output=True, check=False)
    check(done.returncode == 1, "%s: the verifier ended with %d" % (what, done.returncode))


def every_tile_that_is_dropped_edited_exchanged_or_added_is_found(desk):
    desk.grow(300)
    desk.run("audit", "tiles", desk.path("tiles"))
    desk.keep("log.vkey", desk.run("audit", "key"))
    subprocess.run([sys.executable, VERIFY_TILES, desk.path("tiles"), desk.path("log.vkey")], check=True,
                   stdout=subprocess.DEVNULL)
    tiles = tiles_of(desk)
    check(len(tiles) >= 5, tiles)
    for at, name in enumerate(tiles):
        path, whole = desk.path("tiles", name), desk.read("tiles", name)
        for octet in (0, len(whole) // 2, len(whole) - 1):
            desk.keep(path, flipped(whole, octet))
            refused(desk, "edit " + name)
        os.unlink(path)
        refused(desk, "drop " + name)
        neighbour = tiles[(at + 1) % len(tiles)]
        desk.keep(path, desk.read("tiles", neighbour))
        refused(desk, "%s in the place of %s" % (neighbour, name))
        desk.keep(path, whole)
    for name in ("tile/0/001.p/200", "tile/1/000.p/2", "tile/2/000.p/1", "tile/entries/002.p/1", "tile/0/x001/000"):
        os.makedirs(os.path.dirname(desk.path("tiles", name)), exist_ok=True)
        desk.keep(desk.path("tiles", name), bytes(32))
        refused(desk, "add " + name)
        os.unlink(desk.path("tiles", name))
    whole = desk.read("tiles", "checkpoint")
    text = re.sub(rb"\n(\d+)\n", lambda m: b"\n%d\n" % (int(m[1]) - 1), whole, count=1)
    desk.keep(desk.path("tiles", "checkpoint"), text)
    refused(desk, "a smaller checkpoint")


main(*[tampered_records_are_found(change) for change in (dropped, edited, reordered, added)],
     records_added_behind_the_newest_checkpoint_are_counted_as_not_covered,
     every_checkpoint_that_is_dropped_edited_exchanged_or_added_is_found,
     the_checkpoint_beside_the_log_cannot_be_dropped_edited_exchanged_or_replaced,
     every_tile_that_is_dropped_edited_exchanged_or_added_is_found)
