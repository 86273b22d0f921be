// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include <carma/keys.h>

#include <optional>
#include <string>
#include <vector>

/// What "carma keys" does, an action a function, over several files.
namespace carma::cli {

struct KeysOptions {
    std::vector<std::string> words;
    std::optional<std::string> owner, label, permission, position, expires, notBefore, rate, quota, credits, count, out;
    std::vector<std::string> scopes, allow;
    std::optional<std::string> grace, reason, at, add;
    std::optional<std::string> operation, tag, from, cost;
    std::optional<std::string> state, id;
    std::optional<std::string> read, write, heavy;
    bool now = false, offline = false, svg = false, match = false, pattern = false, dryRun = false;
};

/// `store` is null for actions that need none.
Result<ExitCode> keysCreate(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysRotate(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysRevoke(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysSuspend(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysResume(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysExpire(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysCredit(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysClasses(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysClass(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysClassRemove(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysCompact(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysList(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysShow(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysSquare(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysCheck(Store* store, Session& session, const KeysOptions& options);
Result<ExitCode> keysScan(Store* store, Session& session, const KeysOptions& options);

/// A whole number that an option has. InvalidArgument names the option.
Result<std::uint64_t> numberOf(std::string_view option, const std::string& text);
/// What to say of a key that was, or with --dry-run would be, changed.
Result<ExitCode> tell(Session& session, const KeysOptions& options, const KeyInfo& info, std::string_view done);
/// The limits of class, taken apart. InvalidArgument.
Result<KeyRateClass> rateClassOf(const KeysOptions& options);
/// The options of create, taken apart. InvalidArgument.
Result<std::vector<NewKey>> newKeysOf(const KeysOptions& options);
Json toJson(const KeyInfo& info);
void print(Printer& printer, const KeyInfo& info);
/// The text of a key: from a file, standard input ("-") or, without a name, the terminal.
Result<SecretBytes> readKeyText(const std::optional<std::string>& file, Session& session);

/// Where secrets go: a new file of mode 0600, or the terminal.
class SecretOutput {
public:
    /// InvalidArgument if there is neither. Known before anything is opened.
    static Result<void> checkPlace(const std::optional<std::string>& file, bool json);
    /// Makes the file and takes room for `count` keys, so that none is made that cannot be kept.
    static Result<SecretOutput> open(const std::optional<std::string>& file, std::size_t count);
    ~SecretOutput(); ///< removes the file unless keep() was called
    SecretOutput(SecretOutput&& other) noexcept;
    SecretOutput& operator=(SecretOutput&&) = delete;
    SecretOutput(const SecretOutput&) = delete;

    Result<void> write(std::span<const IssuedKey> keys, Printer& printer);

private:
    SecretOutput(std::string path, int file) : m_path(std::move(path)), m_file(file) {}
    std::string m_path;
    int m_file = -1; ///< -1: the terminal
    bool m_kept = false;
};

} // namespace carma::cli
