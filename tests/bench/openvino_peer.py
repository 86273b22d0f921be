#!/usr/bin/env python3
# SPDX-FileCopyrightText: CARMA authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenVINO's own benchmark_app on one shape: openvino_peer.py MODEL TEXTS TOKENS SECONDS PRECISION.

Prints texts a second. Needs a Python that has the package openvino, which brings benchmark_app. The model runs as the plugin has it: on the
processor, tuned for throughput, in PRECISION (bf16, without quantised activations, or f32), inputs int64 [TEXTS, TOKENS]."""
import json, os, re, subprocess, sys, tempfile


def main():
    model, texts, tokens, seconds, precision = sys.argv[1:]
    shape = f"[{texts},{tokens}]"
    names = ["input_ids", "attention_mask", "token_type_ids"]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"CPU": {"DYNAMIC_QUANTIZATION_GROUP_SIZE": "0"} if precision == "bf16" else {}}, file)
        file.flush()
        command = [os.path.join(os.path.dirname(sys.executable), "benchmark_app"), "-m", model, "-d", "CPU", "-hint", "throughput",
                   "-t", seconds, "-infer_precision", precision, "-load_config", file.name,
                   "-shape", ",".join(name + shape for name in names)]
        done = subprocess.run(command, capture_output=True, text=True)
    count = re.search(r"Count:\s*([0-9]+) iterations", done.stdout)
    took = re.search(r"Duration:\s*([0-9.]+) ms", done.stdout)
    if done.returncode != 0 or not count or not took:
        sys.exit(f"benchmark_app ended {done.returncode}: {(done.stderr or done.stdout)[-500:]}")
    print(int(count.group(1)) * int(texts) * 1000 / float(took.group(1)))


if __name__ == "__main__":
    main()
