// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "version.h"

#include "json.h"
#include "registry.h"

#include <fmt/format.h>

#ifndef CARMA_VERSION_DETAIL
#define CARMA_VERSION_DETAIL CARMA_VERSION
#endif

namespace carma::cli {

namespace {

class VersionCommand final : public Command {
public:
    std::string_view name() const override { return "version"; }
    CommandHelp help() const override
    {
        return {"other", "print the version", "Prints the version, with the commit it was built from where that is known.",
            {"carma version", "carma version --json"}, {}};
    }
    Result<ExitCode> run(Session& session) override
    {
        printVersion(session.printer());
        return ExitCode::Ok;
    }
};

} // namespace

std::string_view versionText() { return CARMA_VERSION_DETAIL; }

void printVersion(Printer& printer)
{
    printer.document(Json{{"name", "carma"}, {"version", CARMA_VERSION}, {"build", versionText()}});
    printer.line(fmt::format("carma {}", versionText()));
}

std::unique_ptr<Command> makeVersionCommand() { return std::make_unique<VersionCommand>(); }

} // namespace carma::cli
