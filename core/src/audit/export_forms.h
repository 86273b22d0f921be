// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/audit.h>

/// Audit entries as other programs read them, a line each with its line feed.
namespace carma::audit {

/// Empty for the forms that have none.
std::string heading(AuditForm form);
std::string line(AuditForm form, const AuditEntry& entry, std::string_view store);
std::string_view name(AuditForm form); ///< "jsonl", "csv", "cef", "ocsf"

} // namespace carma::audit
