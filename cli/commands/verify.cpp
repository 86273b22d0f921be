// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "phrases.h"
#include "registry.h"
#include "text.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

class VerifyCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "verify"; }
    CommandHelp help() const override
    {
        return {"healing", "read everything back and prove the history",
            "Reads every sector, decrypts every record and checks the whole hash tree against every signed checkpoint. Nothing is "
            "changed: damage is named, and carma heal repairs it.",
            {"carma verify", "carma verify --json | jq .tree_root"},
            {ExitCode::NotFound, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }

private:
    Result<ExitCode> runWith(Store& store, Session& session) override;
};

void printDocument(Printer& printer, const VerifyReport& report)
{
    Json object{{"intact", report.intact()}, {"records", report.records}, {"purged", report.purged}, {"checkpoints", report.checkpoints},
        {"tree_root", report.treeRoot}, {"problems", report.problems}};
    appendDamage(object, report.damage);
    printer.document(object);
}

Result<ExitCode> VerifyCommand::runWith(Store& store, Session& session)
{
    CARMA_TRY_ASSIGN(const VerifyReport report, store.health().verify(session.task()));
    session.endProgress();
    Printer& printer = session.printer();
    if (printer.json()) {
        printDocument(printer, report);
    } else if (report.intact() && !report.damage.cancelled) {
        printer.line(printer.good("intact: ") +
            fmt::format("{}, {}", counted(report.records, "record"), counted(report.checkpoints, "signed checkpoint")));
    } else if (!report.intact()) {
        printer.line(printer.bad(fmt::format("not intact: {}", counted(report.damage.faultsCount, "fault"))));
        printFaults(printer, report.damage);
        printLost(printer, report.damage);
        for (const std::string& problem : report.problems) {
            printer.line("  " + printer.bad(escapeLine(problem)));
        }
    }
    printer.extra(fmt::format("tree root {}", report.treeRoot));
    if (report.purged != 0) {
        printer.extra(fmt::format("{} forgotten; their places in the history hold", counted(report.purged, "record was", "records were")));
    }
    printEffort(printer, report.damage);
    if (report.damage.cancelled) {
        return endCancelled(printer, "Not everything was read.");
    }
    if (!report.intact()) {
        printer.note("run carma heal to repair what can be repaired");
        return ExitCode::Unhealed;
    }
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeVerifyCommand() { return std::make_unique<VerifyCommand>(); }

} // namespace carma::cli
