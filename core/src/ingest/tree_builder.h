// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/breaker.h"
#include "ingest/reader.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Builds the tree of a draft from front to back.
namespace carma::ingest {

/// Appends nodes in depth-first order. A section comes into being with its first passage, so that none is empty.
class TreeBuilder {
public:
    /// Keeps a reference to `draft` and reads draft.text when a passage is added. Sections are continued in a new one
    /// of the same title after `sectionPassagesMax` passages.
    TreeBuilder(Draft& draft, Breaker& breaker, std::size_t sectionPassagesMax);

    /// What follows belongs to a new section.
    void section(std::string title, std::int64_t timeUs = 0);
    /// Whether a section was announced that has no passage yet.
    [[nodiscard]] bool sectionPending() const { return m_sectionPending; }
    /// Adds draft.text[begin, end), with its sentence groups if it has more than kSentencesPlain sentences.
    /// REQUIRES: begin < end, begin is where the passage before ended
    void passage(std::size_t begin, std::size_t end, std::string_view title = {}, std::int64_t timeUs = 0);
    /// Whether the bound on nodes is reached; passages are ignored from then on.
    [[nodiscard]] bool full() const { return m_full; }
    /// Closes the tree. LimitExceeded if it was full. REQUIRES: at least one passage was added, and they end where the
    /// text ends
    Result<void> finish();

    static constexpr std::size_t kSentencesPlain = 3; ///< a passage of so few sentences is its own group
    /// Beyond this many nodes passages get no sentence groups any more, so that a huge file is refused only if its
    /// passages alone are too many.
    static constexpr std::size_t kGroupsNodesMax = kNodesMax / 2;
    static constexpr std::size_t kTitleBytesMax = 300;

private:
    void openSection(std::size_t begin);
    void addGroups(std::size_t begin, std::size_t end, std::uint32_t parent);

    Draft& m_draft;
    Breaker& m_breaker;
    const std::size_t m_sectionPassagesMax;
    std::vector<std::size_t> m_starts;
    std::string m_sectionTitle;
    std::int64_t m_sectionTimeUs = 0;
    std::size_t m_section = 0; ///< index of the open section's node
    std::uint32_t m_sections = 0;
    std::uint32_t m_passages = 0; ///< of the open section
    std::size_t m_end = 0;        ///< of the last passage
    bool m_sectionPending = true;
    bool m_full = false;
};

/// Joins blocks (paragraphs, list items, code) to passages near kPassageBytesGoal and splits those that are too long.
class PassagePacker {
public:
    PassagePacker(const std::string& text, TreeBuilder& tree, Breaker& breaker) : m_text(text), m_tree(tree), m_breaker(breaker) {}

    /// The text up to `end` is one block, its trailing blanks included; it begins where the one before ended.
    void block(std::size_t end);
    /// Ends the passage: the next block begins a new one. Later passages have this title and time.
    void flush();
    void label(std::string_view title, std::int64_t timeUs);
    /// Whether a passage is under way.
    [[nodiscard]] bool open() const { return m_end > m_begin; }

private:
    void emit(std::size_t end);

    const std::string& m_text;
    TreeBuilder& m_tree;
    Breaker& m_breaker;
    std::string m_title;
    std::int64_t m_timeUs = 0;
    std::size_t m_begin = 0; ///< of the passage under way
    std::size_t m_end = 0;   ///< of its last block
};

} // namespace carma::ingest
