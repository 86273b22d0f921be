#!/usr/bin/env python3
# SPDX-FileCopyrightText: CARMA authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""faulty_server.py PORT MODEL_FOLDER: plugins/openai/server.py, which goes wrong as the model's name says. A name that ends in -once
goes wrong with the second request only; the first is the one that asks for the dimension."""
import os, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../plugins/openai"))
import server


class FaultyHandler(server.Handler):
    count = 0

    def answer(self, question):
        FaultyHandler.count += 1
        status, answer = super().answer(question)
        fault = question["model"]
        if self.count == 1 or (fault.endswith("-once") and self.count > 2):
            return status, answer
        fault = fault.removesuffix("-once")
        data = answer["data"]
        if fault == "busy":
            return 429, {"error": {"message": "too many requests"}}
        if fault == "broken":
            return 500, {"error": "out of\norder"}
        if fault == "unknown":
            return 404, {"error": {"message": "no such model"}}
        if fault == "locked" and self.headers.get("Authorization") != "Bearer secret-key":
            return 401, {"error": {"message": "no key"}}
        if fault == "slow":
            time.sleep(30)
        if fault == "html":
            return 200, b"<html>hello</html>"
        if fault == "truncated":
            self.protocol_version = "HTTP/1.1"
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b'{"data": [')
            self.wfile.flush()
            self.connection.close()
            raise ConnectionError
        if fault == "count":
            data.pop()
        if fault == "dimension":
            data[0]["embedding"] = data[0]["embedding"][:100]
        if fault == "text":
            data[0]["embedding"][3] = "0.5"
        if fault == "index":
            data[0]["index"] = 7
        if fault == "twice" and len(data) > 1:
            data[1]["index"] = 0
        if fault == "reversed":
            data.reverse()
        return status, answer


if __name__ == "__main__":
    server.HTTPServer.handle_error = lambda *_: None
    server.serve(FaultyHandler)
