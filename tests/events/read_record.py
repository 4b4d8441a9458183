#!/usr/bin/env python3
"""Prints the golden records as JSON: read_record.py FORMAT.md FOLDER

Written from docs/FORMAT.md alone, whose tables it reads; shares no code with certledger."""
import base64, datetime, hashlib, json, pathlib, re, struct, sys, uuid


def rows(text, title):
    lines = text.split("### " + title + "\n")[1].split("\n#")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][2:]


def fields_of(lines):
    """Indented `name: type` lines as nested lists of (name, type, fields)."""
    stack = [(-1, [])]
    for line in lines:
        indent = len(line) - len(line.lstrip())
        name, kind = line.strip().split(": ", 1)
        while stack[-1][0] >= indent:
            stack.pop()
        stack[-1][1].append((name, kind, []))
        stack.append((indent, stack[-1][1][-1][2]))
    return stack[0][1]


TEXT = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
DIGITS = {code: int(digits) for digits, codes in rows(TEXT, "Currencies") for code in codes.split()}
ENUMS = {kind: {int(entry.split()[0]): entry.split()[1] for entry in entries.split(", ")}
         for kind, entries in rows(TEXT, "Enumerations")}
HEADING = r"^#### (\d+) (\S+), schema (\d+)\n\n(?:```text\n(.*?)```|No fields)"
EVENTS = {int(code): (name, int(schema), fields_of(body.splitlines()))
          for code, name, schema, body in re.findall(HEADING, TEXT, re.M | re.S)}


def crc32c(data):
    crc = 0xFFFFFFFF
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def instant(micros, always=False):
    time = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)
    text = f"{time.year:04}-{time.month:02}-{time.day:02}T{time.hour:02}:{time.minute:02}:{time.second:02}"
    return text + (f".{time.microsecond:06}" if always or time.microsecond else "") + "Z"


class Payload:
    def __init__(self, data):
        self.left = data

    def take(self, size):
        assert size <= len(self.left), "longer than what is left"
        self.left, taken = self.left[size:], self.left[:size]
        return taken

    def number(self, form):
        return struct.unpack("<" + form, self.take(struct.calcsize(form)))[0]

    def struct(self, fields):
        values = {}
        for name, kind, inner in fields:
            if kind.startswith("tagged "):
                values[name] = ENUMS[kind[7:]][self.number("B")]
                values.update(self.struct(next(fs for tag, _, fs in inner if tag == values[name])))
            elif not kind.startswith("optional "):
                values[name] = self.value(kind, inner)
            elif self.value("bool", []):
                values[name] = self.value(kind[9:], inner)
        return values

    def value(self, kind, inner):
        if kind == "bool":
            return (False, True)[self.number("B")]
        if kind in ("i64", "instant"):
            number = self.number("q")
            return number if kind == "i64" else instant(number)
        if kind.startswith("enum"):
            return ENUMS[kind.split(" ", 1)[1]][self.number("B" if kind.startswith("enum8") else "H")]
        if kind == "digest":
            return self.take(32).hex()
        if kind == "money":
            minor, code = self.number("q"), self.take(3).decode()
            whole, fraction = divmod(minor, 10 ** DIGITS[code])
            return f"{whole}.{fraction:0{DIGITS[code]}} {code}" if DIGITS[code] else f"{whole} {code}"
        if kind in ("string", "bytes"):
            octets = self.take(self.number("I"))
            return octets.decode("utf-8") if kind == "string" else base64.b64encode(octets).decode()
        if kind.startswith("vector of "):
            return [self.value(kind[10:], inner) for _ in range(self.number("I"))]
        assert kind == "struct", kind
        return self.struct(inner)


def record(data):
    (form, reserved, code, schema, stream, position, version, previous, occurred, recorded, event, cause, digest,
     actor, account, command, correlation, size) = struct.unpack("<BBHHHQQQqq16s16s16sHHHHI", data[:108])
    assert (form, reserved) == (1, 0) and crc32c(data[:-4]) == struct.unpack("<I", data[-4:])[0]
    rest = Payload(data[108:-4])
    stream, actor, account, command, correlation = (rest.take(length).decode("utf-8") for length in
                                                    (stream, actor, account, command, correlation))
    name, newest, fields = EVENTS[code]
    assert (len(rest.left), schema) == (size, newest)
    values = {"position": position, "stream": stream, "version": version, "id": str(uuid.UUID(bytes=event)),
              "type": name, "schema": schema, "occurred_at": instant(occurred), "recorded_at": instant(recorded, True),
              "actor": actor, "account": account, "command": command or None, "correlation": correlation or None,
              "causation": str(uuid.UUID(bytes=cause)) if any(cause) else None, "previous": previous or None}
    if any(digest):
        values["command_digest"] = digest.hex()
    values["data"] = rest.struct(fields)
    assert not rest.left, "octets are left over"
    values["leaf_hash"] = base64.b64encode(hashlib.sha256(b"\0" + data).digest()).decode()
    return values


for name, schema, _ in EVENTS.values():
    for line in pathlib.Path(sys.argv[2], f"{name}.v{schema}.record-hex").read_text().split():
        print(json.dumps(record(bytes.fromhex(line)), ensure_ascii=False, separators=(",", ":")))
