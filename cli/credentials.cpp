// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "credentials.h"

#include "session.h"
#include "terminal.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <unistd.h>

namespace carma::cli {

namespace {

/// A key file that somebody named must be readable; otherwise the error would be about the key and not about the file.
Result<Credentials> fromKeyFile(const std::string& path, std::string_view namedBy)
{
    if (::access(path.c_str(), R_OK) != 0) {
        const ErrorCode code = errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io;
        return Error{code, fmt::format("the key file {} (named by {}) cannot be read: {}", path, namedBy, std::strerror(errno))};
    }
    Credentials credentials;
    credentials.keyFile = path;
    return credentials;
}

Error noWayIn(const StoreInfo& info, const std::string& storePath, const std::string& keyFile)
{
    std::string text = fmt::format("no key for {} was found.", storePath);
    if (info.hasKeyFile) {
        text += fmt::format(" Its key file is looked for at {}; name another with --key-file or CARMA_KEY_FILE.", keyFile);
    }
    if (info.hasPassphrase) {
        text += " It has a passphrase: run this in a terminal, or use --passphrase-file.";
    }
    if (info.hasRecoveryCode) {
        text += " The recovery code opens it, too: --recovery-code-file.";
    }
    return {ErrorCode::WrongKey, text};
}

} // namespace

std::string keyFileFromEnvironment()
{
    const char* path = std::getenv("CARMA_KEY_FILE");
    return path == nullptr ? std::string() : std::string(path);
}

Result<Credentials> findCredentials(
    const GlobalOptions& options, const StoreInfo& info, const std::string& storePath, const std::stop_token& stop)
{
    const int named = int{options.keyFile.has_value()} + int{options.passphraseFile.has_value()} +
        int{options.recoveryCodeFile.has_value()};
    if (named > 1) {
        return Error{ErrorCode::InvalidArgument, "name one of --key-file, --passphrase-file and --recovery-code-file, not several"};
    }
    Credentials credentials;
    if (options.keyFile) {
        return fromKeyFile(*options.keyFile, "--key-file");
    }
    if (options.passphraseFile) {
        CARMA_TRY_ASSIGN(credentials.passphrase, readSecretFile(*options.passphraseFile, stop));
        return credentials;
    }
    if (options.recoveryCodeFile) {
        CARMA_TRY_ASSIGN(credentials.recoveryCode, readSecretFile(*options.recoveryCodeFile, stop));
        return credentials;
    }
    if (const std::string path = keyFileFromEnvironment(); !path.empty()) {
        return fromKeyFile(path, "CARMA_KEY_FILE");
    }
    const std::string keyFile = defaultKeyFile(info.id);
    if (::access(keyFile.c_str(), F_OK) == 0) {
        return fromKeyFile(keyFile, "the key folder");
    }
    if (info.hasPassphrase && terminalIsThere()) {
        CARMA_TRY_ASSIGN(credentials.passphrase, askSecret(fmt::format("Passphrase of {}: ", storePath), stop));
        return credentials;
    }
    return noWayIn(info, storePath, keyFile);
}

} // namespace carma::cli
