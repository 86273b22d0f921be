// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"
#include "store/store_core.h"

#include <carma/embedder.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>

/// Vectors of slow embedders by what they were made of, so that an index that is built again, or a text that comes in another namespace,
/// costs no second embedding. See core/docs/decisions/0017-embedding-cache.md
namespace carma::store {

/// One for a store; thread-safe. Keys are HMAC-SHA-256 of the embedder's identity and the text under a key of the store, cut to 128 bits.
/// The file is sealed, read when passages are first embedded, and deleted whole when something is purged.
class EmbeddingCache {
public:
    static constexpr std::string_view kPath = "indexes/embeddings.cache";
    static constexpr std::size_t kBytesMax = 256U << 20U; ///< beyond, the oldest go

    explicit EmbeddingCache(StoreCore& core, std::size_t bytesMax = kBytesMax);
    ~EmbeddingCache();
    EmbeddingCache(const EmbeddingCache&) = delete;
    EmbeddingCache& operator=(const EmbeddingCache&) = delete;

    /// The embedder itself if it is fast; else one that asks the cache first. The same for the same. Must not outlive the cache's store.
    std::shared_ptr<Embedder> wrap(std::shared_ptr<Embedder> embedder);
    /// Writes what is new, if there is anything. A cache: failures cost time later.
    void save();
    /// Forgets everything, in memory and on the disk. False if the file is still there.
    bool clear();

private:
    class Cached;
    struct State;
    std::shared_ptr<State> m_state; ///< shared with the embedders it gave out
    std::mutex m_mutex;
    std::shared_ptr<Embedder> m_inner, m_wrapped; ///< guarded by m_mutex: the last that was wrapped
};

} // namespace carma::store
