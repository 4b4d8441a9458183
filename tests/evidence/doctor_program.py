"""The doctor's findings."""
import os
import shutil

from program import check, main


def weights(report, name):
    return {finding["weight"] for finding in report["findings"] if finding["check"] == name}


def a_sound_ledger_has_no_fault(desk):
    desk.grow(5)
    desk.run("quota", "list")
    report = desk.json("doctor")
    check(report["ok"], report)
    for name in ("file-modes", "disk-space", "free-pages", "map-size", "readers", "log", "clock", "views-lag",
                 "orphan-keys", "checkpoints"):
        check(weights(report, name), name + " was not looked at")
    check(weights(report, "file-modes") == {"good"}, report)
    check(weights(report, "checkpoints") == {"good"}, report)
    check("checkpoints" in desk.run("doctor"), "nothing for people")


def there_must_be_a_ledger(desk):
    desk.run("doctor", ledger="nowhere", code=3)
    check(not os.path.exists(desk.path("nowhere")), "a ledger was made")


def files_that_others_can_read_are_named(desk):
    desk.grow()
    os.chmod(desk.path("ledger", "log", "data.mdb"), 0o644)
    report = desk.json("doctor")
    check(weights(report, "file-modes") == {"warning"}, report)
    check("data.mdb" in str(report), report)


def views_that_are_behind_are_told(desk):
    desk.grow(2)
    desk.run("quota", "list")
    desk.grow(3)
    report = desk.json("doctor")
    lag = [finding for finding in report["findings"] if finding["check"] == "views-lag"]
    check(len(lag) == 1 and lag[0]["weight"] == "note" and "3 records behind" in lag[0]["says"], lag)
    desk.run("quota", "list")
    check(weights(desk.json("doctor"), "views-lag") == {"good"}, "the views are not brought up")


def a_key_of_which_no_record_speaks_is_counted(desk):
    desk.grow(1)
    shutil.copytree(desk.path("ledger", "log"), desk.path("old-log"))
    desk.run("cert", "create", "--quota", "q1", "--domain", "example.com", "--no-wait")
    desk.run("cert", "apply", "example.com", "--validation", "dns-manual", "--contact",
             "Ada <ada@example.com> +44123456", "--key", "ec-p256", "--no-wait")
    report = desk.json("doctor")
    check(weights(report, "orphan-keys") == {"good"}, report)
    keys = [finding["says"] for finding in report["findings"] if finding["check"] == "orphan-keys"]
    check(keys[0].startswith("1 private keys"), keys)
    shutil.rmtree(desk.path("ledger", "log"))
    shutil.copytree(desk.path("old-log"), desk.path("ledger", "log"))
    report = desk.json("doctor", code=4)
    check(weights(report, "orphan-keys") == {"note"}, report)


main(a_sound_ledger_has_no_fault,
     there_must_be_a_ledger,
     files_that_others_can_read_are_named,
     views_that_are_behind_are_told,
     a_key_of_which_no_record_speaks_is_counted)
