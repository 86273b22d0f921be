// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json.h"
#include "registry.h"
#include "table.h"
#include "text.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

class NamespacesCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "namespaces"; }
    CommandHelp help() const override
    {
        return {"store", "list namespaces, or make one",
            "A namespace holds what belongs to one user or agent and has a key of its own. Queries look at one namespace unless asked "
            "to look at all. \"namespaces create NAME\" makes one; remember and ingest make theirs by themselves.",
            {"carma namespaces", "carma namespaces create work"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ACTION", m_action, "list (the default) or create").required = false;
        arguments.positional("NAME", m_name, "of the namespace to create: 1 to 128 bytes").required = false;
    }
    Result<void> validate(const GlobalOptions& /*global*/) override
    {
        if (m_action.empty()) {
            m_action = "list";
        }
        if (m_action != "list" && m_action != "create") {
            return Error{ErrorCode::InvalidArgument, fmt::format("'{}' is neither list nor create", m_action)};
        }
        if ((m_action == "create") == m_name.empty()) {
            return Error{ErrorCode::InvalidArgument, m_name.empty() ? "create needs a NAME" : "list takes no NAME"};
        }
        return {};
    }

private:
    bool writes() const override { return m_action == "create"; }
    Result<ExitCode> runWith(Store& store, Session& session) override;

    std::string m_action;
    std::string m_name;
};

Result<ExitCode> NamespacesCommand::runWith(Store& store, Session& session)
{
    Printer& printer = session.printer();
    if (m_action == "create") {
        CARMA_TRY_ASSIGN(const NamespaceId id, store.memory().createNamespace(m_name));
        printer.document(Json{{"id", toString(id)}, {"name", m_name}});
        printer.line(fmt::format("{}  {}", toString(id), escapeLine(m_name)));
        return ExitCode::Ok;
    }
    CARMA_TRY_ASSIGN(const std::vector<NamespaceSummary> spaces, store.memory().namespaces());
    session.endProgress();
    Json list = Json::array();
    Table table({{"made"}, {"documents", true}, {"passages", true}, {"text", true}, {"namespace"}});
    for (const NamespaceSummary& space : spaces) {
        list.push_back(Json{{"id", toString(space.id)}, {"name", space.name}, {"created_us", space.createdUs},
            {"documents", space.documents}, {"passages", space.passages}, {"text_bytes", space.textBytes}});
        table.add({localTime(space.createdUs), grouped(space.documents), grouped(space.passages), humanBytes(space.textBytes), space.name});
    }
    printer.document(list);
    table.print(printer);
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeNamespacesCommand() { return std::make_unique<NamespacesCommand>(); }

} // namespace carma::cli
