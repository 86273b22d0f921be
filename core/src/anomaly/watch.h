// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "anomaly/pattern_detector.h"
#include "anomaly/subject_watch.h"

#include <bitset>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace carma::anomaly {

struct WatchOptions {
    std::uint64_t start = 1;               ///< of all draws
    std::int64_t windowUs = 3'600'000'000; ///< that requests are counted over
    std::size_t subjectsMax = 10'000;      ///< with baselines, of each sort: keys and sources; about 4 KB each
    std::size_t strangersMax = 10'000;     ///< without, of each sort; about 400 bytes each
    std::array<double, kAnomalyKinds> thresholds{4, 4, 4, 4, 4, 4};
};

struct Finding {
    AnomalyKind kind{};
    std::string subject;
    std::int64_t timeUs = 0;
    double score = 0;
    std::vector<AnomalyReason> reasons;
};

/// Watches all keys and sources: counts requests over windows, compares whole windows and growing ones with each subject's baselines, and
/// whole windows of keys with each other by the pattern detector, whose features are the deviations of the metrics. One finding a subject,
/// kind and window.
///
/// Memory is bounded. A subject gets baselines in its second window; until then it is a stranger, and strangers only displace strangers, so
/// that a flood of addresses does not wash out what is known of the others. In each sort the one that was seen longest ago goes first.
///
/// Time is that of the events. One that is older than the window it belongs to is counted in the current one. Deterministic. Not
/// thread-safe.
class Watch {
public:
    explicit Watch(const WatchOptions& options);
    void setThresholds(const std::array<double, kAnomalyKinds>& thresholds) { m_options.thresholds = thresholds; }
    /// Takes in a request at event.timeUs and appends what it brings to light.
    void observe(const AnomalyEvent& event, std::vector<Finding>& out);
    /// The same for a whole window of a key at once, for simulations.
    void observeWindow(const std::string& subject, std::int64_t startUs, const WindowTotals& totals, std::vector<Finding>& out);
    [[nodiscard]] std::size_t subjects() const { return m_keys.known.size() + m_sources.known.size(); }
    [[nodiscard]] std::size_t strangers() const { return m_keys.strange.size() + m_sources.strange.size(); }

private:
    struct Subject {
        std::string name;
        std::int64_t windowStart = 0;
        WindowTotals totals;
        std::bitset<256> endpoints; ///< that were used, by hash
        std::array<bool, kAnomalyKinds> told{};
        std::unique_ptr<SubjectBaselines> baselines; ///< null: a stranger
    };
    using Order = std::list<Subject>; ///< the most recently seen first
    struct Sort {
        Order known, strange;
        std::unordered_map<std::string, Order::iterator> byName;
    };

    Subject& find(Sort& sort, const std::string& name, std::int64_t timeUs);
    void promote(Sort& sort, Order::iterator subject);
    void add(Sort& sort, const std::string& name, const AnomalyEvent& event, std::vector<Finding>& out);
    void roll(Sort& sort, Subject& subject, std::int64_t timeUs, std::vector<Finding>& out);
    void close(Subject& subject, bool isKey, std::vector<Finding>& out);
    void judge(Subject& subject, const Readings& readings, std::int64_t timeUs, std::vector<Finding>& out);
    void judgePattern(Subject& subject, const Readings& readings, std::int64_t timeUs, std::vector<Finding>& out);

    WatchOptions m_options;
    Sort m_keys, m_sources;
    PatternDetector m_pattern;
};

} // namespace carma::anomaly
