// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/memory.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace carma::store {

/// The fragments that queries showed last, as they were read: a hit that comes again needs no look-up, no opening and no check.
/// Holds plain text, hence only as long as nothing was edited or forgotten. Thread-safe.
///
/// Two generations: what is found in the older one moves to the younger; when that is full it becomes the older one, and what nobody
/// asked for since goes. Nothing has to be sorted by its last use.
class ViewCache {
public:
    explicit ViewCache(std::size_t bytesMax) : m_bytesMax(bytesMax) {}

    /// Null if it is not there. `edits` is the catalog's mark; another one than last time empties the cache.
    std::shared_ptr<const FragmentView> find(const FragmentId& id, std::uint64_t edits);
    /// `edits` was read before the view was. Keeps nothing if the mark has moved on.
    void keep(std::shared_ptr<const FragmentView> view, std::uint64_t edits);
    void clear();
    [[nodiscard]] std::size_t memoryBytes() const;

private:
    using Views = std::unordered_map<FragmentId, std::shared_ptr<const FragmentView>>;
    void turnTo(std::uint64_t edits);
    void insert(std::shared_ptr<const FragmentView> view);

    const std::size_t m_bytesMax; ///< of one generation
    mutable std::mutex m_mutex;   ///< guards the rest
    std::uint64_t m_edits = 0;
    Views m_young, m_old;
    std::size_t m_youngBytes = 0, m_oldBytes = 0;
};

} // namespace carma::store
