// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "durations.h"
#include "embedder_background.h"
#include "json.h"
#include "phrases.h"
#include "registry.h"
#include "text.h"

#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

namespace {

Json toJson(const EmbedderIdentity& identity)
{
    return {{"name", identity.name}, {"version", identity.version}, {"dimension", identity.dimension}};
}

std::string words(const EmbedderIdentity& identity)
{
    return identity.name.empty() ? "none"
                                 : fmt::format("{} {}, {} numbers", escapeLine(identity.name), identity.version, identity.dimension);
}

/// What is done with the store open.
class EmbedderActions final : public StoreCommand {
public:
    std::string_view name() const override { return "embedder"; }
    CommandHelp help() const override
    {
        return {"memory", "show or change what makes vectors of texts",
            "embedder show tells which embedder the vectors of the store come from, and whether it can be had. Without it queries go by "
            "words "
            "and say so.\n\n"
            "embedder set NAME makes all vectors anew with another one. Queries use the old vectors until all is done. What is done is "
            "kept: after an interruption, embedder resume goes on where it was. Choosing the one in use takes back what was wanted. "
            "embedder progress tells how far it has come.\n\n"
            "--background leaves the work to a process that goes on when this program and its terminal end, with a lower priority; it "
            "closes the store for a moment every 30 seconds, so that others who --wait can write, as embedder resume --turns TIME does. "
            "What it has to say is in a file that is named. It needs a way to unlock the store without a question. --later only notes what "
            "is wanted, for embedder resume.",
            {"carma embedder show", "carma embedder set static-en-256 --dry-run", "carma embedder set bge-small --background",
                "carma embedder progress --json", "carma embedder resume"},
            {ExitCode::Failed, ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ACTION", m_words, "show, set NAME, progress or resume");
        arguments.flag("--background", m_background, "set: let a process that outlives this one do it");
        arguments.flag("--later", m_later, "set: only note what is wanted");
        arguments.option("--turns", m_turns, "TIME", "resume: let others write after each such time (30s, 5m)");
        arguments.flag("--dry-run", m_dryRun, "set: change nothing, only say how many passages it is and how long it takes");
    }
    Result<void> validate(const GlobalOptions& global) override;

    [[nodiscard]] std::int64_t turnUs() const { return m_turnUs; } ///< 0: all at once
    [[nodiscard]] bool isInBackground() const { return m_background; }
    [[nodiscard]] bool isStarted() const { return m_isWanted; }
    Result<ExitCode> tell(const EmbedderReport& report, Session& session) const;

private:
    [[nodiscard]] const std::string& action() const { return m_words.front(); }
    bool writes() const override { return (action() == "set" && !m_dryRun) || action() == "resume"; }
    Result<ExitCode> runWith(Store& store, Session& session) override;
    Result<ExitCode> show(Store& store, Session& session) const;
    Result<ExitCode> progress(Store& store, Session& session) const;

    std::vector<std::string> m_words;
    bool m_background = false, m_later = false, m_dryRun = false;
    std::optional<std::string> m_turns;
    std::int64_t m_turnUs = 0;
    bool m_isWanted = false; ///< another embedder was noted
};

Result<void> EmbedderActions::validate(const GlobalOptions& /*global*/)
{
    const std::string_view wanted = m_words.empty() ? "" : std::string_view(m_words.front());
    if (wanted != "show" && wanted != "set" && wanted != "progress" && wanted != "resume") {
        return Error{ErrorCode::InvalidArgument, "embedder takes show, set, progress or resume; see carma embedder --help"};
    }
    if (m_words.size() != (wanted == "set" ? 2U : 1U)) {
        return Error{ErrorCode::InvalidArgument,
            fmt::format("embedder {} takes {}", wanted, wanted == "set" ? "one name, as embedder show lists them" : "nothing more")};
    }
    const int ways = int{m_background} + int{m_later} + int{m_dryRun};
    if (ways > 1 || (ways > 0 && wanted != "set")) {
        return Error{ErrorCode::InvalidArgument, "--background, --later and --dry-run belong to embedder set, one at a time"};
    }
    if (m_turns && wanted != "resume") {
        return Error{ErrorCode::InvalidArgument, "--turns belongs to embedder resume"};
    }
    if (m_turns) {
        CARMA_TRY_ASSIGN(m_turnUs, parseDuration(*m_turns));
    }
    return {};
}

Result<ExitCode> EmbedderActions::runWith(Store& store, Session& session)
{
    if (action() == "show") {
        return show(store, session);
    }
    if (action() == "progress") {
        return progress(store, session);
    }
    const EmbedderSetOptions options{.dryRun = m_dryRun, .later = m_later || m_background};
    const auto report = action() == "resume" ? store.embedders().resume(session.task())
                                             : store.embedders().set(m_words[1], options, session.task());
    session.endProgress();
    if (!report.has_value()) {
        return report.error();
    }
    m_isWanted = m_background && report->before != report->after && !report->changed;
    return m_isWanted ? Result<ExitCode>(ExitCode::Ok) : tell(*report, session); // else the one who starts the process tells
}

Result<ExitCode> EmbedderActions::show(Store& store, Session& session) const
{
    CARMA_TRY_ASSIGN(const EmbedderState state, store.embedders().show());
    Printer& printer = session.printer();
    printer.document(Json{{"source", state.source}, {"embedder", toJson(state.identity)}, {"metric", "cosine"},
        {"semantic_weight", std::round(static_cast<double>(state.semanticWeight) * 1e6) / 1e6}, {"recorded", state.recorded},
        {"usable", state.problem.empty()}, {"problem", state.problem}, {"built_in", state.builtIn}});
    printer.line(fmt::format("{} ({})", words(state.identity), escapeLine(state.source)));
    printer.extra(state.recorded ? "recorded in the store" : "not recorded yet: the store is empty");
    if (!state.builtIn.empty()) {
        printer.extra(fmt::format("models of this program: {}", fmt::join(state.builtIn, ", ")));
    }
    if (!state.problem.empty()) {
        printer.warning(fmt::format("queries go by words only: {}", state.problem));
    }
    return ExitCode::Ok;
}

Result<ExitCode> EmbedderActions::progress(Store& store, Session& session) const
{
    CARMA_TRY_ASSIGN(const auto change, store.embedders().progress());
    Printer& printer = session.printer();
    if (!change) {
        printer.document(Json{{"changing", false}});
        printer.line("no change of the embedder is wanted");
        return ExitCode::Ok;
    }
    printer.document(Json{{"changing", true}, {"source", change->source}, {"embedder", toJson(change->identity)},
        {"passages", change->passages}, {"done", change->done}});
    printer.line(
        fmt::format("{}: {} of {} passages have a new vector", words(change->identity), grouped(change->done), grouped(change->passages)));
    printer.extra("go on with: carma embedder resume");
    return ExitCode::Ok;
}

Result<ExitCode> EmbedderActions::tell(const EmbedderReport& report, Session& session) const
{
    constexpr double kUsASecond = 1e6;
    const double left = report.passagesPerSecond > 0 ? static_cast<double>(report.passages) / report.passagesPerSecond : 0;
    Printer& printer = session.printer();
    printer.document(Json{{"dry_run", m_dryRun}, {"background", m_background}, {"source", report.source}, {"before", toJson(report.before)},
        {"after", toJson(report.after)}, {"passages", report.passages}, {"done", report.done}, {"changed", report.changed},
        {"passages_per_second", std::round(report.passagesPerSecond)}, {"estimated_us", m_dryRun ? std::llround(left * kUsASecond) : 0},
        {"cancelled", report.cancelled}, {"took_us", report.tookUs}});
    if (report.cancelled) {
        return endCancelled(printer,
            fmt::format("{} of {} passages have a new vector, and are kept; go on with: carma embedder resume", grouped(report.done),
                grouped(report.passages)));
    }
    if (report.before == report.after && !report.changed) {
        printer.line(fmt::format("{} is in use already", words(report.after)));
    } else if (m_dryRun) {
        printer.line(fmt::format("{} would get a new vector from {}, in about {}", counted(report.passages, "passage"), words(report.after),
            humanDuration(std::llround(left * kUsASecond))));
    } else if (!report.changed) {
        printer.line(fmt::format("{} is wanted; make the vectors with: carma embedder resume", words(report.after)));
    } else {
        printer.line(fmt::format(
            "the vectors come from {} now: {} in {}", words(report.after), counted(report.done, "passage"), humanDuration(report.tookUs)));
    }
    return ExitCode::Ok;
}

/// Those, in turns or beside other work if that is asked for.
class EmbedderCommand final : public Command {
public:
    std::string_view name() const override { return m_actions.name(); }
    CommandHelp help() const override { return m_actions.help(); }
    void declare(Arguments& arguments) override { m_actions.declare(arguments); }
    Result<void> validate(const GlobalOptions& global) override { return m_actions.validate(global); }
    Result<ExitCode> run(Session& session) override
    {
        if (m_actions.turnUs() > 0) {
            const auto report = resumeInTurns(session, m_actions.turnUs());
            session.endProgress();
            return report.has_value() ? m_actions.tell(*report, session) : report.error();
        }
        if (m_actions.isInBackground()) {
            CARMA_TRY(checkUnlocksAlone(session));
        }
        auto result = m_actions.run(session);
        if (!result.has_value() || !m_actions.isStarted()) {
            return result;
        }
        CARMA_TRY_ASSIGN(const Background background, startInBackground(session));
        Printer& printer = session.printer();
        printer.document(Json{{"background", true}, {"process", background.process}, {"log", background.log}});
        printer.line(fmt::format("process {} makes the vectors; carma embedder progress tells how far it is", background.process));
        printer.extra(fmt::format("what it has to say is in {}", background.log));
        return result;
    }

private:
    EmbedderActions m_actions;
};

} // namespace

std::unique_ptr<Command> makeEmbedderCommand() { return std::make_unique<EmbedderCommand>(); }

} // namespace carma::cli
