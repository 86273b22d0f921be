// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hash.h"

#include <carma/assert.h>
#include <carma/limits.h>

#include <algorithm>
#include <mutex>
#include <vector>

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
    LimitKey key;
    bool used = false;
    std::int64_t wholeAtNs = 0;    ///< monotonic
    std::int64_t reservedToNs = 0; ///< durable up to here
};

/// Open addressing, at most four fifths full: one line of memory for most decisions.
class DebtTable {
public:
    Debt* find(const LimitKey& key, std::size_t hash)
    {
        for (std::size_t at = hash; !m_slots.empty(); ++at) {
            Debt& slot = m_slots[at & (m_slots.size() - 1)];
            if (!slot.used || slot.key == key) {
                return slot.used ? &slot : nullptr;
            }
        }
        return nullptr;
    }
    /// REQUIRES: the key is not in it
    Debt& insert(const LimitKey& key, std::size_t hash)
    {
        if ((m_count + 1) * 5 > m_slots.size() * 4) {
            rebuild(std::max<std::size_t>(kSlotsMin, m_slots.size() * 2), std::numeric_limits<std::int64_t>::min());
        }
        ++m_count;
        Debt& slot = freeSlot(hash);
        slot.key = key;
        slot.used = true;
        return slot;
    }
    void removePaid(std::int64_t now) { rebuild(m_slots.size(), now); }
    [[nodiscard]] std::size_t size() const { return m_count; }
    [[nodiscard]] const std::vector<Debt>& slots() const { return m_slots; }

private:
    static constexpr std::size_t kSlotsMin = 16;

    Debt& freeSlot(std::size_t hash)
    {
        while (m_slots[hash & (m_slots.size() - 1)].used) {
            ++hash;
        }
        return m_slots[hash & (m_slots.size() - 1)];
    }
    void rebuild(std::size_t size, std::int64_t paidUntil)
    {
        std::vector<Debt> old(size);
        old.swap(m_slots);
        m_count = 0;
        for (const Debt& debt : old) {
            if (debt.used && debt.wholeAtNs > paidUntil) {
                freeSlot(KeyHash{}(debt.key)) = debt;
                ++m_count;
            }
        }
    }

    std::vector<Debt> m_slots; ///< their number is a power of two
    std::size_t m_count = 0;
};

struct Stripe {
    std::mutex mutex;
    DebtTable debts; ///< guarded, like all below
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

    Stripe& stripeOf(std::size_t hash) const { return stripes.at(hash >> 58U); }

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
    stripe.debts.removePaid(now);
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
    const std::size_t hash = KeyHash{}(key);
    Stripe& stripe = state.stripeOf(hash);
    const std::lock_guard guard(stripe.mutex);
    Debt* found = stripe.debts.find(key, hash);
    const std::int64_t whole = state.wholeAt(found, limit, now);
    LimitDecision decision = decide(whole, limit, cost, now);
    if (found != nullptr) {
        found->wholeAtNs = std::min(found->wholeAtNs, whole); // what was beyond one burst is let go once and for all
    }
    if (!decision.allowed) {
        return decision;
    }
    if (found == nullptr && !makeRoom(stripe, state.options.subjectsMax, now)) {
        decision.allowed = false;
        decision.retryAfterUs = kSweepEveryNs / kNsAUs;
        return decision;
    }
    const std::int64_t after = whole + stepNs(limit) * static_cast<std::int64_t>(cost);
    std::int64_t reservedTo = found == nullptr ? 0 : found->reservedToNs;
    if (state.options.reserve && !state.isShort(limit) && after > reservedTo) {
        reservedTo = std::min(after + toleranceNs(limit) / kReservePart, now + toleranceNs(limit));
        CARMA_TRY(state.options.reserve({key, state.clock.wallTimeUs() + (reservedTo - now) / kNsAUs}));
    }
    Debt& debt = found == nullptr ? stripe.debts.insert(key, hash) : *found;
    debt.wholeAtNs = after;
    debt.reservedToNs = reservedTo;
    return decision;
}

LimitDecision Limiter::look(const LimitKey& key, const RateLimit& limit, std::uint64_t cost) const
{
    const std::int64_t now = m_state->nowNs();
    const std::size_t hash = KeyHash{}(key);
    Stripe& stripe = m_state->stripeOf(hash);
    const std::lock_guard guard(stripe.mutex);
    return decide(m_state->wholeAt(stripe.debts.find(key, hash), limit, now), limit, cost, now);
}

std::vector<LimitDebt> Limiter::debts() const
{
    const std::int64_t now = m_state->nowNs();
    const std::int64_t wall = m_state->clock.wallTimeUs();
    std::vector<LimitDebt> all;
    for (Stripe& stripe : m_state->stripes) {
        const std::lock_guard guard(stripe.mutex);
        for (const Debt& debt : stripe.debts.slots()) {
            if (debt.used && debt.wholeAtNs > now) {
                all.push_back({debt.key, wall + (debt.wholeAtNs - now + kNsAUs - 1) / kNsAUs});
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
        const std::size_t hash = KeyHash{}(debt.key);
        Stripe& stripe = m_state->stripeOf(hash);
        const std::lock_guard guard(stripe.mutex);
        Debt* const known = stripe.debts.find(debt.key, hash);
        if (ahead > 0 && (known != nullptr || makeRoom(stripe, m_state->options.subjectsMax, now))) {
            Debt& kept = known != nullptr ? *known : stripe.debts.insert(debt.key, hash);
            kept.wholeAtNs = now + ahead * kNsAUs;
            kept.reservedToNs = kept.wholeAtNs;
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
