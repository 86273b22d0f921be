// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "billing/engine.h"

#include <array>
#include <mutex>
#include <unordered_map>

namespace carma::billing {

/// What a store measures itself, by position in builtInMeters().
enum class Measure : std::uint8_t { Queries = 0, Fragments, IngestedBytes, Forgotten, ExportedBytes, Heals };
inline constexpr std::size_t kMeasures = 6;

/// Counts what an open store does, by namespace and minute, in memory. Counting costs no I/O; what is counted becomes usage events when
/// it is flushed: recorded, or left for the writer by a store that is open for reading only, which does so once a minute by itself.
/// Thread-safe. While metering is off nothing is counted.
class Metering {
public:
    Metering(Engine& engine, journal::Journal& journal) : m_engine(engine), m_journal(journal) {}

    struct Options {
        std::string source; ///< of the events
        bool readOnly = false;
        /// Bytes of text that a namespace holds; none if it is gone.
        std::function<std::optional<std::uint64_t>(const std::string& space)> storedBytes{};
        /// A namespace that there is no more: what was counted for it is not recorded, so that no name of an erased one comes back.
        std::function<bool(const std::string& space)> isGone{};
        /// Open for reading only: leaves events for the writer. Without it nothing is counted.
        std::function<Result<void>(std::span<const UsageEvent>)> leave{};
        /// Open for writing: takes in what readers left.
        std::function<Result<void>(const std::function<Result<void>(std::span<const UsageEvent>)>& record)> takeIn{};
    };
    /// Called once, before anything is counted.
    void start(Options options) { m_options = std::move(options); }

    /// LimitExceeded if a hard stop forbids the namespace more.
    Result<void> admit(std::string_view space, Measure measure);
    void count(std::string_view space, Measure measure, std::uint64_t amount);
    /// The namespace holds more or less than before: its size is measured when this is flushed.
    void changed(std::string_view space);
    /// After a change: flushes if a minute is over.
    void settle();
    /// What cannot be recorded now is kept for the next time.
    Result<void> flush();

private:
    struct Counts {
        std::array<std::uint64_t, kMeasures> amounts{};
        bool changed = false;
    };
    using Minute = std::unordered_map<std::string, Counts>;

    [[nodiscard]] bool isOn();
    bool isDue();
    Result<void> recordKept(std::span<const UsageEvent> events);
    Result<void> recordOrLeave(std::span<const UsageEvent> events);
    Counts& current(std::string_view space);
    std::vector<UsageEvent> toEvents(const std::map<std::int64_t, Minute>& minutes);

    Engine& m_engine;
    journal::Journal& m_journal;
    Options m_options;
    std::mutex m_mutex;
    // Guarded by m_mutex.
    std::map<std::int64_t, Minute> m_minutes;      ///< by number since 1970
    std::map<std::string, std::uint64_t> m_stored; ///< bytes told last, by namespace
    std::vector<UsageEvent> m_unrecorded;          ///< could not be written: they keep their ids, so that none counts twice
    std::string m_prefix;                          ///< of event ids, drawn anew each time the store is opened
    std::uint64_t m_number = 0;
};

} // namespace carma::billing
