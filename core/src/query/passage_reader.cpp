// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/passage_reader.h"

#include "embed/token_table.h"
#include "index/text_parts.h"

#include <algorithm>
#include <functional>

namespace carma::query {

namespace {

constexpr std::size_t kEmbedBatch = 256; // bounds the float vectors and joined texts that are held at once
constexpr std::size_t kTaskPassages = 64;

struct TitledText {
    std::string_view title;
    std::string_view text;
};

Error notFinite(const Embedder& embedder)
{
    return {ErrorCode::PluginFailed, "the embedder " + embedder.identity().name + " gave a number that is not finite"};
}

Result<void> toFixed(const Embedder& embedder, std::span<const float> floats, std::span<std::int16_t> out)
{
    const std::size_t dimension = embedder.identity().dimension;
    for (std::size_t at = 0; at < floats.size(); at += dimension) {
        if (!index::toFixed(floats.subspan(at, dimension), out.subspan(at, dimension))) {
            return notFinite(embedder);
        }
    }
    return {};
}

/// A vector a text, each embedded with its title.
Result<void> embedTexts(Embedder& embedder, std::span<const TitledText> all, std::span<std::int16_t> vectors)
{
    const std::size_t dimension = embedder.identity().dimension;
    std::vector<std::string> joined(std::min(all.size(), kEmbedBatch));
    std::vector<std::string_view> texts;
    std::vector<float> floats;
    for (std::size_t begin = 0; begin < all.size(); begin += kEmbedBatch) {
        const auto part = all.subspan(begin, std::min(kEmbedBatch, all.size() - begin));
        texts.clear();
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (part[i].title.empty()) {
                texts.push_back(part[i].text);
                continue;
            }
            joined[i].assign(part[i].title).append(". ").append(part[i].text);
            texts.push_back(joined[i]);
        }
        floats.resize(part.size() * dimension);
        CARMA_TRY(embedder.embed(texts, floats));
        CARMA_TRY(toFixed(embedder, floats, vectors.subspan(begin * dimension, floats.size())));
    }
    return {};
}

/// The parts of some passages and where their vectors go.
class Parts {
public:
    Parts(bool withParts, std::span<const PassageView* const> passages)
    {
        for (const PassageView* passage : passages) {
            m_begins.push_back(m_parts.size());
            if (withParts) {
                const auto own = index::textParts(passage->text);
                m_parts.insert(m_parts.end(), own.begin(), own.end());
            }
        }
        m_begins.push_back(m_parts.size());
    }
    [[nodiscard]] std::size_t begin(std::size_t passage) const { return m_begins[passage]; }
    [[nodiscard]] std::span<const std::string_view> all() const { return m_parts; }
    [[nodiscard]] std::span<const std::string_view> of(std::size_t passage) const
    {
        return all().subspan(m_begins[passage], m_begins[passage + 1] - m_begins[passage]);
    }

private:
    std::vector<std::string_view> m_parts;
    std::vector<std::size_t> m_begins;
};

struct Reading {
    Embedder& embedder;
    std::span<const PassageView* const> passages;
    const Parts& parts;
    Indexes::Batch& batch;

    void readWords() const
    {
        for (const PassageView* passage : passages) {
            batch.words.setLanguage(passage->language);
            batch.terms.push_back(index::countTerms(batch.words, passage->title, passage->text));
        }
    }

    Result<void> embedAll() const
    {
        std::vector<TitledText> wholes;
        std::vector<TitledText> pieces;
        for (std::size_t i = 0; i < passages.size(); ++i) {
            wholes.push_back({passages[i]->title, passages[i]->text});
            for (const std::string_view part : parts.of(i)) {
                pieces.push_back({passages[i]->title, part});
            }
        }
        CARMA_TRY(embedTexts(embedder, wholes, batch.vectors));
        return embedTexts(embedder, pieces, batch.partVectors);
    }

    /// Passages `from` to `to`, each text read once.
    Result<void> embedLinear(const embed::TokenTable& table, std::size_t from, std::size_t to) const
    {
        const std::size_t dimension = embedder.identity().dimension;
        std::vector<float> whole(dimension);
        std::vector<float> floats;
        for (std::size_t i = from; i < to; ++i) {
            const PassageView& passage = *passages[i];
            const auto own = parts.of(i);
            const std::string_view text = passage.text;
            floats.resize(std::max<std::size_t>(own.size(), 1) * dimension);
            table.embedParts(passage.title, own.empty() ? std::span(&text, 1) : own, whole, floats);
            CARMA_TRY(toFixed(embedder, whole, std::span(batch.vectors).subspan(i * dimension, dimension)));
            const auto out = std::span(batch.partVectors).subspan(parts.begin(i) * dimension, own.size() * dimension);
            CARMA_TRY(toFixed(embedder, std::span(floats).first(out.size()), out));
        }
        return {};
    }
};

} // namespace

Result<void> readPassages(
    Embedder& embedder, bool withParts, Executor* executor, std::span<const PassageView* const> passages, Indexes::Batch& batch)
{
    const std::size_t dimension = embedder.identity().dimension;
    const Parts parts(withParts, passages);
    for (std::size_t i = 0; i < passages.size(); ++i) {
        batch.partCounts.push_back(static_cast<std::uint8_t>(parts.of(i).size()));
    }
    batch.vectors.resize(passages.size() * dimension);
    batch.partVectors.resize(parts.all().size() * dimension);
    const Reading reading{embedder, passages, parts, batch};
    const auto* const table = dynamic_cast<const embed::TokenTable*>(&embedder);
    if (table == nullptr) {
        reading.readWords();
        return reading.embedAll();
    }
    std::vector<Result<void>> results((passages.size() + kTaskPassages - 1) / kTaskPassages);
    std::vector<std::function<void()>> tasks{[&] { reading.readWords(); }};
    for (std::size_t i = 0; i < results.size(); ++i) {
        tasks.emplace_back(
            [&, i] { results[i] = reading.embedLinear(*table, i * kTaskPassages, std::min((i + 1) * kTaskPassages, passages.size())); });
    }
    if (executor != nullptr) {
        executor->runAll(tasks);
    } else {
        for (const auto& task : tasks) {
            task();
        }
    }
    for (const Result<void>& result : results) {
        CARMA_TRY(result);
    }
    return {};
}

} // namespace carma::query
