// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/keychain.h"

#include "process/child_process.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sys/wait.h>
#include <utility>

namespace carma::plugins {

namespace {

constexpr std::size_t kSecretBytesMax = 4096;
constexpr std::int64_t kTimeoutMs = 120'000;

std::string findTool()
{
    namespace fs = std::filesystem;
    const char* const path = std::getenv("PATH");
    std::string found = process::findProgram("CARMA_SECRET_TOOL", "secret-tool");
    if (const char* const named = std::getenv("CARMA_SECRET_TOOL"); (named != nullptr && *named != '\0') || path == nullptr) {
        return found; // a wrong setting must not be hidden
    }
    const std::string_view folders(path);
    for (std::size_t begin = 0; found.empty() && begin < folders.size();) {
        const std::size_t end = std::min(folders.find(':', begin), folders.size());
        const fs::path candidate = fs::path(folders.substr(begin, end - begin)) / "secret-tool";
        std::error_code error;
        if (candidate.is_absolute() && fs::is_regular_file(candidate, error) && ::access(candidate.c_str(), X_OK) == 0) {
            found = candidate.string();
        }
        begin = end + 1;
    }
    return found;
}

/// What it takes to reach the user's session, and to show a window that asks for a password.
std::vector<std::string> sessionVariables()
{
    std::vector<std::string> variables;
    for (const char* const name :
        {"HOME", "PATH", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"}) {
        if (const char* const value = std::getenv(name); value != nullptr) {
            variables.push_back(std::string(name) + "=" + value);
        }
    }
    return variables;
}

} // namespace

Result<SecretBytes> readKeychain(const std::string& name, const std::stop_token& stop)
{
    const std::string tool = findTool();
    if (tool.empty()) {
        return {ErrorCode::NotFound,
            "needs the key '" + name + "' from the keychain, which is asked through secret-tool, and that is not installed (package " +
                "libsecret-tools); or put the key into a file and name it in key_file"};
    }
    const auto child = process::ChildProcess::start(
        {.program = tool, .arguments = {"lookup", "service", "carma", "key", name}, .inherited = -1, .environment = sessionVariables()});
    if (child == nullptr) {
        return {ErrorCode::NotFound, "needs the key '" + name + "' from the keychain, and " + tool + " does not start"};
    }
    const process::Deadline deadline(kTimeoutMs, stop);
    SecretBytes room(kSecretBytesMax + 1);
    std::size_t size = 0;
    auto failure = std::optional<process::Failure>();
    while (size < room.size() && !failure) {
        failure = child->read(room.span().subspan(size, 1), deadline); // until it hangs up; a key is short
        size += failure ? 0 : 1;
    }
    const int status = child->end(failure != process::Failure::Gone);
    if (failure == process::Failure::Stopped) {
        return {ErrorCode::Cancelled, "was asked to stop"};
    }
    if (failure == process::Failure::Late) {
        return {ErrorCode::NotFound, "needs the key '" + name + "' from the keychain, which did not answer in two minutes; unlock it"};
    }
    if (!failure) {
        return {ErrorCode::LimitExceeded, "needs the key '" + name + "' from the keychain, and what is there has more than 4096 bytes"};
    }
    while (size > 0 && (room.view()[size - 1] == std::byte{'\n'} || room.view()[size - 1] == std::byte{'\r'})) {
        --size;
    }
    if (size == 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return {ErrorCode::NotFound,
            "needs the key '" + name + "', and the keychain has none of that name or stays locked; put it there with: secret-tool store " +
                "--label='carma " + name + "' service carma key " + name};
    }
    return SecretBytes(room.view().first(size));
}

Result<Revealed> Revealed::of(const Chosen& chosen, const std::stop_token& stop)
{
    Revealed revealed;
    revealed.m_settings = chosen.settings;
    for (const PluginSetting& setting : chosen.plugin.settings) {
        std::string& value = revealed.m_settings[setting.name];
        if (setting.type != SettingType::Secret || value.empty()) {
            continue;
        }
        CARMA_TRY_ASSIGN(const SecretBytes secret, readKeychain(value, stop));
        revealed.m_secrets.push_back(setting.name);
        value.assign(reinterpret_cast<const char*>(secret.view().data()), secret.size());
        if (value.find('\0') != std::string::npos) {
            return Error{ErrorCode::InvalidArgument, "gets its secrets as text, and the keychain's for '" + setting.name + "' is none"};
        }
    }
    return revealed;
}

Revealed::~Revealed()
{
    for (const std::string& name : m_secrets) {
        std::string& value = m_settings[name];
        ::explicit_bzero(value.data(), value.size());
    }
}

} // namespace carma::plugins
