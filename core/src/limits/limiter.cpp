// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hash.h"

#include <carma/assert.h>
#include <carma/limits.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>

/// One number a subject says all: the time at which its burst will be whole again, which the recommendation calls theoretical arrival
/// time. A demand moves it on by cost * step; what would move it further than the tolerance ahead of now is not allowed.
///
/// The table is cut into stripes with a lock each, so that a decision waits for few others. A debt that is paid equals no entry, so
/// entries go as soon as room is needed.
namespace carma {

namespace {

constexpr std::size_t kStripes = 64;
constexpr std::int64_t kNsAUs = 1000;
constexpr std::int64_t kSweepEveryNs = 1'000'000'000; // a full stripe is swept at most so often: a flood must not make it dear
constexpr std::int64_t kReservePart = 10;             // a tenth of the burst is reserved ahead
constexpr std::int64_t kNoCrash = std::numeric_limits<std::int64_t>::min();

std::int64_t stepNs(const RateLimit& limit) { return limit.periodUs * kNsAUs / static_cast<std::int64_t>(limit.count); }

std::int64_t toleranceNs(const RateLimit& limit) { return stepNs(limit) * static_cast<std::int64_t>(limit.burst); }

struct KeyHash {
    std::size_t operator()(const LimitKey& key) const noexcept
    {
        return hash64(std::as_bytes(std::span(key.subject)), static_cast<std::uint64_t>(key.kind));
    }
};

struct Debt {
    std::int64_t wholeAtNs = 0;    ///< monotonic
    std::int64_t reservedToNs = 0; ///< durable up to here
};

struct Stripe {
    std::mutex mutex;
    std::unordered_map<LimitKey, Debt, KeyHash> debts; ///< guarded, like all below
    std::int64_t sweptAtNs = std::numeric_limits<std::int64_t>::min() / 2;
};

} // namespace

struct Limiter::State {
    State(Clock& theClock, LimiterOptions theOptions) : clock(theClock), options(std::move(theOptions)) {}

    Clock& clock;
    const LimiterOptions options;
    const std::int64_t begunAtNs = nowNs();
    std::int64_t crashedAtNs = kNoCrash; ///< set before the first decision
    mutable std::array<Stripe, kStripes> stripes;

    [[nodiscard]] std::int64_t nowNs() const { return clock.monotonicUs() * kNsAUs; }
    [[nodiscard]] bool isShort(const RateLimit& limit) const { return toleranceNs(limit) <= options.shortBurstUs * kNsAUs; }

    Stripe& stripeOf(const LimitKey& key) const { return stripes.at(KeyHash{}(key) >> 58U); }

    /// When the subject's burst is whole again. A debt beyond the tolerance comes from a clock that went back or from a limit that
    /// became tighter.
    [[nodiscard]] std::int64_t wholeAt(const Debt* debt, const RateLimit& limit, std::int64_t now) const
    {
        std::int64_t at = debt == nullptr ? now : std::max(debt->wholeAtNs, now);
        if (crashedAtNs != kNoCrash && isShort(limit)) {
            at = std::max(at, crashedAtNs + toleranceNs(limit));
        }
        return std::min(at, now + toleranceNs(limit));
    }
};

namespace {

LimitDecision decide(std::int64_t wholeAt, const RateLimit& limit, std::uint64_t cost, std::int64_t now)
{
    const std::int64_t step = stepNs(limit);
    const std::int64_t tolerance = toleranceNs(limit);
    LimitDecision decision;
    if (cost > limit.burst) {
        decision.remaining = static_cast<std::uint64_t>((tolerance - (wholeAt - now)) / step);
        decision.resetUs = (wholeAt - now) / kNsAUs;
        decision.retryAfterUs = LimitDecision::kNever;
        return decision;
    }
    const std::int64_t after = wholeAt + step * static_cast<std::int64_t>(cost);
    decision.allowed = after - now <= tolerance;
    const std::int64_t ahead = (decision.allowed ? after : wholeAt) - now;
    decision.remaining = static_cast<std::uint64_t>((tolerance - ahead) / step);
    decision.resetUs = (ahead + kNsAUs - 1) / kNsAUs;
    decision.retryAfterUs = decision.allowed ? 0 : (after - now - tolerance + kNsAUs - 1) / kNsAUs;
    return decision;
}

/// Room for one more. REQUIRES: the stripe is held.
bool makeRoom(Stripe& stripe, std::size_t subjectsMax, std::int64_t now)
{
    const std::size_t max = std::max<std::size_t>(1, subjectsMax / kStripes);
    if (stripe.debts.size() < max) {
        return true;
    }
    if (now - stripe.sweptAtNs < kSweepEveryNs) {
        return false;
    }
    stripe.sweptAtNs = now;
    std::erase_if(stripe.debts, [&](const auto& item) { return item.second.wholeAtNs <= now; });
    return stripe.debts.size() < max;
}

} // namespace

Limiter::Limiter(Clock& clock, LimiterOptions options) : m_state(std::make_unique<State>(clock, std::move(options))) {}

Limiter::~Limiter() = default;

Result<LimitDecision> Limiter::take(const LimitKey& key, const RateLimit& limit, std::uint64_t cost)
{
    CARMA_ASSERT(limit.count > 0 && limit.burst > 0 && limit.periodUs > 0 && cost > 0);
    State& state = *m_state;
    const std::int64_t now = state.nowNs();
    Stripe& stripe = state.stripeOf(key);
    const std::lock_guard guard(stripe.mutex);
    const auto found = stripe.debts.find(key);
    Debt debt = found == stripe.debts.end() ? Debt{} : found->second;
    const std::int64_t whole = state.wholeAt(found == stripe.debts.end() ? nullptr : &found->second, limit, now);
    LimitDecision decision = decide(whole, limit, cost, now);
    if (found != stripe.debts.end()) {
        found->second.wholeAtNs = std::min(found->second.wholeAtNs, whole); // what was beyond one burst is let go once and for all
    }
    if (!decision.allowed) {
        return decision;
    }
    if (found == stripe.debts.end() && !makeRoom(stripe, state.options.subjectsMax, now)) {
        decision.allowed = false;
        decision.retryAfterUs = kSweepEveryNs / kNsAUs;
        return decision;
    }
    debt.wholeAtNs = whole + stepNs(limit) * static_cast<std::int64_t>(cost);
    if (state.options.reserve && !state.isShort(limit) && debt.wholeAtNs > debt.reservedToNs) {
        // Only the time that is left counts: what was reserved before the clock of this process began to run is in it.
        debt.reservedToNs = std::min(debt.wholeAtNs + toleranceNs(limit) / kReservePart, now + toleranceNs(limit));
        CARMA_TRY(state.options.reserve({key, state.clock.wallTimeUs() + (debt.reservedToNs - now) / kNsAUs}));
    }
    stripe.debts.insert_or_assign(key, debt);
    return decision;
}

LimitDecision Limiter::look(const LimitKey& key, const RateLimit& limit, std::uint64_t cost) const
{
    const std::int64_t now = m_state->nowNs();
    Stripe& stripe = m_state->stripeOf(key);
    const std::lock_guard guard(stripe.mutex);
    const auto found = stripe.debts.find(key);
    return decide(m_state->wholeAt(found == stripe.debts.end() ? nullptr : &found->second, limit, now), limit, cost, now);
}

void Limiter::forget(const LimitKey& key)
{
    Stripe& stripe = m_state->stripeOf(key);
    const std::lock_guard guard(stripe.mutex);
    stripe.debts.erase(key);
}

std::vector<LimitDebt> Limiter::debts() const
{
    const std::int64_t now = m_state->nowNs();
    const std::int64_t wall = m_state->clock.wallTimeUs();
    std::vector<LimitDebt> all;
    for (Stripe& stripe : m_state->stripes) {
        const std::lock_guard guard(stripe.mutex);
        for (const auto& [key, debt] : stripe.debts) {
            if (debt.wholeAtNs > now) {
                all.push_back({key, wall + (debt.wholeAtNs - now + kNsAUs - 1) / kNsAUs});
            }
        }
    }
    return all;
}

void Limiter::restore(std::span<const LimitDebt> debts)
{
    const std::int64_t now = m_state->nowNs();
    const std::int64_t wall = m_state->clock.wallTimeUs();
    constexpr std::int64_t kAheadMaxUs = std::numeric_limits<std::int64_t>::max() / (4 * kNsAUs); // no sum may overflow
    for (const LimitDebt& debt : debts) {
        const std::int64_t ahead = debt.untilUs <= wall ? 0 : std::min(debt.untilUs - std::max<std::int64_t>(wall, 0), kAheadMaxUs);
        Stripe& stripe = m_state->stripeOf(debt.key);
        const std::lock_guard guard(stripe.mutex);
        if (ahead > 0 && makeRoom(stripe, m_state->options.subjectsMax, now)) {
            const std::int64_t until = now + ahead * kNsAUs;
            stripe.debts.insert_or_assign(debt.key, Debt{until, until});
        }
    }
}

void Limiter::beginAfterCrash() { m_state->crashedAtNs = m_state->begunAtNs; }

std::size_t Limiter::subjects() const
{
    std::size_t count = 0;
    for (Stripe& stripe : m_state->stripes) {
        const std::lock_guard guard(stripe.mutex);
        count += stripe.debts.size();
    }
    return count;
}

} // namespace carma
