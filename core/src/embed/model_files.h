// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/embedder.h>
#include <carma/result.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// The files of a model folder, read from disk and not trusted.
namespace carma::embed {

/// One array of a safetensors file (https://github.com/huggingface/safetensors). `data` is a part of the file's bytes
/// and has exactly the size that `dtype` and `shape` ask for.
struct Tensor {
    std::string dtype; ///< "I8", "F32", ...
    std::vector<std::uint64_t> shape;
    ByteView data;
};

/// All tensors by name. Corruption for a header of more than 1 MiB, offsets outside the file, unknown types and sizes
/// that do not match. The result refers to `file`.
Result<std::map<std::string, Tensor>> parseSafetensors(ByteView file);

/// What the static embedder needs to know of config.json.
struct ModelConfig {
    EmbedderIdentity identity;
    std::uint32_t tokensMax = 0; ///< tokens of a text that count, from the start
};

/// Corruption where a field is missing, of another type or out of bounds.
Result<ModelConfig> parseModelConfig(ByteView file);

/// NotFound if there is no such file, LimitExceeded beyond `sizeMax`, Io if it cannot be read.
Result<Bytes> readModelFile(const std::string& path, std::size_t sizeMax);

} // namespace carma::embed
