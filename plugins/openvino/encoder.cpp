// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "encoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numeric>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace carma::openvino {

namespace {

constexpr std::array<const char*, 3> kInputs{"input_ids", "attention_mask", "token_type_ids"};
constexpr std::size_t kBatchTexts = 32;    // more gains nothing on a processor
constexpr std::size_t kBatchTokens = 4096; // of a run, padding included: bounds its memory
constexpr std::size_t kLengthStep = 4;     // lengths are rounded up to this, because each shape is prepared once

std::size_t roundedLength(std::size_t tokens) { return (tokens + kLengthStep - 1) / kLengthStep * kLengthStep; }

/// Whether bfloat16 pays: where the processor multiplies matrices of it (AMX). One that only has instructions for vectors of it is faster
/// with activations quantised to 8 bits, by a factor of 2.5 for bge-small on a Xeon with avx512_bf16.
bool multipliesBfloat16()
{
#if defined(__x86_64__)
    constexpr unsigned kAmxBf16 = 1U << 22U; // CPUID leaf 7, subleaf 0, edx
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & kAmxBf16) != 0;
#else
    return true; // OpenVINO's list of abilities decides
#endif
}

Result<void> checkInputs(const ov::Model& network, const std::string& path)
{
    for (const auto& input : network.inputs()) {
        const bool known = std::ranges::any_of(kInputs, [&](const char* name) { return input.get_names().contains(name); });
        const bool sound = input.get_element_type() == ov::element::i64 && input.get_partial_shape().rank().compatible(2);
        if (!known || !sound) {
            return {ErrorCode::Unsupported,
                path + " has the input '" + (input.get_names().empty() ? "?" : input.get_any_name()) +
                    "'; this plugin knows input_ids, attention_mask and token_type_ids, int64 [batch, tokens]"};
        }
    }
    const auto ids = std::ranges::any_of(network.inputs(), [](const auto& input) { return input.get_names().contains("input_ids"); });
    return ids ? Result<void>() : Error{ErrorCode::Unsupported, path + " has no input input_ids"};
}

/// The output that holds vectors: one for each token, or one for each text.
Result<std::size_t> findOutput(const ov::Model& network, const std::string& path)
{
    for (const std::int64_t rank : {3, 2}) {
        for (std::size_t i = 0; i < network.outputs().size(); ++i) {
            const auto& shape = network.output(i).get_partial_shape();
            const bool fits = shape.rank().is_static() && shape.rank().get_length() == rank &&
                shape[shape.rank().get_length() - 1].is_static();
            if (fits && network.output(i).get_element_type() == ov::element::f32) {
                return i;
            }
        }
    }
    return {ErrorCode::Unsupported, path + " has no output of float32 [batch, tokens, dimension] or [batch, dimension]"};
}

void normalise(float* vector, std::size_t dimension)
{
    double squares = 0;
    for (std::size_t i = 0; i < dimension; ++i) {
        squares += static_cast<double>(vector[i]) * static_cast<double>(vector[i]);
    }
    const auto factor = squares > 0 ? static_cast<float>(1 / std::sqrt(squares)) : 0.0F;
    for (std::size_t i = 0; i < dimension; ++i) {
        vector[i] *= factor;
    }
}

} // namespace

struct Encoder::Run {
    ov::InferRequest request;
    std::vector<std::size_t> texts;   ///< positions of the batch's texts
    std::vector<std::size_t> lengths; ///< their tokens
    std::size_t padded = 0;
    bool busy = false;
};

Result<std::unique_ptr<Encoder>> Encoder::open(const EncoderSettings& settings)
{
    CARMA_TRY_ASSIGN(ModelFolder model, readModelFolder(settings.folder, settings.networkBytesMax));
    CARMA_TRY_ASSIGN(auto tokenizer, makeTokenizer(model));
    if (!settings.pooling.empty()) {
        CARMA_TRY_ASSIGN(model.pooling, parsePooling(settings.pooling));
    }
    if (!settings.prefix.empty()) {
        model.prefix = settings.prefix;
    }
    std::unique_ptr<Encoder> self(new Encoder(std::move(model), std::move(tokenizer)));
    CARMA_TRY(self->compile(settings));
    return self;
}

Result<void> Encoder::compile(const EncoderSettings& settings)
{
    ov::Core core;
    const auto network = core.read_model(m_model.network);
    CARMA_TRY(checkInputs(*network, m_model.network));
    CARMA_TRY_ASSIGN(m_output, findOutput(*network, m_model.network));
    const auto& shape = network->output(m_output).get_partial_shape();
    m_dimension = static_cast<std::uint32_t>(shape[shape.rank().get_length() - 1].get_length());
    m_tokensMax = std::clamp<std::size_t>(std::min(settings.tokensMax, m_model.tokensMax), 3, 8192);
    ov::AnyMap properties{{ov::hint::performance_mode.name(), ov::hint::PerformanceMode::THROUGHPUT}};
    const auto abilities = core.get_property("CPU", ov::device::capabilities);
    if (settings.exact || !multipliesBfloat16() || std::ranges::find(abilities, ov::device::capability::BF16) == abilities.end()) {
        properties[ov::hint::inference_precision.name()] = ov::element::f32;
    } else {
        // Twice as fast as float32, and nearer to the original's vectors than activations quantised to 8 bits, the default.
        properties[ov::hint::inference_precision.name()] = ov::element::bf16;
        properties[ov::hint::dynamic_quantization_group_size.name()] = std::uint64_t{0};
    }
    if (settings.threads > 0) {
        properties[ov::inference_num_threads.name()] = static_cast<int>(settings.threads);
    }
    m_network = core.compile_model(network, "CPU", properties);
    const auto parallel = std::clamp<std::size_t>(m_network.get_property(ov::optimal_number_of_infer_requests), 1, 64);
    for (std::size_t i = 0; i < parallel; ++i) {
        m_runs.push_back(std::make_shared<Run>());
        m_runs.back()->request = m_network.create_infer_request();
    }
    return {};
}

std::vector<std::uint32_t> Encoder::idsOf(std::string_view text) const
{
    std::vector<std::uint32_t> ids;
    if (m_model.prefix.empty()) {
        m_tokenizer->encode(text, m_tokensMax - 2, ids);
    } else {
        m_tokenizer->encode(m_model.prefix + std::string(text), m_tokensMax - 2, ids);
    }
    const Tokenizer::Special special = m_tokenizer->special();
    ids.insert(ids.begin(), special.first);
    ids.push_back(special.last);
    return ids;
}

Result<void> Encoder::encode(std::span<const carma_text> texts, float* vectors, const std::function<bool()>& cancelled)
{
    std::vector<std::vector<std::uint32_t>> ids;
    for (const carma_text& text : texts) {
        ids.push_back(idsOf({text.data, static_cast<std::size_t>(text.bytes)}));
    }
    // The longest first: a run's padding is small, and its memory is taken once.
    std::vector<std::size_t> order(texts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return ids[a].size() > ids[b].size(); });
    std::size_t next = 0;
    for (std::size_t done = 0; done < order.size(); next = (next + 1) % m_runs.size()) {
        Run& run = *m_runs[next];
        finish(run, vectors);
        if (cancelled()) {
            for (const auto& each : m_runs) {
                finish(*each, vectors);
            }
            return {ErrorCode::Cancelled, "was asked to stop"};
        }
        const std::size_t length = roundedLength(ids[order[done]].size());
        const std::size_t count = std::min({order.size() - done, kBatchTexts, std::max<std::size_t>(1, kBatchTokens / length)});
        run.texts.assign(order.begin() + static_cast<std::ptrdiff_t>(done), order.begin() + static_cast<std::ptrdiff_t>(done + count));
        start(run, ids);
        done += count;
    }
    for (const auto& each : m_runs) {
        finish(*each, vectors);
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (ids[i].size() <= 2) {
            std::fill_n(vectors + i * m_dimension, m_dimension, 0.0F);
        }
    }
    return {};
}

void Encoder::start(Run& run, std::span<const std::vector<std::uint32_t>> ids)
{
    run.padded = roundedLength(ids[run.texts.front()].size());
    run.lengths.clear();
    const ov::Shape shape{run.texts.size(), run.padded};
    for (const auto& input : m_network.inputs()) {
        ov::Tensor tensor(ov::element::i64, shape);
        auto* const cells = tensor.data<std::int64_t>();
        const bool isIds = input.get_names().contains(kInputs[0]);
        const bool isMask = input.get_names().contains(kInputs[1]);
        std::fill_n(cells, tensor.get_size(), isIds ? static_cast<std::int64_t>(m_tokenizer->special().padding) : 0);
        for (std::size_t row = 0; row < run.texts.size(); ++row) {
            const auto& tokens = ids[run.texts[row]];
            for (std::size_t i = 0; i < tokens.size() && (isIds || isMask); ++i) {
                cells[row * run.padded + i] = isIds ? static_cast<std::int64_t>(tokens[i]) : 1;
            }
        }
        run.request.set_tensor(input, tensor);
    }
    for (const std::size_t text : run.texts) {
        run.lengths.push_back(ids[text].size());
    }
    run.request.start_async();
    run.busy = true;
}

void Encoder::finish(Run& run, float* vectors) const
{
    if (!run.busy) {
        return;
    }
    run.busy = false;
    run.request.wait();
    const ov::Tensor output = run.request.get_output_tensor(m_output);
    const auto* const cells = output.data<const float>();
    const bool perToken = output.get_shape().size() == 3;
    for (std::size_t row = 0; row < run.texts.size(); ++row) {
        float* const vector = vectors + run.texts[row] * m_dimension;
        const float* const first = cells + row * (perToken ? run.padded : 1) * m_dimension;
        std::copy_n(first, m_dimension, vector);
        for (std::size_t token = 1; perToken && m_model.pooling == Pooling::Mean && token < run.lengths[row]; ++token) {
            std::transform(vector, vector + m_dimension, first + token * m_dimension, vector, std::plus{});
        }
        normalise(vector, m_dimension);
    }
}

} // namespace carma::openvino
