#!/usr/bin/env python3
# SPDX-FileCopyrightText: CARMA authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole products of others over the same texts: product_peers.py FOLDER PASSAGES QUERIES BATCH.

FOLDER/peers.texts holds the passages and then the questions, each after its length in four bytes; FOLDER/peers.f32 their vectors, float32
[PASSAGES + QUERIES, 256]. Passages are written in durable batches of BATCH; questions are asked one after the other by one thread, by
vector and words together where the product can do both (reciprocal rank fusion). Prints one line of JSON a product; one whose package is
not installed is skipped with the reason. `pip install numpy lancedb sqlite-vec` in a virtual environment brings them.
"""
import json
import os
import re
import shutil
import sqlite3
import struct
import sys
import time

import numpy as np

DIMENSION = 256
LIMIT = 10


def read_texts(path):
    texts = []
    with open(path, "rb") as file:
        while head := file.read(4):
            texts.append(file.read(struct.unpack("<I", head)[0]).decode("utf-8", "replace"))
    return texts


def report(name, rows, queries, write_s, hybrid_s, vector_s):
    print(json.dumps({"peer": name, "remember_passages_per_s": round(rows / write_s), "hybrid_queries_per_s": round(queries / hybrid_s),
                      "semantic_queries_per_s": round(queries / vector_s)}), flush=True)


def timed(ask, questions):
    begin = time.perf_counter()
    for text, vector in questions:
        ask(text, vector)
    return time.perf_counter() - begin


def words_of(text):
    return re.findall(r"\w+", text)


def run_sqlite(folder, passages, vectors, questions, batch):
    import sqlite_vec

    base = sqlite3.connect(os.path.join(folder, "peer.sqlite"))
    if not hasattr(base, "enable_load_extension"):
        raise ImportError("this Python's sqlite3 loads no extensions")
    base.enable_load_extension(True)
    sqlite_vec.load(base)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = FULL")
    base.execute("CREATE TABLE passage (id INTEGER PRIMARY KEY, text TEXT)")
    base.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='passage', content_rowid='id', tokenize='porter unicode61')")
    base.execute(f"CREATE VIRTUAL TABLE near USING vec0(id INTEGER PRIMARY KEY, vector float[{DIMENSION}])")
    begin = time.perf_counter()
    for at in range(0, len(passages), batch):
        rows = range(at, min(at + batch, len(passages)))
        with base:
            base.executemany("INSERT INTO passage VALUES (?, ?)", [(i, passages[i]) for i in rows])
            base.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", [(i, passages[i]) for i in rows])
            base.executemany("INSERT INTO near VALUES (?, ?)", [(i, vectors[i].tobytes()) for i in rows])
    write_s = time.perf_counter() - begin

    def texts_of(ids):
        return [base.execute("SELECT text FROM passage WHERE id = ?", (i,)).fetchone() for i in ids]

    def by_vector(_, vector, count=LIMIT):
        rows = base.execute("SELECT id FROM near WHERE vector MATCH ? AND k = ?", (vector.tobytes(), count)).fetchall()
        return [row[0] for row in rows]

    def hybrid(text, vector):
        match = " OR ".join(f'"{word}"' for word in words_of(text))
        lists = [by_vector(text, vector, 4 * LIMIT)]
        if match:
            found = base.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (match, 4 * LIMIT)).fetchall()
            lists.append([row[0] for row in found])
        scores = {}
        for ids in lists:
            for rank, number in enumerate(ids):
                scores[number] = scores.get(number, 0) + 1 / (60 + rank)
        texts_of(sorted(scores, key=scores.get, reverse=True)[:LIMIT])

    hybrid_s = timed(hybrid, questions)
    vector_s = timed(lambda text, vector: texts_of(by_vector(text, vector)), questions)
    report("sqlite-vec + FTS5", len(passages), len(questions), write_s, hybrid_s, vector_s)
    base.close()


def run_lancedb(folder, passages, vectors, questions, batch):
    import lancedb
    import pyarrow

    base = lancedb.connect(os.path.join(folder, "peer.lance"))
    schema = pyarrow.schema([("id", pyarrow.int64()), ("text", pyarrow.string()), ("vector", pyarrow.list_(pyarrow.float32(), DIMENSION))])
    table = base.create_table("passage", schema=schema)
    begin = time.perf_counter()
    for at in range(0, len(passages), batch):
        end = min(at + batch, len(passages))
        rows = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(vectors[at:end].ravel()), DIMENSION)
        table.add(pyarrow.table([pyarrow.array(range(at, end)), pyarrow.array(passages[at:end]), rows], schema=schema))
    table.create_fts_index("text")
    table.optimize()
    write_s = time.perf_counter() - begin

    def by_vector(_, vector):
        return table.search(vector).distance_type("cosine").limit(LIMIT).to_list()

    def hybrid(text, vector):
        return table.search(query_type="hybrid").vector(vector).text(" ".join(words_of(text)) or "a").limit(LIMIT).to_list()

    some = questions[: min(200, len(questions))]  # it takes milliseconds a question
    hybrid_s = timed(hybrid, some) * len(questions) / len(some)
    vector_s = timed(by_vector, some) * len(questions) / len(some)
    report("LanceDB", len(passages), len(questions), write_s, hybrid_s, vector_s)


def main():
    folder, rows, asked, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    texts = read_texts(os.path.join(folder, "peers.texts"))
    vectors = np.fromfile(os.path.join(folder, "peers.f32"), dtype=np.float32).reshape(-1, DIMENSION)
    questions = list(zip(texts[rows : rows + asked], vectors[rows : rows + asked]))
    for name, run in (("sqlite-vec", run_sqlite), ("LanceDB", run_lancedb)):
        try:
            run(folder, texts[:rows], vectors[:rows], questions, batch)
        except ImportError as error:
            print(json.dumps({"peer": name, "skipped": str(error)}), flush=True)
    for left in ("peer.sqlite", "peer.sqlite-wal", "peer.sqlite-shm"):
        if os.path.exists(os.path.join(folder, left)):
            os.remove(os.path.join(folder, left))
    shutil.rmtree(os.path.join(folder, "peer.lance"), ignore_errors=True)


if __name__ == "__main__":
    main()
