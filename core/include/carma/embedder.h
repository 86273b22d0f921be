// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace carma {

/// What a store records about where its vectors come from. Vectors of different identities are never compared.
struct EmbedderIdentity {
    std::string name;
    std::uint32_t version = 0;
    std::uint32_t dimension = 0;
    bool operator==(const EmbedderIdentity&) const = default;
};

/// What an embedder says of itself beside its identity.
struct EmbedderTraits {
    float semanticWeight = 0.5F; ///< of cosines in hybrid scores, where BM25 has 1: what its vectors do best with; 0 to 4
    bool slow = false;           ///< a text takes a millisecond or more: its vectors are worth keeping in a cache
};

/// Turns texts into vectors. Thread-safe.
class Embedder {
public:
    virtual ~Embedder() = default;
    [[nodiscard]] virtual const EmbedderIdentity& identity() const = 0;
    [[nodiscard]] virtual EmbedderTraits traits() const { return {}; }
    /// One vector a text, row-major float32 [texts.size(), dimension], L2-normalised; all zeroes for a text without a
    /// known token, which indexes leave out. REQUIRES: out.size() == texts.size() * dimension.
    virtual Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) = 0;
};

/// The built-in model: a WordPiece table of token rows, mean pooled. `folder` holds model.safetensors, vocab.txt and
/// config.json, and may hold SHA256SUMS (as sha256sum writes it), which the files must match then. NotFound or Corruption with the
/// file's name otherwise.
Result<std::shared_ptr<Embedder>> loadStaticEmbedder(const std::string& folder);
/// What loadStaticEmbedder would give the identity of, from config.json alone.
Result<EmbedderIdentity> readStaticIdentity(const std::string& folder);

} // namespace carma
