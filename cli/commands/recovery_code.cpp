// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json.h"
#include "registry.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

class RecoveryCodeCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "recovery-code"; }
    CommandHelp help() const override
    {
        return {"store", "make a new recovery code",
            "Makes a new recovery code and shows it once; the old one opens nothing any more. The key file and the passphrase stay as "
            "they are.",
            {"carma recovery-code", "carma recovery-code --yes --json | jq -r .recovery_code"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }

private:
    bool writes() const override { return true; }
    Result<ExitCode> runWith(Store& store, Session& session) override
    {
        CARMA_TRY_ASSIGN(const bool agreed, session.confirmed("The present recovery code will no longer open the store."));
        if (!agreed) {
            return Error{ErrorCode::Cancelled, "the recovery code stays as it was"};
        }
        CARMA_TRY_ASSIGN(const SecretBytes code, store.access().renewRecoveryCode());
        Printer& printer = session.printer();
        printer.document(Json{{"recovery_code", asText(code.view())}});
        printer.line(fmt::format("recovery code  {}", printer.bold(asText(code.view()))));
        printer.extra("It is shown this once. Write it down and keep it away from the store; the old code is void.");
        return ExitCode::Ok;
    }
};

} // namespace

std::unique_ptr<Command> makeRecoveryCodeCommand() { return std::make_unique<RecoveryCodeCommand>(); }

} // namespace carma::cli
