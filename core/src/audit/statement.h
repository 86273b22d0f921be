// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/engine/log.h"

#include <carma/audit.h>

/// What the store says about itself to those who do not have it: JSON documents that resources/audit/verify_proof.py checks.
/// Forms: core/docs/audit.md
namespace carma::audit {

/// The tree over all records of a log, as leaves. A record that is lost has the leaf that the log gives it, and `lost` counts it.
struct Leaves {
    std::vector<crypto::Digest> leaves;
    std::uint64_t lost = 0;
};
Result<Leaves> readLeaves(log::Log& log, const Task& task);

/// The head over the first `size` leaves, signed. REQUIRES: size <= leaves.size()
Result<std::string> signedHead(log::Log& log, std::span<const crypto::Digest> leaves, std::uint64_t size);

/// The verifier keys of a store.
AuditKeys keysOf(log::Log& log);

/// The text of a statement with the store's signature over its bytes and the key that checks it, as a JSON document.
Result<std::string> signStatement(log::Log& log, std::string_view statement);

/// Proof that record `sequence` is in the tree. Corruption if records are lost: then no proof can be made.
Result<std::string> proveInclusion(log::Log& log, Sequence sequence, const Task& task);
/// Proof that the tree has grown from its first `oldSize` leaves. InvalidArgument if it has fewer.
Result<std::string> proveConsistency(log::Log& log, std::uint64_t oldSize, const Task& task);
/// Whether a document of proveConsistency leads from one head to the other. InvalidArgument if the text is none.
Result<bool> checkConsistency(
    std::string_view document, std::uint64_t oldSize, const crypto::Digest& oldRoot, std::uint64_t newSize, const crypto::Digest& newRoot);

/// Says which namespace was erased, when, and with which entry. The name is not in it.
Result<std::string> certificateOfErasure(log::Log& log, const EraseReport& report, std::int64_t nowUs);

/// Says what an export holds.
struct ExportStatement {
    std::string file;
    crypto::Digest digest{};
    std::uint64_t entries = 0;
    std::string form;
    std::int64_t nowUs = 0;
};
Result<std::string> manifestOf(log::Log& log, const ExportStatement& said, const Task& task);

/// Says what a file is. `entry` is the audit entry of the signing.
Result<std::string> signatureOf(log::Log& log, const FileToSign& file, Sequence entry, std::int64_t nowUs);

/// "2026-03-01T12:00:00.000Z"
std::string utcTime(std::int64_t us);

} // namespace carma::audit
