// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_words.h"
#include "files.h"
#include "registry.h"
#include "table.h"
#include "text.h"

#include <carma/clock.h>
#include <fmt/format.h>

namespace carma::cli {

namespace {

class UsageCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "usage"; }
    CommandHelp help() const override
    {
        return {"billing", "what customers used: events, roll-ups, alerts",
            "usage list shows events, usage rollup what they come to by minute, hour, day or month (UTC). usage record FILE takes events, "
            "one JSON object a line: source, id, customer, meter, value, time, dimensions, reverses; - is standard input. An event is "
            "known "
            "by source and id: whatever comes again changes nothing. usage alerts shows quotas and budgets that stand at 80 or 100 %. "
            "usage metering shows whether the store counts its own operations, usage metering on or off says so.\n\n"
            "Queries of this program are counted, too: each leaves what it used in a sealed file, which the next program that writes takes "
            "in. "
            "usage list and usage rollup do so themselves unless somebody else has the store open for writing.",
            {"carma usage list --customer anna --period 2026-10", "carma usage rollup --by day --meter queries",
                "carma usage record events.jsonl --dry-run", "carma usage alerts --period 2026-10", "carma usage metering on"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::LimitExceeded}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ACTION", m_words, "list, rollup, record FILE, alerts, or metering with on or off");
        arguments.option("--customer", m_customer, "NAME", "only this customer");
        arguments.option("--meter", m_meter, "ID", "only this meter");
        arguments.option("--period", m_period, "MONTH", "a month, 2026-10; alerts: the present one without it");
        arguments.option("--by", m_by, "STEP", "rollup: minute, hour, day or month").choices = {"minute", "hour", "day", "month"};
        arguments.flag("--dry-run", m_dryRun, "record: check everything, write nothing");
    }
    Result<void> validate(const GlobalOptions& global) override;

private:
    bool writes() const override { return (m_action == "record" && !m_dryRun) || m_action == "alerts" || !m_switch.empty(); }
    bool gathers() const override { return m_action == "list" || m_action == "rollup"; }
    Result<ExitCode> runWith(Store& store, Session& session) override;
    Result<ExitCode> list(Billing& billing, Session& session) const;
    Result<ExitCode> rollUp(Billing& billing, Session& session) const;
    Result<ExitCode> record(Billing& billing, Session& session) const;
    Result<ExitCode> alerts(Billing& billing, Session& session) const;
    Result<ExitCode> metering(Billing& billing, Session& session) const;

    std::vector<std::string> m_words;
    std::string m_action, m_switch;
    std::string m_customer, m_meter;
    std::optional<std::string> m_period;
    std::string m_by = "day";
    bool m_dryRun = false;
    UsageFilter m_filter;
};

Result<void> UsageCommand::validate(const GlobalOptions& /*global*/)
{
    CARMA_TRY_ASSIGN(m_action, actionOf("usage", m_words, {"list", "rollup", "record", "alerts", "metering"}));
    if ((m_action == "record" && m_words.size() != 2) || (m_words.size() > 1 && m_action != "record" && m_action != "metering")) {
        return Error{
            ErrorCode::InvalidArgument, fmt::format("usage {} takes {}", m_action, m_action == "record" ? "one file" : "nothing more")};
    }
    if (m_action == "metering" && m_words.size() > 1) {
        m_switch = m_words[1];
        if (m_words.size() > 2 || (m_switch != "on" && m_switch != "off")) {
            return Error{ErrorCode::InvalidArgument, "usage metering takes on or off"};
        }
    }
    m_filter.customer = m_customer;
    m_filter.meter = m_meter;
    if (m_period) {
        CARMA_TRY_ASSIGN(const Month month, Month::parse(*m_period));
        m_filter.fromUs = month.fromUs();
        m_filter.toUs = month.toUs();
    }
    return {};
}

Result<ExitCode> UsageCommand::runWith(Store& store, Session& session)
{
    Billing& billing = store.billing();
    if (m_action == "list") {
        return list(billing, session);
    }
    if (m_action == "rollup") {
        return rollUp(billing, session);
    }
    if (m_action == "record") {
        return record(billing, session);
    }
    return m_action == "alerts" ? alerts(billing, session) : metering(billing, session);
}

Result<ExitCode> UsageCommand::list(Billing& billing, Session& session) const
{
    Json list = Json::array();
    std::uint64_t count = 0;
    CARMA_TRY(billing.events(m_filter, [&](const UsageEvent& event) -> Result<bool> {
        ++count;
        showEvent(event, session.printer(), list);
        return !session.stopped();
    }));
    session.printer().document(list);
    session.printer().extra(counted(count, "event"));
    return ExitCode::Ok;
}

Result<ExitCode> UsageCommand::rollUp(Billing& billing, Session& session) const
{
    const RollupStep step = m_by == "minute" ? RollupStep::Minute
        : m_by == "hour"                     ? RollupStep::Hour
        : m_by == "day"                      ? RollupStep::Day
                                             : RollupStep::Month;
    CARMA_TRY_ASSIGN(const auto rollUps, billing.rollUps(m_filter, step));
    Json list = Json::array();
    Table table({{"customer"}, {"meter"}, {"from"}, {"events", true}, {"sum", true}, {"max", true}, {"latest", true}, {"unique", true},
        {"value hours", true}});
    for (const UsageRollup& each : rollUps) {
        list.push_back({{"customer", each.customer}, {"meter", each.meter}, {"from", formatUtc(each.fromUs)}, {"to", formatUtc(each.toUs)},
            {"count", each.count}, {"sum", toString(each.sum)}, {"max", toString(each.max)}, {"latest", toString(each.latest)},
            {"unique", each.unique}, {"value_hours", toString(each.valueHours)}});
        table.add({each.customer, each.meter, formatUtc(each.fromUs), grouped(each.count), toString(each.sum), toString(each.max),
            toString(each.latest), grouped(each.unique), toString(each.valueHours)});
    }
    session.printer().document(list);
    table.print(session.printer());
    return ExitCode::Ok;
}

Result<ExitCode> UsageCommand::record(Billing& billing, Session& session) const
{
    CARMA_TRY_ASSIGN(const std::string text, readText(m_words[1], kInputMebibytes));
    CARMA_TRY_ASSIGN(const auto events, parseUsageLines(text));
    CARMA_TRY_ASSIGN(const UsageReport report, billing.record(events, m_dryRun));
    session.printer().document(Json{{"dry_run", m_dryRun}, {"recorded", report.recorded}, {"duplicates", report.duplicates},
        {"differing", report.differing}, {"late", report.late}});
    session.printer().line(
        fmt::format("{} {}, {} there already{}", counted(report.recorded, "event"), m_dryRun ? "would be recorded" : "recorded",
            grouped(report.duplicates), report.late > 0 ? fmt::format("; {} late: the next invoice adjusts", grouped(report.late)) : ""));
    if (report.differing > 0) {
        session.printer().warning(
            fmt::format("{} under a known source and id said something else; the first stays", counted(report.differing, "event")));
    }
    return ExitCode::Ok;
}

Result<ExitCode> UsageCommand::alerts(Billing& billing, Session& session) const
{
    Month month = Month::of(systemClock().wallTimeUs());
    if (m_period) {
        CARMA_TRY_ASSIGN(month, Month::parse(*m_period));
    }
    CARMA_TRY_ASSIGN(const auto alerts, billing.alerts(month));
    Json list = Json::array();
    for (const UsageAlert& each : alerts) {
        list.push_back({{"customer", each.customer}, {"period", toString(each.period)}, {"what", each.what}, {"percent", each.percent},
            {"used", each.used}, {"of", each.of}, {"raised", formatUtc(each.raisedUs)}});
        const std::string level = fmt::format("{} %", each.percent);
        session.printer().line(
            fmt::format("{}  {}  {}  {} of {}", each.percent >= 100 ? session.printer().bad(level) : session.printer().caution(level),
                escapeLine(each.customer), each.what, each.used, each.of));
    }
    session.printer().document(list);
    session.printer().extra(fmt::format("{} in {}", counted(alerts.size(), "alert"), toString(month)));
    return ExitCode::Ok;
}

Result<ExitCode> UsageCommand::metering(Billing& billing, Session& session) const
{
    if (!m_switch.empty()) {
        CARMA_TRY(billing.setMetering(m_switch == "on"));
    }
    CARMA_TRY_ASSIGN(const bool on, billing.metering());
    session.printer().document(Json{{"metering", on}});
    session.printer().line(fmt::format("metering is {}", on ? "on" : "off"));
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeUsageCommand() { return std::make_unique<UsageCommand>(); }

} // namespace carma::cli
