// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "durations.h"
#include "json.h"
#include "registry.h"
#include "text.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

class BlocklistCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "blocklist"; }
    CommandHelp help() const override
    {
        return {"billing", "sources that servers do not answer",
            "A source that fails to authenticate again and again is blocked for a minute, and for twice as long each time up to a week; "
            "one "
            "strike is forgiven a day. Blocks end by themselves.\n\n"
            "blocklist list shows what is blocked now and what never is. blocklist add PREFIX --reason TEXT blocks an address or network "
            "(--for TIME; without it until it is removed), with --allow it keeps it from ever being blocked. blocklist remove PREFIX "
            "--reason TEXT ends that. blocklist check ADDRESS says whether an address is blocked: exit code 1 if it is.",
            {"carma blocklist add 192.0.2.0/24 --reason 'scans all night' --for 2d", "carma blocklist check 192.0.2.7",
                "carma blocklist remove 192.0.2.0/24 --reason 'talked to them'"},
            {ExitCode::Failed, ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ACTION", m_words, "list, add, remove or check, and the address or network");
        arguments.option("--reason", m_reason, "TEXT", "add, remove: why");
        arguments.option("--for", m_lasts, "TIME", "add: how long (30m, 12h, 7d)");
        arguments.flag("--allow", m_allow, "add: never block it");
        arguments.flag("--dry-run", m_dryRun, "change nothing, only say what would be changed");
    }
    Result<void> validate(const GlobalOptions& global) override;

private:
    [[nodiscard]] const std::string& action() const { return m_words.front(); }
    bool writes() const override { return (action() == "add" || action() == "remove") && !m_dryRun; }
    Result<ExitCode> runWith(Store& store, Session& session) override;
    Result<ExitCode> list(Store& store, Session& session) const;
    Result<ExitCode> check(Store& store, Session& session) const;
    Result<ExitCode> change(Store& store, Session& session) const;

    std::vector<std::string> m_words;
    std::optional<std::string> m_reason, m_lasts;
    std::int64_t m_lastsUs = 0;
    bool m_allow = false, m_dryRun = false;
};

Result<void> BlocklistCommand::validate(const GlobalOptions& /*global*/)
{
    const std::string_view wanted = m_words.empty() ? "" : std::string_view(m_words.front());
    const bool changes = wanted == "add" || wanted == "remove";
    if (wanted != "list" && wanted != "check" && !changes) {
        return Error{ErrorCode::InvalidArgument, "blocklist takes list, add, remove or check; see carma blocklist --help"};
    }
    if (m_words.size() != (wanted == "list" ? 1U : 2U)) {
        return Error{
            ErrorCode::InvalidArgument, fmt::format("blocklist {} takes {}", wanted, wanted == "list" ? "nothing more" : "one address")};
    }
    if (changes && (!m_reason || m_reason->empty())) {
        return Error{ErrorCode::InvalidArgument, fmt::format("blocklist {} needs a --reason", wanted)};
    }
    if (m_lasts) {
        CARMA_TRY_ASSIGN(m_lastsUs, parseDuration(*m_lasts));
    }
    return {};
}

Result<ExitCode> BlocklistCommand::runWith(Store& store, Session& session)
{
    return action() == "list" ? list(store, session) : action() == "check" ? check(store, session) : change(store, session);
}

Result<ExitCode> BlocklistCommand::list(Store& store, Session& session) const
{
    CARMA_TRY_ASSIGN(const std::vector<BlockEntry> entries, store.anomalies().blocks());
    Json json = Json::array();
    for (const BlockEntry& entry : entries) {
        json.push_back({{"prefix", entry.prefix}, {"origin", carma::name(entry.origin)}, {"reason", entry.reason},
            {"since_us", entry.sinceUs}, {"until_us", entry.untilUs}, {"strikes", entry.strikes}});
        session.printer().line(fmt::format("{:<24} {:<9}  {}  {}", entry.prefix, carma::name(entry.origin),
            entry.untilUs == 0 ? std::string("until removed      ") : localTime(entry.untilUs), escapeLine(entry.reason)));
    }
    session.printer().document(json);
    session.printer().extra(counted(entries.size(), "entry", "entries"));
    return ExitCode::Ok;
}

Result<ExitCode> BlocklistCommand::check(Store& store, Session& session) const
{
    CARMA_TRY_ASSIGN(const AnomalyVerdict verdict, store.anomalies().check("", m_words.back()));
    session.printer().document(Json{{"source", m_words.back()}, {"blocked", verdict.blocked}, {"action", carma::name(verdict.action)},
        {"until_us", verdict.untilUs}, {"because", verdict.because}});
    session.printer().line(verdict.because.empty() ? escapeLine(m_words.back()) + " is not blocked" : escapeLine(verdict.because));
    return verdict.blocked ? ExitCode::Failed : ExitCode::Ok;
}

Result<ExitCode> BlocklistCommand::change(Store& store, Session& session) const
{
    const std::string& prefix = m_words.back();
    const bool adds = action() == "add";
    if (!m_dryRun) {
        if (adds) {
            CARMA_TRY(store.anomalies().addBlock({.prefix = prefix, .reason = *m_reason, .lastsUs = m_lastsUs, .allow = m_allow}));
        } else {
            CARMA_TRY(store.anomalies().removeBlock(prefix, *m_reason));
        }
    }
    const std::string_view done = !adds ? "removed" : m_allow ? "allowed" : "blocked";
    session.printer().document(Json{{"prefix", prefix}, {"done", done}, {"dry_run", m_dryRun}});
    session.printer().line(fmt::format("{} {}{}", escapeLine(prefix), m_dryRun ? "would be " : "", done));
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeBlocklistCommand() { return std::make_unique<BlocklistCommand>(); }

} // namespace carma::cli
