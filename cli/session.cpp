// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"

#include "arguments.h"
#include "credentials.h"
#include "terminal.h"

#include <carma/plugins.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>
#include <vector>

namespace carma::cli {

namespace {

constexpr double kWaitSecondsMax = 7.0 * 24 * 3600; // a week: a longer wait is a mistake in a script
constexpr std::uint64_t kMebibyte = 1U << 20U;

/// What the environment's variables say about the store's surroundings.
Result<Environment> environmentOf(const Session& session)
{
    constexpr std::uint64_t kMebibytesMax = 1U << 24U; // 16 TiB
    Environment environment;
    const char* variable = std::getenv("CARMA_SEARCH_MEMORY");
    const std::string_view text = variable == nullptr ? std::string_view() : std::string_view(variable);
    if (!text.empty()) {
        std::uint64_t mebibytes = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mebibytes);
        if (error != std::errc() || end != text.data() + text.size() || mebibytes < 1 || mebibytes > kMebibytesMax) {
            return Error{ErrorCode::InvalidArgument, fmt::format("CARMA_SEARCH_MEMORY is a number of MiB, 1 or more, not '{}'", text)};
        }
        environment.searchMemoryBytes = mebibytes * kMebibyte;
    }
    environment.embedderFactory = [&session](std::string_view name) -> Result<std::shared_ptr<Embedder>> {
        CARMA_TRY_ASSIGN(const PluginOptions options, session.pluginOptions());
        return openPluginEmbedder(name, options);
    };
    return environment;
}

} // namespace

void GlobalOptions::declare(Arguments& arguments)
{
    arguments.option("-s,--store", store, "DIR", "the store; else $CARMA_STORE, else the default store").kind = ValueKind::Folder;
    arguments.flag("--json", json, "print the result as one JSON document");
    arguments.flag("-q,--quiet", quiet, "print results and errors only");
    arguments.flag("-y,--yes", yes, "answer every question with yes");
    arguments.option("-n,--namespace", space, "NAME", "the namespace to work in (default: default)");
    arguments.option("--as", actor, "NAME", "whom the audit names (default: USER@HOST via carma)");
    arguments.option("--key-file", keyFile, "FILE", "unlock with this key file").kind = ValueKind::File;
    arguments.option("--passphrase-file", passphraseFile, "FILE", "unlock with the passphrase in this file; - is standard input").kind =
        ValueKind::File;
    arguments.option("--recovery-code-file", recoveryCodeFile, "FILE", "unlock with the recovery code in this file").kind = ValueKind::File;
    arguments.option("--trust", trusted, "NAME", "run this plugin inside this program; may be given more than once");
    arguments.option("--wait", waitSeconds, "SECONDS", "how long to wait for another writer (default: 0)");
    arguments.flag("--progress", progress, "show progress even if stderr is no terminal");
    arguments.option("--color", color, "WHEN", "auto, always or never; NO_COLOR is honoured").choices = {"auto", "always", "never"};
    arguments.flag("-h,--help", help, "show help and end");
    arguments.flag("-V,--version", version, "show the version and end");
}

Result<void> GlobalOptions::validate() const
{
    if (waitSeconds < 0 || waitSeconds > kWaitSecondsMax) {
        return Error{ErrorCode::InvalidArgument, "--wait takes 0 to 604800 seconds"};
    }
    if (space && space->empty()) {
        return Error{ErrorCode::InvalidArgument, "--namespace needs a name"};
    }
    return {};
}

Task Session::task() const
{
    Task task;
    if (m_progress.enabled()) {
        task.onProgress = [&line = m_progress](const Progress& progress) { line.report(progress); };
    }
    task.stop = m_interrupt.token();
    return task;
}

std::string Session::storePath() const
{
    if (!m_options.store.empty()) {
        return m_options.store;
    }
    const char* fromEnvironment = std::getenv("CARMA_STORE");
    return fromEnvironment != nullptr && *fromEnvironment != '\0' ? fromEnvironment : defaultStorePath();
}

std::string Session::actor() const
{
    if (m_options.actor) {
        return *m_options.actor;
    }
    constexpr std::size_t kHostMax = 256;
    constexpr std::size_t kUserBytes = 16384; // what the record of a user takes at most
    std::array<char, kHostMax> host{};
    std::vector<char> buffer(kUserBytes);
    passwd record{};
    passwd* found = nullptr;
    const bool known = ::getpwuid_r(::getuid(), &record, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    const bool named = ::gethostname(host.data(), host.size() - 1) == 0;
    return fmt::format(
        "{}@{} via carma", known ? std::string(found->pw_name) : fmt::format("uid {}", ::getuid()), named ? host.data() : "unknown host");
}

Result<Credentials> Session::credentials() const
{
    const std::string path = storePath();
    auto info = Store::probe(path, {});
    if (!info) {
        if (info.error().code == ErrorCode::NotFound) {
            return Error{ErrorCode::NotFound,
                fmt::format("{} is not a store. Make one with: carma init {}; or name another with --store.", path, path)};
        }
        return info.error();
    }
    return findCredentials(m_options, *info, path, stop());
}

Result<std::unique_ptr<Store>> Session::openStore(std::string_view command, bool readOnly) const
{
    CARMA_TRY_ASSIGN(const Credentials unlocking, credentials());
    OpenOptions open;
    open.readOnly = readOnly;
    open.waitMs = static_cast<std::int64_t>(m_options.waitSeconds * 1000);
    open.holder = fmt::format("carma {} (pid {})", command, ::getpid());
    open.actor = actor();
    open.onNotice = [&printer = m_printer](std::string_view notice) { printer.note(notice); };
    open.task = task();
    CARMA_TRY_ASSIGN(const Environment environment, environmentOf(*this));
    auto store = Store::open(storePath(), unlocking, environment, std::move(open));
    m_progress.makeRoom();
    return store;
}

Result<PluginOptions> Session::pluginOptions() const
{
    CARMA_TRY_ASSIGN(PluginOptions options, defaultPluginOptions());
    options.trusted = m_options.trusted;
    options.stop = stop();
    options.report = [&printer = m_printer](std::string_view line) { printer.note(line); };
    return options;
}

Result<bool> Session::confirmed(std::string_view question) const
{
    if (m_options.yes) {
        return true;
    }
    if (!stdinIsTerminal()) {
        return Error{ErrorCode::InvalidArgument,
            fmt::format("{} There is no terminal to ask on: add --yes if that is what you want. Nothing was changed.", question)};
    }
    m_progress.makeRoom();
    return askYes(question, stop());
}

} // namespace carma::cli
