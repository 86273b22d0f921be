// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "files.h"
#include "registry.h"
#include "terminal.h"
#include "text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

namespace {

class EraseCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "erase"; }
    CommandHelp help() const override
    {
        return {"memory", "erase a person: destroy a namespace and its key",
            "Destroys the data key of a namespace in every copy and removes all that is sealed with it from every file of the store. "
            "Nothing "
            "brings it back: no heal, no recovery code. The hash tree stays provable, and what the audit has about the person loses its "
            "names. A certificate, signed with the store's key, says what was done.\n\n"
            "API keys whose owner has the namespace's name end for ever, and their label, scopes and networks go; with keys only, no "
            "namespace "
            "is needed.\n\n"
            "Of a customer of that name, issued invoices and credit notes stay, as the law has them kept; subscriptions, prepaid credit "
            "and "
            "alerts go, and usage events stay under a pseudonym that nothing resolves any more. What is not billed by then never is. The "
            "certificate names the invoices.\n\n"
            "Backups and copies of the store made before are not reached: they have the key. What was held (carma audit hold) is not "
            "erased. The namespace's name must be typed to confirm, or --yes be given.",
            {"carma erase anna --dry-run", "carma erase anna", "carma erase anna --yes --out certificate.json"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("NAMESPACE", m_space, "the namespace that is the person's");
        arguments.option("--out", m_out, "FILE", "write the certificate to this file").kind = ValueKind::File;
        arguments.flag("--dry-run", m_dryRun, "only say what would be erased");
    }

private:
    bool writes() const override { return !m_dryRun; }
    Result<ExitCode> runWith(Store& store, Session& session) override;

    std::string m_space;
    std::optional<std::string> m_out;
    bool m_dryRun = false;
};

std::string summaryOf(const ErasePlan& plan)
{
    return fmt::format("{} with {} ({} of text), {}, {} and the names in {}", counted(plan.documents, "document"),
        counted(plan.passages, "passage"), humanBytes(plan.textBytes), counted(plan.keys, "API key"),
        counted(plan.billingRecords, "billing record"), counted(plan.auditEntries, "audit entry", "audit entries"));
}

Result<ExitCode> EraseCommand::runWith(Store& store, Session& session)
{
    CARMA_TRY_ASSIGN(const ErasePlan plan, store.subjects().plan(m_space));
    session.endProgress();
    Printer& printer = session.printer();
    if (m_dryRun) {
        printer.document(Json{{"dry_run", true}, {"namespace", plan.name}, {"id", toString(plan.id)}, {"documents", plan.documents},
            {"passages", plan.passages}, {"text_bytes", plan.textBytes}, {"audit_entries", plan.auditEntries}, {"keys", plan.keys},
            {"billing_records", plan.billingRecords}, {"invoices_kept", plan.invoicesKept}, {"held_because", plan.heldBecause}});
        printer.line(fmt::format("would erase  {}: {}", escapeLine(plan.name), summaryOf(plan)));
        if (!plan.invoicesKept.empty()) {
            printer.line(fmt::format("would keep   {}", fmt::join(plan.invoicesKept, ", ")));
        }
        if (!plan.heldBecause.empty()) {
            printer.line(printer.caution("held: ") + escapeLine(plan.heldBecause));
        }
        return ExitCode::Ok;
    }
    if (!session.options().yes) {
        if (!stdinIsTerminal()) {
            return Error{ErrorCode::InvalidArgument,
                "There is no terminal to confirm on: add --yes if the namespace is to be erased. Nothing was changed."};
        }
        const std::string question = fmt::format("{} of '{}' will be erased for good.", summaryOf(plan), plan.name);
        CARMA_TRY_ASSIGN(const bool typed, askWord(question, plan.name, session.stop()));
        if (!typed) {
            return Error{ErrorCode::Cancelled, "what was typed is not the name; nothing was erased"};
        }
    }
    CARMA_TRY_ASSIGN(const EraseReport report, store.subjects().erase(m_space, session.task()));
    session.endProgress();
    if (m_out) {
        CARMA_TRY(writeText(session, m_out, report.certificate));
    }
    printer.document(Json{{"dry_run", false}, {"id", toString(report.id)}, {"records_purged", report.recordsPurged},
        {"segments_rewritten", report.segmentsRewritten}, {"invoices_kept", report.invoicesKept}, {"audit_entry", report.entry},
        {"certificate", Json::parse(report.certificate, nullptr, false)}, {"took_us", report.tookUs}});
    printer.line(fmt::format("erased: {} purged, {} rewritten, entry {}", counted(report.recordsPurged, "record"),
        counted(report.segmentsRewritten, "segment"), report.entry));
    if (!report.invoicesKept.empty()) {
        printer.line(fmt::format("kept: {}", fmt::join(report.invoicesKept, ", ")));
    }
    if (!m_out) {
        printer.extra(report.certificate);
    }
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeEraseCommand() { return std::make_unique<EraseCommand>(); }

} // namespace carma::cli
