// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/store.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <system_error>

/// Where things are on this machine: keys, the default store, models and samples.
namespace carma {

namespace {

namespace fs = std::filesystem;

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

/// The folder of an XDG variable. As the XDG base directory specification demands, relative values are ignored.
fs::path baseFolder(const char* xdgVariable, const char* belowHome)
{
    fs::path named = variable(xdgVariable);
    if (named.is_absolute()) {
        return named;
    }
    const std::string home = variable("HOME");
    return home.empty() ? fs::path(belowHome) : fs::path(home) / belowHome;
}

bool holdsModels(const fs::path& folder)
{
    std::error_code error;
    return fs::is_directory(folder / "models", error);
}

std::string normal(const fs::path& folder)
{
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    return error ? folder.string() : real.string();
}

} // namespace

std::string defaultKeyFile(const StoreId& id)
{
    return (baseFolder("XDG_CONFIG_HOME", ".config") / "carma" / "keys" / (toString(id) + ".key")).string();
}

std::string defaultStorePath() { return (baseFolder("XDG_DATA_HOME", ".local/share") / "carma" / "default").string(); }

std::string resourceFolder()
{
    if (const std::string named = variable("CARMA_RESOURCES"); !named.empty()) {
        return holdsModels(named) ? normal(named) : std::string(); // a wrong setting must not be hidden by a fallback
    }
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        if (const fs::path installed = program.parent_path().parent_path() / "share" / "carma"; holdsModels(installed)) {
            return normal(installed);
        }
        // A program in the build folder of a source tree: build/<preset>/bin is three levels below it.
        constexpr int kLevels = 4;
        fs::path above = program.parent_path();
        for (int i = 0; i < kLevels && above.has_relative_path(); ++i, above = above.parent_path()) {
            if (holdsModels(above / "resources")) {
                return normal(above / "resources");
            }
        }
    }
    // The tree that this file was compiled from, for build folders elsewhere: core/src/store is three levels below it.
    const fs::path tree = fs::path(__FILE__).parent_path().parent_path().parent_path().parent_path();
    return tree.is_absolute() && holdsModels(tree / "resources") ? normal(tree / "resources") : std::string();
}

} // namespace carma
