// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "phrases.h"
#include "registry.h"
#include "text.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

class ExportCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "export"; }
    CommandHelp help() const override
    {
        return {"memory", "write every file back, byte for byte",
            "Writes the originals to OUT_DIR under the paths that they had in the folder that was ingested, and notes as "
            "notes/ID.txt. Without --namespace each namespace has a folder of its own. A document that lacks bytes is not written but "
            "named, and the exit code is 5.",
            {"carma export ~/restored", "carma export out -n default --overwrite"},
            {ExitCode::NotFound, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("OUT_DIR", m_folder, "folder to write to; made if missing").kind = ValueKind::Folder;
        arguments.flag("--overwrite", m_overwrite, "replace files that are there");
    }

private:
    bool isAudited(const AuditPolicy& policy) const override { return policy.exports; }
    Result<ExitCode> runWith(Store& store, Session& session) override
    {
        ExportOptions options;
        options.space = session.options().space;
        options.overwrite = m_overwrite;
        CARMA_TRY_ASSIGN(const ExportReport report, store.memory().exportTo(m_folder, options, session.task()));
        session.endProgress();
        Printer& printer = session.printer();
        printer.document(Json{{"files", report.files}, {"bytes", report.bytes}, {"folder", m_folder},
            {"incomplete", toJson(report.incomplete)}, {"cancelled", report.cancelled}});
        printer.line(fmt::format("{} ({}) written to {}", counted(report.files, "file"), humanBytes(report.bytes), escapeLine(m_folder)));
        reportProblems(printer,
            counted(report.incomplete.size(), "document lacks bytes and was not written", "documents lack bytes and were not written"),
            report.incomplete);
        if (report.cancelled) {
            return endCancelled(
                printer, fmt::format("{} before that; each is whole.", counted(report.files, "file was written", "files were written")));
        }
        return report.incomplete.empty() ? ExitCode::Ok : ExitCode::Unhealed;
    }

    std::string m_folder;
    bool m_overwrite = false;
};

} // namespace

std::unique_ptr<Command> makeExportCommand() { return std::make_unique<ExportCommand>(); }

} // namespace carma::cli
