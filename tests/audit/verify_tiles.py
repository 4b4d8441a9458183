#!/usr/bin/env python3
"""verify_tiles.py DIRECTORY VKEY_FILE: checks a log exported as tiles, trusting nothing but the verifier key.

Written from the specifications alone: C2SP signed-note, tlog-checkpoint and tlog-tiles, RFC 6962 section 2.1,
RFC 8032 section 5.1. Checks the checkpoint's signature, every entry bundle and tile (all levels, partial ones
too) and the root. Exit code 0: all holds; 1: it does not, with the reason on stderr.
"""
import base64
import hashlib
import os
import re
import sys

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def require(condition, message):
    if not condition:
        raise ValueError(message)

def decompress(octets):
    """RFC 8032 section 5.1.3: the point (X, Y, Z, T) that the 32 octets stand for."""
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    require(y < P, "Ed25519: a coordinate is out of range")
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    require((x * x - x2) % P == 0 and not (x == 0 and sign), "Ed25519: not a point of the curve")
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)

def add(p, q):
    """RFC 8032 section 5.1.4."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)

def multiply(s, p):
    q = (0, 1, 1, 0)
    while s:
        q, p, s = add(q, p) if s & 1 else q, add(p, p), s >> 1
    return q

def ed25519_holds(key, message, signature):
    base = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    a, r, s = decompress(key), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    left, right = multiply(s, base), add(r, multiply(k, a))
    return s < Q and all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))

def open_checkpoint(note, vkey):
    """Gives size and root of a checkpoint that the key has signed."""
    name, key_id, key = vkey.split("+", 2)
    key = base64.b64decode(key, validate=True)
    require(len(key) == 33 and key[0] == 1, "verifier key: not an Ed25519 key")
    expected_id = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    require(expected_id.hex() == key_id.lower(), "verifier key: the id does not belong to name and key")
    text, separator, lines = note.rpartition(b"\n\n")
    require(separator and lines.endswith(b"\n"), "checkpoint: not a signed note")
    text, good = text + b"\n", False
    for line in lines.decode()[:-1].split("\n"):
        match = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/]+=*)", line)
        require(match, "checkpoint: malformed signature line")
        signature = base64.b64decode(match[2], validate=True)
        require(base64.b64encode(signature).decode() == match[2], "checkpoint: base64 that is not canonical")
        if match[1] == name and signature[:4] == expected_id:
            good = len(signature) == 68 and ed25519_holds(key[1:], text, signature[4:])
            require(good, "checkpoint: the signature does not hold")
    require(good, "checkpoint: not signed by " + name)
    origin, size, root = text.decode().split("\n")[:3]
    require(origin == name, "checkpoint: the origin is not the name of the key")
    require(re.fullmatch("0|[1-9][0-9]*", size), "checkpoint: malformed size")
    return int(size), base64.b64decode(root, validate=True)

def tree_hash(hashes):
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:  # pairs from the left, an odd one moves up: the tree of RFC 6962
        pairs = [hashes[i] + hashes[i + 1] for i in range(0, len(hashes) - 1, 2)]
        hashes = [hashlib.sha256(b"\1" + pair).digest() for pair in pairs] + hashes[len(hashes) & ~1:]
    return hashes[0]

def path_of(level, index, width):
    digits = str(index).zfill((len(str(index)) + 2) // 3 * 3)
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return "tile/%s/%s%s" % (level, name, "" if width == 256 else ".p/%d" % width)

def parse_path(path):
    match = re.fullmatch(r"tile/(entries|[0-9]+)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]+))?", path)
    require(match, path + ": not the name of a tile or a bundle")
    level = match[1] if match[1] == "entries" else int(match[1])
    parts = level, int(match[2].replace("/", "").replace("x", "")), int(match[3] or 256)
    require(1 <= parts[2] <= 256 and path_of(*parts) == path, path + ": not the name of a tile or a bundle")
    return parts

def split_bundle(data, width, path):
    leaves, at = [], 0
    while at < len(data):
        require(at + 2 <= len(data), path + ": ends inside a length")
        end = at + 2 + int.from_bytes(data[at:at + 2], "big")
        require(end <= len(data), path + ": ends inside an entry")
        leaves.append(hashlib.sha256(b"\0" + data[at + 2:end]).digest())
        at = end
    require(len(leaves) == width, "%s: holds %d entries, must hold %d" % (path, len(leaves), width))
    return leaves

def verify(directory, vkey_file):
    def read(path):
        with open(os.path.join(directory, path), "rb") as file:
            return file.read()

    with open(vkey_file, encoding="utf-8") as file:
        size, root = open_checkpoint(read("checkpoint"), file.read().strip())
    paths = {os.path.relpath(os.path.join(base, name), directory)
             for base, _, names in os.walk(os.path.join(directory, "tile")) for name in names}
    rows, wanted = [[]], []  # rows[l]: the hashes of level l, all from the entries
    for first in range(0, size, 256):
        wanted.append(path_of("entries", first // 256, min(256, size - first)))
        require(wanted[-1] in paths, wanted[-1] + ": is missing")
        rows[0] += split_bundle(read(wanted[-1]), min(256, size - first), wanted[-1])
    require(tree_hash(rows[0]) == root, "checkpoint: its root is not that of the entries")
    while len(rows[-1]) >= 256:  # only full tiles are hashed into the level above
        rows.append([tree_hash(rows[-1][i:i + 256]) for i in range(0, len(rows[-1]) // 256 * 256, 256)])
    for level, row in enumerate(rows):
        wanted += [path_of(level, i // 256, min(256, len(row) - i)) for i in range(0, len(row), 256)]
    for path in sorted(paths | set(wanted)):  # older partial tiles may lie beside the ones that are wanted
        require(path in paths, path + ": is missing")
        level, index, width = parse_path(path)
        entries = level == "entries"
        require(entries or level < len(rows), path + ": the tree has no such level")
        hashes = rows[0 if entries else level][index * 256:index * 256 + width]
        require(len(hashes) == width, path + ": reaches beyond the size of the checkpoint")
        data = read(path)
        same = split_bundle(data, width, path) == hashes if entries else data == b"".join(hashes)
        require(same, path + ": differs from the entries")
    return "%s: %d entries, %d tiles and bundles, root %s: all hold" % (
        directory, size, len(paths), base64.b64encode(root).decode())

if __name__ == "__main__":
    try:
        require(len(sys.argv) == 3, __doc__)
        print(verify(sys.argv[1], sys.argv[2]))
    except (OSError, ValueError) as error:
        sys.exit("verify_tiles: " + str(error))
