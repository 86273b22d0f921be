// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/compliance_body.h"
#include "journal/journal.h"

#include <map>
#include <mutex>
#include <set>

namespace carma::audit {

/// What the compliance records of a log come to, followed as the log grows. Thread-safe.
class ComplianceBook {
public:
    /// Takes in what the journal has beyond what was read before.
    Result<void> follow(journal::Journal& journal);

    [[nodiscard]] AuditPolicy policy() const;
    [[nodiscard]] std::vector<LegalHold> holds() const;
    /// The reason why a document, or for the null id anything of the namespace, is held; empty if it is not.
    [[nodiscard]] std::string heldBecause(const NamespaceId& space, const FragmentId& document) const;
    /// Namespaces whose erasure was begun and is not done.
    [[nodiscard]] std::vector<NamespaceId> unfinished() const;
    /// Records beside its own that its erasure promised to purge.
    [[nodiscard]] std::vector<Sequence> promised(const NamespaceId& space) const;
    [[nodiscard]] bool isErased(const NamespaceId& space) const;
    [[nodiscard]] std::optional<WitnessedHead> witnessed(const std::string& origin) const;

private:
    void take(const journal::Entry& entry);

    mutable std::mutex m_mutex;
    Sequence m_next = 0; ///< guarded, like all below
    AuditPolicy m_policy;
    std::map<std::pair<NamespaceId, FragmentId>, LegalHold> m_holds;
    std::map<NamespaceId, std::vector<Sequence>> m_begun; ///< and what is to be purged with them
    std::set<NamespaceId> m_erased;
    std::map<std::string, WitnessedHead> m_heads;
};

} // namespace carma::audit
