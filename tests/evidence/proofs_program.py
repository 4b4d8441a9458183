"""Proofs, checkpoints and tiles, made by the program and checked without its ledger."""
import json
import os
import shutil
import subprocess
import sys

from program import check, flipped, main

HERE = os.path.dirname(os.path.abspath(__file__))
VERIFY_TILES = os.path.join(HERE, "..", "audit", "verify_tiles.py")


def prove_and_keep(desk, position):
    proof = desk.keep("proof", desk.run("audit", "prove", str(position), binary=True))
    record = desk.keep("record", desk.run("log", "show", str(position), "--raw", binary=True))
    return proof, record


def a_proof_is_accepted_with_no_ledger_at_hand_and_none_is_made(desk):
    desk.grow(5)
    key = desk.run("audit", "key").strip()
    for position in (1, 3, desk.head()["position"]):
        proof, record = prove_and_keep(desk, position)
        answer = desk.json("audit", "check", proof, "--key", key, "--record", record, ledger="nowhere")
        check(answer["ok"] and answer["position"] == position, answer)
    check(not os.path.exists(desk.path("nowhere")), "a ledger was made")


def a_check_needs_key_and_record(desk):
    desk.grow()
    proof, record = prove_and_keep(desk, 2)
    key = desk.run("audit", "key").strip()
    desk.run("audit", "check", proof, "--key", key, ledger="nowhere", code=2)
    desk.run("audit", "check", proof, "--record", record, ledger="nowhere", code=2)
    desk.run("audit", "check", proof, "--record", record, "--key", "no key", ledger="nowhere", code=2)
    desk.run("audit", "check", desk.path("none"), "--record", record, "--key", key, ledger="nowhere", code=2)


def changed_octets_and_wrong_keys_end_with_4(desk):
    desk.grow(3)
    desk.grow(1, ledger="other")
    proof, record = prove_and_keep(desk, 4)
    key = desk.run("audit", "key").strip()
    whole = desk.read("proof")
    for at in range(0, len(whole), 9):
        changed = desk.keep("changed", flipped(whole, at))
        desk.run("audit", "check", changed, "--key", key, "--record", record, ledger="nowhere", code=4)
    octets = desk.read("record")
    for at in range(0, len(octets), 9):
        changed = desk.keep("changed", flipped(octets, at))
        desk.run("audit", "check", proof, "--key", key, "--record", changed, ledger="nowhere", code=4)
    other = desk.run("audit", "key", ledger="other").strip()
    desk.run("audit", "check", proof, "--key", other, "--record", record, ledger="nowhere", code=4)


def positions_beyond_the_log_have_no_proof(desk):
    desk.grow()
    desk.run("audit", "prove", str(desk.head()["position"] + 1), code=3)
    desk.run("audit", "prove", "0", code=2)
    desk.run("audit", "prove", "1", ledger="nowhere", code=3)
    check(not os.path.exists(desk.path("nowhere")), "a ledger was made")


def every_process_that_wrote_leaves_a_checkpoint_over_the_whole_log(desk):
    for size in (1, 4, 2):
        desk.grow(size)
        head = desk.head()
        checkpoint = desk.json("audit", "checkpoint")
        check(checkpoint["size"] == head["position"] and checkpoint["root"] == head["root"], (checkpoint, head))
        check(desk.read("ledger", "checkpoint").decode() == checkpoint["checkpoint"], "file and answer differ")


def a_process_that_writes_for_long_leaves_checkpoints_on_its_way(desk):
    process = desk.start("exec", "-")
    size = covered = 0
    while covered < 20000 and size < 25000:
        process.stdin.write(desk.purchases(500))
        process.stdin.flush()
        for _ in range(500):
            size = json.loads(process.stdout.readline())["position"]
        note = desk.read("ledger", "checkpoint") if os.path.exists(desk.path("ledger", "checkpoint")) else b"\n0\n"
        covered = int(note.split(b"\n")[1])
        check(size - covered < 11000, "%d of %d records are covered" % (covered, size))
    check(covered >= 20000, "%d of %d records are covered" % (covered, size))
    process.communicate()
    check(desk.json("audit", "verify")["covered"] == size, "not the whole log is covered")


def two_saved_checkpoints_are_consistent(desk):
    desk.grow(3)
    old = desk.keep("old", desk.run("audit", "checkpoint"))
    desk.grow(30)
    new = desk.keep("new", desk.run("audit", "checkpoint"))
    key = desk.keep("log.vkey", desk.run("audit", "key"))
    proof = desk.keep("proof", desk.run("audit", "consistency", "--from", old, "--to", new))
    check(desk.read("proof"), "the proof is empty")
    offline = ["audit", "consistency", "--proof", proof, "--key", key]
    desk.run(*offline, "--from", old, "--to", new, ledger="nowhere")
    desk.run(*offline, "--from", new, "--to", old, ledger="nowhere", code=4)
    whole = desk.read("proof")
    for at in range(0, len(whole), 11):
        changed = desk.keep("changed", flipped(whole, at))
        desk.run("audit", "consistency", "--from", old, "--to", new, "--proof", changed, "--key", key,
                 ledger="nowhere", code=4)
    changed = desk.keep("changed", desk.read("old").replace(b"\n", b"\n1", 1))
    desk.run(*offline, "--from", changed, "--to", new, ledger="nowhere", code=4)
    check(not os.path.exists(desk.path("nowhere")), "a ledger was made")


def a_log_that_does_not_hold_a_checkpoint_says_so(desk):
    desk.grow(3)
    old = desk.keep("old", desk.run("audit", "checkpoint"))
    desk.grow(3)
    new = desk.keep("new", desk.run("audit", "checkpoint"))
    key = desk.keep("log.vkey", desk.run("audit", "key"))
    desk.grow(9, ledger="other")
    desk.run("audit", "consistency", "--from", old, "--to", new, "--key", key, ledger="other", code=4)
    desk.run("audit", "verify", "--checkpoint", old, "--key", key)
    desk.run("audit", "verify", "--checkpoint", old, "--key", key, ledger="other", code=4)


def tiles_are_accepted_by_an_independent_verifier(desk):
    desk.grow(300)
    desk.run("audit", "tiles", desk.path("tiles"))
    desk.grow(300)
    desk.run("audit", "tiles", desk.path("tiles"))
    verify = [sys.executable, VERIFY_TILES, desk.path("tiles"), desk.path("tiles", "log.vkey")]
    subprocess.run(verify, check=True, stdout=subprocess.DEVNULL)
    bundle = desk.path("tiles", "tile", "entries", "000")
    whole = desk.read("tiles", "tile", "entries", "000")
    desk.keep(bundle, flipped(whole, len(whole) // 2))
    check(subprocess.run(verify, capture_output=True).returncode == 1, "a changed entry was accepted")
    desk.run("audit", "tiles", desk.path("tiles"), code=4)
    shutil.rmtree(desk.path("tiles"))
    desk.run("audit", "tiles", desk.path("tiles"))
    subprocess.run(verify, check=True, stdout=subprocess.DEVNULL)


def an_imported_log_has_the_same_root_and_signs_only_under_an_origin_of_its_own(desk):
    desk.grow(5)
    key = desk.keep("log.vkey", desk.run("audit", "key"))
    checkpoint = desk.keep("checkpoint", desk.run("audit", "checkpoint"))
    desk.run("log", "export", desk.path("export.jsonl"))
    desk.run("log", "import", desk.path("export.jsonl"), ledger="copy")
    check(desk.head(ledger="copy") == desk.head(), "the root differs")
    desk.run("log", "import", desk.path("export.jsonl"), ledger="copy", code=2)
    desk.run("audit", "sign", ledger="copy", code=2)
    desk.grow(1, ledger="copy")
    desk.run("audit", "verify", "--checkpoint", checkpoint, "--key", key, ledger="copy")
    signed = desk.json("audit", "sign", "--origin", "example.com/copy", ledger="copy")
    check(signed["origin"] == "example.com/copy", signed)
    check(desk.run("audit", "key", ledger="copy").startswith("example.com/copy+"), "the key has another name")
    desk.grow(1, ledger="copy")
    check(desk.json("audit", "checkpoint", ledger="copy")["size"] == desk.head(ledger="copy")["position"], "unsigned")


main(a_proof_is_accepted_with_no_ledger_at_hand_and_none_is_made,
     a_check_needs_key_and_record,
     changed_octets_and_wrong_keys_end_with_4,
     positions_beyond_the_log_have_no_proof,
     every_process_that_wrote_leaves_a_checkpoint_over_the_whole_log,
     a_process_that_writes_for_long_leaves_checkpoints_on_its_way,
     two_saved_checkpoints_are_consistent,
     a_log_that_does_not_hold_a_checkpoint_says_so,
     tiles_are_accepted_by_an_independent_verifier,
     an_imported_log_has_the_same_root_and_signs_only_under_an_origin_of_its_own)
