// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model_folder.h"
#include "tokenizer.h"

#include <carma/plugin_abi.h>
#include <carma/result.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <openvino/openvino.hpp>
#include <span>
#include <string>
#include <vector>

namespace carma::openvino {

struct EncoderSettings {
    std::string folder;
    std::string prefix;  ///< empty for the folder's
    std::string pooling; ///< empty for the folder's
    std::uint32_t threads = 0;
    bool exact = false; ///< float32, though the processor multiplies matrices of bfloat16
    std::uint32_t tokensMax = 256;
    std::uint64_t networkBytesMax = 0;
};

/// Tokenizer, network and pooling. May throw what OpenVINO throws. Not thread-safe.
class Encoder {
public:
    static Result<std::unique_ptr<Encoder>> open(const EncoderSettings& settings);

    [[nodiscard]] const ModelFolder& model() const { return m_model; }
    [[nodiscard]] std::uint32_t dimension() const { return m_dimension; }

    /// One vector a text, L2-normalised; zeroes for a text without a token. `cancelled` is asked before each run of the network; if it
    /// says so, Cancelled.
    Result<void> encode(std::span<const carma_text> texts, float* vectors, const std::function<bool()>& cancelled);

    /// The ids that the network gets for a text, with the special ones that begin and end it.
    [[nodiscard]] std::vector<std::uint32_t> idsOf(std::string_view text) const;

private:
    struct Run; ///< one batch under way

    Encoder(ModelFolder model, std::unique_ptr<Tokenizer> tokenizer) : m_model(std::move(model)), m_tokenizer(std::move(tokenizer)) {}

    Result<void> compile(const EncoderSettings& settings);
    void start(Run& run, std::span<const std::vector<std::uint32_t>> ids);
    void finish(Run& run, float* vectors) const;

    ModelFolder m_model;
    std::unique_ptr<Tokenizer> m_tokenizer;
    std::size_t m_tokensMax = 0;
    std::uint32_t m_dimension = 0;
    std::size_t m_output = 0; ///< which output of the network
    ov::CompiledModel m_network;
    std::vector<std::shared_ptr<Run>> m_runs;
};

} // namespace carma::openvino
