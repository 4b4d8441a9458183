"""A witness, with files and over HTTP."""
import signal
import shutil
import urllib.error
import urllib.request

from program import check, main


def witness(desk, *arguments, **options):
    return desk.run("audit", "witness", "--state", desk.path("state"), "--key-dir", desk.path("key"), *arguments,
                    ledger="nowhere", **options)


def with_files_a_witness_cosigns_what_extends_what_it_remembers(desk):
    desk.grow(3)
    key = desk.keep("log.vkey", desk.run("audit", "key"))
    first = desk.keep("first", desk.run("audit", "checkpoint"))
    cosigned = witness(desk, "--name", "w.example", "--log", key, "--checkpoint", first)
    check(cosigned.startswith(desk.read("first").decode()) and "\u2014 w.example " in cosigned, cosigned)
    desk.grow(5)
    second = desk.keep("second", desk.run("audit", "checkpoint"))
    proof = desk.keep("proof", desk.run("audit", "consistency", "--from", first, "--to", second))
    witness(desk, "--log", key, "--checkpoint", second, code=4)
    witness(desk, "--log", key, "--checkpoint", second, "--proof", proof)
    witness(desk, "--log", key, "--checkpoint", first, code=4)
    witness(desk, "--checkpoint", first, code=2)


def serve(desk, key):
    process = desk.start("--json", "audit", "witness", "--state", desk.path("state"), "--key-dir", desk.path("key"),
                         "--log", key, "--listen", "127.0.0.1:0", ledger="nowhere")
    import json
    return process, json.loads(process.stdout.readline())


def stop(process, how):
    process.send_signal(how)
    out, errors = process.communicate(timeout=60)
    check(process.returncode == 0, (process.returncode, out, errors))


def over_http_checkpoints_are_cosigned_and_kept(desk):
    desk.grow(3)
    key = desk.keep("log.vkey", desk.run("audit", "key"))
    process, said = serve(desk, key)
    signing = ["audit", "sign", "--witness", said["url"], "--witness-key", said["key"]]
    try:
        for size in (1, 2, 40):
            desk.grow(size)
            note = desk.run(*signing)
            check("\u2014 certledger-witness " in note, note)
            check(desk.read("ledger", "checkpoint").decode() == note, "the cosigned checkpoint is not kept")
    finally:
        stop(process, signal.SIGTERM)
    desk.run(*signing, code=5)
    proof = desk.keep("proof", desk.run("audit", "prove", "5", binary=True))
    record = desk.keep("record", desk.run("log", "show", "5", "--raw", binary=True))
    answer = desk.json("audit", "check", proof, "--key", key, "--record", record, "--witness-key", said["key"],
                       ledger="nowhere")
    check(answer["cosignatures"][0]["witness"] == "certledger-witness", answer)
    absent = desk.run("audit", "witness", "--state", desk.path("v"), "--name", "v.example", ledger="nowhere").strip()
    for keys in ([absent], [said["key"], absent]):
        asked = [part for one in keys for part in ("--witness-key", one)]
        desk.run("audit", "check", proof, "--key", key, "--record", record, *asked, ledger="nowhere", code=4)
        check("not cosigned by v.example" in desk.errors, desk.errors)


def the_answers_are_those_of_the_protocol(desk):
    desk.grow(3)
    key = desk.keep("log.vkey", desk.run("audit", "key"))
    note = desk.run("audit", "checkpoint")
    process, said = serve(desk, key)

    def post(body, path="/add-checkpoint", method="POST"):
        request = urllib.request.Request(said["url"] + path, data=body.encode(), method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode(), answer.headers["Content-Type"]
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers["Content-Type"]
    try:
        check(post("nonsense")[0] == 400, "nonsense was not refused")
        check(post("old 0\n\n" + note, path="/other")[0] == 404, "another path was served")
        check(post("old 0\n\n" + note, method="PUT")[0] == 405, "PUT was taken")
        check(post("old 0\n\n" + note.replace("\u2014 ", "\u2014 x"))[0] == 403, "an unsigned checkpoint was taken")
        check(post("x" * (3 << 20))[0] == 400, "an endless request was taken")
        check(post("old 99\n\n" + note)[0] == 400, "an old size beyond the checkpoint's was taken")
        status, body, _ = post("old 0\n\n" + note)
        check(status == 200 and body.startswith("\u2014 certledger-witness "), body)
        status, body, kind = post("old 0\n\n" + note)
        size = note.split("\n")[1]
        check((status, body, kind) == (409, size + "\n", "text/x.tlog.size"), (status, body, kind))
        check(post("old %s\n\n%s" % (size, note))[0] == 200, "the same checkpoint was not cosigned again")
        desk.grow(1)
        newer, wrong = desk.run("audit", "checkpoint"), "A" * 43 + "=\n"
        check(post("old %s\n%s\n%s" % (size, wrong, newer))[0] == 422, "a wrong proof was taken")
        check(post("old %s\n\n%s" % (size, newer))[0] == 422, "a missing proof was taken")
        desk.grow(1, ledger="other")
        check(post("old 0\n\n" + desk.run("audit", "checkpoint", ledger="other"))[0] == 404, "a foreign log was served")
    finally:
        stop(process, signal.SIGINT)


def a_witness_sees_a_ledger_that_was_put_back_whole(desk):
    desk.grow(3)
    key = desk.keep("log.vkey", desk.run("audit", "key"))
    shutil.copytree(desk.path("ledger"), desk.path("monday"))
    desk.grow(4)
    process, said = serve(desk, key)
    signing = ["audit", "sign", "--witness", said["url"], "--witness-key", said["key"]]
    try:
        desk.run(*signing)
        shutil.rmtree(desk.path("ledger"))
        shutil.copytree(desk.path("monday"), desk.path("ledger"))
        desk.grow(1)
        desk.run(*signing, code=4)
        desk.grow(9)
        desk.run(*signing, code=4)
    finally:
        stop(process, signal.SIGTERM)


main(with_files_a_witness_cosigns_what_extends_what_it_remembers,
     over_http_checkpoints_are_cosigned_and_kept,
     the_answers_are_those_of_the_protocol,
     a_witness_sees_a_ledger_that_was_put_back_whole)
