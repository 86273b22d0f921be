// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry.h"
#include "text.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

class SubjectExportCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "subject-export"; }
    CommandHelp help() const override
    {
        return {"memory", "write down all that a namespace holds",
            "Writes everything of one namespace into a new folder: documents.jsonl, fragments.jsonl with the texts, audit.jsonl with the "
            "audit entries about it, originals/ and manifest.json, a signed list of all files with their SHA-256. For a person who asks "
            "what is kept of them. What cannot be read is named, and the exit code is 5.",
            {"carma subject-export anna ~/for-anna"},
            {ExitCode::NotFound, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("NAMESPACE", m_space, "the namespace that is the person's");
        arguments.positional("OUT_DIR", m_folder, "a new folder").kind = ValueKind::Folder;
    }

private:
    bool isAudited(const AuditPolicy& policy) const override { return policy.exports; }
    Result<ExitCode> runWith(Store& store, Session& session) override
    {
        CARMA_TRY_ASSIGN(const SubjectExport report, store.subjects().exportTo(m_space, m_folder, session.task()));
        session.endProgress();
        Printer& printer = session.printer();
        printer.document(Json{{"folder", m_folder}, {"documents", report.documents}, {"fragments", report.fragments},
            {"originals", report.originals}, {"audit_entries", report.auditEntries}, {"incomplete", report.incomplete}});
        printer.line(fmt::format("{}, {} and {} written to {}", counted(report.documents, "document"), counted(report.fragments, "passage"),
            counted(report.auditEntries, "audit entry", "audit entries"), escapeLine(m_folder)));
        for (const std::string& problem : report.incomplete) {
            printer.warning(escapeLine(problem));
        }
        return report.incomplete.empty() ? ExitCode::Ok : ExitCode::Unhealed;
    }

    std::string m_space;
    std::string m_folder;
};

} // namespace

std::unique_ptr<Command> makeSubjectExportCommand() { return std::make_unique<SubjectExportCommand>(); }

} // namespace carma::cli
