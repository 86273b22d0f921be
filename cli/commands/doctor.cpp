// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry.h"
#include "text.h"
#include "version.h"

#include <algorithm>
#include <fmt/format.h>

namespace carma::cli {

namespace {

/// Not a StoreCommand: that a store does not open is a finding here, not the end.
class DoctorCommand final : public Command {
public:
    std::string_view name() const override { return "doctor"; }
    CommandHelp help() const override
    {
        return {"store", "check the program, the machine and the store's surroundings",
            "Says what is as it should be and, where something is not, what to do about it. The exit code is 1 if anything is not.",
            {"carma doctor", "carma -s /srv/memory doctor --json"}, {}};
    }
    Result<ExitCode> run(Session& session) override;
};

DoctorCheck resourceCheck()
{
    const std::string folder = resourceFolder();
    if (folder.empty()) {
        return {"resources", false, "not found", "install the program as a whole, or set CARMA_RESOURCES to the folder that holds models/"};
    }
    return {"resources", true, folder, ""};
}

/// What the store says of itself, which includes the program; without a store at least what needs none.
std::vector<DoctorCheck> storeChecks(Session& session)
{
    const std::string path = session.storePath();
    auto store = session.openStore("doctor", true);
    if (!store) {
        const bool missing = store.error().code == ErrorCode::NotFound;
        return {{"cryptography", true, "self-test passed", ""}, // the program does not start without it
            resourceCheck(), {"store", false, store.error().message, missing ? "name the store with --store or CARMA_STORE" : ""}};
    }
    std::vector<DoctorCheck> checks{{"store", true, fmt::format("{} opens", path), ""}};
    std::ranges::move((*store)->health().doctor(), std::back_inserter(checks));
    return checks;
}

Result<ExitCode> DoctorCommand::run(Session& session)
{
    std::vector<DoctorCheck> checks{{"program", true, fmt::format("carma {}", versionText()), ""}};
    std::ranges::move(storeChecks(session), std::back_inserter(checks));
    session.endProgress();
    Printer& printer = session.printer();
    std::size_t width = 0;
    Json list = Json::array();
    for (const DoctorCheck& check : checks) {
        width = std::max(width, columns(check.name));
        list.push_back(Json{{"name", check.name}, {"ok", check.ok}, {"detail", check.detail}, {"advice", check.advice}});
    }
    const bool fine = std::ranges::all_of(checks, &DoctorCheck::ok);
    printer.document(Json{{"ok", fine}, {"checks", std::move(list)}});
    for (const DoctorCheck& check : checks) {
        printer.line(fmt::format("{}  {}  {}", check.ok ? printer.good("ok ") : printer.bad("not"), padRight(escapeLine(check.name), width),
            escapeLine(check.detail)));
        if (!check.ok && !check.advice.empty()) {
            printer.line(std::string(width + 7, ' ') + printer.caution(escapeLine(check.advice)));
        }
    }
    return fine ? ExitCode::Ok : ExitCode::Failed;
}

} // namespace

std::unique_ptr<Command> makeDoctorCommand() { return std::make_unique<DoctorCommand>(); }

} // namespace carma::cli
