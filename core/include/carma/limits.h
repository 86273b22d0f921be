// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/clock.h>
#include <carma/result.h>

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

/// How much of something may happen: the generic cell rate algorithm (ITU-T I.371) for each subject and kind. Nobody sleeps: a demand is
/// allowed, or told when to come again.
namespace carma {

/// `count` within `periodUs`, of which `burst` may come at once.
struct RateLimit {
    std::uint64_t count = 1;
    std::int64_t periodUs = 1'000'000;
    std::uint64_t burst = 1;
    bool operator==(const RateLimit&) const = default;
};
/// InvalidArgument unless all is above zero, the period at most 400 days, at most one a nanosecond, and the burst paid back within a
/// century.
Result<void> checkLimit(const RateLimit& limit);

/// Part of the stored format, do not renumber.
enum class LimitKind : std::uint8_t { Read = 0, Write = 1, Heavy = 2, Quota = 3, FailedSource = 4 };
std::string_view name(LimitKind kind); ///< "read", "write", "heavy", "quota", "failed-source"

/// Limits of a key by what is asked for. "heavy" is what reads or writes much at once: heal, audit, keys.
struct RateClass {
    std::string_view name;
    RateLimit read, write, heavy;
    [[nodiscard]] const RateLimit& of(LimitKind kind) const;
};
/// "global" (1 a second, no burst), "standard", "bulk", "internal". Static storage.
std::span<const RateClass> rateClasses();
const RateClass* findRateClass(std::string_view name); ///< null if there is none

/// Whose limit, and which of its limits.
struct LimitKey {
    std::array<std::uint8_t, 16> subject{}; ///< the id of a key, or a hash of an address
    LimitKind kind{};
    bool operator==(const LimitKey&) const = default;
};

struct LimitDecision {
    static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
    bool allowed = false;
    std::uint64_t remaining = 0;   ///< of the burst, after this demand
    std::int64_t retryAfterUs = 0; ///< 0 if allowed; kNever if the demand is larger than the burst
    std::int64_t resetUs = 0;      ///< until the whole burst is there again
};

/// What a subject has used in advance: until then, by the wall clock, it owes something.
struct LimitDebt {
    LimitKey key;
    std::int64_t untilUs = 0;
    bool operator==(const LimitDebt&) const = default;
};

struct LimiterOptions {
    std::size_t subjectsMax = 1'000'000; ///< beyond it nobody new is allowed until someone's debt is paid
    /// A burst that is paid back sooner than this counts as used after a crash, so that nothing has to be written for it. Slower ones
    /// (quotas) are reserved ahead of use.
    std::int64_t shortBurstUs = 60'000'000;
    /// Makes it durable that the debt runs until then. Called before a slow limit goes beyond what was reserved, a tenth of its burst
    /// ahead. If it fails, nothing is allowed. Empty: nothing is durable.
    std::function<Result<void>(const LimitDebt&)> reserve;
};

/// Decisions in some 100 ns. Time passes by the monotonic clock; the wall clock only ties debts to a restart, and one that went back
/// costs nobody more than one whole burst. Thread-safe.
class Limiter {
public:
    explicit Limiter(Clock& clock, LimiterOptions options = {});
    ~Limiter();
    Limiter(const Limiter&) = delete;
    Limiter& operator=(const Limiter&) = delete;

    /// Takes `cost` if it is there. The error is that of `reserve`. REQUIRES: checkLimit(limit), cost > 0
    Result<LimitDecision> take(const LimitKey& key, const RateLimit& limit, std::uint64_t cost = 1);
    /// What take would say; takes nothing.
    [[nodiscard]] LimitDecision look(const LimitKey& key, const RateLimit& limit, std::uint64_t cost = 1) const;

    /// Debts that are not paid yet, to be kept over a restart.
    [[nodiscard]] std::vector<LimitDebt> debts() const;
    void restore(std::span<const LimitDebt> debts);
    /// The last debts were not kept: short bursts count as used when this limiter was made. Called before the first decision.
    void beginAfterCrash();
    [[nodiscard]] std::size_t subjects() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace carma
