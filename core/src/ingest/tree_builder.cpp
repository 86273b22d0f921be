// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/tree_builder.h"

#include "ingest/text_check.h"

#include <carma/assert.h>

#include <algorithm>
#include <utility>

namespace carma::ingest {

namespace {

/// A last piece may be this much longer than the goal: better than a crumb of a passage after it.
constexpr std::size_t kSlack = kPassageBytesGoal / 3;
/// A passage as short as this, a heading for instance, goes with the block after it even if that must be split.
constexpr std::size_t kShort = kPassageBytesGoal / 4;
static_assert(kPassageBytesGoal * Breaker::kReach <= kPassageBytesMax);

} // namespace

TreeBuilder::TreeBuilder(Draft& draft, Breaker& breaker, std::size_t sectionPassagesMax)
    : m_draft(draft), m_breaker(breaker), m_sectionPassagesMax(sectionPassagesMax)
{
    m_draft.nodes.assign(1, Node{});
}

void TreeBuilder::section(std::string title, std::int64_t timeUs)
{
    m_sectionTitle = std::move(title);
    m_sectionTimeUs = timeUs;
    m_sectionPending = true;
}

void TreeBuilder::openSection(std::size_t begin)
{
    m_section = m_draft.nodes.size();
    m_draft.nodes.push_back({.level = Level::Section,
        .parent = 0,
        .order = m_sections++,
        .offset = begin,
        .bytes = 0,
        .title = m_sectionTitle,
        .timeUs = m_sectionTimeUs});
    m_passages = 0;
    m_sectionPending = false;
}

void TreeBuilder::passage(std::size_t begin, std::size_t end, std::string_view title, std::int64_t timeUs)
{
    CARMA_ASSERT(begin == m_end && begin < end && end - begin <= kPassageBytesMax);
    m_end = end;
    if (m_draft.nodes.size() + 2 > kNodesMax) {
        m_full = true;
    }
    if (m_full) {
        return;
    }
    if (m_sectionPending || m_passages >= m_sectionPassagesMax) {
        openSection(begin);
    }
    const auto index = static_cast<std::uint32_t>(m_draft.nodes.size());
    m_draft.nodes.push_back({.level = Level::Passage,
        .parent = static_cast<std::uint32_t>(m_section),
        .order = m_passages++,
        .offset = begin,
        .bytes = end - begin,
        .title = std::string(title),
        .timeUs = timeUs});
    m_draft.nodes[m_section].bytes = end - m_draft.nodes[m_section].offset;
    if (m_draft.nodes.size() < kGroupsNodesMax) {
        addGroups(begin, end, index);
    }
}

void TreeBuilder::addGroups(std::size_t begin, std::size_t end, std::uint32_t parent)
{
    m_starts.assign(1, begin);
    m_breaker.sentences(m_draft.text, begin, contentEnd(m_draft.text, begin, end), m_starts);
    std::size_t left = m_starts.size();
    if (left <= kSentencesPlain) {
        return;
    }
    std::uint32_t order = 0;
    for (std::size_t i = 0; left > 0;) {
        const std::size_t count = left == 2 || left == 4 ? 2 : 3; // so that no group of one is left at the end
        const std::size_t groupEnd = i + count < m_starts.size() ? m_starts[i + count] : end;
        m_draft.nodes.push_back({.level = Level::Sentences,
            .parent = parent,
            .order = order++,
            .offset = m_starts[i],
            .bytes = groupEnd - m_starts[i],
            .title = {},
            .timeUs = 0});
        i += count;
        left -= count;
    }
}

Result<void> TreeBuilder::finish()
{
    if (m_full) {
        return {ErrorCode::LimitExceeded, "has more than " + std::to_string(kNodesMax) + " sections and passages"};
    }
    CARMA_ASSERT(m_draft.nodes.size() > 1 && m_end == m_draft.text.size());
    m_draft.nodes.front().bytes = m_draft.text.size();
    m_draft.nodes.front().title = m_draft.title;
    return {};
}

void PassagePacker::label(std::string_view title, std::int64_t timeUs)
{
    m_title = title;
    m_timeUs = timeUs;
}

void PassagePacker::emit(std::size_t end)
{
    // Only trailing blanks can make a passage longer than the bound; those beyond it become passages of their own.
    while (end - m_begin > kPassageBytesMax) {
        const std::size_t part = m_breaker.graphemeCut(m_text, m_begin, m_begin + kPassageBytesMax);
        m_tree.passage(m_begin, part, m_title, m_timeUs);
        m_begin = part;
    }
    m_tree.passage(m_begin, end, m_title, m_timeUs);
    m_begin = end;
}

void PassagePacker::flush()
{
    if (open()) {
        emit(m_end);
    }
}

void PassagePacker::block(std::size_t end)
{
    const std::size_t content = contentEnd(m_text, m_end, end);
    if (content == m_end && content > m_begin) {
        m_end = end; // blanks alone belong to the passage before them
        return;
    }
    const bool fits = content - m_begin <= kPassageBytesGoal;
    const bool splits = content - m_end > kPassageBytesGoal + kSlack;
    if (open() && !fits && !(splits && m_end - m_begin <= kShort)) {
        flush();
    }
    while (content - m_begin > kPassageBytesGoal + kSlack) {
        const std::size_t cut = m_breaker.cut(m_text, m_begin, content, kPassageBytesGoal, kPassageBytesMax);
        if (cut >= content) {
            break; // so that the blanks after it stay with it
        }
        emit(cut);
    }
    m_end = end;
}

} // namespace carma::ingest
