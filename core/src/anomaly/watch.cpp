// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/watch.h"

#include "base/hash.h"

#include <algorithm>
#include <bit>

namespace carma::anomaly {

namespace {

constexpr std::size_t kReasons = 3;
constexpr std::int64_t kGapMax = 168;    // windows without a request that are learnt as such: a week
constexpr std::uint64_t kFirstLook = 32; // requests after which a growing window is looked at, and at each doubling
constexpr double kDeviationMax = 20;     // of a feature of the pattern
constexpr double kCorroborates = 4;      // deviation of a metric without which a pattern is not told

std::uint64_t hashOf(std::string_view text) { return hash64(asBytes(text), 0); }

} // namespace

Watch::Watch(const WatchOptions& options) : m_options(options), m_pattern(kMetrics, {.start = options.start}) {}

void Watch::observe(const AnomalyEvent& event, std::vector<Finding>& out)
{
    if (!event.key.empty()) {
        add(m_keys, "key:" + event.key, event, out);
    }
    if (!event.source.empty()) {
        add(m_sources, "source:" + event.source, event, out);
    }
}

Watch::Subject& Watch::find(Sort& sort, const std::string& name, std::int64_t timeUs)
{
    const auto found = sort.byName.find(name);
    if (found != sort.byName.end()) {
        Order& order = found->second->baselines != nullptr ? sort.known : sort.strange;
        order.splice(order.begin(), order, found->second);
        return *found->second;
    }
    if (sort.strange.size() >= m_options.strangersMax) {
        sort.byName.erase(sort.strange.back().name);
        sort.strange.pop_back();
    }
    Subject& subject = sort.strange.emplace_front();
    subject.name = name;
    subject.windowStart = timeUs - timeUs % m_options.windowUs;
    sort.byName.emplace(name, sort.strange.begin());
    return subject;
}

void Watch::promote(Sort& sort, Order::iterator subject)
{
    if (sort.known.size() >= m_options.subjectsMax) {
        sort.byName.erase(sort.known.back().name);
        sort.known.pop_back();
    }
    subject->baselines = std::make_unique<SubjectBaselines>();
    sort.known.splice(sort.known.begin(), sort.strange, subject);
}

void Watch::add(Sort& sort, const std::string& name, const AnomalyEvent& event, std::vector<Finding>& out)
{
    Subject& subject = find(sort, name, event.timeUs);
    roll(sort, subject, event.timeUs, out);
    WindowTotals& totals = subject.totals;
    ++totals.events;
    totals.bytes += std::min(event.bytes, UINT64_MAX - totals.bytes);
    totals.failures += event.failed || event.denied ? 1 : 0;
    if (!event.object.empty()) {
        totals.addObject(hashOf(event.object));
    }
    const std::size_t endpoint = hashOf(event.endpoint) % subject.endpoints.size();
    if (!event.endpoint.empty() && !subject.endpoints[endpoint]) {
        subject.endpoints.set(endpoint);
        ++totals.newEndpoints;
    }
    if (subject.baselines != nullptr && totals.events >= kFirstLook && std::has_single_bit(totals.events)) {
        judge(subject, subject.baselines->read(subject.windowStart, totals), event.timeUs, out);
    }
}

/// Closes the window of the subject if `timeUs` is past it, and learns the empty ones in between.
void Watch::roll(Sort& sort, Subject& subject, std::int64_t timeUs, std::vector<Finding>& out)
{
    const std::int64_t passed = (timeUs - subject.windowStart) / m_options.windowUs;
    if (passed <= 0) {
        return;
    }
    if (subject.baselines == nullptr) {
        promote(sort, sort.byName.find(subject.name)->second);
    }
    close(subject, &sort == &m_keys, out);
    const std::int64_t gap = std::min(passed - 1, kGapMax);
    for (std::int64_t i = gap; i > 0; --i) {
        subject.baselines->learn(subject.windowStart + (passed - i) * m_options.windowUs, {});
    }
    subject.windowStart += passed * m_options.windowUs;
}

void Watch::close(Subject& subject, bool isKey, std::vector<Finding>& out)
{
    const std::int64_t end = subject.windowStart + m_options.windowUs;
    const Readings readings = subject.baselines->read(subject.windowStart, subject.totals);
    judge(subject, readings, end, out);
    if (isKey && readings[0].known) {
        judgePattern(subject, readings, end, out);
    }
    subject.baselines->learn(subject.windowStart, subject.totals);
    subject.totals = {};
    subject.told = {};
}

void Watch::judge(Subject& subject, const Readings& readings, std::int64_t timeUs, std::vector<Finding>& out)
{
    for (std::size_t i = 0; i < kMetrics; ++i) {
        const MetricReading& reading = readings[i];
        if (reading.known && reading.large && reading.z >= m_options.thresholds[i] && !subject.told[i]) {
            subject.told[i] = true;
            out.push_back({static_cast<AnomalyKind>(i), subject.name, timeUs, reading.z, reasonsOf(readings, kReasons)});
        }
    }
}

void Watch::judgePattern(Subject& subject, const Readings& readings, std::int64_t timeUs, std::vector<Finding>& out)
{
    std::array<double, kMetrics> deviations{};
    double highest = 0;
    for (std::size_t i = 0; i < kMetrics; ++i) {
        deviations[i] = readings[i].known ? std::clamp(readings[i].z, -kDeviationMax, kDeviationMax) : 0;
        highest = std::max(highest, readings[i].known && readings[i].large ? readings[i].z : 0);
    }
    const PatternScore score = m_pattern.observe(deviations);
    constexpr auto kKind = static_cast<std::size_t>(AnomalyKind::Pattern);
    const double strength = std::min(score.forestZ, score.halfSpaceZ);
    if (!score.unusual || highest < kCorroborates || strength < m_options.thresholds[kKind] || subject.told[kKind]) {
        return;
    }
    subject.told[kKind] = true;
    Finding finding{AnomalyKind::Pattern, subject.name, timeUs, strength, {}};
    for (const Contribution& part : m_pattern.explain(deviations, kReasons)) {
        finding.reasons.push_back(
            {std::string(metricName(part.feature)), readings[part.feature].value, readings[part.feature].usual, part.share});
    }
    out.push_back(std::move(finding));
}

void Watch::observeWindow(const std::string& subject, std::int64_t startUs, const WindowTotals& totals, std::vector<Finding>& out)
{
    Subject& found = find(m_keys, subject, startUs);
    roll(m_keys, found, startUs, out);
    found.totals = totals;
}

} // namespace carma::anomaly
