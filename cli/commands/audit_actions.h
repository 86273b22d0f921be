// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include <carma/audit.h>

#include <optional>
#include <string>
#include <vector>

/// What "carma audit" does, an action a function, over three files.
namespace carma::cli {

struct AuditOptions {
    std::string action;
    std::vector<std::string> words;
    std::optional<std::string> actor, of, object, outcome, from, to, out, form, checkpoint, logKey, proof, reason;
    std::vector<std::string> witnesses;
    std::vector<std::string> settings;
    bool follow = false;
    bool dryRun = false;
};

/// Filters that the options name. InvalidArgument for times and outcomes that are none.
Result<AuditFilter> filterOf(const AuditOptions& options);

Result<ExitCode> auditList(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditExport(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditVerify(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditProve(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditCheckpoint(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditGrown(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditCosign(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditKey(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditPolicy(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditHolds(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditHold(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditRelease(Store& store, Session& session, const AuditOptions& options);
Result<ExitCode> auditPrune(Store& store, Session& session, const AuditOptions& options);

} // namespace carma::cli
