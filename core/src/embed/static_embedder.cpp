// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "embed/model_files.h"
#include "embed/pool_kernel.h"
#include "embed/token_table.h"
#include "embed/wordpiece.h"

#include <carma/embedder.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace carma {

namespace {

using embed::ModelConfig;
using embed::Tensor;
using embed::WordPiece;

constexpr std::size_t kModelBytesMax = 1U << 30U; // a million tokens of 1,024 numbers; ours has 8 MB
constexpr std::size_t kConfigBytesMax = 1U << 20U;
constexpr float kScaleMax = 1e6F; // real ones are near 0.01; the bound keeps sums and their squares finite

/// The sum of the rows of a text's tokens, L2-normalised: the length takes the count of the tokens out again.
class StaticEmbedder final : public Embedder, public embed::TokenTable {
public:
    StaticEmbedder(ModelConfig config, WordPiece tokenizer, Bytes rows, std::vector<float> scales)
        : m_config(std::move(config)), m_tokenizer(std::move(tokenizer)), m_rows(std::move(rows)), m_scales(std::move(scales))
    {
    }

    [[nodiscard]] const EmbedderIdentity& identity() const override { return m_config.identity; }

    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override
    {
        const std::size_t dimension = m_config.identity.dimension;
        CARMA_ASSERT(out.size() == texts.size() * dimension);
        thread_local std::vector<std::uint32_t> ids; // kept, because queries come by the hundred thousand
        for (std::size_t i = 0; i < texts.size(); ++i) {
            m_tokenizer.encode(texts[i], m_config.tokensMax, ids);
            embedIds(ids, out.subspan(i * dimension, dimension));
        }
        return {};
    }

    [[nodiscard]] std::vector<std::uint32_t> tokensOf(std::string_view text) const override
    {
        std::vector<std::uint32_t> ids;
        m_tokenizer.encode(text, m_config.tokensMax, ids);
        std::erase(ids, m_tokenizer.unknown());
        return ids;
    }
    [[nodiscard]] std::uint32_t tokenCount() const override { return static_cast<std::uint32_t>(m_tokenizer.size()); }
    [[nodiscard]] std::string_view token(std::uint32_t number) const override { return m_tokenizer.token(number); }
    void embedParts(
        std::string_view title, std::span<const std::string_view> parts, std::span<float> whole, std::span<float> out) const override
    {
        const std::size_t dimension = m_config.identity.dimension;
        std::vector<std::uint32_t> before;
        if (!title.empty()) {
            m_tokenizer.encode(std::string(title) + ".", m_config.tokensMax, before);
        }
        std::vector<std::uint32_t> all = before;
        std::vector<std::uint32_t> own;
        std::vector<std::uint32_t> ids;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            m_tokenizer.encode(parts[i], m_config.tokensMax, own);
            all.insert(all.end(), own.begin(), own.end());
            ids = before;
            ids.insert(ids.end(), own.begin(), own.end());
            embedIds(ids, out.subspan(i * dimension, dimension));
        }
        embedIds(all, whole);
    }
    void addRow(std::uint32_t number, std::span<float> sum) const override
    {
        embed::sumScaledRows(std::span(&number, 1), reinterpret_cast<const std::int8_t*>(m_rows.data()), m_scales, sum);
    }

private:
    /// `ids` may be too many, and some unknown.
    void embedIds(std::vector<std::uint32_t>& ids, std::span<float> out) const
    {
        ids.resize(std::min<std::size_t>(ids.size(), m_config.tokensMax));
        std::erase(ids, m_tokenizer.unknown());
        embedTokens(ids, out);
    }

    void embedTokens(std::span<const std::uint32_t> ids, std::span<float> out) const
    {
        std::ranges::fill(out, 0.0F);
        embed::sumScaledRows(ids, reinterpret_cast<const std::int8_t*>(m_rows.data()), m_scales, out);
        double squares = 0;
        for (const float value : out) {
            squares += static_cast<double>(value) * static_cast<double>(value);
        }
        if (squares > 0) {
            const auto factor = static_cast<float>(1.0 / std::sqrt(squares));
            for (float& value : out) {
                value *= factor;
            }
        }
    }

    const ModelConfig m_config;
    const WordPiece m_tokenizer;
    const Bytes m_rows; ///< int8 [tokens, dimension]
    const std::vector<float> m_scales;
};

Result<std::vector<float>> readScales(const Tensor& tensor)
{
    std::vector<float> scales(tensor.data.size() / sizeof(float));
    std::memcpy(scales.data(), tensor.data.data(), scales.size() * sizeof(float));
    if (!std::ranges::all_of(scales, [](float scale) { return std::abs(scale) <= kScaleMax; })) {
        return {ErrorCode::Corruption, "a scale is not a sound number"};
    }
    return scales;
}

/// Tells the file's name and, whatever a parser found wrong with it, that it is the file that is corrupt.
Error inFile(const Error& error, const std::string& path)
{
    const bool keepCode = error.code == ErrorCode::NotFound || error.code == ErrorCode::Io;
    return Error{keepCode ? error.code : ErrorCode::Corruption, error.message}.within(path);
}

Result<ModelConfig> readConfig(const std::string& folder, const embed::FileSums& sums)
{
    const std::string path = folder + "/config.json";
    CARMA_TRY_ASSIGN(const Bytes bytes, embed::readModelFile(path, kConfigBytesMax));
    CARMA_TRY(embed::checkSum(sums, path, bytes));
    auto config = embed::parseModelConfig(bytes);
    if (!config) {
        return inFile(config.error(), path);
    }
    return config;
}

} // namespace

Result<EmbedderIdentity> readStaticIdentity(const std::string& folder)
{
    CARMA_TRY_ASSIGN(ModelConfig config, readConfig(folder, {}));
    return std::move(config.identity);
}

Result<std::shared_ptr<Embedder>> loadStaticEmbedder(const std::string& folder)
{
    CARMA_TRY_ASSIGN(const embed::FileSums sums, embed::readFileSums(folder));
    CARMA_TRY_ASSIGN(ModelConfig config, readConfig(folder, sums));
    const std::string vocabularyPath = folder + "/vocab.txt";
    CARMA_TRY_ASSIGN(const Bytes vocabulary, embed::readModelFile(vocabularyPath, WordPiece::kVocabularyBytesMax));
    CARMA_TRY(embed::checkSum(sums, vocabularyPath, vocabulary));
    auto tokenizer = WordPiece::parse(toString(vocabulary));
    if (!tokenizer) {
        return inFile(tokenizer.error(), vocabularyPath);
    }
    const std::string modelPath = folder + "/model.safetensors";
    CARMA_TRY_ASSIGN(const Bytes model, embed::readModelFile(modelPath, kModelBytesMax));
    CARMA_TRY(embed::checkSum(sums, modelPath, model));
    auto tensors = embed::parseSafetensors(model);
    if (!tensors) {
        return inFile(tensors.error(), modelPath);
    }
    const Tensor& rows = (*tensors)["embeddings"];
    const Tensor& scales = (*tensors)["scales"];
    const std::uint64_t tokens = tokenizer->size();
    if (rows.dtype != "I8" || rows.shape != std::vector<std::uint64_t>{tokens, config.identity.dimension} || scales.dtype != "F32" ||
        scales.shape != std::vector<std::uint64_t>{tokens}) {
        return {ErrorCode::Corruption, modelPath + ": the tensors do not fit the vocabulary and the configuration"};
    }
    auto scaleValues = readScales(scales);
    if (!scaleValues) {
        return inFile(scaleValues.error(), modelPath);
    }
    return std::shared_ptr<Embedder>(
        std::make_shared<StaticEmbedder>(std::move(config), std::move(*tokenizer), toBytes(rows.data), std::move(*scaleValues)));
}

} // namespace carma
