// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "credentials.h"
#include "registry.h"
#include "terminal.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace carma::cli {

namespace {

class InitCommand final : public Command {
public:
    std::string_view name() const override { return "init"; }
    CommandHelp help() const override
    {
        return {"store", "make a new store",
            "Makes a store in a folder that is missing or empty. What is kept in it is encrypted, and spread over DATA + PARITY "
            "shard folders so that any PARITY of them can be lost without losing a byte.\n\n"
            "The store opens with a key file, a passphrase or a recovery code. The key file is written to FILE of --key-file, else "
            "to $CARMA_KEY_FILE, else to the key folder. --passphrase-file or --passphrase sets a passphrase as well. The recovery "
            "code is shown once and stored nowhere: write it down and keep it apart from the store.",
            {"carma init ~/memory", "carma init /srv/memory --data 8 --parity 3 --passphrase",
                "carma init ~/memory --no-key-file --passphrase"},
            {}};
    }
    void declare(Arguments& arguments) override
    {
        auto& store = arguments.positional("STORE", m_path, "folder of the new store; else as for other commands");
        store.required = false;
        store.kind = ValueKind::Folder;
        arguments.option("--data", m_data, "N", "data shards, 1 to 32 (default: 4)");
        arguments.option("--parity", m_parity, "N", "parity shards, 0 to 16 (default: 2)");
        arguments.flag("--passphrase", m_askPassphrase, "ask for a passphrase on the terminal");
        arguments.flag("--no-key-file", m_noKeyFile, "write no key file; needs a passphrase");
    }
    Result<void> validate(const GlobalOptions& global) override
    {
        if (!m_path.empty() && !global.store.empty() && m_path != global.store) {
            return Error{ErrorCode::InvalidArgument, "STORE and --store name different folders"};
        }
        if (m_data < 1 || m_data > 32 || m_parity > 16) {
            return Error{ErrorCode::InvalidArgument, "--data takes 1 to 32 and --parity 0 to 16"};
        }
        if (m_noKeyFile && global.keyFile) {
            return Error{ErrorCode::InvalidArgument, "--key-file and --no-key-file exclude each other"};
        }
        if (m_noKeyFile && !global.passphraseFile && !m_askPassphrase) {
            return Error{ErrorCode::InvalidArgument, "--no-key-file needs --passphrase or --passphrase-file"};
        }
        if (m_askPassphrase && global.passphraseFile) {
            return Error{ErrorCode::InvalidArgument, "--passphrase and --passphrase-file exclude each other"};
        }
        if (global.recoveryCodeFile) {
            return Error{ErrorCode::InvalidArgument, "--recovery-code-file opens a store; init makes a new code and shows it"};
        }
        return {};
    }
    Result<ExitCode> run(Session& session) override;

private:
    Result<CreateOptions> createOptions(const Session& session) const;

    std::string m_path;
    std::uint64_t m_data = 4;
    std::uint64_t m_parity = 2;
    bool m_askPassphrase = false;
    bool m_noKeyFile = false;
};

/// The key of another store must never be replaced.
Result<void> mustNotExist(const std::string& keyFile)
{
    if (::faccessat(AT_FDCWD, keyFile.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        return Error{ErrorCode::AlreadyExists,
            fmt::format("the key file {} exists; it may be the key of another store. Name another with --key-file.", keyFile)};
    }
    return {};
}

Result<CreateOptions> InitCommand::createOptions(const Session& session) const
{
    CreateOptions options;
    options.actor = session.actor();
    options.data = static_cast<unsigned>(m_data);
    options.parity = static_cast<unsigned>(m_parity);
    options.withKeyFile = !m_noKeyFile;
    if (!m_noKeyFile) {
        options.keyFile = session.options().keyFile;
        if (const std::string path = keyFileFromEnvironment(); !options.keyFile && !path.empty()) {
            options.keyFile = path;
        }
        if (options.keyFile) {
            CARMA_TRY(mustNotExist(*options.keyFile));
        }
    }
    if (session.options().passphraseFile) {
        CARMA_TRY_ASSIGN(options.passphrase, readSecretFile(*session.options().passphraseFile, session.stop()));
    } else if (m_askPassphrase) {
        CARMA_TRY_ASSIGN(options.passphrase, askNewSecret("New passphrase", session.stop()));
    }
    return options;
}

Result<ExitCode> InitCommand::run(Session& session)
{
    const std::string path = m_path.empty() ? session.storePath() : m_path;
    CARMA_TRY_ASSIGN(CreateOptions options, createOptions(session));
    const bool passphrase = options.passphrase.has_value();
    CARMA_TRY_ASSIGN(const Created created, Store::create(path, std::move(options), {}));

    Printer& printer = session.printer();
    const std::string_view code = asText(created.recoveryCode.view());
    printer.document(Json{{"store", path}, {"id", toString(created.id)}, {"data_shards", m_data}, {"parity_shards", m_parity},
        {"key_file", created.keyFile}, {"passphrase", passphrase}, {"recovery_code", code}});
    printer.line(fmt::format("store          {}", path));
    printer.line(fmt::format("id             {}", toString(created.id)));
    printer.line(fmt::format("shard folders  {} (any {} can be lost)", m_data + m_parity, m_parity));
    if (!created.keyFile.empty()) {
        printer.line(fmt::format("key file       {}", created.keyFile));
    }
    if (passphrase) {
        printer.line("passphrase     set");
    }
    printer.line(fmt::format("recovery code  {}", printer.bold(code)));
    printer.extra("");
    printer.extra("The recovery code is shown this once. Write it down and keep it away from the store:");
    printer.extra("it opens the store if the key file or passphrase is lost. Without any of them nobody can.");
    if (!created.keyFile.empty()) {
        printer.extra("Keep a copy of the key file, too; the store's own folder is the wrong place for it.");
    }
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeInitCommand() { return std::make_unique<InitCommand>(); }

} // namespace carma::cli
