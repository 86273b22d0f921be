// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "embedder_background.h"

#include "credentials.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <mutex>
#include <spawn.h>
#include <sys/resource.h>
#include <unistd.h>

namespace carma::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kBetweenTurnsUs = 500'000; // others look every 50 ms whether they can write
constexpr int kNice = 10;
constexpr const char* kWaitSeconds = "3600"; // for whoever writes when it is started

/// Everything that unlocks without a question, as words for another carma; empty if what is at hand needs none.
std::vector<std::string> unlockingWords(const GlobalOptions& options)
{
    const auto absolute = [](const std::string& path) {
        std::error_code error;
        return fs::absolute(path, error).string();
    };
    for (const auto& [name, value] : {std::pair{"--key-file", &options.keyFile}, std::pair{"--passphrase-file", &options.passphraseFile},
             std::pair{"--recovery-code-file", &options.recoveryCodeFile}}) {
        if (value->has_value()) {
            return {name, absolute(**value)};
        }
    }
    return {};
}

Result<std::string> logPath(const StoreId& store)
{
    const char* const state = std::getenv("XDG_STATE_HOME");
    const char* const home = std::getenv("HOME");
    const bool hasState = state != nullptr && *state == '/';
    if (!hasState && (home == nullptr || *home != '/')) { // not /tmp: others could put something in the log's place
        return Error{ErrorCode::InvalidArgument,
            "there is no place for the log of the background: set HOME or XDG_STATE_HOME, or leave --background out"};
    }
    const fs::path base = hasState ? fs::path(state) : fs::path(home) / ".local/state";
    return (base / "carma" / ("embedder-" + toString(store) + ".log")).string();
}

/// The log, for this user alone; what an earlier change said is gone. Negative if it cannot be made.
int openLog(const std::string& path)
{
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
}

Result<pid_t> spawn(std::vector<std::string> words, int log)
{
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, log, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO);
    posix_spawnattr_t attributes{};
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    sigset_t all;
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int error = ::posix_spawn(&child, "/proc/self/exe", &actions, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        return Error{
            ErrorCode::Io, fmt::format("no process can be started for it: {}; go on with: carma embedder resume", std::strerror(error))};
    }
    return child;
}

/// One turn: until the change is done, the time is up or the user wants to stop.
Result<EmbedderReport> takeTurn(Session& session, std::int64_t turnUs, bool& isUp)
{
    CARMA_TRY_ASSIGN(const auto store, session.openStore("embedder", false));
    const std::int64_t began = systemClock().monotonicUs();
    std::stop_source over;
    const std::stop_callback asked(session.stop(), [&over] { over.request_stop(); });
    Task task;
    task.stop = over.get_token();
    // Asked after each slice, so that every turn gets something done.
    task.onProgress = [&](const Progress& progress) {
        session.task().report(progress);
        if (systemClock().monotonicUs() - began >= turnUs) {
            isUp = true;
            over.request_stop();
        }
    };
    auto report = store->embedders().resume(task);
    CARMA_TRY(store->close());
    return report;
}

void pause(std::int64_t microseconds, const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, std::chrono::microseconds(microseconds), [] { return false; });
}

} // namespace

Result<EmbedderReport> resumeInTurns(Session& session, std::int64_t turnUs)
{
    (void)::setpriority(PRIO_PROCESS, 0, kNice); // refused, it changes the speed of others only
    const std::int64_t began = systemClock().monotonicUs();
    for (bool isFirst = true;; isFirst = false) {
        bool isUp = false;
        auto report = takeTurn(session, turnUs, isUp);
        const bool isBusy = !report.has_value() && report.error().code == ErrorCode::Busy && !isFirst;
        if (!isBusy && (!report.has_value() || !report->cancelled || !isUp || session.stopped())) {
            if (report.has_value()) {
                report->tookUs = systemClock().monotonicUs() - began;
            }
            return report;
        }
        pause(kBetweenTurnsUs, session.stop());
        if (session.stopped()) {
            return report;
        }
    }
}

Result<void> checkUnlocksAlone(const Session& session)
{
    const GlobalOptions& options = session.options();
    const auto isInput = [](const std::optional<std::string>& path) { return path && *path == "-"; };
    const bool isNamed = options.keyFile || options.passphraseFile || options.recoveryCodeFile;
    bool isAlone = isNamed && !isInput(options.passphraseFile) && !isInput(options.recoveryCodeFile);
    if (!isNamed) {
        CARMA_TRY_ASSIGN(const StoreInfo info, Store::probe(session.storePath(), {}));
        isAlone = !keyFileFromEnvironment().empty() || ::access(defaultKeyFile(info.id).c_str(), R_OK) == 0;
    }
    if (!isAlone) {
        return Error{ErrorCode::InvalidArgument,
            "nobody can be asked for a passphrase in the background; name a file with --key-file or --passphrase-file, or leave "
            "--background out"};
    }
    return {};
}

Result<Background> startInBackground(const Session& session)
{
    CARMA_TRY_ASSIGN(const StoreInfo info, Store::probe(session.storePath(), {}));
    std::error_code error;
    std::vector<std::string> words{"carma", "--store", fs::absolute(session.storePath(), error).string(), "--wait", kWaitSeconds, "--as",
        session.actor(), "--progress"};
    std::ranges::copy(unlockingWords(session.options()), std::back_inserter(words));
    for (const std::string& plugin : session.options().trusted) {
        words.insert(words.end(), {"--trust", plugin});
    }
    words.insert(words.end(), {"embedder", "resume", "--turns", "30s"});
    Background background;
    CARMA_TRY_ASSIGN(background.log, logPath(info.id));
    const int log = openLog(background.log);
    if (log < 0) {
        return Error{ErrorCode::Io,
            fmt::format("{} cannot be written: {}; go on with: carma embedder resume", background.log, std::strerror(errno))};
    }
    const auto started = spawn(std::move(words), log);
    ::close(log);
    CARMA_TRY_ASSIGN(background.process, started);
    return background;
}

} // namespace carma::cli
