// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "registry.h"
#include "text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

namespace {

class ShowCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "show"; }
    CommandHelp help() const override
    {
        return {"memory", "print a fragment or document",
            "ID is a whole id, the first six or more characters of one, a path as it was ingested, or your own external id. "
            "With --quiet only the text is printed; with --original the bytes of the document as they were ingested. "
            "To a terminal, control characters of the text are shown as \\x1b and the like.",
            {"carma show 01HZX4", "carma show letters/1998.md", "carma show letters/1998.md --original > 1998.md"},
            {ExitCode::NotFound, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::DamagedStore}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ID", m_id, "what to show");
        arguments.flag("--original", m_original, "write the original bytes of the document to standard output");
    }
    Result<void> validate(const GlobalOptions& global) override
    {
        if (m_original && global.json) {
            return Error{ErrorCode::InvalidArgument, "--original writes the bytes as they are; it has no --json"};
        }
        return {};
    }

private:
    bool isAudited(const AuditPolicy& policy) const override { return policy.shows; }
    Result<ExitCode> runWith(Store& store, Session& session) override;

    std::string m_id;
    bool m_original = false;
};

void printHeader(Printer& printer, const FragmentView& view)
{
    const DocumentSummary& document = view.document;
    const auto row = [&](std::string_view label, const std::string& value) {
        if (!value.empty()) {
            printer.extra(printer.dim(padRight(label, 11)) + escapeLine(value));
        }
    };
    row("id", toString(view.id));
    row(name(view.level), view.place);
    row("path", document.path);
    row("title", document.title);
    row("namespace", document.space);
    row("external id", document.externalId);
    row("tags", fmt::format("{}", fmt::join(document.tags, ", ")));
    row("size", humanBytes(view.bytes));
    row("time", view.timeUs == 0 ? std::string() : localTime(view.timeUs));
    row("state",
        view.state == FragmentState::Exact && document.current
            ? std::string()
            : std::string(name(view.state)) + (document.current ? "" : ", an older version"));
    printer.extra("");
}

Result<ExitCode> ShowCommand::runWith(Store& store, Session& session)
{
    Memory& memory = store.memory();
    CARMA_TRY_ASSIGN(const FragmentId id, memory.resolve(m_id));
    CARMA_TRY_ASSIGN(const FragmentView view, memory.show(id));
    Printer& printer = session.printer();
    session.endProgress();
    if (m_original) {
        CARMA_TRY_ASSIGN(const std::string bytes, memory.original(view.document.id));
        printer.raw(bytes);
        return ExitCode::Ok;
    }
    printer.document(toJson(view));
    printHeader(printer, view);
    if (view.state == FragmentState::Exact) {
        const std::string text = printer.storedText(view.text);
        if (!printer.json()) {
            printer.raw(text);
            if (!text.ends_with('\n') && printer.stdoutIsTerminal()) {
                printer.line();
            }
        }
    } else {
        printer.extra(printer.caution(view.state == FragmentState::Forgotten ? "[forgotten]" : "[cannot be read; run carma heal]"));
    }
    if (view.missingPassages != 0) {
        printer.note(fmt::format("{} of it cannot be read; run carma heal", counted(view.missingPassages, "passage")));
    }
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeShowCommand() { return std::make_unique<ShowCommand>(); }

} // namespace carma::cli
