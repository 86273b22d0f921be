// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json.h"
#include "phrases.h"
#include "registry.h"
#include "text.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

class BackupCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "backup"; }
    CommandHelp help() const override
    {
        return {"store", "make a copy of the store, or bring one up to date",
            "Makes FOLDER, which is missing or empty, a whole store that opens with the same keys; the next time only what is new is "
            "written. Everything is read back and proved before it is copied, so damage does not travel, and what was forgotten here "
            "(forget --now) is removed there. \"heal --from FOLDER\" takes back what is lost here.\n\n"
            "The key file is no part of the copy: keep the recovery code.",
            {"carma backup /mnt/usb/memory", "carma heal --from /mnt/usb/memory"},
            {ExitCode::NotFound, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("FOLDER", m_folder, "of the copy: missing, empty, or a copy of this store").kind = ValueKind::Folder;
        arguments.flag("--check", m_check, "read all of the copy, too, and write anew what is damaged there");
    }

private:
    bool writes() const override { return true; }
    Result<ExitCode> runWith(Store& store, Session& session) override;

    std::string m_folder;
    bool m_check = false;
};

Result<ExitCode> BackupCommand::runWith(Store& store, Session& session)
{
    CARMA_TRY_ASSIGN(const BackupReport report, store.health().backup(m_folder, m_check, session.task()));
    session.endProgress();
    Printer& printer = session.printer();
    printer.document(Json{{"folder", m_folder}, {"segments_written", report.segmentsWritten}, {"segments_kept", report.segmentsKept},
        {"wrote_bytes", report.bytesWritten}, {"problems", report.problems}, {"cancelled", report.cancelled}, {"took_us", report.tookUs}});
    printer.line(fmt::format("{} written, {} there already: {} in {}", counted(report.segmentsWritten, "segment"),
        grouped(report.segmentsKept), humanBytes(report.bytesWritten), humanDuration(report.tookUs)));
    for (const std::string& problem : report.problems) {
        printer.line(printer.bad(escapeLine(problem)));
    }
    if (report.cancelled) {
        return endCancelled(printer, "The copy is not complete; the next backup goes on.");
    }
    if (!report.problems.empty()) {
        printer.note("run carma heal, then carma backup again; what the copy has of these segments was kept");
        return ExitCode::Unhealed;
    }
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeBackupCommand() { return std::make_unique<BackupCommand>(); }

} // namespace carma::cli
