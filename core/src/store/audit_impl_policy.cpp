// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/audit_impl.h"

#include <algorithm>

/// Policy, legal holds and the end of entries whose time is over.
namespace carma::store {

namespace {

constexpr std::int64_t kDayUs = 24LL * 3600 * 1'000'000;

std::string words(const AuditPolicy& policy)
{
    const auto word = [](bool on) { return on ? "yes" : "no"; };
    std::string text = std::string("queries ") + word(policy.queries) + ", shows " + word(policy.shows) + ", exports " +
        word(policy.exports);
    for (std::size_t i = 0; i < policy.retentionDays.size(); ++i) {
        text += ", " + std::string(name(static_cast<AuditClass>(i))) + " " + std::to_string(policy.retentionDays[i]) + " days";
    }
    return text;
}

} // namespace

/// A compliance record and the entry about it, in one batch.
Result<void> AuditImpl::change(const audit::Compliance& item, const journal::AuditNote& note)
{
    const Bytes body = audit::encodeCompliance(item);
    const log::NewRecord record{log::RecordType::Compliance, NamespaceId{}, body};
    CARMA_TRY(m_core.appendAudited(std::span(&record, 1), note));
    return m_core.compliance.follow(m_core.journal());
}

Result<AuditPolicy> AuditImpl::policy()
{
    CARMA_TRY(m_core.journal().refresh());
    CARMA_TRY(m_core.compliance.follow(m_core.journal()));
    return m_core.compliance.policy();
}

Result<void> AuditImpl::setPolicy(const AuditPolicy& policy)
{
    journal::AuditNote note;
    note.action = "audit.policy";
    note.detail = words(policy);
    return change(policy, note);
}

Result<std::vector<LegalHold>> AuditImpl::holds()
{
    CARMA_TRY(m_core.journal().refresh());
    CARMA_TRY(m_core.compliance.follow(m_core.journal()));
    return m_core.compliance.holds();
}

Result<std::pair<NamespaceId, FragmentId>> AuditImpl::targetOf(std::string_view target)
{
    if (const auto keys = m_core.log->keys().findByName(target)) {
        return std::pair(keys->id, FragmentId{});
    }
    const auto id = parseId<FragmentId>(target);
    if (id.has_value()) {
        CARMA_TRY_ASSIGN(const auto row, m_core.catalog->document(documentOf(*id)));
        if (row && row->state != catalog::State::Forgotten) {
            return std::pair(row->space, row->id);
        }
    }
    return Error{ErrorCode::NotFound, "there is no namespace and no document '" + std::string(target.substr(0, 128)) + "'"};
}

Result<void> AuditImpl::hold(std::string_view target, std::string_view reason)
{
    if (reason.empty()) {
        return Error{ErrorCode::InvalidArgument, "a legal hold needs a reason"};
    }
    CARMA_TRY_ASSIGN(const auto held, targetOf(target));
    CARMA_TRY_ASSIGN(const auto known, holds());
    const bool twice = std::ranges::any_of(
        known, [&](const LegalHold& hold) { return hold.space == held.first && hold.document == held.second; });
    if (twice) {
        return Error{ErrorCode::AlreadyExists, "'" + std::string(target) + "' is held already"};
    }
    journal::AuditNote note;
    note.action = "audit.hold";
    note.object = held.second.isNull() ? toString(held.first) : toString(held.second);
    note.space = held.first;
    note.reason = reason;
    return change(audit::HoldChange{held.first, held.second, true, std::string(reason)}, note);
}

Result<void> AuditImpl::release(std::string_view target, std::string_view reason)
{
    CARMA_TRY_ASSIGN(const auto held, targetOf(target));
    CARMA_TRY_ASSIGN(const auto known, holds());
    const bool isHeld = std::ranges::any_of(
        known, [&](const LegalHold& hold) { return hold.space == held.first && hold.document == held.second; });
    if (!isHeld) {
        return Error{ErrorCode::NotFound, "'" + std::string(target) + "' is not held"};
    }
    journal::AuditNote note;
    note.action = "audit.release";
    note.object = held.second.isNull() ? toString(held.first) : toString(held.second);
    note.space = held.first;
    note.reason = reason;
    return change(audit::HoldChange{held.first, held.second, false, std::string(reason)}, note);
}

Result<std::uint64_t> AuditImpl::prune(bool dryRun, const Task& task)
{
    CARMA_TRY_ASSIGN(const AuditPolicy policy, this->policy());
    const std::int64_t now = m_core.world.clock->wallTimeUs();
    std::vector<Sequence> over;
    CARMA_TRY(m_core.journal().read(log::RecordType::Audit, 0, [&](const journal::Entry& entry) -> Result<bool> {
        const auto body = entry.lost || entry.purged ? Result<audit::EntryBody>(Error{}) : audit::decodeEntry(entry.body, nullptr);
        if (!body.has_value()) {
            return true;
        }
        const std::uint32_t days = policy.retentionDays.at(static_cast<std::size_t>(body->kind));
        const bool held = !body->space.isNull() && !m_core.compliance.heldBecause(body->space, FragmentId{}).empty();
        if (days > 0 && !held && entry.timeUs < now - days * kDayUs) {
            over.push_back(entry.sequence);
        }
        return true;
    }));
    if (dryRun || over.empty()) {
        return over.size();
    }
    const std::uint64_t count = over.size();
    journal::AuditNote note;
    note.action = "audit.prune";
    note.detail = std::to_string(count) + " entries";
    CARMA_TRY(m_core.appendAudited({}, note));
    CARMA_TRY(m_core.log->purge(std::move(over), task));
    CARMA_TRY(m_core.follow(Task{}));
    return count;
}

} // namespace carma::store
