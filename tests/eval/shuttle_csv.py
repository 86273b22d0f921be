#!/usr/bin/env python3
# SPDX-FileCopyrightText: CARMA authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the Statlog Shuttle data of the Debian package r-cran-mlbench as CSV for `carma anomalies replay`.

usage: shuttle_csv.py [Shuttle.rda] > shuttle.csv

The data set is no part of this source. Class 1 (Rad Flow) is usual, classes 2, 3, 5, 6 and 7 are not, class 4 is left out, as in the
paper on isolation forests. Reads the serialisation that R calls RDX2: XDR, compressed with xz.
"""
import lzma
import struct
import sys

DEFAULT = "/usr/lib/R/site-library/mlbench/data/Shuttle.rda"
NILVALUE, SYMBOL, PAIRLIST, CHARACTER, INTEGER, REAL, STRING, LIST, REFERENCE = 254, 1, 2, 9, 13, 14, 16, 19, 255


class Reader:
    def __init__(self, data):
        self.data, self.at, self.symbols = data, 0, []

    def take(self, form, size):
        values = struct.unpack_from(form, self.data, self.at)
        self.at += size
        return values

    def integer(self):
        return self.take(">i", 4)[0]

    def item(self):
        flags = self.integer()
        kind, has_attributes, has_tag = flags & 0xFF, flags & 0x200, flags & 0x400
        if kind == NILVALUE:
            return None
        if kind == REFERENCE:
            return self.symbols[(flags >> 8) - 1]
        if kind == SYMBOL:
            name = self.item()
            self.symbols.append(name)
            return name
        if kind == PAIRLIST:
            attributes = self.item() if has_attributes else None
            tag = self.item() if has_tag else None
            value = self.item()
            rest = self.item()
            return {tag: value, **(rest or {})}
        if kind == CHARACTER:
            size = self.integer()
            text = self.data[self.at:self.at + max(size, 0)].decode()
            self.at += max(size, 0)
            return text
        count = self.integer()
        if kind == INTEGER:
            value = self.take(f">{count}i", 4 * count)
        elif kind == REAL:
            value = self.take(f">{count}d", 8 * count)
        elif kind in (STRING, LIST):
            value = [self.item() for _ in range(count)]
        else:
            sys.exit(f"this file holds something that is not read here (type {kind})")
        attributes = self.item() if has_attributes else {}
        return (value, attributes) if kind == LIST else value


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else DEFAULT
    try:
        with lzma.open(path) as file:
            data = file.read()
    except OSError as error:
        sys.exit(f"{path} cannot be read ({error}); it is in the package r-cran-mlbench")
    if not data.startswith(b"RDX2\nX\n"):
        sys.exit(f"{path} is no RDX2 file")
    reader = Reader(data)
    reader.at = len(b"RDX2\nX\n") + 12
    columns, attributes = reader.item()["Shuttle"]
    print("time,key," + ",".join(attributes["names"][:9]) + ",label")
    for row, values in enumerate(zip(*columns)):
        if values[9] != 4:
            print(f"{row},shuttle," + ",".join(f"{value:g}" for value in values[:9]) + f",{int(values[9] != 1)}")


main()
