#!/usr/bin/env python3
# SPDX-FileCopyrightText: CARMA authors
# SPDX-License-Identifier: MIT
"""server.py PORT MODEL_FOLDER: a server of POST /v1/embeddings around a Python model; here the built-in one (models/static-en-256).
Put your own model in the place of `Model`. Port 0 takes a free one; the port is printed."""
import array, json, math, re, struct, sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Model:
    def __init__(self, folder):
        with open(folder + "/vocab.txt", encoding="utf-8") as file:
            self.ids = {line.rstrip("\n"): number for number, line in enumerate(file)}
        with open(folder + "/model.safetensors", "rb") as file:
            header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
            body = file.read()
        (begin, end), (first, last) = header["embeddings"]["data_offsets"], header["scales"]["data_offsets"]
        self.rows, self.scales = array.array("b", body[begin:end]), array.array("f", body[first:last])

    def embed(self, text):  # ASCII words only
        total = [0.0] * 256
        for word in re.findall(r"[a-z0-9]+|[!-/:-@\[-`{-~]", text.lower()):
            start, mark = (0, "") if len(word) <= 100 else (len(word), "")
            while start < len(word):
                end = next((e for e in range(len(word), start, -1) if mark + word[start:e] in self.ids), None)
                if end is None:
                    break
                row = self.ids[mark + word[start:end]]
                total = [a + b * self.scales[row] for a, b in zip(total, self.rows[row * 256:row * 256 + 256])]
                start, mark = end, "##"
        length = math.sqrt(sum(value * value for value in total)) or 1.0
        return [value / length for value in total]


class Handler(BaseHTTPRequestHandler):
    def answer(self, question):
        data = [{"index": i, "embedding": self.server.model.embed(text)} for i, text in enumerate(question["input"])]
        return 200, {"object": "list", "model": question["model"], "data": data}

    def do_POST(self):
        status, answer = self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve(handler):
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), handler)
    server.model = Model(sys.argv[2])
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(Handler)
