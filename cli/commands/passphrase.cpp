// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json.h"
#include "registry.h"
#include "terminal.h"

namespace carma::cli {

namespace {

class PassphraseCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "passphrase"; }
    CommandHelp help() const override
    {
        return {"store", "set, change or remove the passphrase",
            "The new passphrase is asked for twice on the terminal, or read from the first line of --new-passphrase-file. The store is "
            "unlocked as for every command. The key file and the recovery code go on to work. The last way in cannot be removed.",
            {"carma passphrase", "carma passphrase --new-passphrase-file new.txt --passphrase-file old.txt", "carma passphrase --remove"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.option("--new-passphrase-file", m_newFile, "FILE", "the new passphrase; - is standard input").kind = ValueKind::File;
        arguments.flag("--remove", m_remove, "remove the passphrase");
    }
    Result<void> validate(const GlobalOptions& global) override
    {
        if (m_remove && m_newFile) {
            return Error{ErrorCode::InvalidArgument, "--remove and --new-passphrase-file exclude each other"};
        }
        if (m_newFile == "-" && (global.recoveryCodeFile == "-")) {
            return Error{ErrorCode::InvalidArgument, "the code and the new passphrase cannot both come from standard input"};
        }
        if (!m_remove && !m_newFile && !terminalIsThere()) {
            return Error{ErrorCode::InvalidArgument, "there is no terminal to ask on: use --new-passphrase-file"};
        }
        return {};
    }

private:
    bool writes() const override { return true; }
    Result<ExitCode> runWith(Store& store, Session& session) override
    {
        if (m_remove) {
            CARMA_TRY_ASSIGN(const bool agreed, session.confirmed("The passphrase will no longer open the store."));
            if (!agreed) {
                return Error{ErrorCode::Cancelled, "the passphrase stays as it was"};
            }
            CARMA_TRY(store.access().removePassphrase());
        } else {
            SecretBytes fresh;
            if (m_newFile) {
                CARMA_TRY_ASSIGN(fresh, readSecretFile(*m_newFile, session.stop()));
            } else {
                CARMA_TRY_ASSIGN(fresh, askNewSecret("New passphrase", session.stop()));
            }
            CARMA_TRY(store.access().setPassphrase(fresh));
        }
        session.printer().document(Json{{"passphrase", !m_remove}});
        session.printer().extra(m_remove ? "the passphrase was removed" : "the passphrase was set");
        return ExitCode::Ok;
    }

    std::optional<std::string> m_newFile;
    bool m_remove = false;
};

} // namespace

std::unique_ptr<Command> makePassphraseCommand() { return std::make_unique<PassphraseCommand>(); }

} // namespace carma::cli
