// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "durations.h"
#include "json.h"
#include "registry.h"
#include "text.h"

#include <carma/clock.h>
#include <carma/moment.h>

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fstream>
#include <iostream>

namespace carma::cli {

namespace {

Json toJson(const std::vector<AnomalyReason>& reasons)
{
    Json list = Json::array();
    for (const AnomalyReason& reason : reasons) {
        list.push_back({{"feature", reason.feature}, {"value", reason.value}, {"usual", reason.usual}, {"weight", reason.weight}});
    }
    return list;
}

std::string reasonLine(const std::vector<AnomalyReason>& reasons)
{
    std::string line;
    for (const AnomalyReason& reason : reasons) {
        line += fmt::format("{}{} {:.4g} (usual {:.4g}, {:.0f} %)", line.empty() ? "" : ", ", escapeLine(reason.feature), reason.value,
            reason.usual, reason.weight * 100);
    }
    return line;
}

Json toJson(const Anomaly& anomaly)
{
    return {{"id", anomaly.sequence}, {"time_us", anomaly.timeUs}, {"kind", carma::name(anomaly.kind)},
        {"action", carma::name(anomaly.action)}, {"subject", anomaly.subject}, {"score", anomaly.score}, {"expires_us", anomaly.expiresUs},
        {"reasons", toJson(anomaly.reasons)}, {"lost", anomaly.lost}};
}

template <typename Kind> std::optional<Kind> named(std::string_view text, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        if (carma::name(static_cast<Kind>(i)) == text) {
            return static_cast<Kind>(i);
        }
    }
    return std::nullopt;
}

/// "rate=throttle,6,2h": kind, action, threshold, how long.
Result<void> apply(const std::string& setting, AnomalyPolicy& policy)
{
    const Error wrong{ErrorCode::InvalidArgument,
        fmt::format("'{}' is no rule: KIND=ACTION,THRESHOLD,TIME, for instance rate=throttle,6,2h", escapeLine(setting))};
    const std::size_t equals = setting.find('=');
    const std::size_t first = setting.find(',', equals == std::string::npos ? 0 : equals);
    const std::size_t second = first == std::string::npos ? first : setting.find(',', first + 1);
    if (equals == std::string::npos || second == std::string::npos) {
        return wrong;
    }
    const auto kind = named<AnomalyKind>(std::string_view(setting).substr(0, equals), kAnomalyKinds);
    const auto action = named<AnomalyAction>(std::string_view(setting).substr(equals + 1, first - equals - 1), kAnomalyActions);
    AnomalyRule rule;
    const char* end = setting.data() + second;
    const auto parsed = std::from_chars(setting.data() + first + 1, end, rule.threshold);
    if (!kind || !action || parsed.ec != std::errc{} || parsed.ptr != end) {
        return wrong;
    }
    rule.action = *action;
    CARMA_TRY_ASSIGN(rule.lastsUs, parseDuration(std::string_view(setting).substr(second + 1)));
    policy.rules.at(static_cast<std::size_t>(*kind)) = rule;
    return {};
}

class AnomaliesCommand final : public Command {
public:
    std::string_view name() const override { return "anomalies"; }
    CommandHelp help() const override
    {
        return {"billing", "what is unusual about the use of the store",
            "Servers tell the store of each request; what is unusual for a key or a source at this hour is kept with the three features "
            "that speak for it the most. anomalies list shows what was found, anomalies show ID one of it.\n\n"
            "anomalies policy shows or sets (--set) what follows, by kind (rate, volume, errors, endpoints, spread, pattern): observe, "
            "throttle, challenge or suspend, from which score on, and for how long. Nothing is deleted, and every action ends by "
            "itself. anomalies lift SUBJECT --reason TEXT ends what holds for a key or source (key:NAME, source:ADDRESS) before its time; "
            "blocks are ended with carma blocklist remove.\n\n"
            "anomalies replay FILE runs a CSV file (- is standard input) through the detectors without a store. Columns time (seconds "
            "since 1970), key, source, endpoint, object and label (0 or 1) are known by name, all others are numbers. With labels it says "
            "how well the detectors tell them apart.",
            {"carma anomalies list --from 7d", "carma anomalies policy --set rate=throttle,6,2h",
                "carma anomalies lift key:01M8AMNZ --reason 'a load test'", "carma anomalies replay traffic.csv"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ACTION", m_words, "list, show, policy, lift or replay, and what it acts on");
        arguments.option("--kind", m_kind, "KIND", "list: only of this kind").choices = {
            "rate", "volume", "errors", "endpoints", "spread", "pattern"};
        arguments.option("--subject", m_subject, "TEXT", "list: whose key or source holds this");
        arguments.option("--from", m_from, "WHEN", "list: from a day or so long ago (7d) on");
        arguments.option("--to", m_to, "WHEN", "list: before that");
        arguments.option("--set", m_settings, "RULE", "policy: KIND=ACTION,THRESHOLD,TIME");
        arguments.option("--feature", m_features, "COLUMN", "replay: use this column; may be given more than once (default: all)");
        arguments.option("--start", m_start, "N", "replay: of all draws; the same start gives the same scores (default: 1)");
        arguments.option("--show", m_shown, "N", "replay: print so many alarms (default: 20)");
        arguments.option("--reason", m_reason, "TEXT", "lift: why");
        arguments.flag("--dry-run", m_dryRun, "policy, lift: change nothing, only say what would hold or end");
    }
    Result<void> validate(const GlobalOptions& global) override;
    Result<ExitCode> run(Session& session) override;

private:
    Result<ExitCode> list(Store& store, Session& session) const;
    Result<ExitCode> show(Store& store, Session& session) const;
    Result<ExitCode> policy(Store& store, Session& session) const;
    Result<ExitCode> lift(Store& store, Session& session) const;
    Result<ExitCode> replay(Session& session) const;

    std::vector<std::string> m_words, m_settings, m_features;
    std::optional<std::string> m_kind, m_subject, m_from, m_to, m_reason;
    std::size_t m_start = 1, m_shown = 20;
    bool m_dryRun = false;
};

Result<void> AnomaliesCommand::validate(const GlobalOptions& /*global*/)
{
    const std::string_view action = m_words.empty() ? "" : std::string_view(m_words.front());
    const bool takesOne = action == "show" || action == "replay" || action == "lift";
    if (action != "list" && action != "policy" && !takesOne) {
        return Error{
            ErrorCode::InvalidArgument, "anomalies takes list, show ID, policy, lift SUBJECT or replay FILE; see carma anomalies --help"};
    }
    if (m_words.size() != (takesOne ? 2U : 1U)) {
        return Error{ErrorCode::InvalidArgument,
            fmt::format("anomalies {} takes {}", action,
                action == "show"       ? "one id"
                    : action == "lift" ? "one subject"
                    : takesOne         ? "one file"
                                       : "nothing more")};
    }
    if (action == "lift" && !m_reason) {
        return Error{ErrorCode::InvalidArgument, "anomalies lift needs --reason TEXT"};
    }
    return {};
}

Result<ExitCode> AnomaliesCommand::run(Session& session)
{
    const std::string& action = m_words.front();
    if (action == "replay") {
        return replay(session);
    }
    const bool writes = !m_dryRun && (action == "lift" || (action == "policy" && !m_settings.empty()));
    CARMA_TRY_ASSIGN(const std::unique_ptr<Store> store, session.openStore(name(), !writes));
    auto result = action == "list" ? list(*store, session)
        : action == "show"         ? show(*store, session)
        : action == "lift"         ? lift(*store, session)
                                   : policy(*store, session);
    if (result) {
        CARMA_TRY(store->close());
    }
    return result;
}

Result<ExitCode> AnomaliesCommand::list(Store& store, Session& session) const
{
    AnomalyFilter filter;
    const std::int64_t nowUs = systemClock().wallTimeUs();
    if (m_kind) {
        filter.kind = named<AnomalyKind>(*m_kind, kAnomalyKinds);
    }
    filter.subject = m_subject;
    if (m_from) {
        CARMA_TRY_ASSIGN(filter.fromUs, parseMoment(*m_from, nowUs));
    }
    if (m_to) {
        CARMA_TRY_ASSIGN(filter.toUs, parseMoment(*m_to, nowUs));
    }
    Json found = Json::array();
    Printer& printer = session.printer();
    CARMA_TRY(store.anomalies().list(filter, [&](const Anomaly& anomaly) -> Result<bool> {
        found.push_back(toJson(anomaly));
        printer.line(anomaly.lost
                ? fmt::format("{:>8}  cannot be read", anomaly.sequence)
                : fmt::format("{:>8}  {}  {:<9}  {:<9}  {}  score {:.1f}", anomaly.sequence, localTime(anomaly.timeUs),
                      carma::name(anomaly.kind), carma::name(anomaly.action), escapeLine(anomaly.subject), anomaly.score));
        return true;
    }));
    printer.document(found);
    printer.extra(counted(found.size(), "anomaly", "anomalies"));
    return ExitCode::Ok;
}

Result<ExitCode> AnomaliesCommand::show(Store& store, Session& session) const
{
    Sequence id = 0;
    const std::string& word = m_words.back();
    const auto parsed = std::from_chars(word.data(), word.data() + word.size(), id);
    if (parsed.ec != std::errc{} || parsed.ptr != word.data() + word.size()) {
        return Error{ErrorCode::InvalidArgument, fmt::format("'{}' is no id of an anomaly: a whole number", escapeLine(word))};
    }
    CARMA_TRY_ASSIGN(const Anomaly anomaly, store.anomalies().show(id));
    Printer& printer = session.printer();
    printer.document(toJson(anomaly));
    printer.line(fmt::format("{}  {}  score {:.2f}", localTime(anomaly.timeUs), carma::name(anomaly.kind), anomaly.score));
    printer.line(escapeLine(anomaly.subject));
    printer.line(reasonLine(anomaly.reasons));
    printer.line(fmt::format("{} until {}", carma::name(anomaly.action), localTime(anomaly.expiresUs)));
    return ExitCode::Ok;
}

Result<ExitCode> AnomaliesCommand::policy(Store& store, Session& session) const
{
    CARMA_TRY_ASSIGN(AnomalyPolicy policy, store.anomalies().policy());
    for (const std::string& setting : m_settings) {
        CARMA_TRY(apply(setting, policy));
    }
    if (!m_settings.empty() && !m_dryRun) {
        CARMA_TRY(store.anomalies().setPolicy(policy));
    }
    Json json;
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        const AnomalyRule& rule = policy.rules.at(i);
        const std::string kind(carma::name(static_cast<AnomalyKind>(i)));
        json[kind] = {{"action", carma::name(rule.action)}, {"threshold", rule.threshold}, {"lasts_us", rule.lastsUs}};
        session.printer().line(fmt::format(
            "{:<9}  {:<9}  from score {:g}, for {}", kind, carma::name(rule.action), rule.threshold, humanDuration(rule.lastsUs)));
    }
    session.printer().document(json);
    return ExitCode::Ok;
}

Result<ExitCode> AnomaliesCommand::lift(Store& store, Session& session) const
{
    const std::string& subject = m_words.back();
    CARMA_TRY_ASSIGN(const AnomalyVerdict ended, store.anomalies().lift(subject, *m_reason, m_dryRun));
    Printer& printer = session.printer();
    printer.document(Json{{"subject", subject}, {"action", carma::name(ended.action)}, {"until_us", ended.untilUs},
        {"because", ended.because}, {"dry_run", m_dryRun}});
    printer.line(fmt::format("{} of {} until {} {} lifted", carma::name(ended.action), escapeLine(subject), localTime(ended.untilUs),
        m_dryRun ? "would be" : "is"));
    return ExitCode::Ok;
}

Result<ExitCode> AnomaliesCommand::replay(Session& session) const
{
    const std::string& path = m_words.back();
    std::ifstream file;
    if (path != "-") {
        file.open(path, std::ios::binary);
        if (!file) {
            return Error{ErrorCode::NotFound, fmt::format("{} cannot be opened", escapeLine(path))};
        }
    }
    std::istream& input = path == "-" ? std::cin : file;
    const ReplayRead read = [&](std::span<char> into) -> Result<std::size_t> {
        input.read(into.data(), static_cast<std::streamsize>(into.size()));
        if (input.bad()) {
            return Error{ErrorCode::Io, fmt::format("{} cannot be read", escapeLine(path))};
        }
        return static_cast<std::size_t>(input.gcount());
    };
    Printer& printer = session.printer();
    Json alarms = Json::array();
    const auto onAlarm = [&](const ReplayAlarm& alarm) {
        if (alarms.size() < m_shown) {
            alarms.push_back({{"line", alarm.line}, {"kind", carma::name(alarm.kind)}, {"time", alarm.time}, {"subject", alarm.subject},
                {"forest", alarm.forest}, {"half_space", alarm.halfSpace}, {"score", alarm.score}, {"reasons", toJson(alarm.reasons)}});
            printer.line(fmt::format("line {:<8} {:<9} {}  score {:.1f}: {}", alarm.line, carma::name(alarm.kind),
                escapeLine(alarm.subject), alarm.score, reasonLine(alarm.reasons)));
        }
    };
    CARMA_TRY_ASSIGN(const ReplayReport report, replayAnomalies(read, {.start = m_start, .features = m_features}, onAlarm, session.task()));
    session.endProgress();
    Json json{{"features", report.features}, {"events", report.events}, {"scored", report.scored}, {"suspect", report.suspect},
        {"alarms", report.alarms}, {"windows", report.windows}, {"seconds", report.seconds}, {"shown", alarms}};
    printer.line(fmt::format("{} events, {} scored: {} suspect, {} alarms, {} unusual windows; {:.1f} us an event", grouped(report.events),
        grouped(report.scored), grouped(report.suspect), grouped(report.alarms), grouped(report.windows),
        report.seconds * 1e6 / static_cast<double>(std::max<std::uint64_t>(report.events, 1))));
    if (report.labels) {
        json["labels"] = {{"positives", report.labels->positives}, {"auc_forest", report.labels->aucForest},
            {"auc_half_space", report.labels->aucHalfSpace}, {"auc_combined", report.labels->aucCombined},
            {"right_alarms", report.labels->rightAlarms}, {"right_suspects", report.labels->rightSuspects}};
        printer.line(fmt::format("of {} labelled rows {} were alarms; AUC forest {:.4f}, half-space trees {:.4f}, both {:.4f}",
            grouped(report.labels->positives), grouped(report.labels->rightAlarms), report.labels->aucForest, report.labels->aucHalfSpace,
            report.labels->aucCombined));
    }
    printer.document(json);
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeAnomaliesCommand() { return std::make_unique<AnomaliesCommand>(); }

} // namespace carma::cli
