// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/clock.h>
#include <carma/health.h>
#include <carma/result.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

/// The beacon: scrubs a store round and round within a budget, and has repaired what it finds.
namespace carma {

class Store;

/// What the beacon may take from the machine.
struct BeaconBudget {
    std::uint64_t bytesPerSecond = 32U << 20U; ///< read at most so much; > 0
    double share = 0.25;                       ///< of the time spent at most, above 0 and up to 1
    unsigned fromHour = 0;                     ///< works from this hour of the day (local time, 0..24) ...
    unsigned toHour = 24;                      ///< ... to this one; 22 to 6 runs over midnight; equal hours: always
    double ioStallMax = 20; ///< pauses while others wait for the disk for more than so many percent of the time; 100: never
};

struct BeaconOptions {
    BeaconBudget budget;
    std::int64_t periodUs = 7LL * 24 * 3600 * 1000000; ///< each sector is read at least once in so long; a minute to a year
    bool heal = true;                                  ///< repair what is found; otherwise only tell
    std::uint64_t rounds = 0;                          ///< end after so many; 0: never
};

/// Where a beacon stands. Kept beside the store, so that a restart goes on where it was.
struct BeaconState {
    ScrubPosition position;
    std::int64_t roundBeganUs = 0; ///< wall time; 0 before the first round
    std::int64_t lastRoundUs = 0;  ///< wall time at which the last whole round ended; 0 before
    std::uint64_t rounds = 0;      ///< whole ones
    std::uint64_t roundBytes = 0;  ///< read in this round
    std::uint64_t roundFaults = 0; ///< found in this round
    std::uint64_t lastRoundBytes = 0;
};

struct BeaconNews {
    enum class Kind : std::uint8_t { RoundBegan, Step, Damage, Healed, Lost, RoundEnded, Paused, Resumed, Alert, Trouble };
    Kind kind{};
    std::string text;  ///< one sentence; empty for Step
    BeaconState state; ///< at that time
    std::uint64_t unitsDone = 0, unitsTotal = 0;
};
std::string_view name(BeaconNews::Kind kind); ///< "round began", ...

/// The store as the beacon needs it.
class BeaconHost {
public:
    virtual ~BeaconHost() = default;
    virtual Result<ScrubStep> scrubSome(const ScrubPosition& from, const Task& task) = 0;
    /// Busy: another process writes; it is tried again later.
    virtual Result<HealReport> heal(const Task& task) = 0;
    /// Advice about folders whose damage repeats.
    virtual Result<std::vector<FolderAlert>> alerts() = 0;
    virtual Result<BeaconState> load() = 0; ///< a new state if there is none or it cannot be read
    virtual Result<void> save(const BeaconState& state) = 0;
};

/// Time and load, injected. Used from one thread.
class BeaconWorld {
public:
    virtual ~BeaconWorld() = default;
    virtual Clock& clock() = 0;
    /// Returns early when a stop is requested.
    virtual void rest(std::int64_t microseconds, const std::stop_token& stop) = 0;
    /// Percent of the last seconds in which processes waited for storage; 0 where unknown.
    virtual double ioStall() = 0;
    /// Seconds that local time is ahead of UTC at that moment.
    virtual std::int64_t utcOffsetSeconds(std::int64_t wallTimeUs) = 0;
};

/// This machine: its clocks, /proc/pressure/io of Linux, its time zone.
std::unique_ptr<BeaconWorld> systemBeaconWorld();

/// A host over an open store; heals if that is open for writing. Not owned.
std::unique_ptr<BeaconHost> makeBeaconHost(Store& store);
/// A host that opens the store for reading, and for writing only while something is to be healed, so that other programs can write
/// meanwhile. `open` is called with true for reading only.
std::unique_ptr<BeaconHost> makeBeaconHost(std::function<Result<std::unique_ptr<Store>>(bool readOnly)> open);

/// Runs until a stop is requested or the rounds are done. The pace is the slowest that finishes a round in time, within the budget; if
/// the budget is too small for the period, an Alert says so. InvalidArgument for options out of range, naming the option. Errors of the
/// host are told as Trouble and tried again after a growing pause; only an error that lasts for an hour ends the beacon.
Result<void> runBeacon(BeaconHost& host, BeaconWorld& world, const BeaconOptions& options,
    const std::function<void(const BeaconNews&)>& onNews, const std::stop_token& stop);

} // namespace carma
