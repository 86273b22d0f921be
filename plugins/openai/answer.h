// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/plugin_abi.h>
#include <carma/result.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// The bodies of POST /v1/embeddings (https://platform.openai.com/docs/api-reference/embeddings), apart from the network.
namespace carma::openai {

struct Question {
    std::string model;
    std::string prefix;
    std::uint32_t dimension = 0; ///< asked for; 0 for none
};

/// The request for texts. Bytes that are no UTF-8 become U+FFFD, an empty text a space: servers refuse both.
std::string requestOf(const Question& question, std::span<const carma_text> texts);

/// Vectors of `count` texts, L2-normalised, in the order of the texts. `dimension` is what each must have; 0 takes that of the first
/// and sets it. Corruption for any other answer: not JSON, another count, an index twice, another dimension, numbers that are not finite.
Result<std::vector<float>> vectorsOf(const std::string& body, std::size_t count, std::uint32_t& dimension);

/// What a server says in an error, in one line of at most 300 bytes.
std::string complaintOf(const std::string& body);

} // namespace carma::openai
