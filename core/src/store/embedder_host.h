// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/journal.h"
#include "store/embedder_record.h"

#include <carma/embedders.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace carma::store {

/// The built-in model's folder in models/, and the name that opens it.
inline constexpr std::string_view kBuiltInEmbedder = "static-en-256";

/// Stands in for an embedder that cannot be had: all vectors are zeroes, which indexes leave out, so that words alone count.
std::shared_ptr<Embedder> standInEmbedder(EmbedderIdentity identity);
/// The one stand-in of engines that are made without the store's embedder.
std::shared_ptr<Embedder> wordsOnlyEmbedder();

/// Which embedder the vectors of a store come from, and the embedder itself once it is needed. Thread-safe.
class EmbedderHost {
public:
    /// `given`: the one of the environment; null for none. `factory` may be empty.
    EmbedderHost(std::shared_ptr<Embedder> given, EmbedderFactory factory, journal::Journal& journal)
        : m_given(std::move(given)), m_factory(std::move(factory)), m_journal(journal)
    {
    }

    /// Takes in what the journal has before `end` beyond what was read before. Costs nothing if that is nothing.
    Result<void> follow(Sequence end);
    /// What the store says, or what it will say once it keeps something; no name if there is no embedder at all.
    [[nodiscard]] EmbedderRecord inUse();
    /// The one that vectors are being made with, if any.
    [[nodiscard]] std::optional<EmbedderRecord> wanted();
    /// Whether the log says which one is in use.
    [[nodiscard]] bool isRecorded();
    /// One line if the environment's embedder is not the one that the store's vectors come from; empty if it is.
    [[nodiscard]] std::string difference();
    /// The record that a store without one needs before it keeps anything. Nothing if it has one or there is no embedder.
    std::optional<Bytes> firstRecord();

    struct Use {
        std::shared_ptr<Embedder> embedder; ///< null if it cannot be had
        std::string problem;                ///< why not, naming what is missing or damaged
        float semanticWeight = 0.5F;
    };
    /// The embedder that the store's vectors come from, opened when first asked for. What failed is not tried again.
    Use use();
    /// NotFound for a name that nobody knows.
    Result<std::shared_ptr<Embedder>> open(std::string_view source) const;
    /// The names of the models that come with the program.
    [[nodiscard]] std::vector<std::string> builtIn() const;

private:
    [[nodiscard]] EmbedderRecord standard() const; ///< of a store that records none
    Use resolve(const EmbedderRecord& record);

    const std::shared_ptr<Embedder> m_given;
    const EmbedderFactory m_factory;
    journal::Journal& m_journal;
    std::mutex m_mutex;
    // Guarded by m_mutex.
    Sequence m_next = 0;
    std::optional<EmbedderRecord> m_inUse, m_wanted;
    std::optional<Use> m_use;
};

} // namespace carma::store
