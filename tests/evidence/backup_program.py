"""Backups, made while another process writes."""
import json
import os
import shutil

from program import check, main


def a_backup_restores_to_the_same_root(desk):
    desk.grow(50)
    head = desk.head()
    made = desk.json("backup", desk.path("b"))
    check((made["position"], made["root"]) == (head["position"], head["root"]), made)
    check(os.stat(desk.path("b")).st_mode & 0o777 == 0o600, "others can read the backup")
    desk.run("restore", desk.path("b"), ledger="again")
    check(desk.head(ledger="again") == head, "the root differs")
    desk.run("audit", "verify", ledger="again")
    desk.grow(1, ledger="again")
    desk.run("backup", desk.path("b"), code=2)
    desk.run("restore", desk.path("b"), ledger="again", code=2)
    desk.run("restore", desk.path("none"), ledger="third", code=3)
    check(not os.path.exists(desk.path("third")), "a ledger was made")


def backups_made_while_another_process_writes_are_sound(desk):
    desk.grow(10)
    writer = desk.start("exec", "-")
    product = {"brand": "digicert", "level": "dv", "kind": "single", "names_max": 1, "term_years": 1}

    def write(first, count):
        for number in range(first, first + count):
            line = {"id": "w%d" % number, "command": "buy-quota", "quota": "w%d" % number, "count": 1,
                    "price": "1.00 USD", "product": product}
            writer.stdin.write((json.dumps(line) + "\n").encode())
        writer.stdin.flush()
        for _ in range(count):
            check(json.loads(writer.stdout.readline())["ok"], "a command was refused")
    sizes = []
    for round_number in range(4):
        write(round_number * 100, 50)
        backing = desk.start("--json", "backup", desk.path("b%d" % round_number))
        write(round_number * 100 + 50, 50)
        out, errors = backing.communicate(timeout=120)
        check(backing.returncode == 0, errors)
        sizes.append(json.loads(out)["position"])
    writer.stdin.close()
    check(writer.wait(timeout=120) == 0, "the writer failed")
    check(sizes == sorted(sizes) and sizes[0] >= 60, sizes)
    for round_number, size in enumerate(sizes):
        ledger = "again%d" % round_number
        desk.run("restore", desk.path("b%d" % round_number), ledger=ledger)
        check(desk.head(ledger=ledger)["position"] == size, "another size")
        desk.run("audit", "verify", ledger=ledger)


def without_the_vault_no_key_is_in_a_backup_and_the_copy_needs_an_origin(desk):
    desk.grow(3)
    key = desk.run("audit", "key")
    desk.run("backup", desk.path("b"))
    check(b"vault/" not in desk.read("b"), "the vault is in the backup")
    desk.run("restore", desk.path("b"), ledger="again")
    desk.run("audit", "sign", ledger="again", code=2)
    desk.run("audit", "sign", "--origin", "example.com/again", ledger="again")
    check(desk.run("audit", "key", ledger="again") != key, "the key is the old one")
    desk.run("audit", "verify", ledger="again")


def with_the_vault_the_log_goes_on_under_its_key(desk):
    desk.grow(3)
    key = desk.run("audit", "key")
    desk.run("backup", "--with-vault", desk.path("b"))
    desk.grow(4)
    newest = desk.path("newest")
    shutil.copy(desk.path("ledger", "checkpoint"), newest)
    desk.run("restore", desk.path("b"), ledger="again")
    check(desk.run("audit", "key", ledger="again") == key, "the key is another")
    desk.grow(1, ledger="again")
    # Whoever still has the newest checkpoint can say that the backup is older.
    desk.run("restore", desk.path("b"), "--checkpoint", newest, ledger="careful")
    desk.grow(1, ledger="careful", code=4)
    desk.run("doctor", "--accept-rollback", "--reason", "the disk is gone", ledger="careful")
    desk.grow(1, ledger="careful")
    desk.run("audit", "verify", ledger="careful")


def a_backup_that_was_cut_off_restores_nothing(desk):
    desk.grow(30)
    desk.run("backup", desk.path("b"))
    whole = desk.read("b")
    for size in (0, 100, 2_000, len(whole) // 2, len(whole) - 2_048):
        cut = desk.keep("cut", whole[:size])
        desk.run("restore", cut, ledger="again", code=4)
        check(not os.path.exists(desk.path("again")), "a ledger was left")
    at = len(whole) // 2
    changed = desk.keep("changed", whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
    desk.run("restore", changed, ledger="again", code=4)


main(a_backup_restores_to_the_same_root,
     backups_made_while_another_process_writes_are_sound,
     without_the_vault_no_key_is_in_a_backup_and_the_copy_needs_an_origin,
     with_the_vault_the_log_goes_on_under_its_key,
     a_backup_that_was_cut_off_restores_nothing)
