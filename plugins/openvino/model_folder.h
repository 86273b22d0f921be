// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <cstdint>
#include <string>

/// A folder of a sentence-transformer model: ours (config.json with pooling and tokenizer), or as the sentence-transformers
/// library writes it (config.json of the network, 1_Pooling/config.json, tokenizer_config.json), with the network in OpenVINO or
/// ONNX form. Nobody vouches for it.
namespace carma::openvino {

enum class Pooling : std::uint8_t { Cls, Mean };
enum class TokenizerKind : std::uint8_t {
    WordPiece,     ///< of uncased BERT
    SentencePiece, ///< of XLM-RoBERTa, which multilingual models have
};

struct ModelFolder {
    std::string name;    ///< of the model; printable ASCII, at most 63 characters
    std::string network; ///< path of the .xml or .onnx file
    TokenizerKind tokenizer = TokenizerKind::WordPiece;
    std::string vocabulary;     ///< contents of vocab.txt or sentencepiece.bpe.model
    std::string vocabularyPath; ///< of that file
    std::string prefix;
    Pooling pooling = Pooling::Mean;
    std::uint32_t version = 1;
    std::uint32_t tokensMax = 512;
    double advisedSemanticWeight = 0;
};

/// NotFound or Corruption with the file, the cause and the next step; LimitExceeded for a network beyond `networkBytesMax`.
Result<ModelFolder> readModelFolder(const std::string& folder, std::uint64_t networkBytesMax);

/// InvalidArgument for words other than "cls" and "mean".
Result<Pooling> parsePooling(const std::string& word);

} // namespace carma::openvino
