// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/journal.h"

#include <mutex>

namespace carma::journal {

/// A journal that keeps its entries in memory, for tests and for what-if runs. It can be told to fail.
class MemoryJournal final : public Journal {
public:
    MemoryJournal(Clock& clock, Random& random) : m_clock(clock), m_random(random) {}

    Result<Sequence> append(std::span<const NewEntry> entries, const AuditNote& note) override;
    Result<Sequence> append(std::span<const NewEntry> entries) override;
    Result<void> read(log::RecordType type, Sequence from, const Visitor& visit) override;
    Result<void> purge(std::vector<Sequence> entries, const Task& task) override;
    [[nodiscard]] Sequence end() const override;
    Result<void> refresh() override { return {}; }
    [[nodiscard]] Clock& clock() const override { return m_clock; }
    [[nodiscard]] Random& random() const override { return m_random; }

    /// The next `count` appends fail and append nothing.
    void failNext(unsigned count, ErrorCode code);
    /// What the audit was told, in order.
    [[nodiscard]] std::vector<AuditNote> notes() const;
    /// The entry can be read no more.
    void lose(Sequence sequence);

private:
    struct Kept {
        std::int64_t timeUs = 0;
        log::RecordType type{};
        NamespaceId space;
        Bytes body;
        bool lost = false;
        bool purged = false;
    };
    Result<Sequence> appendAll(std::span<const NewEntry> entries, const AuditNote* note);

    Clock& m_clock;
    Random& m_random;
    mutable std::mutex m_mutex;
    std::vector<Kept> m_entries; ///< guarded, like all below; the sequence is the index
    std::vector<AuditNote> m_notes;
    unsigned m_failures = 0;
    ErrorCode m_failure = ErrorCode::Io;
};

} // namespace carma::journal
