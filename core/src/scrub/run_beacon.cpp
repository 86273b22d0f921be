// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "budget/pace.h"

#include <algorithm>

namespace carma {

std::string_view name(BeaconNews::Kind kind)
{
    switch (kind) {
    case BeaconNews::Kind::RoundBegan: return "round began";
    case BeaconNews::Kind::Step: return "step";
    case BeaconNews::Kind::Damage: return "damage";
    case BeaconNews::Kind::Healed: return "healed";
    case BeaconNews::Kind::Lost: return "lost";
    case BeaconNews::Kind::RoundEnded: return "round ended";
    case BeaconNews::Kind::Paused: return "paused";
    case BeaconNews::Kind::Resumed: return "resumed";
    case BeaconNews::Kind::Alert: return "alert";
    case BeaconNews::Kind::Trouble: return "trouble";
    }
    return "unknown";
}

namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kMinuteUs = 60 * kSecondUs;
constexpr std::int64_t kPeriodMinUs = kMinuteUs;
constexpr std::int64_t kPeriodMaxUs = 366LL * 24 * 60 * kMinuteUs;
constexpr std::int64_t kLoadLookUs = 5 * kSecondUs;      // while paused
constexpr std::int64_t kTroubleMaxUs = 5 * kMinuteUs;    // the longest pause after an error
constexpr std::int64_t kTroubleLimitUs = 60 * kMinuteUs; // an error that lasts so long ends the beacon
constexpr std::uint64_t kRateMin = 256U << 10U;          // slower than this a small store would be read for days
constexpr double kRoundShare = 0.9;                      // a round begins so much of a period after the one before, so that none is late

using Kind = BeaconNews::Kind;

Result<void> check(const BeaconOptions& options)
{
    CARMA_TRY(budget::check(options.budget));
    if (options.periodUs < kPeriodMinUs || options.periodUs > kPeriodMaxUs) {
        return Error{ErrorCode::InvalidArgument, "the beacon's period is a minute to a year"};
    }
    return {};
}

/// One run of the beacon.
class Loop {
public:
    Loop(BeaconHost& host, BeaconWorld& world, const BeaconOptions& options, const std::function<void(const BeaconNews&)>& onNews,
        const std::stop_token& stop)
        : m_host(host), m_world(world), m_options(options), m_onNews(onNews), m_stop(stop), m_pace(options.budget, kRateMin)
    {
    }

    Result<void> run()
    {
        CARMA_TRY_ASSIGN(m_state, m_host.load());
        std::uint64_t roundsDone = 0;
        while (!m_stop.stop_requested()) {
            awaitRound();
            awaitHours();
            awaitQuiet();
            if (m_stop.stop_requested()) {
                break;
            }
            const std::uint64_t before = m_state.rounds;
            CARMA_TRY(step());
            roundsDone += m_state.rounds - before;
            if (m_options.rounds > 0 && roundsDone >= m_options.rounds) {
                break;
            }
        }
        return m_host.save(m_state);
    }

private:
    [[nodiscard]] bool isFresh() const { return m_state.position == ScrubPosition{} && m_state.roundBytes == 0; }

    void tell(Kind kind, std::string text)
    {
        if (m_onNews) {
            m_onNews({kind, std::move(text), m_state, m_unitsDone, m_unitsTotal});
        }
    }

    void rest(std::int64_t microseconds)
    {
        if (microseconds > 0 && !m_stop.stop_requested()) {
            m_world.rest(microseconds, m_stop);
        }
    }

    void pauseWhile(const std::function<std::int64_t()>& waitUs, std::string_view why)
    {
        bool told = false;
        for (std::int64_t wait = waitUs(); wait > 0 && !m_stop.stop_requested(); wait = waitUs()) {
            if (!told) {
                tell(Kind::Paused, std::string(why));
                told = true;
            }
            rest(wait);
        }
        if (told && !m_stop.stop_requested()) {
            tell(Kind::Resumed, "it goes on");
        }
    }

    void awaitHours()
    {
        pauseWhile(
            [this] {
                const std::int64_t now = m_world.clock().wallTimeUs();
                return budget::untilAllowedUs(m_options.budget, now + m_world.utcOffsetSeconds(now) * kSecondUs);
            },
            "it is not one of the hours that the budget allows");
    }

    void awaitQuiet()
    {
        pauseWhile(
            [this] { return m_options.budget.ioStallMax < 100 && m_world.ioStall() > m_options.budget.ioStallMax ? kLoadLookUs : 0; },
            "others wait for the disk");
    }

    /// The next round begins when it has to, not at once: a small store would be read all day.
    void awaitRound()
    {
        const bool ended = isFresh() && m_state.rounds > 0 && m_state.lastRoundUs >= m_state.roundBeganUs;
        if (!ended || m_options.rounds > 0) {
            return;
        }
        const std::int64_t due = m_state.roundBeganUs + static_cast<std::int64_t>(static_cast<double>(m_options.periodUs) * kRoundShare);
        // A clock that was set back must not hold it up for longer than a period.
        const std::int64_t wait = std::min(due - m_world.clock().wallTimeUs(), m_options.periodUs);
        rest(wait);
    }

    Result<void> step()
    {
        if (isFresh()) {
            m_state.roundBeganUs = m_world.clock().wallTimeUs();
            m_unitsDone = 0;
            tell(Kind::RoundBegan, "a round begins");
        }
        const std::int64_t began = m_world.clock().monotonicUs();
        auto done = m_host.scrubSome(m_state.position, Task{{}, m_stop});
        if (!done.has_value()) {
            return trouble(done.error());
        }
        if (done->damage.cancelled) {
            return {};
        }
        take(*done);
        CARMA_TRY(answer(done->damage));
        const std::int64_t ended = m_world.clock().monotonicUs();
        setPace(*done);
        if (done->roundEnded) {
            endRound();
        }
        if (const auto saved = m_host.save(m_state); !saved.has_value()) {
            tell(Kind::Trouble, "its position could not be kept: " + saved.error().message);
        }
        tell(Kind::Step, {});
        m_troubleSinceUs = -1;
        m_troublePauseUs = kSecondUs;
        rest(m_pace.restAfter(done->damage.bytesRead, began, ended));
        return {};
    }

    void take(const ScrubStep& done)
    {
        m_state.position = done.next;
        m_state.roundBytes += done.damage.bytesRead;
        m_state.roundFaults += done.damage.faultsCount;
        m_unitsDone = done.unitsDone;
        m_unitsTotal = done.unitsTotal;
    }

    /// Rounds are told from each other by their pieces: those of the round before say how many bytes there are.
    void setPace(const ScrubStep& done)
    {
        std::uint64_t total = m_state.lastRoundBytes;
        if (done.unitsDone > 0) {
            const double whole = static_cast<double>(m_state.roundBytes) / static_cast<double>(done.unitsDone) *
                static_cast<double>(std::max(done.unitsTotal, done.unitsDone));
            total = std::max(total, static_cast<std::uint64_t>(whole));
        }
        const std::uint64_t needed = budget::neededRate(m_options.budget, total, m_options.periodUs);
        m_pace.aimAt(m_options.rounds > 0 ? m_options.budget.bytesPerSecond : std::max(needed, kRateMin));
        if (needed > m_options.budget.bytesPerSecond && !m_tooSlowTold) {
            m_tooSlowTold = true;
            tell(Kind::Alert,
                "the budget is too small: to read all in the period it takes " + std::to_string(needed) + " bytes a second, and " +
                    std::to_string(m_options.budget.bytesPerSecond) + " are allowed");
        }
    }

    void endRound()
    {
        ++m_state.rounds;
        m_state.lastRoundUs = m_world.clock().wallTimeUs();
        m_state.lastRoundBytes = m_state.roundBytes;
        m_state.position = {};
        tell(Kind::RoundEnded,
            "a round has ended: " + std::to_string(m_state.roundBytes) + " bytes read, " + std::to_string(m_state.roundFaults) +
                (m_state.roundFaults == 1 ? " fault" : " faults"));
        m_state.roundBytes = 0;
        m_state.roundFaults = 0;
    }

    /// Has repaired what was found. Another writer is waited for at the next piece.
    Result<void> answer(const DamageReport& damage)
    {
        m_healDue = m_healDue || damage.faultsCount > 0;
        if (damage.faultsCount > 0) {
            tell(Kind::Damage, std::to_string(damage.faultsCount) + (damage.faultsCount == 1 ? " fault was" : " faults were") + " found");
        }
        if (!m_healDue || !m_options.heal) {
            m_healDue = false;
            return {};
        }
        const auto healed = m_host.heal(Task{{}, m_stop});
        if (!healed.has_value()) {
            const bool busy = healed.error().code == ErrorCode::Busy;
            tell(Kind::Trouble, (busy ? "healing waits for another writer: " : "healing failed: ") + healed.error().message);
            return {};
        }
        m_healDue = healed->damage.cancelled;
        if (healed->healed > 0) {
            tell(Kind::Healed,
                std::to_string(healed->healed) + (healed->healed == 1 ? " fault was" : " faults were") + " healed, " +
                    std::to_string(healed->bytesWritten) + " bytes written");
        }
        if (healed->unhealed > 0 || healed->damage.lostRecords > 0) {
            tell(Kind::Lost, std::to_string(healed->damage.lostRecords) + " records cannot be read: run 'carma heal' to see which");
        }
        if (const auto alerts = m_host.alerts(); alerts.has_value()) {
            for (const FolderAlert& alert : *alerts) {
                tell(Kind::Alert, alert.folder + ": " + alert.reason + "; " + alert.advice);
            }
        }
        return {};
    }

    Result<void> trouble(const Error& error)
    {
        const std::int64_t now = m_world.clock().monotonicUs();
        if (m_troubleSinceUs < 0) {
            m_troubleSinceUs = now;
        }
        if (now - m_troubleSinceUs >= kTroubleLimitUs) {
            return error;
        }
        tell(Kind::Trouble, error.message);
        rest(m_troublePauseUs);
        m_troublePauseUs = std::min(2 * m_troublePauseUs, kTroubleMaxUs);
        return {};
    }

    BeaconHost& m_host;
    BeaconWorld& m_world;
    const BeaconOptions& m_options;
    const std::function<void(const BeaconNews&)>& m_onNews;
    const std::stop_token& m_stop;
    budget::Pace m_pace;
    BeaconState m_state;
    std::uint64_t m_unitsDone = 0, m_unitsTotal = 0;
    bool m_healDue = false;
    bool m_tooSlowTold = false;
    std::int64_t m_troubleSinceUs = -1; ///< monotonic; below 0 while all is well
    std::int64_t m_troublePauseUs = kSecondUs;
};

} // namespace

Result<void> runBeacon(BeaconHost& host, BeaconWorld& world, const BeaconOptions& options,
    const std::function<void(const BeaconNews&)>& onNews, const std::stop_token& stop)
{
    CARMA_TRY(check(options));
    return Loop(host, world, options, onNews, stop).run();
}

} // namespace carma
