// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "registry.h"
#include "table.h"
#include "text.h"

#include <carma/history.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

namespace {

class HistoryCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "history"; }
    CommandHelp help() const override
    {
        return {"memory", "list the versions of a document",
            "Lists every version of the document that is still kept, the oldest first. What is kept is never changed in place: the same "
            "path or external id again, or --replaces of ingest and remember, makes a new version, and the ones before stay until they "
            "are forgotten. An older version comes back as a new one: see the last example.",
            {"carma history letters/1998.md", "carma history 01HZX4 --json | jq -r '.[].id'",
                "carma show 01HZX4 --original | carma ingest - --replaces letters/1998.md"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::DamagedStore}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("DOCUMENT", m_document, "an id, the beginning of one, a path or an external id");
    }

private:
    Result<ExitCode> runWith(Store& store, Session& session) override;

    std::string m_document;
};

std::string remarks(const DocumentSummary& version)
{
    if (version.state != FragmentState::Exact) {
        return std::string(carma::name(version.state));
    }
    if (version.placeholders != 0) {
        return counted(version.placeholders, "passage") + " cannot be read";
    }
    return version.current ? "current" : "";
}

Result<ExitCode> HistoryCommand::runWith(Store& store, Session& session)
{
    CARMA_TRY_ASSIGN(const FragmentId id, store.memory().resolve(m_document));
    CARMA_TRY_ASSIGN(const std::vector<DocumentSummary> versions, versionsOf(store, id));
    session.endProgress();
    Printer& printer = session.printer();
    Json list = Json::array();
    Table table({{"id"}, {"made"}, {"size", true}, {"passages", true}, {"state"}, {"tags"}});
    for (const DocumentSummary& each : versions) {
        list.push_back(toJson(each));
        table.add({toString(each.id), localTime(each.createdUs), humanBytes(each.bytes), grouped(each.passages), remarks(each),
            fmt::format("{}", fmt::join(each.tags, ", "))});
    }
    if (printer.json()) {
        printer.document(list);
        return ExitCode::Ok;
    }
    const DocumentSummary& newest = versions.back(); // the one that was asked for is among them
    printer.extra(printer.bold(escapeLine(newest.path.empty() ? newest.title : newest.path)));
    table.print(printer);
    printer.extra(printer.dim(counted(versions.size(), "version")));
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeHistoryCommand() { return std::make_unique<HistoryCommand>(); }

} // namespace carma::cli
