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

/// What SHA256SUMS says: a digest in hexadecimal by the name of a file.
using FileSums = std::map<std::string, std::string>;

/// Of the file SHA256SUMS in the folder, as sha256sum writes it; empty if there is none. Corruption where a line is malformed.
Result<FileSums> readFileSums(const std::string& folder);
/// Corruption, with the path, if the sums name another digest for the last part of `path`. Fine if they do not name it.
Result<void> checkSum(const FileSums& sums, const std::string& path, ByteView bytes);

/// NotFound if there is no such file, LimitExceeded beyond `sizeMax`, Io if it cannot be read.
Result<Bytes> readModelFile(const std::string& path, std::size_t sizeMax);

} // namespace carma::embed
