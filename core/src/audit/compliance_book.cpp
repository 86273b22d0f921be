// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/compliance_book.h"

namespace carma::audit {

Result<void> ComplianceBook::follow(journal::Journal& journal)
{
    const std::lock_guard guard(m_mutex);
    const Sequence end = journal.end();
    if (end <= m_next) {
        return {};
    }
    CARMA_TRY(journal.read(log::RecordType::Compliance, m_next, [&](const journal::Entry& entry) -> Result<bool> {
        if (entry.sequence < end) {
            take(entry);
        }
        return entry.sequence < end;
    }));
    m_next = end;
    return {};
}

/// REQUIRES: m_mutex is held. A record that cannot be read changes nothing: verify names it.
void ComplianceBook::take(const journal::Entry& entry)
{
    const auto item = decodeCompliance(entry.body);
    if (entry.lost || entry.purged || !item.has_value()) {
        return;
    }
    if (const auto* policy = std::get_if<AuditPolicy>(&*item)) {
        m_policy = *policy;
    } else if (const auto* hold = std::get_if<HoldChange>(&*item)) {
        if (hold->placed) {
            m_holds[{hold->space, hold->document}] = {hold->space, hold->document, hold->reason, entry.timeUs};
        } else {
            m_holds.erase({hold->space, hold->document});
        }
    } else if (const auto* erasure = std::get_if<Erasure>(&*item)) {
        m_erased.insert(erasure->space);
        if (erasure->done) {
            m_begun.erase(erasure->space);
        } else {
            auto& promised = m_begun[erasure->space];
            promised.insert(promised.end(), erasure->also.begin(), erasure->also.end());
        }
    } else if (const auto* head = std::get_if<WitnessedHead>(&*item)) {
        m_heads[head->origin] = *head;
    }
}

AuditPolicy ComplianceBook::policy() const
{
    const std::lock_guard guard(m_mutex);
    return m_policy;
}

std::vector<LegalHold> ComplianceBook::holds() const
{
    const std::lock_guard guard(m_mutex);
    std::vector<LegalHold> holds;
    for (const auto& [target, hold] : m_holds) {
        holds.push_back(hold);
    }
    return holds;
}

std::string ComplianceBook::heldBecause(const NamespaceId& space, const FragmentId& document) const
{
    const std::lock_guard guard(m_mutex);
    for (const auto& [target, hold] : m_holds) {
        const bool covers = target.second.isNull() || document.isNull() || target.second == document;
        if (target.first == space && covers) {
            return hold.reason;
        }
    }
    return {};
}

std::vector<NamespaceId> ComplianceBook::unfinished() const
{
    const std::lock_guard guard(m_mutex);
    std::vector<NamespaceId> spaces;
    for (const auto& [space, promised] : m_begun) {
        spaces.push_back(space);
    }
    return spaces;
}

std::vector<Sequence> ComplianceBook::promised(const NamespaceId& space) const
{
    const std::lock_guard guard(m_mutex);
    const auto found = m_begun.find(space);
    return found == m_begun.end() ? std::vector<Sequence>() : found->second;
}

bool ComplianceBook::isErased(const NamespaceId& space) const
{
    const std::lock_guard guard(m_mutex);
    return m_erased.contains(space);
}

std::optional<WitnessedHead> ComplianceBook::witnessed(const std::string& origin) const
{
    const std::lock_guard guard(m_mutex);
    const auto found = m_heads.find(origin);
    return found == m_heads.end() ? std::nullopt : std::optional(found->second);
}

} // namespace carma::audit
