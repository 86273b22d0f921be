// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/ids.h>
#include <carma/progress.h>
#include <carma/result.h>

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Who did what to a store, provably. Entries are records of the store's log: they share its hash tree (RFC 6962), its signed heads
/// (C2SP tlog-checkpoint) and its healing, and are written in the same batch as the change that they tell of.
namespace carma {

/// Part of the stored format, do not renumber.
enum class AuditOutcome : std::uint8_t { Done = 0, Refused = 1, Failed = 2 };
std::string_view name(AuditOutcome outcome); ///< "done", "refused", "failed"

/// How long an entry is kept. Part of the stored format, do not renumber.
enum class AuditClass : std::uint8_t { Change = 0, Access = 1, Security = 2 };
std::string_view name(AuditClass kind); ///< "change", "access", "security"
inline constexpr std::size_t kAuditClasses = 3;

enum class AuditState : std::uint8_t {
    Whole,
    Erased, ///< the key of what was personal in it is destroyed; the rest stands
    Purged, ///< its time was over; its place in the tree stands
    Lost,   ///< cannot be read
};
std::string_view name(AuditState state); ///< "whole", "erased", "purged", "lost"

struct AuditEntry {
    Sequence sequence = 0;   ///< the entry's id: its place in the log
    std::int64_t timeUs = 0; ///< wall clock of the writer, a label only
    AuditState state = AuditState::Whole;
    AuditOutcome outcome{};
    AuditClass kind{};
    std::string action; ///< "memory.forget", "access.passphrase"
    std::string object; ///< an id
    std::string requestId;
    std::string spaceId;                        ///< of the namespace whose data key seals the personal fields; empty: the store's own
    std::string space;                          ///< its name; empty if it was erased
    std::string before, after;                  ///< SHA-256 of the object, hexadecimal; empty where there is none
    std::string actor, subject, detail, reason; ///< personal: empty unless whole
};

struct AuditFilter {
    std::optional<std::string> actor;  ///< is in the actor's name
    std::optional<std::string> action; ///< the action, or its beginning up to a dot
    std::optional<std::string> object; ///< is in object, subject or detail
    std::optional<AuditOutcome> outcome;
    std::optional<std::string> spaceId;
    std::int64_t fromUs = std::numeric_limits<std::int64_t>::min(); ///< this and later
    std::int64_t toUs = std::numeric_limits<std::int64_t>::max();   ///< before this
    Sequence from = 0;                                              ///< this and later
};
bool matches(const AuditFilter& filter, const AuditEntry& entry);

struct AuditVerification {
    std::uint64_t entries = 0, erased = 0, purgedEntries = 0;
    std::uint64_t records = 0, lost = 0, checkpoints = 0; ///< of the whole log
    std::string treeRoot;                                 ///< hexadecimal
    bool keptHolds = false;                               ///< the log has grown from the checkpoint that was given
    std::uint64_t witnesses = 0;                          ///< co-signatures of the checkpoint that hold
    std::vector<std::string> problems;                    ///< one sentence each, naming the record; at most 1,000
    [[nodiscard]] bool intact() const { return problems.empty() && lost == 0; }
};

struct AuditVerifyOptions {
    std::string checkpoint;             ///< a signed note kept elsewhere; empty for none
    std::vector<std::string> witnesses; ///< verifier keys; each must have co-signed the checkpoint
};

/// What is audited besides changes, which always are.
struct AuditPolicy {
    bool queries = false;
    bool shows = false;
    bool exports = true;
    std::array<std::uint32_t, kAuditClasses> retentionDays{}; ///< by class; 0: for ever
    bool operator==(const AuditPolicy&) const = default;
};

/// What is held can neither be forgotten nor purged nor erased.
struct LegalHold {
    NamespaceId space;
    FragmentId document; ///< null: the whole namespace
    std::string reason;
    std::int64_t placedUs = 0;
};

enum class AuditForm : std::uint8_t { JsonLines, Csv, Cef, Ocsf };

/// What a signature says of a file.
struct FileToSign {
    std::string name; ///< the last part of its path; 1 to 255 bytes
    std::uint64_t bytes = 0;
    std::array<std::byte, 32> sha256{};
    std::string reason; ///< for the audit
};

struct AuditExport {
    std::uint64_t entries = 0;
    std::string manifest; ///< JSON: a statement of name, SHA-256, count and tree head, signed with the store's key
};

/// Verifier keys as signed notes write them (https://c2sp.org/signed-note): "name+hash+key".
struct AuditKeys {
    std::string log;     ///< signs checkpoints and statements
    std::string witness; ///< co-signs those of other stores
};

/// Obtained from Store; lives as long as it. Thread-safe. What writes gives Busy if the store is open for reading only.
class Audit {
public:
    virtual ~Audit() = default;
    /// Visits the entries that the filter takes, in order; the visitor returns false to stop. Returns the sequence to go on from.
    virtual Result<Sequence> list(const AuditFilter& filter, const std::function<Result<bool>(const AuditEntry&)>& visit) = 0;
    /// Reads the whole log and proves it: every record opens, every signed head holds, nothing is missing. Tampering is no error, but is
    /// told in `problems`. Errors: Corruption or AuthenticationFailed for a checkpoint that is none, or not of this store.
    virtual Result<AuditVerification> verify(const AuditVerifyOptions& options, const Task& task) = 0;
    /// The log as it is now, as a signed note.
    virtual Result<std::string> checkpoint(const Task& task) = 0;
    /// A JSON document that proves the entry to be in the tree; resources/audit/verify_proof.py checks it. NotFound: no such entry.
    virtual Result<std::string> prove(Sequence entry, const Task& task) = 0;
    /// A JSON document that proves that the log now has grown from its first `oldSize` records (RFC 6962 section 2.1.2).
    virtual Result<std::string> consistency(std::uint64_t oldSize, const Task& task) = 0;
    /// Adds this store's co-signature (https://c2sp.org/tlog-cosignature) to another store's checkpoint and remembers its head.
    /// AuthenticationFailed: not signed by `logKey`, or the log does not grow from the head that was co-signed before: it must be shown
    /// by `consistency` of the other store when the size has changed.
    virtual Result<std::string> cosign(std::string_view note, std::string_view logKey, std::string_view consistency) = 0;
    [[nodiscard]] virtual AuditKeys keys() = 0;
    /// A JSON document that says what the file is and when it was signed, with the store's Ed25519 signature; openSigned checks it. The
    /// audit entry is there before the signature is. InvalidArgument for a name that is none.
    virtual Result<std::string> sign(const FileToSign& file) = 0;
    /// Hands the entries of the filter to `write`, a line each. `file` is the name that the manifest gives.
    virtual Result<AuditExport> exportTo(AuditForm form, const AuditFilter& filter, std::string_view file,
        const std::function<Result<void>(std::string_view)>& write, const Task& task) = 0;

    virtual Result<AuditPolicy> policy() = 0;
    virtual Result<void> setPolicy(const AuditPolicy& policy) = 0;
    virtual Result<std::vector<LegalHold>> holds() = 0;
    /// `target` is a namespace's name, or what Memory::resolve takes. AlreadyExists; NotFound. InvalidArgument without a reason.
    virtual Result<void> hold(std::string_view target, std::string_view reason) = 0;
    virtual Result<void> release(std::string_view target, std::string_view reason) = 0;
    /// Purges the entries that are older than their class is kept; with `dryRun` only counts them. Entries about what is held stay.
    virtual Result<std::uint64_t> prune(bool dryRun, const Task& task) = 0;
};

struct ErasePlan {
    NamespaceId id;
    std::string name;
    std::uint64_t documents = 0, passages = 0, textBytes = 0;
    std::uint64_t auditEntries = 0;          ///< whose personal fields go
    std::uint64_t keys = 0;                  ///< API keys whose owner is called so: they end
    std::uint64_t billingRecords = 0;        ///< subscriptions, credit, alerts, the pseudonym of the customer of that name: they go
    std::vector<std::string> invoicesKept{}; ///< titles of the issued ones: these stay, and the name on them
    std::string heldBecause;                 ///< not empty: erasing will be refused for this reason
};

struct EraseReport {
    NamespaceId id;
    std::uint64_t recordsPurged = 0, segmentsRewritten = 0;
    std::vector<std::string> invoicesKept{}; ///< issued invoices and credit notes, which the law has kept
    Sequence entry = 0;                      ///< of the audit entry subject.erased
    std::string certificate;                 ///< JSON: what was erased and when, signed with the store's key
    std::int64_t tookUs = 0;
};

struct SubjectExport {
    std::uint64_t documents = 0, fragments = 0, originals = 0, auditEntries = 0;
    std::vector<std::string> incomplete; ///< what could not be read, one sentence each
};

/// What a namespace holds of somebody, and its end. Obtained from Store; lives as long as it. Thread-safe.
class Subjects {
public:
    virtual ~Subjects() = default;
    /// What erasing would destroy. NotFound.
    virtual Result<ErasePlan> plan(std::string_view space) = 0;
    /// Destroys a namespace: its data key in every copy, the bodies of all its records, its rows and indexes. API keys whose owner has its
    /// name end for ever, and owner, label, scopes and networks of them go, also where there is no such namespace. The hash tree stays
    /// provable. Of a customer of that name, issued invoices and credit notes stay as they are, for as long as the law has them kept. All
    /// else of billing goes; usage events stay, but only under a pseudonym that nothing resolves any more: what was not billed by then
    /// never is. From the first durable record on it is done or, after a crash, goes on when the store is opened for writing next. Refusals
    /// (a legal hold) are InvalidArgument and audited.
    virtual Result<EraseReport> erase(std::string_view space, const Task& task) = 0;
    /// Writes all that a namespace holds into a new folder: documents.jsonl, fragments.jsonl, audit.jsonl, originals/ and manifest.json.
    virtual Result<SubjectExport> exportTo(std::string_view space, const std::string& folder, const Task& task) = 0;
};

} // namespace carma
