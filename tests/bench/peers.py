#!/usr/bin/env python3
# SPDX-FileCopyrightText: CARMA authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vector indexes of others over the same vectors: peers.py VECTORS ROWS QUERIES [THREADS].

VECTORS holds float32 rows of 256 numbers: ROWS to be indexed, then QUERIES. Prints one line of JSON a result: the peer, its width of
search, recall@10 (a found row counts if it is at least as near as the tenth of the exact search), queries/s and inserts/s. A peer whose
package is not installed is skipped with the reason; `pip install numpy hnswlib usearch faiss-cpu` in a virtual environment brings them.
"""
import json
import sys
import time

import numpy as np

DIMENSION = 256
WIDTHS = (32, 64, 128, 256, 512)


def report(**result):
    print(json.dumps(result), flush=True)


def measure(name, widths, inserts, search, base, queries, tenth):
    for width in widths:
        begin = time.perf_counter()
        ids = search(width)
        seconds = time.perf_counter() - begin
        ids = np.asarray(ids).reshape(len(queries), -1)[:, :10].astype(np.int64)
        dots = np.einsum("qkd,qd->qk", base[ids], queries)
        recall = float((dots >= tenth[:, None] - 1e-6).mean())
        report(peer=name, width=width, recall=round(recall, 4), queries_per_s=round(len(queries) / seconds), inserts_per_s=round(inserts))
        if recall >= 0.97:
            return


def run_usearch(base, queries, tenth, threads):
    from usearch.index import Index

    index = Index(ndim=DIMENSION, metric="cos", dtype="i8", connectivity=16, expansion_add=128)
    begin = time.perf_counter()
    index.add(np.arange(len(base)), base, threads=threads)
    inserts = len(base) / (time.perf_counter() - begin)

    def search(width):
        index.expansion_search = width
        return index.search(queries, 10, threads=threads).keys

    measure("usearch i8", WIDTHS, inserts, search, base, queries, tenth)


def run_hnswlib(base, queries, tenth, threads):
    import hnswlib

    index = hnswlib.Index(space="ip", dim=DIMENSION)
    index.init_index(max_elements=len(base), M=16, ef_construction=128)
    index.set_num_threads(threads)
    begin = time.perf_counter()
    index.add_items(base, np.arange(len(base)))
    inserts = len(base) / (time.perf_counter() - begin)

    def search(width):
        index.set_ef(width)
        return index.knn_query(queries, k=10)[0]

    measure("hnswlib f32", WIDTHS, inserts, search, base, queries, tenth)


def run_faiss(base, queries, tenth, threads):
    import faiss

    faiss.omp_set_num_threads(threads)
    index = faiss.IndexHNSWFlat(DIMENSION, 16, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 128
    begin = time.perf_counter()
    index.add(base)
    inserts = len(base) / (time.perf_counter() - begin)

    def search(width):
        index.hnsw.efSearch = width
        return index.search(queries, 10)[1]

    measure("faiss IndexHNSWFlat", WIDTHS, inserts, search, base, queries, tenth)


def main():
    path, rows, asked = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    threads = int(sys.argv[4]) if len(sys.argv) > 4 else 2
    vectors = np.fromfile(path, dtype=np.float32, count=(rows + asked) * DIMENSION).reshape(-1, DIMENSION)
    base, queries = np.ascontiguousarray(vectors[:rows]), np.ascontiguousarray(vectors[rows:])
    tenth = np.concatenate([-np.partition(-(part @ base.T), 9, axis=1)[:, 9] for part in np.array_split(queries, max(1, asked // 100))])
    for name, run in (("usearch", run_usearch), ("hnswlib", run_hnswlib), ("faiss", run_faiss)):
        try:
            run(base, queries, tenth, threads)
        except ImportError as error:
            report(peer=name, skipped=f"{error}: the package is not installed")


if __name__ == "__main__":
    main()
