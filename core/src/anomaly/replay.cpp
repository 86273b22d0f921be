// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/csv_reader.h"
#include "anomaly/pattern_detector.h"
#include "anomaly/score_table.h"
#include "anomaly/watch.h"

#include <carma/clock.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace carma {

namespace {

using namespace anomaly;

constexpr std::size_t kReasons = 3;
constexpr std::size_t kShownMax = 64;
constexpr std::size_t kNone = SIZE_MAX;
constexpr std::array<std::string_view, 6> kKnown{"time", "key", "source", "endpoint", "object", "label"};
enum Known : std::size_t { Time, Key, Source, Endpoint, Object, Label };

/// Where in a row what is.
struct Columns {
    std::vector<std::string> names;
    std::array<std::size_t, kKnown.size()> known{};
    std::vector<std::size_t> features;
    std::size_t bytes = kNone, failed = kNone; ///< positions among the features

    [[nodiscard]] bool has(Known column) const { return known[column] != kNone; }
    [[nodiscard]] std::string at(const std::vector<std::string>& row, Known column) const
    {
        return has(column) ? row[known[column]] : std::string();
    }
};

std::string shown(std::string_view text)
{
    std::string out;
    for (const char c : text.substr(0, kShownMax)) {
        out += static_cast<unsigned char>(c) < ' ' ? '?' : c;
    }
    return out + (text.size() > kShownMax ? "..." : "");
}

Error wrongField(std::uint64_t line, std::string_view column, std::string_view text, std::string_view what)
{
    return {ErrorCode::InvalidArgument,
        "line " + std::to_string(line) + ", column '" + shown(column) + "': '" + shown(text) + "' " + std::string(what)};
}

Result<Columns> columnsOf(std::vector<std::string> heading, const ReplayOptions& options)
{
    Columns columns;
    columns.known.fill(kNone);
    for (std::size_t i = 0; i < heading.size(); ++i) {
        if (std::find(heading.begin(), heading.begin() + static_cast<std::ptrdiff_t>(i), heading[i]) !=
            heading.begin() + static_cast<std::ptrdiff_t>(i)) {
            return Error{ErrorCode::InvalidArgument, "line 1 names the column '" + shown(heading[i]) + "' twice"};
        }
        const auto known = std::ranges::find(kKnown, heading[i]);
        const bool wanted = options.features.empty() || std::ranges::find(options.features, heading[i]) != options.features.end();
        if (known != kKnown.end()) {
            columns.known.at(static_cast<std::size_t>(known - kKnown.begin())) = i;
        } else if (wanted) {
            columns.bytes = heading[i] == "bytes" ? columns.features.size() : columns.bytes;
            columns.failed = heading[i] == "failed" ? columns.features.size() : columns.failed;
            columns.features.push_back(i);
        }
    }
    columns.names = std::move(heading);
    for (const std::string& feature : options.features) {
        if (std::ranges::none_of(columns.features, [&](std::size_t i) { return columns.names[i] == feature; })) {
            return Error{ErrorCode::InvalidArgument, "line 1 names no column of numbers '" + shown(feature) + "'"};
        }
    }
    if (columns.features.empty()) {
        return Error{ErrorCode::InvalidArgument, "line 1 names no column of numbers: it must be a heading such as time,key,bytes,label"};
    }
    return columns;
}

/// A replay under way.
class Replay {
public:
    Replay(Columns columns, const ReplayOptions& options, const std::function<void(const ReplayAlarm&)>& onAlarm)
        : m_columns(std::move(columns)), m_onAlarm(onAlarm), m_detector(m_columns.features.size(), {.start = options.start}),
          m_watch({.start = options.start}), m_point(m_columns.features.size())
    {
        for (const std::size_t feature : m_columns.features) {
            m_report.features.push_back(m_columns.names[feature]);
        }
    }

    Result<void> take(const std::vector<std::string>& row, std::uint64_t line)
    {
        if (row.size() != m_columns.names.size()) {
            return Error{ErrorCode::InvalidArgument,
                "line " + std::to_string(line) + " has " + std::to_string(row.size()) + " columns, and the heading has " +
                    std::to_string(m_columns.names.size())};
        }
        for (std::size_t i = 0; i < m_point.size(); ++i) {
            CARMA_TRY_ASSIGN(m_point[i], number(row, m_columns.features[i], line));
        }
        bool positive = false;
        if (m_columns.has(Label)) {
            const std::string& label = row[m_columns.known[Label]];
            if (label != "0" && label != "1") {
                return wrongField(line, kKnown[Label], label, "is neither 0 nor 1");
            }
            positive = label == "1";
        }
        CARMA_TRY(watch(row, line));
        score(row, line, positive);
        return {};
    }

    ReplayReport finish()
    {
        if (m_columns.has(Label) && m_labels.positives > 0 && m_labels.positives < m_report.scored) {
            m_labels.aucForest = m_forest.auc();
            m_labels.aucHalfSpace = m_halfSpace.auc();
            m_labels.aucCombined = m_combined.auc();
            m_report.labels = m_labels;
        }
        return m_report;
    }
    [[nodiscard]] std::uint64_t events() const { return m_report.events; }

private:
    Result<double> number(const std::vector<std::string>& row, std::size_t column, std::uint64_t line) const
    {
        const std::string& text = row[column];
        double value = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || !std::isfinite(value)) {
            return wrongField(line, m_columns.names[column], text, text.empty() ? "is missing" : "is no finite number");
        }
        return value;
    }

    /// The part of the baselines.
    Result<void> watch(const std::vector<std::string>& row, std::uint64_t line)
    {
        if (!m_columns.has(Time) || (!m_columns.has(Key) && !m_columns.has(Source))) {
            return {};
        }
        constexpr double kSecondsMax = 253'402'300'800; // the year 10,000
        constexpr double kUsASecond = 1e6;
        constexpr double kBytesMax = 1e15;
        CARMA_TRY_ASSIGN(const double seconds, number(row, m_columns.known[Time], line));
        if (seconds < 0 || seconds > kSecondsMax) {
            return wrongField(line, kKnown[Time], row[m_columns.known[Time]], "is no time in seconds since 1970");
        }
        AnomalyEvent event;
        event.timeUs = static_cast<std::int64_t>(seconds * kUsASecond);
        event.key = m_columns.at(row, Key);
        event.source = m_columns.at(row, Source);
        event.endpoint = m_columns.at(row, Endpoint);
        event.object = m_columns.at(row, Object);
        event.bytes = m_columns.bytes == kNone ? 0 : static_cast<std::uint64_t>(std::clamp(m_point[m_columns.bytes], 0.0, kBytesMax));
        event.failed = m_columns.failed != kNone && m_point[m_columns.failed] != 0;
        m_findings.clear();
        m_watch.observe(event, m_findings);
        for (Finding& finding : m_findings) {
            ++m_report.windows;
            m_onAlarm(
                {line, finding.kind, m_columns.at(row, Time), std::move(finding.subject), 0, 0, finding.score, std::move(finding.reasons)});
        }
        return {};
    }

    void score(const std::vector<std::string>& row, std::uint64_t line, bool positive)
    {
        ++m_report.events;
        const PatternScore score = m_detector.observe(m_point);
        if (!score.ready) {
            return;
        }
        ++m_report.scored;
        if (m_columns.has(Label)) {
            m_labels.positives += positive ? 1 : 0;
            m_forest.add(score.forest, positive);
            m_halfSpace.add(score.halfSpace, positive);
            m_combined.add(score.combined(), positive);
        }
        m_report.suspect += score.suspect ? 1 : 0;
        m_labels.rightSuspects += score.suspect && positive ? 1 : 0;
        if (!score.unusual) {
            return;
        }
        ++m_report.alarms;
        m_labels.rightAlarms += positive ? 1 : 0;
        ReplayAlarm alarm{line, AnomalyKind::Pattern, m_columns.at(row, Time), {}, score.forest, score.halfSpace,
            std::min(score.forestZ, score.halfSpaceZ), {}};
        const std::string key = m_columns.at(row, Key);
        const std::string source = m_columns.at(row, Source);
        alarm.subject = !key.empty() ? "key:" + key : !source.empty() ? "source:" + source : std::string();
        for (const Contribution& part : m_detector.explain(m_point, kReasons)) {
            alarm.reasons.push_back({m_report.features[part.feature], part.value, part.usual, part.share});
        }
        m_onAlarm(alarm);
    }

    Columns m_columns;
    const std::function<void(const ReplayAlarm&)>& m_onAlarm;
    PatternDetector m_detector;
    Watch m_watch;
    std::vector<double> m_point;
    std::vector<Finding> m_findings;
    ScoreTable m_forest, m_halfSpace, m_combined;
    ReplayReport m_report;
    ReplayReport::Labels m_labels;
};

} // namespace

Result<ReplayReport> replayAnomalies(
    const ReplayRead& read, const ReplayOptions& options, const std::function<void(const ReplayAlarm&)>& onAlarm, const Task& task)
{
    constexpr std::uint64_t kReportEvery = 4096;
    CsvReader reader(read);
    CARMA_TRY_ASSIGN(const bool any, reader.next());
    if (!any) {
        return Error{ErrorCode::InvalidArgument, "the file is empty"};
    }
    CARMA_TRY_ASSIGN(Columns columns, columnsOf(reader.fields(), options));
    const std::int64_t begin = systemClock().monotonicUs();
    Replay replay(std::move(columns), options, onAlarm);
    for (;;) {
        CARMA_TRY_ASSIGN(const bool more, reader.next());
        if (!more) {
            break;
        }
        CARMA_TRY(replay.take(reader.fields(), reader.line()));
        if (replay.events() % kReportEvery == 0) {
            if (task.cancelled()) {
                return Error{ErrorCode::Cancelled, "the replay was cancelled"};
            }
            task.report({"replaying", replay.events(), 0, "events"});
        }
    }
    ReplayReport report = replay.finish();
    constexpr double kUsASecond = 1e6;
    report.seconds = static_cast<double>(systemClock().monotonicUs() - begin) / kUsASecond;
    return report;
}

} // namespace carma
