// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/store_core.h"

namespace carma::store {

/// The audit over the log of an open store.
class AuditImpl final : public Audit {
public:
    explicit AuditImpl(StoreCore& core) : m_core(core) {}

    Result<Sequence> list(const AuditFilter& filter, const std::function<Result<bool>(const AuditEntry&)>& visit) override;
    Result<AuditVerification> verify(const AuditVerifyOptions& options, const Task& task) override;
    Result<std::string> checkpoint(const Task& task) override;
    Result<std::string> prove(Sequence entry, const Task& task) override;
    Result<std::string> consistency(std::uint64_t oldSize, const Task& task) override;
    Result<std::string> cosign(std::string_view note, std::string_view logKey, std::string_view consistency) override;
    [[nodiscard]] AuditKeys keys() override;
    Result<std::string> sign(const FileToSign& file) override;
    Result<AuditExport> exportTo(AuditForm form, const AuditFilter& filter, std::string_view file,
        const std::function<Result<void>(std::string_view)>& write, const Task& task) override;
    Result<AuditPolicy> policy() override;
    Result<void> setPolicy(const AuditPolicy& policy) override;
    Result<std::vector<LegalHold>> holds() override;
    Result<void> hold(std::string_view target, std::string_view reason) override;
    Result<void> release(std::string_view target, std::string_view reason) override;
    Result<std::uint64_t> prune(bool dryRun, const Task& task) override;

private:
    Result<void> change(const audit::Compliance& item, const journal::AuditNote& note);
    Result<std::pair<NamespaceId, FragmentId>> targetOf(std::string_view target);

    StoreCore& m_core;
};

/// The entry that a record of the journal holds. A body that is none counts as lost.
AuditEntry toAuditEntry(StoreCore& core, const journal::Entry& entry);

} // namespace carma::store
