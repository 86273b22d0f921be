#!/usr/bin/env python3
# SPDX-FileCopyrightText: CARMA authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks what "carma audit prove", "audit grown", "audit export" and "carma erase" write, without CARMA.
Usage: verify_proof.py FILE KEY, with KEY as "carma audit key" shows it (the log's), got on another way than FILE.
Ed25519 as in RFC 8032 section 5.1.7, inclusion and consistency as in RFC 9162 sections 2.1.3.2 and 2.1.4.2."""
import base64, hashlib, json, struct, sys

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()

def point(data):
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P: x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign): raise ValueError("not a point of the curve")
    return (P - x if x & 1 != sign else x), y

def add(a, b):
    t = D * a[0] * b[0] * a[1] * b[1] % P
    return ((a[0] * b[1] + b[0] * a[1]) * pow(1 + t, P - 2, P) % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, P - 2, P) % P)

def times(n, a):
    total = (0, 1)
    while n:
        total, a, n = (add(total, a) if n & 1 else total), add(a, a), n >> 1
    return total

BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def signed(key, message, signature):
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return len(signature) == 64 and s < L and times(s, BASE) == add(point(signature[:32]), times(h, point(key)))

def head(note, name, key):
    text, lines = note.rsplit("\n\n", 1)
    wanted = sha(name.encode(), b"\n\x01", key)[:4]
    blobs = [base64.b64decode(line.split(" ")[2]) for line in lines.splitlines() if line.split(" ")[1] == name]
    if not any(b[:4] == wanted and signed(key, (text + "\n").encode(), b[4:]) for b in blobs): raise ValueError("the checkpoint is not signed by this key")
    origin, size, root = text.split("\n")[:3]
    return int(size), base64.b64decode(root)

def climb(at, last, proof, old, new):
    for other in proof:
        if last == 0: raise ValueError("the proof is too long")
        if at & 1 or at == last:
            old, new = sha(b"\1", other, old), sha(b"\1", other, new)
            while at and not at & 1: at, last = at >> 1, last >> 1
        else: new = sha(b"\1", new, other)
        at, last = at >> 1, last >> 1
    if last: raise ValueError("the proof is too short")
    return old, new

def check(doc, name, key):
    if doc["carma"] == "statement":
        if not signed(key, doc["statement"].encode(), base64.b64decode(doc["signature"])): raise ValueError("the statement is not signed by this key")
        return doc["statement"]
    size, root = head(doc["checkpoint"], name, key)
    proof = [bytes.fromhex(h) for h in doc["proof"]]
    if doc["carma"] == "inclusion":
        leaf = bytes.fromhex(doc["leaf"])
        if "record" in doc:
            record = base64.b64decode(doc["record"])
            said = struct.unpack_from("<H", record, 6)[0], *struct.unpack_from("<Qq", record, 16)
            if said != (doc["type"], doc["sequence"], doc["time_us"]) or leaf != sha(b"\0", record): raise ValueError("the record is not the one that is told")
        if doc["sequence"] >= size or climb(doc["sequence"], size - 1, proof, leaf, leaf)[1] != root: raise ValueError("the record is not in the tree")
        return f"record {doc['sequence']} is in the tree of {size} records"
    old_size, old_root = head(doc["old_checkpoint"], name, key)
    at, last = old_size - 1, size - 1
    while at & 1: at, last = at >> 1, last >> 1
    start = old_root if old_size & (old_size - 1) == 0 or old_size == size else proof.pop(0)
    if climb(at, last, proof, start, start) != (old_root, root) if old_size < size else old_root != root: raise ValueError("the log has not grown from there")
    return f"the log of {size} records has grown from its first {old_size}"

if __name__ == "__main__":
    try:
        with open(sys.argv[1], encoding="utf-8") as file: document = json.load(file)
        key_name, _, typed = sys.argv[2].split("+", 2)
        print("good:", check(document, key_name, base64.b64decode(typed)[1:]))
    except (ValueError, KeyError, IndexError, OSError, struct.error) as problem:
        sys.exit(f"bad: {problem}")
