"""A log that is put back to an older state."""
import os
import shutil

from program import check, flipped, main


def put_back(desk, old):
    shutil.rmtree(desk.path("ledger", "log"))
    shutil.copytree(desk.path(old), desk.path("ledger", "log"))


def rolled_back(desk):
    """A ledger whose log is three records behind its checkpoint."""
    desk.grow(4)
    shutil.copytree(desk.path("ledger", "log"), desk.path("old-log"))
    desk.grow(3)
    desk.run("quota", "list")  # The views are now ahead of what is put back.
    head = desk.head()
    put_back(desk, "old-log")
    return head


def writes_and_signing_end_with_4_and_reading_goes_on(desk):
    head = rolled_back(desk)
    desk.grow(1, code=4)
    desk.run("quota", "buy", "--quota", "late", "--brand", "digicert", "--level", "dv", "--kind", "single", "--count", "1",
             "--term", "1y", "--price", "1.00 USD", code=4)
    check("--accept-rollback" in desk.errors, desk.errors)
    desk.run("audit", "sign", code=4)
    desk.run("audit", "verify", code=4)
    check(desk.head()["position"] == head["position"] - 3, "the log was written")
    desk.run("quota", "list")
    desk.run("log", "show", "1", "--json")
    desk.run("audit", "key")
    report = desk.json("doctor", code=4)
    check(any(f["check"] == "checkpoints" and f["weight"] == "fault" for f in report["findings"]), report)


def the_operators_decision_is_an_event_and_writing_goes_on(desk):
    rolled_back(desk)
    position = desk.head()["position"]
    desk.run("doctor", "--accept-rollback", code=2)
    done = desk.json("doctor", "--accept-rollback", "--reason", "disk failure", "--actor", "ada")
    check(done["position"] == position + 1 and done["found_size"] == position, done)
    event = desk.json("log", "show", str(done["position"]))
    check(event["type"] == "rollback-accepted" and event["stream"] == "ledger" and event["actor"] == "ada", event)
    check(event["data"]["reason"] == "disk failure", event)
    check(event["data"]["checkpoint_size"] == position + 3, event)
    desk.grow(2)
    check(desk.json("audit", "checkpoint")["size"] == position + 3, "no checkpoint over the new log")
    desk.run("audit", "verify")
    desk.run("doctor", "--accept-rollback", "--reason", "again", code=2)


def a_log_that_went_on_by_itself_is_found(desk):
    desk.grow(4)
    shutil.copytree(desk.path("ledger"), desk.path("twin"))
    desk.grow(3)
    desk.grow(5, ledger="twin")
    shutil.copytree(desk.path("twin", "log"), desk.path("old-log"))
    put_back(desk, "old-log")
    desk.grow(1, code=4)
    desk.run("doctor", "--accept-rollback", "--reason", "the twin is right")
    desk.grow(1)


def the_checkpoint_alone_tells_when_all_else_was_put_back(desk):
    desk.grow(4)
    shutil.copytree(desk.path("ledger"), desk.path("monday"))
    desk.grow(3)
    newest = desk.read("ledger", "checkpoint")
    shutil.rmtree(desk.path("ledger"))
    shutil.copytree(desk.path("monday"), desk.path("ledger"))
    desk.keep(os.path.join("ledger", "checkpoint"), newest)
    desk.grow(1, code=4)
    desk.run("doctor", "--accept-rollback", "--reason", "back to Monday", "--new-origin", "example.com/log-2")
    desk.grow(1)
    check(desk.run("audit", "key").startswith("example.com/log-2+"), "the origin is the old one")
    desk.run("audit", "verify")


def a_checkpoint_that_was_changed_or_dropped_is_found(desk):
    desk.grow(4)
    whole = desk.read("ledger", "checkpoint")
    for at in range(0, len(whole), 13):
        desk.keep(os.path.join("ledger", "checkpoint"), flipped(whole, at))
        desk.grow(1, code=4)
        desk.run("audit", "verify", code=4)
    desk.keep(os.path.join("ledger", "checkpoint"), whole)
    os.chmod(desk.path("ledger", "checkpoint"), 0o600)
    # The very first may be missing: it is written behind the book, and power may fail between the two.
    desk.grow(1)
    whole = desk.read("ledger", "checkpoint")
    os.remove(desk.path("ledger", "checkpoint"))
    desk.run("audit", "verify", code=4)
    desk.keep(os.path.join("ledger", "checkpoint"), whole)
    os.chmod(desk.path("ledger", "checkpoint"), 0o600)
    desk.run("audit", "verify")
    desk.grow(1)


main(writes_and_signing_end_with_4_and_reading_goes_on,
     the_operators_decision_is_an_event_and_writing_goes_on,
     a_log_that_went_on_by_itself_is_found,
     the_checkpoint_alone_tells_when_all_else_was_put_back,
     a_checkpoint_that_was_changed_or_dropped_is_found)
