// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/store_core.h"

#include <algorithm>

/// The door that every audited operation passes: it adds who, on whose request and when to what was done, and seals what is personal
/// in that under the key of whom it is about.
namespace carma::store {

namespace {

constexpr std::size_t kTextMax = 4096; // of one field: an entry must not become the way to store a book

std::string bounded(std::string_view text)
{
    std::size_t size = std::min(text.size(), kTextMax);
    while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) {
        --size; // not within a character of UTF-8
    }
    return std::string(text.substr(0, size));
}

bool isWanted(const AuditPolicy& policy, std::string_view action)
{
    return action == "memory.query" ? policy.queries : action == "memory.show" ? policy.shows : policy.exports;
}

} // namespace

Result<Bytes> StoreCore::auditBody(const journal::AuditNote& note)
{
    audit::EntryBody body;
    body.outcome = static_cast<AuditOutcome>(note.outcome);
    body.kind = audit::classOf(note.action);
    body.action = bounded(note.action);
    body.object = bounded(note.object);
    body.requestId = bounded(note.requestId.empty() ? requestId : note.requestId);
    body.before = note.before;
    body.after = note.after;
    std::shared_ptr<const log::SpaceKeys> keys;
    if (!note.space.isNull()) {
        CARMA_TRY_ASSIGN(keys, log->keys().find(note.space));
    } else if (!note.subject.empty()) {
        keys = log->keys().findByName(note.subject);
    }
    body.space = keys != nullptr ? keys->id : NamespaceId{};
    body.personal.actor = bounded(note.actor.empty() ? actor : note.actor);
    body.personal.subject = bounded(note.subject.empty() && keys != nullptr ? keys->name : note.subject);
    body.personal.detail = bounded(note.detail);
    body.personal.reason = bounded(note.reason);
    std::array<std::byte, crypto::kNonceBytes> nonce{};
    world.random->fill(nonce);
    return audit::encodeEntry(body, keys != nullptr ? keys->key.get() : nullptr, nonce);
}

Result<Sequence> StoreCore::appendAudited(std::span<const log::NewRecord> records, const journal::AuditNote& note)
{
    if (readOnly) {
        return readOnlyError();
    }
    CARMA_TRY_ASSIGN(const Bytes entry, auditBody(note));
    std::vector<log::NewRecord> all(records.begin(), records.end());
    all.push_back({log::RecordType::Audit, NamespaceId{}, entry});
    return append(all);
}

Result<void> StoreCore::auditRead(const journal::AuditNote& note)
{
    CARMA_TRY(compliance.follow(m_journal));
    if (!isWanted(compliance.policy(), note.action)) {
        return {};
    }
    if (readOnly) {
        return Error{ErrorCode::Busy, "the policy has " + note.action + " audited, and the store is open for reading only"};
    }
    CARMA_TRY(appendAudited({}, note));
    return {};
}

Error StoreCore::refuse(journal::AuditNote note, Error error)
{
    note.outcome = journal::Outcome::Refused;
    note.reason = error.message;
    // Nothing was changed, so an entry that cannot be written is no reason to say anything else.
    (void)appendAudited({}, note).has_value();
    return error;
}

} // namespace carma::store
