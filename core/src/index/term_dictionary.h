// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/snapshot_reader.h"
#include "index/term_list.h"
#include "index/words.h"

#include <carma/result.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace carma::index {

/// A term's postings, and the words that were read as it, folded, each behind a line feed; "=" is its own text. Empty when unknown.
struct Term {
    TermList list;
    std::string forms;
};

/// The terms of a namespace: in memory, or in a snapshot from which those that are looked up are read. The first change reads all of them.
/// find() and what only looks are thread-safe while nothing changes.
class TermDictionary {
public:
    /// Nothing if no passage has it. Stays where it is until the next compact().
    [[nodiscard]] const Term* find(std::string_view text) const;
    /// In any order; without reading the postings.
    void eachWord(const std::function<void(std::string_view text, std::string_view forms, std::size_t passages)>& visit) const;
    [[nodiscard]] std::size_t size() const { return m_stored ? m_stored->count() : m_terms.size(); }
    [[nodiscard]] std::size_t memoryBytes() const;

    /// Makes it if it is new. Values do not move.
    Term& at(std::string_view text);
    /// Drops the leavers, and terms that no passage is left of; a term that had some of them forgets its words.
    void compact(Renumbering newSlots);

    /// Terms rise in byte order, so that equal dictionaries are equal bytes.
    void encode(Bytes& out) const;
    /// Those of `slots` passages. Corruption for bytes that end too early; a list that contradicts itself is empty, and fails the pages
    /// when it is looked up.
    static Result<TermDictionary> decode(SnapshotReader& reader, std::size_t slots);

private:
    /// See encode().
    struct Stored {
        std::shared_ptr<SnapshotPages> pages;
        std::size_t slots = 0;
        StoredColumn<std::uint32_t> textBegins;    ///< [terms + 1], in texts
        StoredColumn<std::uint64_t> postingBegins; ///< [terms + 1], in postings
        StoredColumn<std::uint32_t> passages;      ///< [terms]
        StoredColumn<char> texts;                  ///< of each term its text and its forms
        StoredColumn<std::byte> postings;

        struct Entry {
            std::string_view text;
            std::string_view forms;
        };
        [[nodiscard]] std::size_t count() const { return passages.size(); }
        [[nodiscard]] Entry entry(std::size_t i) const;
        [[nodiscard]] TermList list(std::size_t i) const;
    };
    void own();

    std::unique_ptr<Stored> m_stored;                                     ///< none: all are in m_terms
    mutable TextMap<Term> m_terms;                                        ///< no list is empty; of what is stored those that were looked up
    std::unique_ptr<std::mutex> m_mutex = std::make_unique<std::mutex>(); ///< guards m_terms while there is something stored
};

} // namespace carma::index
