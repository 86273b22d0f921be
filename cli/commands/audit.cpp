// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit_actions.h"
#include "files.h"
#include "registry.h"
#include "text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <iterator>

namespace carma::cli {

namespace {

struct Action {
    std::string_view name;
    bool writes;
    std::size_t wordsMin, wordsMax;
    Result<ExitCode> (*run)(Store&, Session&, const AuditOptions&);
};
constexpr std::array<Action, 13> kActions{{
    {"list", false, 0, 0, auditList},
    {"verify", false, 0, 0, auditVerify},
    {"prove", false, 1, 1, auditProve},
    {"checkpoint", false, 0, 1, auditCheckpoint},
    {"grown", false, 1, 1, auditGrown},
    {"cosign", true, 1, 1, auditCosign},
    {"key", false, 0, 0, auditKey},
    {"export", false, 1, 1, auditExport},
    {"policy", false, 0, 0, auditPolicy},
    {"holds", false, 0, 0, auditHolds},
    {"hold", true, 1, 1, auditHold},
    {"release", true, 1, 1, auditRelease},
    {"prune", true, 0, 0, auditPrune},
}};

class AuditCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "audit"; }
    CommandHelp help() const override
    {
        return {"healing", "who did what, with proof",
            "Every change has an entry in the store's log, written together with the change. Reads have one where the policy asks for "
            "it.\n\n"
            "audit list shows entries; --follow goes on with new ones. audit verify proves the whole history: exit code 0 if it is intact, "
            "5 "
            "if not, with the record named. With --checkpoint FILE it also sees a cut-off end or an older copy, which nothing inside the "
            "store can show: keep checkpoints elsewhere. audit checkpoint FILE writes one, audit cosign FILE has this store witness that "
            "of "
            "another one, audit grown FILE proves that the log grew from a checkpoint, audit key shows the keys that check them.\n\n"
            "audit prove ID writes a proof that verify_proof.py checks without this program. audit export FILE writes entries for other "
            "systems, with a signed manifest beside it.\n\n"
            "audit policy shows or sets (--set) what is audited and how many days entries are kept; audit prune removes those whose time "
            "is "
            "over. audit hold NAME --reason TEXT keeps a namespace or document from being forgotten, purged or erased; audit release NAME "
            "ends that; audit holds lists.",
            {"carma audit list --action memory --from 7d", "carma audit verify --checkpoint ~/kept/checkpoint",
                "carma audit checkpoint ~/kept/checkpoint", "carma audit prove 42 --out proof.json",
                "carma audit export audit.jsonl --form jsonl", "carma audit policy --set queries=yes --set access=365",
                "carma audit hold letters --reason 'case 17/2026'"},
            {ExitCode::NotFound, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ACTION", m_options.words,
            "list, verify, prove, checkpoint, grown, cosign, key, export, policy, holds, hold, release "
            "or prune, and what it acts on");
        arguments.option("--actor", m_options.actor, "TEXT", "entries whose actor's name holds this");
        arguments.option("--action", m_options.of, "NAME", "entries of this action, or of all below it: memory, access.passphrase");
        arguments.option("--object", m_options.object, "TEXT", "entries whose object, subject or detail holds this");
        arguments.option("--outcome", m_options.outcome, "WHAT", "done, refused or failed").choices = {"done", "refused", "failed"};
        arguments.option("--from", m_options.from, "WHEN", "from a day (2026-03-01, UTC) or so long ago (7d) on");
        arguments.option("--to", m_options.to, "WHEN", "before that");
        arguments.flag("--follow", m_options.follow, "list: go on with what is new until stopped");
        arguments.option("--out", m_options.out, "FILE", "prove, grown, cosign: write to this file").kind = ValueKind::File;
        arguments.option("--form", m_options.form, "FORM", "export: jsonl, csv, cef or ocsf").choices = {"jsonl", "csv", "cef", "ocsf"};
        arguments.option("--checkpoint", m_options.checkpoint, "FILE", "verify: a checkpoint kept elsewhere").kind = ValueKind::File;
        arguments.option("--witness", m_options.witnesses, "KEY", "verify: this witness must have co-signed the checkpoint");
        arguments.option("--log-key", m_options.logKey, "KEY", "cosign: the key of the other store (carma audit key)");
        arguments.option("--proof", m_options.proof, "FILE", "cosign: proof that the other log grew").kind = ValueKind::File;
        arguments.option("--reason", m_options.reason, "TEXT", "hold, release: why");
        arguments.option("--set", m_options.settings, "NAME=VALUE",
            "policy: queries, shows, exports = yes or no; change, access, security = days, 0 for ever");
        arguments.flag("--dry-run", m_options.dryRun, "change nothing, only say what would be changed");
    }
    Result<void> validate(const GlobalOptions& global) override;

private:
    bool writes() const override { return m_action != nullptr && (m_action->writes || !m_options.settings.empty()) && !m_options.dryRun; }
    Result<ExitCode> runWith(Store& store, Session& session) override { return m_action->run(store, session, m_options); }

    AuditOptions m_options;
    const Action* m_action = nullptr;
};

Result<void> AuditCommand::validate(const GlobalOptions& /*global*/)
{
    if (m_options.words.empty()) {
        return Error{ErrorCode::InvalidArgument, "what is wanted of the audit? See carma audit --help"};
    }
    m_options.action = m_options.words.front();
    m_options.words.erase(m_options.words.begin());
    const auto found = std::ranges::find(kActions, std::string_view(m_options.action), &Action::name);
    if (found == kActions.end()) {
        return Error{ErrorCode::InvalidArgument, fmt::format("audit has no action '{}'; see carma audit --help", m_options.action)};
    }
    if (m_options.words.size() < found->wordsMin || m_options.words.size() > found->wordsMax) {
        return Error{ErrorCode::InvalidArgument,
            fmt::format("audit {} takes {}", found->name, found->wordsMax == 0 ? "nothing more" : "one name, id or file")};
    }
    m_action = &*found;
    CARMA_TRY(filterOf(m_options));
    return {};
}

} // namespace

Result<ExitCode> auditVerify(Store& store, Session& session, const AuditOptions& options)
{
    AuditVerifyOptions asked;
    asked.witnesses = options.witnesses;
    if (options.checkpoint) {
        CARMA_TRY_ASSIGN(asked.checkpoint, readText(*options.checkpoint));
    } else if (!options.witnesses.empty()) {
        return Error{ErrorCode::InvalidArgument, "--witness needs --checkpoint"};
    }
    auto verified = store.audit().verify(asked, session.task());
    session.endProgress();
    Printer& printer = session.printer();
    if (!verified.has_value() && verified.error().code == ErrorCode::AuthenticationFailed) {
        printer.document(Json{{"intact", false}, {"problems", Json::array({verified.error().message})}});
        printer.line(printer.bad("not intact: ") + escapeLine(verified.error().message));
        return ExitCode::Unhealed;
    }
    if (!verified.has_value()) {
        return verified.error();
    }
    const AuditVerification& report = *verified;
    printer.document(
        Json{{"intact", report.intact()}, {"entries", report.entries}, {"erased", report.erased}, {"purged_entries", report.purgedEntries},
            {"records", report.records}, {"lost", report.lost}, {"checkpoints", report.checkpoints}, {"tree_root", report.treeRoot},
            {"kept_checkpoint_holds", report.keptHolds}, {"witnesses", report.witnesses}, {"problems", report.problems}});
    if (report.intact()) {
        printer.line(printer.good("intact: ") +
            fmt::format("{} among {}, {}", counted(report.entries, "audit entry", "audit entries"), counted(report.records, "record"),
                counted(report.checkpoints, "signed checkpoint")));
        if (options.checkpoint) {
            printer.extra("the log has grown from the checkpoint");
        }
    } else {
        printer.line(printer.bad(fmt::format("not intact: {} lost", counted(report.lost, "record"))));
        for (const std::string& problem : report.problems) {
            printer.line("  " + printer.bad(escapeLine(problem)));
        }
    }
    printer.extra(fmt::format("tree root {}", report.treeRoot));
    return report.intact() ? ExitCode::Ok : ExitCode::Unhealed;
}

Result<ExitCode> auditProve(Store& store, Session& session, const AuditOptions& options)
{
    Sequence id = 0;
    const std::string& word = options.words.front();
    const auto parsed = std::from_chars(word.data(), word.data() + word.size(), id);
    if (parsed.ec != std::errc{} || parsed.ptr != word.data() + word.size()) {
        return Error{ErrorCode::InvalidArgument, fmt::format("'{}' is no entry: ids are numbers, see carma audit list", word)};
    }
    CARMA_TRY_ASSIGN(const std::string proof, store.audit().prove(id, session.task()));
    session.endProgress();
    CARMA_TRY(writeText(session, options.out, proof));
    return ExitCode::Ok;
}

Result<ExitCode> auditCheckpoint(Store& store, Session& session, const AuditOptions& options)
{
    CARMA_TRY_ASSIGN(const std::string note, store.audit().checkpoint(session.task()));
    session.endProgress();
    CARMA_TRY(writeText(session, options.words.empty() ? std::nullopt : std::optional(options.words.front()), note));
    return ExitCode::Ok;
}

Result<ExitCode> auditGrown(Store& store, Session& session, const AuditOptions& options)
{
    CARMA_TRY_ASSIGN(const std::string note, readText(options.words.front()));
    const std::size_t line = note.find('\n');
    std::uint64_t size = 0;
    const char* at = line == std::string::npos ? nullptr : note.data() + line + 1;
    if (at == nullptr || std::from_chars(at, note.data() + note.size(), size).ec != std::errc{}) {
        return Error{ErrorCode::InvalidArgument, fmt::format("{} is no checkpoint", options.words.front())};
    }
    CARMA_TRY_ASSIGN(const std::string proof, store.audit().consistency(size, session.task()));
    session.endProgress();
    CARMA_TRY(writeText(session, options.out, proof));
    return ExitCode::Ok;
}

Result<ExitCode> auditCosign(Store& store, Session& session, const AuditOptions& options)
{
    if (!options.logKey) {
        return Error{ErrorCode::InvalidArgument, "audit cosign needs --log-key, the other store's key as carma audit key shows it"};
    }
    CARMA_TRY_ASSIGN(const std::string note, readText(options.words.front()));
    std::string proof;
    if (options.proof) {
        CARMA_TRY_ASSIGN(proof, readText(*options.proof));
    }
    if (options.dryRun) {
        session.printer().line("nothing was signed");
        return ExitCode::Ok;
    }
    CARMA_TRY_ASSIGN(const std::string cosigned, store.audit().cosign(note, *options.logKey, proof));
    CARMA_TRY(writeText(session, options.out, cosigned));
    return ExitCode::Ok;
}

Result<ExitCode> auditKey(Store& store, Session& session, const AuditOptions& /*options*/)
{
    const AuditKeys keys = store.audit().keys();
    session.printer().document(Json{{"log", keys.log}, {"witness", keys.witness}});
    session.printer().line("log      " + keys.log);
    session.printer().line("witness  " + keys.witness);
    return ExitCode::Ok;
}

std::unique_ptr<Command> makeAuditCommand() { return std::make_unique<AuditCommand>(); }

} // namespace carma::cli
