// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/sector/sector.h"
#include "query/search_engine.h"
#include "store/store_core.h"

#include <optional>

/// The sealed files of search engines in indexes/: caches, one a namespace and kind. Byte format: core/docs/format/index_snapshot.md
namespace carma::store {

enum class SnapshotKind : std::uint8_t {
    Current,   ///< "<namespace id>.index"
    WordsOnly, ///< "<namespace id>.words.index": made without the embedder
    History,   ///< "<namespace id>.history.index": with the old versions of documents
    Next,      ///< "<namespace id>.next.index": of the embedder that is wanted, as far as it has come
};
inline constexpr std::array kSnapshotKinds{SnapshotKind::Current, SnapshotKind::WordsOnly, SnapshotKind::History, SnapshotKind::Next};

class SnapshotFiles {
public:
    static constexpr std::string_view kFolder = "indexes";

    explicit SnapshotFiles(StoreCore& core) : m_core(core) {}

    static std::string path(const NamespaceId& space, SnapshotKind kind);

    /// What a snapshot belongs to: it is read for the same only.
    struct Owner {
        NamespaceId space;
        std::uint64_t forgotten = 0; ///< fragments of the namespace, as the catalog counts them
        std::shared_ptr<Embedder> embedder;
        query::Weights weights;
    };
    /// Nothing if it is not there; nor if it was written before something was forgotten, and then it goes. One that is damaged beyond its
    /// codes, of another embedder or not ours is told of in one line. Most of it is read later: see SearchEngine::isDamaged().
    std::optional<query::DecodedEngine> read(const Owner& owner, SnapshotKind kind);
    /// False if it cannot be written: then the next program builds it again.
    bool write(const NamespaceId& space, SnapshotKind kind, std::uint64_t forgotten, query::SearchEngine& engine, Sequence applied);
    [[nodiscard]] bool has(const NamespaceId& space, SnapshotKind kind) const;
    /// The finished engine of the new embedder takes the place of the current one. False if there is none.
    bool promote(const NamespaceId& space);
    void remove(const NamespaceId& space, SnapshotKind kind);
    /// Removes one of which an engine found a part damaged, and tells of it.
    void removeDamaged(const NamespaceId& space, SnapshotKind kind);

private:
    struct Head;
    [[nodiscard]] std::optional<Head> openHead(const NamespaceId& space, std::span<std::byte, log::kSectorBytes> sector) const;
    Bytes seal(const NamespaceId& space, std::uint64_t forgotten, query::SearchEngine& engine, Sequence applied);
    void tellUseless(std::string_view path, std::string_view why) const;

    StoreCore& m_core;
};

} // namespace carma::store
