// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/audit_impl.h"

#include "audit/export_forms.h"
#include "audit/statement.h"
#include "ingest/text_check.h"
#include "log/engine/log_verify.h"
#include "log/record/cosignature.h"

#include <algorithm>

namespace carma::store {

namespace {

std::string hexOrNothing(const crypto::Digest& digest) { return digest == crypto::Digest{} ? std::string() : toHex(digest); }

} // namespace

AuditEntry toAuditEntry(StoreCore& core, const journal::Entry& entry)
{
    AuditEntry out;
    out.sequence = entry.sequence;
    out.timeUs = entry.timeUs;
    if (entry.purged || entry.lost) {
        out.state = entry.purged ? AuditState::Purged : AuditState::Lost;
        return out;
    }
    const auto space = audit::spaceOf(entry.body);
    std::shared_ptr<const log::SpaceKeys> keys;
    if (space.has_value() && !space->isNull()) {
        keys = core.log->keys().find(*space).value_or(nullptr);
    }
    auto body = audit::decodeEntry(entry.body, keys != nullptr ? keys->key.get() : nullptr);
    if (!body.has_value()) {
        out.state = AuditState::Lost;
        return out;
    }
    out.state = body->erased ? AuditState::Erased : AuditState::Whole;
    out.outcome = body->outcome;
    out.kind = body->kind;
    out.action = std::move(body->action);
    out.object = std::move(body->object);
    out.requestId = std::move(body->requestId);
    out.spaceId = body->space.isNull() ? std::string() : toString(body->space);
    out.space = keys != nullptr ? keys->name : std::string();
    out.before = hexOrNothing(body->before);
    out.after = hexOrNothing(body->after);
    out.actor = std::move(body->personal.actor);
    out.subject = std::move(body->personal.subject);
    out.detail = std::move(body->personal.detail);
    out.reason = std::move(body->personal.reason);
    return out;
}

Result<Sequence> AuditImpl::list(const AuditFilter& filter, const std::function<Result<bool>(const AuditEntry&)>& visit)
{
    CARMA_TRY(m_core.journal().refresh());
    Sequence next = std::max(filter.from, m_core.journal().end());
    CARMA_TRY(m_core.journal().read(log::RecordType::Audit, filter.from, [&](const journal::Entry& entry) -> Result<bool> {
        next = std::max(next, entry.sequence + 1);
        const AuditEntry shown = toAuditEntry(m_core, entry);
        return matches(filter, shown) ? visit(shown) : Result<bool>(true);
    }));
    return next;
}

Result<AuditVerification> AuditImpl::verify(const AuditVerifyOptions& options, const Task& task)
{
    CARMA_TRY(m_core.log->refresh());
    AuditVerification report;
    log::HistoryChecks checks;
    std::optional<log::Checkpoint> kept;
    const log::Superblock superblock = m_core.log->superblock();
    if (!options.checkpoint.empty()) {
        auto opened = log::openCheckpoint(options.checkpoint, log::checkpointOrigin(superblock.store), superblock.signingKey);
        if (!opened.has_value()) {
            return opened.error();
        }
        kept = *std::move(opened);
        checks.kept = &*kept;
    }
    std::vector<std::string> wrong;
    for (const std::string& witness : options.witnesses) {
        CARMA_TRY_ASSIGN(const log::NoteKey key, log::parseNoteKey(witness));
        if (const auto signedAt = log::verifyCosignature(options.checkpoint, key); signedAt.has_value()) {
            ++report.witnesses;
        } else {
            wrong.push_back(signedAt.error().message);
        }
    }
    checks.visit = [&](const log::ScanItem& item) {
        if (item.header == nullptr || item.header->type != log::RecordType::Audit) {
            return;
        }
        ++report.entries;
        if (item.header->purged()) {
            ++report.purgedEntries;
            return;
        }
        const auto body = audit::decodeEntry(item.body, nullptr);
        if (!body.has_value()) {
            wrong.push_back("audit entry " + std::to_string(item.sequence) + ": " + body.error().message);
            return;
        }
        report.erased += body->erased && !m_core.log->keys().find(body->space).has_value() ? 1 : 0;
    };
    CARMA_TRY_ASSIGN(log::History history, log::verifyHistory(*m_core.log, checks, task));
    report.records = history.records;
    report.lost = history.lost;
    report.checkpoints = history.checkpoints;
    report.treeRoot = toHex(history.root);
    report.keptHolds = history.keptHolds;
    report.problems = std::move(history.problems);
    report.problems.insert(report.problems.end(), wrong.begin(), wrong.end());
    const Sequence known = m_core.catalog->appliedSequence();
    if (known > m_core.log->end()) {
        report.problems.push_back("the log ends at record " + std::to_string(m_core.log->end()) + ", but the catalog has followed it to " +
            std::to_string(known) + ": its end is gone");
    }
    return report;
}

Result<std::string> AuditImpl::checkpoint(const Task& task)
{
    CARMA_TRY(m_core.log->refresh());
    CARMA_TRY_ASSIGN(const audit::Leaves tree, audit::readLeaves(*m_core.log, task));
    if (tree.lost > 0) {
        return Error{ErrorCode::Corruption, std::to_string(tree.lost) + " records are lost: what is left is not signed; heal the store"};
    }
    return audit::signedHead(*m_core.log, tree.leaves, tree.leaves.size());
}

Result<std::string> AuditImpl::prove(Sequence entry, const Task& task)
{
    CARMA_TRY(m_core.log->refresh());
    return audit::proveInclusion(*m_core.log, entry, task);
}

Result<std::string> AuditImpl::consistency(std::uint64_t oldSize, const Task& task)
{
    CARMA_TRY(m_core.log->refresh());
    return audit::proveConsistency(*m_core.log, oldSize, task);
}

Result<std::string> AuditImpl::cosign(std::string_view note, std::string_view logKey, std::string_view consistency)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    CARMA_TRY_ASSIGN(const log::NoteKey key, log::parseNoteKey(logKey));
    if (key.type != log::NoteKeyType::Ed25519) {
        return Error{ErrorCode::InvalidArgument, "this key is one of a witness: the key of the log is needed"};
    }
    journal::AuditNote said;
    said.action = "audit.cosign";
    said.object = key.name;
    const auto opened = log::openCheckpoint(note, key.name, key.key);
    if (!opened.has_value()) {
        return m_core.refuse(said, opened.error());
    }
    said.after = opened->root;
    CARMA_TRY(m_core.compliance.follow(m_core.journal()));
    if (const auto before = m_core.compliance.witnessed(key.name)) {
        said.before = before->root;
        const std::string growth = "from " + std::to_string(before->size) + " to " + std::to_string(opened->size) + " records";
        if (opened->size < before->size) {
            return m_core.refuse(said, {ErrorCode::AuthenticationFailed, key.name + " went back " + growth});
        }
        bool grown = opened->size == before->size && opened->root == before->root;
        if (opened->size > before->size) {
            const auto shown = audit::checkConsistency(consistency, before->size, before->root, opened->size, opened->root);
            if (!shown.has_value()) {
                return m_core.refuse(said, shown.error());
            }
            grown = *shown;
        }
        if (!grown) {
            return m_core.refuse(said, {ErrorCode::AuthenticationFailed, key.name + " has not been shown to have grown " + growth});
        }
    }
    const log::Superblock superblock = m_core.log->superblock();
    CARMA_TRY_ASSIGN(const crypto::SigningKey own, log::signingKey(superblock, m_core.log->keys().master()));
    CARMA_TRY(change(audit::WitnessedHead{key.name, opened->size, opened->root}, said));
    constexpr std::int64_t kUsASecond = 1'000'000;
    const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(0, m_core.world.clock->wallTimeUs() / kUsASecond));
    return log::cosign(note, log::checkpointOrigin(superblock.store), own, seconds);
}

AuditKeys AuditImpl::keys() { return audit::keysOf(*m_core.log); }

Result<std::string> AuditImpl::sign(const FileToSign& file)
{
    constexpr std::size_t kNameMax = 255;
    const bool isName = !file.name.empty() && file.name.size() <= kNameMax && ingest::validUtf8Prefix(file.name) == file.name.size() &&
        std::ranges::none_of(file.name, [](char c) { return c == '/' || static_cast<unsigned char>(c) < ' '; });
    if (!isName) {
        return Error{
            ErrorCode::InvalidArgument, "the name of a file to sign has 1 to 255 bytes of UTF-8, no '/' and no control characters"};
    }
    journal::AuditNote note;
    note.action = "audit.sign";
    note.object = file.name;
    note.reason = file.reason;
    note.after = file.sha256;
    CARMA_TRY_ASSIGN(const Sequence entry, m_core.appendAudited({}, note));
    return audit::signatureOf(*m_core.log, file, entry, m_core.world.clock->wallTimeUs());
}

Result<AuditExport> AuditImpl::exportTo(AuditForm form, const AuditFilter& filter, std::string_view file,
    const std::function<Result<void>(std::string_view)>& write, const Task& task)
{
    constexpr std::size_t kWriteBytes = 64U << 10U;
    const std::string store = toString(m_core.log->superblock().store);
    AuditExport done;
    std::string buffer = audit::heading(form);
    crypto::Sha256 digest;
    const auto flush = [&]() -> Result<void> {
        CARMA_TRY(write(buffer));
        digest.add(asBytes(buffer));
        buffer.clear();
        return {};
    };
    CARMA_TRY(list(filter, [&](const AuditEntry& entry) -> Result<bool> {
        if (task.cancelled()) {
            return Error{ErrorCode::Cancelled, "the export was cancelled"};
        }
        buffer += audit::line(form, entry, store);
        ++done.entries;
        if (buffer.size() >= kWriteBytes) {
            CARMA_TRY(flush());
            task.report({"exporting the audit", done.entries, 0, "entries"});
        }
        return true;
    }));
    CARMA_TRY(flush());
    const audit::ExportStatement said{.file = std::string(file),
        .digest = digest.finish(),
        .entries = done.entries,
        .form = std::string(audit::name(form)),
        .nowUs = m_core.world.clock->wallTimeUs()};
    CARMA_TRY_ASSIGN(done.manifest, audit::manifestOf(*m_core.log, said, task));
    return done;
}

} // namespace carma::store
