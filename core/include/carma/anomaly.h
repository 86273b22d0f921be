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
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What is unusual about the use of a store, by key and by source address, and what follows from it. Nothing is deleted automatically;
/// every action ends by itself and has an audit entry.
namespace carma {

/// Part of the stored format, do not renumber.
enum class AnomalyKind : std::uint8_t {
    Rate = 0,      ///< more requests than usual at this hour
    Volume = 1,    ///< more bytes
    Errors = 2,    ///< a larger share of failures
    Endpoints = 3, ///< endpoints that were not used before
    Spread = 4,    ///< ids that are spread more evenly, as when somebody tries them all
    Pattern = 5,   ///< the combination is unusual: half-space trees and isolation forest agree
};
inline constexpr std::size_t kAnomalyKinds = 6;
std::string_view name(AnomalyKind kind); ///< "rate", "volume", "errors", "endpoints", "spread", "pattern"

/// In growing severity. Part of the stored format, do not renumber.
enum class AnomalyAction : std::uint8_t { Observe = 0, Throttle = 1, Challenge = 2, Suspend = 3 };
inline constexpr std::size_t kAnomalyActions = 4;
std::string_view name(AnomalyAction action); ///< "observe", "throttle", "challenge", "suspend"

/// One request, as a server saw it.
struct AnomalyEvent {
    std::int64_t timeUs = 0; ///< wall clock; 0: now
    std::string key;         ///< id of the key that was used; empty for none
    std::string source;      ///< IPv4 or IPv6 address; empty if unknown
    std::string endpoint;    ///< which kind of request, "GET /v1/fragments/{id}"
    std::string object;      ///< id of what was asked for; empty for none
    std::uint64_t bytes = 0; ///< in and out
    bool failed = false;     ///< answered with an error
    bool denied = false;     ///< failed to authenticate, or came to the wrong block: counts for the block list
};

/// What speaks for an anomaly.
struct AnomalyReason {
    std::string feature;
    double value = 0, usual = 0;
    double weight = 0; ///< share of all that speaks for it, 0 to 1
};

struct Anomaly {
    Sequence sequence = 0; ///< its id: its place in the log
    std::int64_t timeUs = 0;
    AnomalyKind kind{};
    AnomalyAction action{};
    std::string subject;                ///< "key:K" or "source:A"
    double score = 0;                   ///< spreads above what is usual
    std::int64_t expiresUs = 0;         ///< end of the action
    std::vector<AnomalyReason> reasons; ///< at most three, the strongest first
    bool lost = false;                  ///< cannot be read
};

struct AnomalyRule {
    double threshold = 4;                 ///< score from which on it is an anomaly; 2 to 1,000
    AnomalyAction action{};               ///< what follows
    std::int64_t lastsUs = 3'600'000'000; ///< how long; at most 30 days
    bool operator==(const AnomalyRule&) const = default;
};
/// By kind. The default only observes.
struct AnomalyPolicy {
    std::array<AnomalyRule, kAnomalyKinds> rules{};
    bool operator==(const AnomalyPolicy&) const = default;
};

/// What a server does with a request.
struct AnomalyVerdict {
    bool blocked = false; ///< the source is on the block list: do not answer
    AnomalyAction action = AnomalyAction::Observe;
    std::int64_t untilUs = 0; ///< when the severest of it ends
    std::string because;      ///< one sentence; empty if nothing is wrong
};

struct AnomalyFilter {
    std::optional<AnomalyKind> kind;
    std::optional<std::string> subject; ///< is in the subject
    std::int64_t fromUs = std::numeric_limits<std::int64_t>::min();
    std::int64_t toUs = std::numeric_limits<std::int64_t>::max(); ///< before this
};

enum class BlockOrigin : std::uint8_t { Automatic = 0, Manual = 1, Allowed = 2 };
std::string_view name(BlockOrigin origin); ///< "automatic", "manual", "allowed"

/// One line of the block list, or of the list of those that are never blocked.
struct BlockEntry {
    std::string prefix; ///< "192.0.2.7", "192.0.2.0/24", "2001:db8::/64"
    BlockOrigin origin{};
    std::string reason;
    std::int64_t sinceUs = 0;
    std::int64_t untilUs = 0;  ///< 0: until it is removed (manual and allowed only)
    std::uint32_t strikes = 0; ///< how often it was blocked automatically, less what was forgiven
};

/// Obtained from Store; lives as long as it. Thread-safe. What writes gives Busy if the store is open for reading only.
class Anomalies {
public:
    virtual ~Anomalies() = default;
    /// Takes in one request and says what to do with it. Writes to the log only when something is found or a source is blocked.
    /// Text fields are cut to 256 bytes. A source that is no address is only a name: it is watched and never blocked.
    virtual Result<AnomalyVerdict> observe(const AnomalyEvent& event) = 0;
    /// What observe would answer, without taking anything in. Either may be empty.
    virtual Result<AnomalyVerdict> check(std::string_view key, std::string_view source) = 0;
    /// Visits anomalies in order; the visitor returns false to stop.
    virtual Result<void> list(const AnomalyFilter& filter, const std::function<Result<bool>(const Anomaly&)>& visit) = 0;
    virtual Result<Anomaly> show(Sequence id) = 0; ///< NotFound
    virtual Result<AnomalyPolicy> policy() = 0;
    virtual Result<void> setPolicy(const AnomalyPolicy& policy) = 0; ///< InvalidArgument for numbers out of range

    /// Ends what holds for a subject ("key:K" or "source:A") before its time, blocks aside, and says what held. NotFound if nothing does;
    /// InvalidArgument without a reason. With `dryRun` nothing is written.
    virtual Result<AnomalyVerdict> lift(std::string_view subject, std::string_view reason, bool dryRun) = 0;

    /// Blocks that hold now and those that are never blocked, in the order of prefixes.
    virtual Result<std::vector<BlockEntry>> blocks() = 0;
    /// Blocks an address or prefix for `lastsUs` (0: until it is removed), or with `allow` keeps it from ever being blocked.
    /// InvalidArgument: no address, no reason, a whole address family, a block of what is allowed.
    struct Block {
        std::string prefix, reason;
        std::int64_t lastsUs = 0;
        bool allow = false;
    };
    virtual Result<void> addBlock(const Block& block) = 0;
    /// Ends a block, or an allowance, and forgets the strikes. NotFound.
    virtual Result<void> removeBlock(std::string_view prefix, std::string_view reason) = 0;
};

// --- replay

/// What the replay of a file brought to light: an unusual row (AnomalyKind::Pattern), or an unusual window of a key or source.
struct ReplayAlarm {
    std::uint64_t line = 0; ///< of the row; of the row that ended or filled the window
    AnomalyKind kind{};
    std::string time;                 ///< as it stands in the file
    std::string subject;              ///< "key:K" or "source:A"; of a row: its key, else its source, else empty
    double forest = 0, halfSpace = 0; ///< scores of a row, 0 to 1
    double score = 0;                 ///< spreads above what is usual
    std::vector<AnomalyReason> reasons;
};

struct ReplayReport {
    std::vector<std::string> features;    ///< names of the numeric columns
    std::uint64_t events = 0, scored = 0; ///< rows; those after the warm-up
    std::uint64_t suspect = 0;            ///< rows that both detectors find five spreads up
    std::uint64_t alarms = 0;             ///< suspect rows above the highest scores of usual blocks of rows
    std::uint64_t windows = 0;            ///< unusual windows of keys and sources
    double seconds = 0;                   ///< that it took, with reading
    struct Labels {
        std::uint64_t positives = 0; ///< among the rows that were scored
        double aucForest = 0, aucHalfSpace = 0, aucCombined = 0;
        std::uint64_t rightAlarms = 0, rightSuspects = 0;
    };
    std::optional<Labels> labels; ///< if there is a column of labels, and both labels are in it
};

struct ReplayOptions {
    std::uint64_t start = 1;           ///< of all draws: the same start gives the same scores
    std::vector<std::string> features; ///< columns to use; empty: all that have no other meaning
};

/// Fills the span with the next bytes and returns how many; 0 at the end.
using ReplayRead = std::function<Result<std::size_t>(std::span<char>)>;

/// Runs a CSV file with a heading through the detectors, in its order: each row's numbers through the half-space trees and the isolation
/// forest, and with a column "time" (seconds since 1970) each key and source through its baselines. Columns "time", "key", "source",
/// "endpoint", "object" and "label" (0 or 1) are known by name and may be missing; all others are numbers, of which "bytes" and "failed"
/// are told to the baselines as well. Memory is bounded: lines of at most 64 KiB, at most 256 columns. InvalidArgument names the line and
/// the column of what is wrong, LimitExceeded the line that is too long. Thread-safe.
Result<ReplayReport> replayAnomalies(
    const ReplayRead& read, const ReplayOptions& options, const std::function<void(const ReplayAlarm&)>& onAlarm, const Task& task);

} // namespace carma
