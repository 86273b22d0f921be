// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/plugins.h>

#include <filesystem>
#include <string>

namespace carma::test {

/// The plugins that were built with the tests, in a process of their own.
inline PluginOptions builtPlugins()
{
    PluginOptions options;
    options.folders = {CARMA_BINARY_DIR "/bin/plugins"};
    options.workerProgram = CARMA_BINARY_DIR "/bin/carma-plugin-worker";
    options.modelFolder = CARMA_SOURCE_DIR "/resources/models";
    return options;
}

inline bool isBuilt(const std::string& plugin)
{
    return std::filesystem::exists(CARMA_BINARY_DIR "/bin/plugins/" + plugin + "/carma-" + plugin + ".so");
}

} // namespace carma::test
