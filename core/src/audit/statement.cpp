// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/statement.h"

#include "log/record/cosignature.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

namespace carma::audit {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kDocumentBytesMax = 64U << 10U; // a consistency proof of 2^64 records has 128 digests
constexpr std::int64_t kUsASecond = 1'000'000;

Json hexList(std::span<const crypto::Digest> digests)
{
    Json list = Json::array();
    for (const crypto::Digest& digest : digests) {
        list.push_back(toHex(digest));
    }
    return list;
}

Error lost(std::uint64_t count)
{
    return {ErrorCode::Corruption, std::to_string(count) + " records of the log are lost: its tree cannot be proved"};
}

Result<crypto::Digest> parseDigest(const std::string& text)
{
    crypto::Digest digest{};
    const Error wrong{ErrorCode::InvalidArgument, "a digest in the proof is not 64 hexadecimal digits"};
    if (text.size() != 2 * digest.size()) {
        return wrong;
    }
    for (std::size_t i = 0; i < digest.size(); ++i) {
        unsigned value = 0;
        const char* at = text.data() + 2 * i;
        const auto parsed = std::from_chars(at, at + 2, value, 16);
        if (parsed.ec != std::errc{} || parsed.ptr != at + 2) {
            return wrong;
        }
        digest[i] = static_cast<std::byte>(value);
    }
    return digest;
}

} // namespace

std::string utcTime(std::int64_t us)
{
    std::int64_t seconds = us / kUsASecond;
    std::int64_t rest = us % kUsASecond;
    if (rest < 0) {
        rest += kUsASecond;
        --seconds;
    }
    const std::time_t time = seconds;
    std::tm parts{};
    std::array<char, 40> text{};
    if (::gmtime_r(&time, &parts) == nullptr || std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts) == 0) {
        return std::to_string(us);
    }
    std::array<char, 8> fraction{};
    (void)std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(rest / 1000));
    return std::string(text.data()) + fraction.data();
}

Result<Leaves> readLeaves(log::Log& log, const Task& task)
{
    Leaves found;
    CARMA_TRY(log.scan(
        0, kNoSequence,
        [&](const log::ScanItem& item) -> Result<bool> {
            found.lost += item.lostCount;
            if (item.leaf != nullptr) {
                found.leaves.push_back(*item.leaf);
            } else {
                found.leaves.resize(found.leaves.size() + item.lostCount);
            }
            return true;
        },
        task));
    return found;
}

Result<std::string> signedHead(log::Log& log, std::span<const crypto::Digest> leaves, std::uint64_t size)
{
    log::MerkleFrontier frontier;
    for (const crypto::Digest& leaf : leaves.first(size)) {
        frontier.append(leaf);
    }
    const log::Superblock superblock = log.superblock();
    CARMA_TRY_ASSIGN(const crypto::SigningKey key, log::signingKey(superblock, log.keys().master()));
    return log::signCheckpoint({log::checkpointOrigin(superblock.store), size, frontier.root()}, key);
}

AuditKeys keysOf(log::Log& log)
{
    const log::Superblock superblock = log.superblock();
    const std::string origin = log::checkpointOrigin(superblock.store);
    return {log::formatNoteKey({origin, log::NoteKeyType::Ed25519, superblock.signingKey}),
        log::formatNoteKey({origin, log::NoteKeyType::Cosigner, superblock.signingKey})};
}

Result<std::string> signStatement(log::Log& log, std::string_view statement)
{
    CARMA_TRY_ASSIGN(const crypto::SigningKey key, log::signingKey(log.superblock(), log.keys().master()));
    const crypto::Signature signature = key.sign(asBytes(statement));
    const Json document{{"carma", "statement"}, {"version", 1}, {"statement", statement}, {"signature", crypto::base64(signature)},
        {"key", keysOf(log).log}};
    return document.dump(2) + "\n";
}

Result<std::string> proveInclusion(log::Log& log, Sequence sequence, const Task& task)
{
    CARMA_TRY_ASSIGN(const Leaves tree, readLeaves(log, task));
    if (sequence >= tree.leaves.size()) {
        return Error{ErrorCode::NotFound, "there is no record " + std::to_string(sequence)};
    }
    if (tree.lost > 0) {
        return lost(tree.lost);
    }
    CARMA_TRY_ASSIGN(const Bytes stored, log.stored(sequence));
    CARMA_TRY_ASSIGN(const log::RecordHeader header, log::decodeHeader(stored));
    CARMA_TRY_ASSIGN(const std::string head, signedHead(log, tree.leaves, tree.leaves.size()));
    Json document{{"carma", "inclusion"}, {"version", 1}, {"sequence", sequence}, {"type", static_cast<unsigned>(header.type)},
        {"time_us", header.wallTimeUs}, {"leaf", toHex(tree.leaves[sequence])}};
    if (!header.purged()) {
        document["record"] = crypto::base64(stored);
    }
    document["proof"] = hexList(log::inclusionProof(tree.leaves, sequence));
    document["checkpoint"] = head;
    document["key"] = keysOf(log).log;
    return document.dump(2) + "\n";
}

Result<std::string> proveConsistency(log::Log& log, std::uint64_t oldSize, const Task& task)
{
    CARMA_TRY_ASSIGN(const Leaves tree, readLeaves(log, task));
    if (oldSize == 0 || oldSize > tree.leaves.size()) {
        return Error{
            ErrorCode::InvalidArgument, "the log has " + std::to_string(tree.leaves.size()) + " records, not " + std::to_string(oldSize)};
    }
    if (tree.lost > 0) {
        return lost(tree.lost);
    }
    CARMA_TRY_ASSIGN(const std::string oldHead, signedHead(log, tree.leaves, oldSize));
    CARMA_TRY_ASSIGN(const std::string head, signedHead(log, tree.leaves, tree.leaves.size()));
    const Json document{{"carma", "consistency"}, {"version", 1}, {"old_size", oldSize}, {"new_size", tree.leaves.size()},
        {"proof", hexList(log::consistencyProof(tree.leaves, oldSize))}, {"old_checkpoint", oldHead}, {"checkpoint", head},
        {"key", keysOf(log).log}};
    return document.dump(2) + "\n";
}

Result<bool> checkConsistency(
    std::string_view document, std::uint64_t oldSize, const crypto::Digest& oldRoot, std::uint64_t newSize, const crypto::Digest& newRoot)
{
    const Error wrong{ErrorCode::InvalidArgument, "the text is not a consistency proof"};
    const Json parsed = document.size() <= kDocumentBytesMax ? Json::parse(document, nullptr, false) : Json();
    const auto list = parsed.is_object() ? parsed.find("proof") : parsed.end();
    if (!parsed.is_object() || list == parsed.end() || !list->is_array()) {
        return wrong;
    }
    std::vector<crypto::Digest> proof;
    for (const Json& item : *list) {
        if (!item.is_string()) {
            return wrong;
        }
        CARMA_TRY_ASSIGN(const crypto::Digest digest, parseDigest(item.get<std::string>()));
        proof.push_back(digest);
    }
    return log::verifyConsistency(oldSize, oldRoot, newSize, newRoot, proof);
}

namespace {

constexpr std::string_view kInvoicesKept = "issued invoices and credit notes are accounting records, which the law has kept for a time";

} // namespace

Result<std::string> certificateOfErasure(log::Log& log, const EraseReport& report, std::int64_t nowUs)
{
    CARMA_TRY_ASSIGN(const Leaves tree, readLeaves(log, Task{}));
    CARMA_TRY_ASSIGN(const std::string head, signedHead(log, tree.leaves, tree.leaves.size()));
    const Json said{{"kind", "certificate of erasure"}, {"store", toString(log.superblock().store)}, {"namespace", toString(report.id)},
        {"erased", utcTime(nowUs)}, {"records_purged", report.recordsPurged}, {"segments_rewritten", report.segmentsRewritten},
        {"method", "data key destroyed in every copy, record bodies removed, hash tree kept"},
        {"usage", "kept under a pseudonym; what said whose it is was removed"}, {"invoices_kept", report.invoicesKept},
        {"invoices_kept_because", kInvoicesKept}, {"audit_entry", report.entry}, {"checkpoint", head}};
    return signStatement(log, said.dump());
}

Result<std::string> manifestOf(log::Log& log, const ExportStatement& said, const Task& task)
{
    CARMA_TRY_ASSIGN(const Leaves tree, readLeaves(log, task));
    CARMA_TRY_ASSIGN(const std::string head, signedHead(log, tree.leaves, tree.leaves.size()));
    const Json statement{{"kind", "export"}, {"store", toString(log.superblock().store)}, {"file", said.file},
        {"sha256", toHex(said.digest)}, {"entries", said.entries}, {"form", said.form}, {"exported", utcTime(said.nowUs)},
        {"checkpoint", head}};
    return signStatement(log, statement.dump());
}

Result<std::string> signatureOf(log::Log& log, const FileToSign& file, Sequence entry, std::int64_t nowUs)
{
    const Json statement{{"kind", "file"}, {"store", toString(log.superblock().store)}, {"file", file.name}, {"bytes", file.bytes},
        {"sha256", toHex(file.sha256)}, {"signed", utcTime(nowUs)}, {"audit_entry", entry}};
    return signStatement(log, statement.dump());
}

} // namespace carma::audit
