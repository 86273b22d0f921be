// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/memory_journal.h"

namespace carma::journal {

Result<Sequence> MemoryJournal::appendAll(std::span<const NewEntry> entries, const AuditNote* note)
{
    const std::lock_guard guard(m_mutex);
    if (m_failures > 0) {
        --m_failures;
        return Error{m_failure, "the journal was told to fail"};
    }
    const Sequence first = m_entries.size();
    for (const NewEntry& entry : entries) {
        m_entries.push_back({m_clock.wallTimeUs(), entry.type, entry.space, entry.body, false, false});
    }
    if (note != nullptr) {
        m_entries.push_back({m_clock.wallTimeUs(), log::RecordType::Audit, {}, {}, false, false});
        m_notes.push_back(*note);
    }
    return first;
}

Result<Sequence> MemoryJournal::append(std::span<const NewEntry> entries, const AuditNote& note) { return appendAll(entries, &note); }

Result<Sequence> MemoryJournal::append(std::span<const NewEntry> entries) { return appendAll(entries, nullptr); }

Result<void> MemoryJournal::read(log::RecordType type, Sequence from, const Visitor& visit)
{
    for (Sequence at = from;; ++at) {
        Kept kept;
        {
            const std::lock_guard guard(m_mutex);
            if (at >= m_entries.size()) {
                return {};
            }
            if (m_entries[at].type != type) {
                continue;
            }
            kept = m_entries[at];
        }
        const ByteView body = kept.lost ? ByteView{} : ByteView(kept.body);
        CARMA_TRY_ASSIGN(const bool goOn, visit({at, kept.timeUs, type, kept.space, body, kept.lost, kept.purged}));
        if (!goOn) {
            return {};
        }
    }
}

Result<void> MemoryJournal::purge(std::vector<Sequence> entries, const Task& /*task*/)
{
    const std::lock_guard guard(m_mutex);
    for (const Sequence sequence : entries) {
        if (sequence < m_entries.size()) {
            m_entries[sequence].body.clear();
            m_entries[sequence].purged = true;
        }
    }
    return {};
}

Sequence MemoryJournal::end() const
{
    const std::lock_guard guard(m_mutex);
    return m_entries.size();
}

void MemoryJournal::failNext(unsigned count, ErrorCode code)
{
    const std::lock_guard guard(m_mutex);
    m_failures = count;
    m_failure = code;
}

std::vector<AuditNote> MemoryJournal::notes() const
{
    const std::lock_guard guard(m_mutex);
    return m_notes;
}

void MemoryJournal::lose(Sequence sequence)
{
    const std::lock_guard guard(m_mutex);
    if (sequence < m_entries.size()) {
        m_entries[sequence].lost = true;
    }
}

} // namespace carma::journal
