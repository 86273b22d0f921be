// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/subject_impl.h"

#include "audit/statement.h"

#include <algorithm>

/// Crypto-erasure of a namespace.
///
/// One durable record says that the namespace is gone; what follows only removes what nobody can reach any more, and can be repeated
/// at will: its index, the bodies of its records in every segment and tail, its wrapped key in the log and in every copy of the key
/// ring, and its rows in the catalog, which follow from the record. A second record says that it is done. Rejected: destroying the key
/// first. A crash after that would leave records that nothing can open and nothing names as purged, which is what damage looks like.
namespace carma::store {

namespace {

constexpr std::string_view kQuarantine = "quarantine";

journal::AuditNote noteOf(std::string action, const NamespaceId& space)
{
    journal::AuditNote note;
    note.action = std::move(action);
    note.object = toString(space);
    return note;
}

} // namespace

Result<ErasePlan> SubjectsImpl::plan(std::string_view space)
{
    CARMA_TRY(m_core.journal().refresh());
    CARMA_TRY_ASSIGN(const std::uint64_t apiKeys, m_keys.countOf(std::string(space)));
    CARMA_TRY_ASSIGN(const billing::Engine::Traces bills, m_core.billing().tracesOf(space));
    const auto found = m_core.space(space);
    if (!found.has_value() && (apiKeys > 0 || !bills.records.empty())) {
        ErasePlan plan;
        plan.name = space;
        plan.keys = apiKeys;
        plan.billingRecords = bills.records.size();
        plan.invoicesKept = bills.invoices;
        return plan;
    }
    CARMA_TRY_ASSIGN(const auto keys, found);
    CARMA_TRY(m_core.compliance.follow(m_core.journal()));
    CARMA_TRY_ASSIGN(const catalog::Counts counts, m_core.catalog->counts(keys->id));
    ErasePlan plan{.id = keys->id,
        .name = keys->name,
        .documents = counts.documents,
        .passages = counts.fragments,
        .textBytes = counts.textBytes,
        .auditEntries = 0,
        .keys = apiKeys,
        .billingRecords = bills.records.size(),
        .invoicesKept = bills.invoices,
        .heldBecause = m_core.compliance.heldBecause(keys->id, FragmentId{})};
    CARMA_TRY(m_core.journal().read(log::RecordType::Audit, 0, [&](const journal::Entry& entry) -> Result<bool> {
        const auto owner = audit::spaceOf(entry.body);
        plan.auditEntries += owner.has_value() && *owner == keys->id ? 1 : 0;
        return true;
    }));
    return plan;
}

/// All records that are sealed with the key of `space`, and those that hold it wrapped. The key may be gone already: records that do not
/// open are looked at by their headers.
Result<std::vector<Sequence>> SubjectsImpl::recordsOf(const NamespaceId& space, const Task& task)
{
    std::vector<Sequence> sequences;
    const auto takeStored = [&](Sequence sequence) {
        const auto stored = m_core.log->stored(sequence);
        const auto header = stored.has_value() ? log::decodeHeader(*stored) : Result<log::RecordHeader>(stored.error());
        if (header.has_value() && header->space == space && !header->purged()) {
            sequences.push_back(sequence);
        }
    };
    CARMA_TRY(m_core.log->scan(
        0, kNoSequence,
        [&](const log::ScanItem& item) -> Result<bool> {
            for (std::uint64_t i = 0; i < item.lostCount; ++i) {
                takeStored(item.sequence + i);
            }
            if (item.header == nullptr || item.header->purged()) {
                return true;
            }
            bool holdsKey = false;
            if (item.header->type == log::RecordType::Namespace) {
                const auto body = decodeNamespace(item.body);
                holdsKey = body.has_value() && body->id == space;
            }
            if (holdsKey || item.header->space == space) {
                sequences.push_back(item.sequence);
            }
            return true;
        },
        task));
    return sequences;
}

Result<void> SubjectsImpl::dropIndex(const NamespaceId& space)
{
    m_searcher.forget(space);
    if (!m_searcher.cache().clear()) {
        return Error{ErrorCode::Io, "the cache of embeddings cannot be deleted: " + std::string(EmbeddingCache::kPath)};
    }
    for (const SnapshotKind kind : kSnapshotKinds) {
        const std::string path = SnapshotFiles::path(space, kind);
        CARMA_TRY_ASSIGN(const auto left, m_core.world.disk->info(path));
        if (left) {
            return Error{ErrorCode::Io, "the index of an erased namespace cannot be deleted: " + path};
        }
    }
    return {};
}

/// Entries about somebody from before there was a namespace of that name: nothing seals what is personal in them but the store's own key.
Result<std::vector<Sequence>> SubjectsImpl::entriesAbout(const std::string& subject)
{
    std::vector<Sequence> found;
    CARMA_TRY(m_core.journal().read(log::RecordType::Audit, 0, [&](const journal::Entry& entry) -> Result<bool> {
        const auto body = entry.lost || entry.purged ? Result<audit::EntryBody>(Error{}) : audit::decodeEntry(entry.body, nullptr);
        if (body.has_value() && body->space.isNull() && body->personal.subject == subject) {
            found.push_back(entry.sequence);
        }
        return true;
    }));
    return found;
}

/// The one batch that decides: the namespace and the keys of its name are gone, and what is to be purged is named.
Result<void> SubjectsImpl::begin(const log::SpaceKeys& keys, const billing::Engine::Traces& bills)
{
    const NamespaceId space = keys.id;
    CARMA_TRY_ASSIGN(std::vector<Sequence> entries, entriesAbout(keys.name));
    entries.insert(entries.end(), bills.records.begin(), bills.records.end());
    return m_keys.eraseOwner(
        keys.name, [&](std::span<const journal::NewEntry> ends, std::span<const Sequence> superseded) -> Result<Sequence> {
            std::vector<Sequence> also(entries);
            also.insert(also.end(), superseded.begin(), superseded.end());
            std::vector<Bytes> bodies;
            for (std::size_t at = 0; at == 0 || at < also.size(); at += audit::kErasureAlsoMax) {
                const auto part = std::span(also).subspan(at, std::min(audit::kErasureAlsoMax, also.size() - at));
                bodies.push_back(audit::encodeCompliance(
                    audit::Erasure{.space = space, .done = false, .recordsPurged = 0, .also = {part.begin(), part.end()}}));
            }
            CARMA_TRY_ASSIGN(const Bytes audited, m_core.auditBody(noteOf("subject.erase", space)));
            std::vector<log::NewRecord> records;
            for (const journal::NewEntry& entry : ends) {
                records.push_back({entry.type, NamespaceId{}, entry.body});
            }
            for (const Bytes& body : bodies) {
                records.push_back({log::RecordType::Compliance, NamespaceId{}, body});
            }
            records.push_back({log::RecordType::Audit, NamespaceId{}, audited});
            return m_core.endSpace(records, space);
        });
}

Result<EraseReport> SubjectsImpl::erase(std::string_view space, const Task& task)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    const std::lock_guard guard(m_erasing);
    const std::int64_t started = m_core.world.clock->monotonicUs();
    auto found = m_core.space(space);
    if (!found.has_value()) {
        // Somebody who has keys or bills and no memory gets a namespace first, so that the end is written like any other.
        CARMA_TRY_ASSIGN(const std::uint64_t apiKeys, m_keys.countOf(std::string(space)));
        CARMA_TRY_ASSIGN(const billing::Engine::Traces bills, m_core.billing().tracesOf(space));
        found = apiKeys > 0 || !bills.records.empty() ? m_core.spaceOrCreate(space) : std::move(found);
    }
    CARMA_TRY_ASSIGN(const auto keys, found);
    CARMA_TRY(m_core.compliance.follow(m_core.journal()));
    if (const std::string held = m_core.compliance.heldBecause(keys->id, FragmentId{}); !held.empty()) {
        journal::AuditNote note = noteOf("subject.erase", keys->id);
        note.space = keys->id;
        return m_core.refuse(
            std::move(note), {ErrorCode::InvalidArgument, "the namespace '" + keys->name + "' is under a legal hold: " + held});
    }
    std::vector<std::string> invoices;
    CARMA_TRY(m_core.billing().eraseCustomer(keys->name, [&](const billing::Engine::Traces& bills) {
        invoices = bills.invoices;
        return begin(*keys, bills);
    }));
    CARMA_TRY(m_core.compliance.follow(m_core.journal()));
    CARMA_TRY_ASSIGN(EraseReport report, finish(keys->id, invoices, task));
    report.tookUs = m_core.world.clock->monotonicUs() - started;
    return report;
}

Result<EraseReport> SubjectsImpl::finish(const NamespaceId& space, const std::vector<std::string>& invoices, const Task& task)
{
    EraseReport report;
    report.id = space;
    report.invoicesKept = invoices;
    CARMA_TRY(dropIndex(space));
    CARMA_TRY_ASSIGN(std::vector<Sequence> sequences, recordsOf(space, task));
    const std::vector<Sequence> promised = m_core.compliance.promised(space);
    sequences.insert(sequences.end(), promised.begin(), promised.end());
    report.recordsPurged = sequences.size();
    CARMA_TRY_ASSIGN(const log::PurgeOutcome purged, m_core.log->purge(std::move(sequences), task));
    report.segmentsRewritten = purged.segments;
    CARMA_TRY(m_core.log->keys().remove(space, std::string(kQuarantine)));
    CARMA_TRY(m_core.follow(Task{}, true));
    m_core.billing().forget();
    CARMA_TRY(m_core.catalog->settle()); // old pages leave the write-ahead log
    const Bytes done = audit::encodeCompliance(audit::Erasure{.space = space, .done = true, .recordsPurged = report.recordsPurged});
    const log::NewRecord record{log::RecordType::Compliance, NamespaceId{}, done};
    CARMA_TRY_ASSIGN(const Sequence first, m_core.appendAudited(std::span(&record, 1), noteOf("subject.erased", space)));
    report.entry = first + 1;
    CARMA_TRY(m_core.compliance.follow(m_core.journal()));
    CARMA_TRY_ASSIGN(report.certificate, audit::certificateOfErasure(*m_core.log, report, m_core.world.clock->wallTimeUs()));
    return report;
}

void SubjectsImpl::resume()
{
    const std::lock_guard guard(m_erasing);
    const auto followed = m_core.compliance.follow(m_core.journal());
    for (const NamespaceId& space : m_core.compliance.unfinished()) {
        m_core.log->keys().retire(space);
        const auto finished = finish(space, {}, Task{}); // nobody waits for a certificate
        if (m_core.onNotice && finished.has_value()) {
            m_core.onNotice("the erasure of namespace " + toString(space) + " that was interrupted is done");
        } else if (m_core.onNotice) {
            m_core.onNotice("the erasure of namespace " + toString(space) + " could not be finished: " + finished.error().message);
        }
    }
    if (!followed.has_value() && m_core.onNotice) {
        m_core.onNotice("the compliance records could not be read: " + followed.error().message);
    }
}

} // namespace carma::store
