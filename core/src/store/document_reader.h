// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/store_core.h"

#include <memory>
#include <mutex>

/// Reads documents back: their trees, the text of any node, their originals. Thread-safe.
namespace carma::store {

/// A document's tree in memory.
struct LoadedTree {
    catalog::DocumentRow row;
    std::vector<ingest::Node> nodes;
    bool textIsOriginal = false;
    bool treeIsComplete = true; ///< false: the document's record is damaged, and the tree is what its passages say
};

class DocumentReader {
public:
    explicit DocumentReader(StoreCore& core) : m_core(core) {}

    /// NotFound if there is no such document.
    Result<std::shared_ptr<const LoadedTree>> tree(const FragmentId& document);
    /// One passage's text. Corruption if its record cannot be read.
    Result<std::string> passageText(const catalog::FragmentRow& row);
    /// The texts of all passages that overlap [offset, offset + bytes) of the document's text, cut to that range. `missing` counts passages
    /// that cannot be read; their bytes are left out.
    struct RangeText {
        std::string text;
        std::uint32_t missing = 0;
    };
    Result<RangeText> rangeText(const FragmentId& document, std::uint64_t offset, std::uint64_t bytes);
    /// The original bytes, proved by their digest. Corruption names what is missing; NotFound if the original was not kept.
    Result<std::string> original(const FragmentId& document);

    DocumentSummary summary(const catalog::DocumentRow& row);
    /// For people: "Garden > Beds, passage 3 of 12".
    std::string place(const LoadedTree& tree, std::uint32_t node, std::uint32_t number) const;

private:
    Result<std::shared_ptr<LoadedTree>> loadTree(const catalog::DocumentRow& row);
    LoadedTree treeOfPassages(const catalog::DocumentRow& row);
    Result<std::string> joinPieces(const catalog::DocumentRow& row);

    StoreCore& m_core;
    std::mutex m_mutex; ///< guards the cache of the tree read last
    std::shared_ptr<const LoadedTree> m_last;
};

} // namespace carma::store
