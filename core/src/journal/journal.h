// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"
#include "log/record/record.h"

#include <carma/clock.h>
#include <carma/ids.h>
#include <carma/progress.h>
#include <carma/random.h>
#include <carma/result.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

/// Records of the log that are no memory: keys, audit, usage, invoices, anomalies, settings. The parts of the core that keep such
/// books (access, audit, billing, anomaly) see the store through this interface and nothing else, so that each can be tested alone
/// with MemoryJournal.
namespace carma::journal {

/// Body of a new record. The part that owns the type owns its layout, which begins with a version byte.
struct NewEntry {
    log::RecordType type{}; ///< one of KeyEvent, Usage, Anomaly, Network, Setting, Audit
    NamespaceId space;      ///< whose data key seals it; null: the store's own
    Bytes body;             ///< at most log::kRecordBodyBytesMax
};

struct Entry {
    Sequence sequence = 0;
    std::int64_t timeUs = 0; ///< wall clock of the writer, a label only
    log::RecordType type{};
    NamespaceId space;
    ByteView body;     ///< valid during the visit; empty when lost or purged
    bool lost = false; ///< cannot be read now
    bool purged = false;
};

enum class Outcome : std::uint8_t { Done = 0, Refused = 1, Failed = 2 };

/// What the audit is told about a change. Who and from where comes from the door that the request came through.
struct AuditNote {
    std::string action; ///< "key.create", "invoice.finalise", "fragment.forget" ...
    std::string object; ///< what was acted on: an id, a name, a path
    Outcome outcome = Outcome::Done;
    std::string reason;               ///< for what was refused or failed
    std::string subject;              ///< the person it is about, if any; sealed under the subject's key
    crypto::Digest before{}, after{}; ///< of the object; zero where there is none
    NamespaceId space{};     ///< whose data key seals what is personal in it; null: that of the namespace `subject`, or the store's
    std::string detail{};    ///< personal: a path, a title, the words of a query
    std::string actor{};     ///< empty: the one that the store was opened for
    std::string requestId{}; ///< empty: that of the opening
};

/// Returns false to stop.
using Visitor = std::function<Result<bool>(const Entry&)>;

/// Thread-safe.
class Journal {
public:
    virtual ~Journal() = default;
    /// Appends entries and the audit entry of `note` as one atomic batch: no entry, no change. `entries` may be empty: then only the
    /// attempt is recorded. Durable and readable on return; gives the sequence of the first of `entries` (of the audit entry if there
    /// are none). Busy (open for reading only), LimitExceeded (more than log::kAppendBytesMax), Io, NoSpace.
    virtual Result<Sequence> append(std::span<const NewEntry> entries, const AuditNote& note) = 0;
    /// Appends entries that are not audited one by one, usage events for instance.
    virtual Result<Sequence> append(std::span<const NewEntry> entries) = 0;
    /// Visits the entries of one type from `from` on, in the order of sequences. Lost ones are visited and marked.
    virtual Result<void> read(log::RecordType type, Sequence from, const Visitor& visit) = 0;
    /// Removes the bodies of entries for good; their places stay. What is purged already is skipped.
    virtual Result<void> purge(std::vector<Sequence> entries, const Task& task) = 0;
    /// The first sequence that is not there yet. Readers call refresh() first.
    [[nodiscard]] virtual Sequence end() const = 0;
    /// Takes in what another process has appended.
    virtual Result<void> refresh() = 0;
    [[nodiscard]] virtual Clock& clock() const = 0;
    [[nodiscard]] virtual Random& random() const = 0;
};

} // namespace carma::journal
