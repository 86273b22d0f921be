// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/entries.h"

#include "ingest/dates.h"
#include "ingest/formats.h"

#include <algorithm>

namespace carma::ingest {

namespace {

constexpr std::int64_t kSessionGapUs = 6LL * 3600 * 1'000'000;
constexpr std::size_t kSessionMessages = 50;
constexpr std::size_t kSectionEntries = 12; ///< of entries that nobody says
constexpr std::size_t kSpeakersMax = 64;
constexpr std::size_t kSpeakerBytesMax = 100;

/// Text without the zero bytes that "\u0000" makes.
void appendText(std::string_view from, std::string& to)
{
    for (std::size_t at = 0; at <= from.size();) {
        const auto zero = std::min(from.find('\0', at), from.size());
        to += from.substr(at, zero - at);
        to += zero < from.size() ? "\uFFFD" : "";
        at = zero + 1;
    }
}

} // namespace

EntryWriter::EntryWriter(Draft& draft) : m_draft(draft), m_tree(draft, m_breaker, kPassageBytesMax), m_packer(draft.text, m_tree, m_breaker)
{
}

bool EntryWriter::beginsSession(const Entry& entry) const
{
    if (m_inSession == 0 || m_inSession >= (entry.speaker.empty() ? kSectionEntries : kSessionMessages)) {
        return true;
    }
    return !entry.speaker.empty() && entry.timeUs != 0 && m_lastUs != 0 && entry.timeUs - m_lastUs > kSessionGapUs;
}

void EntryWriter::session(const std::string& title, std::int64_t timeUs)
{
    m_sessionTitle = oneLine(title, TreeBuilder::kTitleBytesMax);
    m_sessionUs = timeUs;
    m_inSession = 0;
}

void EntryWriter::meet(const std::string& speaker)
{
    if (m_speakers.size() < kSpeakersMax && std::find(m_speakers.begin(), m_speakers.end(), speaker) == m_speakers.end()) {
        m_speakers.push_back(speaker);
    }
}

void EntryWriter::add(const Entry& entry, std::string title)
{
    if (trimmed(entry.text).empty() || m_tree.full()) {
        return;
    }
    const std::string speaker = oneLine(entry.speaker, kSpeakerBytesMax);
    if (beginsSession(entry)) {
        const std::int64_t timeUs = entry.timeUs != 0 ? entry.timeUs : m_sessionUs;
        m_tree.section(m_sessionTitle ? *m_sessionTitle : timeUs != 0 ? dayOf(timeUs) : std::string(), timeUs);
        m_inSession = 0;
    }
    if (!speaker.empty()) {
        meet(speaker);
        m_draft.text += speaker + ": ";
        title = speaker;
    } else if (!entry.title.empty()) {
        m_draft.text += oneLine(entry.title, TreeBuilder::kTitleBytesMax) + "\n";
    }
    appendText(entry.text, m_draft.text);
    if (!m_draft.text.ends_with('\n')) {
        m_draft.text += '\n';
    }
    m_packer.label(oneLine(title, TreeBuilder::kTitleBytesMax), entry.timeUs);
    m_packer.block(m_draft.text.size());
    m_packer.flush();
    for (const std::string& tag : entry.tags) {
        addTag(m_draft, tag);
    }
    m_firstUs = m_firstUs == 0 ? entry.timeUs : m_firstUs;
    m_lastUs = entry.timeUs != 0 ? entry.timeUs : m_lastUs;
    ++m_inSession;
    ++m_count;
}

Result<void> EntryWriter::finish()
{
    std::string participants;
    for (const std::string& speaker : m_speakers) {
        participants += participants.empty() ? "" : ", ";
        participants += speaker;
    }
    addMetadata(m_draft, "participants", participants);
    if (m_firstUs != 0) {
        addMetadata(m_draft, "date", dayOf(m_firstUs));
        addMetadata(m_draft, "until", m_lastUs / 86'400'000'000 != m_firstUs / 86'400'000'000 ? dayOf(m_lastUs) : "");
    }
    m_draft.nodes.front().timeUs = m_firstUs;
    return m_tree.finish();
}

} // namespace carma::ingest
