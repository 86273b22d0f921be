// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/store_journal.h"

#include "store/store_core.h"

namespace carma::store {

namespace {

constexpr std::size_t kSequencesAPage = 20'000; // of the catalog's answer
constexpr std::size_t kRunMin = 8;              // records beside each other that are worth one pass over the log
constexpr Sequence kStrangersMax = 16;          // records of other types that such a pass may step over at a time

bool isBook(log::RecordType type)
{
    switch (type) {
    case log::RecordType::Audit:
    case log::RecordType::HealCycle:
    case log::RecordType::Compliance:
    case log::RecordType::KeyEvent:
    case log::RecordType::Usage:
    case log::RecordType::Anomaly:
    case log::RecordType::Network:
    case log::RecordType::Setting:
    case log::RecordType::Billing: return true;
    default: return false;
    }
}

Result<std::vector<log::NewRecord>> toRecords(std::span<const journal::NewEntry> entries)
{
    std::vector<log::NewRecord> records;
    records.reserve(entries.size());
    for (const journal::NewEntry& entry : entries) {
        if (!isBook(entry.type)) {
            return Error{ErrorCode::InvalidArgument, "the journal takes no records of this type"};
        }
        records.push_back({entry.type, entry.space, entry.body});
    }
    return records;
}

} // namespace

Result<Sequence> StoreJournal::append(std::span<const journal::NewEntry> entries, const journal::AuditNote& note)
{
    CARMA_TRY_ASSIGN(const auto records, toRecords(entries));
    return m_core.appendAudited(records, note);
}

Result<Sequence> StoreJournal::append(std::span<const journal::NewEntry> entries)
{
    CARMA_TRY_ASSIGN(const auto records, toRecords(entries));
    if (records.empty()) {
        return Error{ErrorCode::InvalidArgument, "there is nothing to append"};
    }
    return m_core.append(records);
}

Result<bool> StoreJournal::readOne(log::RecordType type, Sequence sequence, const journal::Visitor& visit)
{
    const auto record = m_core.log->read(sequence);
    journal::Entry entry;
    entry.sequence = sequence;
    entry.type = type;
    if (record.has_value()) {
        entry.timeUs = record->header.wallTimeUs;
        entry.space = record->header.space;
        entry.purged = record->header.purged();
        entry.body = record->body;
    } else if (record.error().code == ErrorCode::NotFound) {
        entry.purged = true;
    } else {
        entry.lost = true;
    }
    return visit(entry);
}

/// One pass over the log from the first to the last of `run`. What it does not meet is visited as lost.
Result<bool> StoreJournal::readRun(log::RecordType type, std::span<const Sequence> run, const journal::Visitor& visit)
{
    std::size_t next = 0;
    bool goOn = true;
    const auto visitLostBefore = [&](Sequence sequence) -> Result<void> {
        for (; goOn && next < run.size() && run[next] < sequence; ++next) {
            journal::Entry entry;
            entry.sequence = run[next];
            entry.type = type;
            entry.lost = true;
            CARMA_TRY_ASSIGN(goOn, visit(entry));
        }
        return {};
    };
    const auto take = [&](const log::ScanItem& item) -> Result<bool> {
        if (item.header == nullptr) {
            return true; // visited as lost when the next one comes
        }
        CARMA_TRY(visitLostBefore(item.sequence));
        if (!goOn || next == run.size() || run[next] != item.sequence) {
            return goOn;
        }
        ++next;
        journal::Entry entry;
        entry.sequence = item.sequence;
        entry.timeUs = item.header->wallTimeUs;
        entry.type = type;
        entry.space = item.header->space;
        entry.purged = item.header->purged();
        entry.body = item.body;
        CARMA_TRY_ASSIGN(goOn, visit(entry));
        return goOn;
    };
    CARMA_TRY(m_core.log->scan(run.front(), run.back() + 1, take, Task{}));
    CARMA_TRY(visitLostBefore(kNoSequence));
    return goOn;
}

Result<void> StoreJournal::read(log::RecordType type, Sequence from, const journal::Visitor& visit)
{
    for (;;) {
        CARMA_TRY_ASSIGN(const auto page, m_core.catalog->books(static_cast<std::uint16_t>(type), from, kSequencesAPage));
        for (std::size_t begin = 0; begin < page.size();) {
            std::size_t end = begin + 1;
            while (end < page.size() && page[end] - page[end - 1] <= kStrangersMax) {
                ++end;
            }
            if (end - begin < kRunMin) {
                end = begin + 1;
            }
            CARMA_TRY_ASSIGN(const bool goOn,
                end - begin == 1 ? readOne(type, page[begin], visit) : readRun(type, std::span(page).subspan(begin, end - begin), visit));
            if (!goOn) {
                return {};
            }
            begin = end;
        }
        if (page.size() < kSequencesAPage) {
            return {};
        }
        from = page.back() + 1;
    }
}

Result<void> StoreJournal::purge(std::vector<Sequence> entries, const Task& task)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    CARMA_TRY(m_core.log->purge(std::move(entries), task));
    return m_core.follow(Task{});
}

Sequence StoreJournal::end() const { return m_core.log->end(); }

Result<void> StoreJournal::refresh()
{
    CARMA_TRY(m_core.log->refresh());
    return m_core.follow(Task{});
}

Clock& StoreJournal::clock() const { return *m_core.world.clock; }

Random& StoreJournal::random() const { return *m_core.world.random; }

} // namespace carma::store
