// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "registry.h"
#include "table.h"
#include "text.h"

#include <algorithm>
#include <fmt/format.h>

namespace carma::cli {

namespace {

constexpr std::size_t kPage = 1000; // documents asked for at once

class ListCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "list"; }
    CommandHelp help() const override
    {
        return {"memory", "list the documents",
            "Lists the documents of a namespace, or of all if none is named, in the order in which they were made.",
            {"carma list", "carma list -n work --limit 50", "carma list --json | jq -r '.[].path'"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.option("--limit", m_limit, "N", "at most so many (default: all)");
        arguments.flag("--versions", m_versions, "older versions, too");
    }

private:
    Result<ExitCode> runWith(Store& store, Session& session) override;
    Result<std::vector<DocumentSummary>> collect(Memory& memory, const Session& session) const;

    std::uint64_t m_limit = ~std::uint64_t{0};
    bool m_versions = false;
};

Result<std::vector<DocumentSummary>> ListCommand::collect(Memory& memory, const Session& session) const
{
    std::vector<DocumentSummary> all;
    ListOptions options;
    options.space = session.options().space;
    options.oldVersions = m_versions;
    while (all.size() < m_limit) {
        if (session.stopped()) {
            return Error{ErrorCode::Cancelled, "stopped; nothing was changed"};
        }
        options.limit = static_cast<std::size_t>(std::min<std::uint64_t>(kPage, m_limit - all.size()));
        CARMA_TRY_ASSIGN(std::vector<DocumentSummary> page, memory.list(options));
        if (page.empty()) {
            break;
        }
        options.after = page.back().id;
        std::ranges::move(page, std::back_inserter(all));
        if (page.size() < options.limit) {
            break;
        }
    }
    return all;
}

std::string remarks(const DocumentSummary& document)
{
    std::string text = document.current ? "" : " (older version)";
    if (document.state != FragmentState::Exact) {
        text += fmt::format(" ({})", name(document.state));
    } else if (document.placeholders != 0) {
        text += fmt::format(" ({} cannot be read)", counted(document.placeholders, "passage"));
    }
    return text;
}

Result<ExitCode> ListCommand::runWith(Store& store, Session& session)
{
    CARMA_TRY_ASSIGN(const std::vector<DocumentSummary> documents, collect(store.memory(), session));
    session.endProgress();
    Printer& printer = session.printer();
    if (printer.json()) {
        Json list = Json::array();
        for (const DocumentSummary& document : documents) {
            list.push_back(toJson(document));
        }
        printer.document(list);
        return ExitCode::Ok;
    }
    if (documents.empty()) {
        printer.note("nothing is in it yet; put something in with: carma ingest PATH");
        return ExitCode::Ok;
    }
    const bool several = std::ranges::any_of(documents, [&](const auto& one) { return one.space != documents[0].space; });
    std::vector<Table::Column> columns{{"id"}, {"modified"}, {"size", true}, {"passages", true}};
    if (several) {
        columns.push_back({"namespace"});
    }
    columns.push_back({"document"});
    Table table(columns);
    for (const DocumentSummary& document : documents) {
        std::vector<std::string> cells{toString(document.id),
            localTime(document.modifiedUs == 0 ? document.createdUs : document.modifiedUs), humanBytes(document.bytes),
            grouped(document.passages)};
        if (several) {
            cells.push_back(document.space);
        }
        cells.push_back((document.path.empty() ? document.title : document.path) + remarks(document));
        table.add(std::move(cells));
    }
    table.print(printer);
    printer.extra(printer.dim(counted(documents.size(), "document")));
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeListCommand() { return std::make_unique<ListCommand>(); }

} // namespace carma::cli
