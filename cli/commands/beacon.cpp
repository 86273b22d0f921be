// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "durations.h"
#include "json.h"
#include "registry.h"
#include "table.h"
#include "text.h"

#include <carma/beacon.h>

#include <fmt/format.h>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace carma::cli {

namespace {

constexpr std::int64_t kDayUs = 24LL * 3600 * 1'000'000;

/// Whoever wants the processor or the disk comes first. What the system refuses changes the speed of others, not the result.
void yieldToOthers()
{
    constexpr int kIdleClass = 3 << 13; // IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0) of linux/ioprio.h
    constexpr int kThisProcess = 1;     // IOPRIO_WHO_PROCESS
    constexpr int kLowest = 19;
    (void)::setpriority(PRIO_PROCESS, 0, kLowest);
    (void)::syscall(SYS_ioprio_set, kThisProcess, 0, kIdleClass);
}

Json toJson(const BeaconState& state)
{
    return Json{{"rounds", state.rounds}, {"round_began_us", state.roundBeganUs}, {"last_round_us", state.lastRoundUs},
        {"round_bytes", state.roundBytes}, {"round_faults", state.roundFaults}, {"last_round_bytes", state.lastRoundBytes}};
}

class BeaconCommand final : public Command {
public:
    std::string_view name() const override { return "beacon"; }
    CommandHelp help() const override
    {
        return {"healing", "watch over the store: scrub round and round, heal what is found",
            "\"beacon run\" reads every sector of the store again and again, each at least once in the period, and has repaired what it "
            "finds. It takes no more of the disk than the budget allows, pauses while others wait for the disk, and goes on where it was "
            "when it is started again. Other programs can read and write meanwhile. It runs until it is stopped; --rounds 1 reads "
            "everything once, as fast as the budget allows.\n\n"
            "\"beacon status\" tells how far it is, and which folders fail again and again.\n\n"
            "With --json each event is one line of JSON.",
            {"carma beacon run", "carma beacon run --rate 8M --hours 22-6", "carma beacon run --rounds 1 --no-heal", "carma beacon status"},
            {ExitCode::NotFound, ExitCode::Healed, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::DamagedStore}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ACTION", m_action, "run or status (the default)").required = false;
        arguments.option("--rate", m_rate, "BYTES", "read at most so many bytes a second (default: 32M)");
        arguments.option("--share", m_share, "N", "of the time at most so many percent (default: 25)");
        arguments.option("--hours", m_hours, "FROM-TO", "work only in these hours of the day, for instance 22-6");
        arguments.option("--stall", m_stall, "N", "pause while others wait for the disk more than N percent of the time (default: 20)");
        arguments.option("--period", m_period, "TIME", "read each sector at least once in so long (default: 7d)");
        arguments.option("--rounds", m_rounds, "N", "end after so many rounds");
        arguments.flag("--no-heal", m_noHeal, "only tell what is found");
    }
    Result<void> validate(const GlobalOptions& /*global*/) override;
    Result<ExitCode> run(Session& session) override { return m_action == "run" ? watch(session) : status(session); }

private:
    Result<ExitCode> watch(Session& session);
    static Result<ExitCode> status(Session& session);
    void tell(const BeaconNews& news, const Session& session);

    std::string m_action;
    std::string m_rate = "32M";
    double m_share = 25;
    std::string m_hours = "0-24";
    double m_stall = 20;
    std::string m_period = "7d";
    std::uint64_t m_rounds = 0;
    bool m_noHeal = false;
    BeaconOptions m_options;
    bool m_found = false;
    bool m_lost = false;
    bool m_healed = false;
};

Result<void> BeaconCommand::validate(const GlobalOptions& /*global*/)
{
    if (m_action.empty()) {
        m_action = "status";
    }
    if (m_action != "run" && m_action != "status") {
        return Error{ErrorCode::InvalidArgument, fmt::format("'{}' is neither run nor status", m_action)};
    }
    CARMA_TRY_ASSIGN(m_options.budget.bytesPerSecond, parseBytes(m_rate));
    m_options.budget.share = m_share / 100;
    m_options.budget.ioStallMax = m_stall;
    CARMA_TRY_ASSIGN(const auto hours, parseHours(m_hours));
    m_options.budget.fromHour = hours.first;
    m_options.budget.toHour = hours.second;
    CARMA_TRY_ASSIGN(m_options.periodUs, parseDuration(m_period));
    m_options.rounds = m_rounds;
    m_options.heal = !m_noHeal;
    return {};
}

void BeaconCommand::tell(const BeaconNews& news, const Session& session)
{
    Printer& printer = session.printer();
    using Kind = BeaconNews::Kind;
    m_found = m_found || news.kind == Kind::Damage;
    m_healed = m_healed || news.kind == Kind::Healed;
    m_lost = m_lost || news.kind == Kind::Lost;
    if (news.kind == Kind::Step) {
        session.task().report({"watching", news.unitsDone, news.unitsTotal, "parts"});
        return;
    }
    session.endProgress();
    const std::int64_t now = systemClock().wallTimeUs();
    if (printer.json()) {
        Json event = toJson(news.state);
        event["event"] = carma::name(news.kind);
        event["time_us"] = now;
        event["text"] = news.text;
        printer.raw(event.dump() + "\n");
    } else {
        printer.extra(fmt::format("{}  {}", localTime(now), news.text));
    }
    printer.flush();
}

Result<ExitCode> BeaconCommand::watch(Session& session)
{
    yieldToOthers();
    const auto host = makeBeaconHost([&](bool readOnly) { return session.openStore("beacon", readOnly); });
    const auto world = systemBeaconWorld();
    CARMA_TRY(runBeacon(
        *host, *world, m_options, [&](const BeaconNews& news) { tell(news, session); }, session.stop()));
    session.endProgress();
    if (m_lost || (m_found && !m_healed)) {
        return ExitCode::Unhealed;
    }
    return m_healed ? ExitCode::Healed : ExitCode::Ok;
}

Result<ExitCode> BeaconCommand::status(Session& session)
{
    CARMA_TRY_ASSIGN(const auto store, session.openStore("beacon", true));
    CARMA_TRY_ASSIGN(const BeaconState state, makeBeaconHost(*store)->load());
    CARMA_TRY_ASSIGN(const std::vector<FolderAlert> alerts, store->health().alerts());
    session.endProgress();
    Printer& printer = session.printer();
    Json document = toJson(state);
    document["alerts"] = Json::array();
    for (const FolderAlert& alert : alerts) {
        document["alerts"].push_back(Json{{"folder", alert.folder}, {"reason", alert.reason}, {"advice", alert.advice}});
    }
    printer.document(document);
    if (state.roundBeganUs == 0) {
        printer.line("the beacon has never run here: carma beacon run");
    } else {
        printer.line(fmt::format("last whole round  {}", state.rounds == 0 ? "none yet" : localTime(state.lastRoundUs)));
        printer.line(fmt::format("rounds            {}", grouped(state.rounds)));
        printer.line(fmt::format("this round        {} read, {}", humanBytes(state.roundBytes), counted(state.roundFaults, "fault")));
        if (state.rounds > 0 && systemClock().wallTimeUs() - state.lastRoundUs > 8 * kDayUs) {
            printer.warning("no round has ended for more than a week: is the beacon running?");
        }
    }
    for (const FolderAlert& alert : alerts) {
        printer.line(printer.bad(fmt::format("{}: {}", alert.folder, alert.reason)));
        printer.line("  " + alert.advice);
    }
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeBeaconCommand() { return std::make_unique<BeaconCommand>(); }

} // namespace carma::cli
