// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/temporary_folder.h"

#include <carma/plugins.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace carma::test {

/// What plugin.json of the faulty plugin says.
inline std::string faultyMetadata()
{
    return R"({"name": "faulty", "version": "1", "kind": "embedder", "abi": 1, "dimension": 8, "metric": "cosine",
        "advised_semantic_weight": 1.5, "licence": "GPL-3.0-or-later", "library": "faulty.so",
        "settings": [{"name": "fault", "type": "text", "default": "", "description": "what goes wrong"},
                     {"name": "path", "type": "text", "default": ""},
                     {"name": "at", "type": "integer", "default": 1}]})";
}

/// A search path with one plugin: a copy of tests/core/plugins/fault_plugin.c, compiled as `variant` names.
class FaultyPlugin {
public:
    explicit FaultyPlugin(std::string_view variant = "plain", const std::string& metadata = faultyMetadata())
    {
        const std::filesystem::path folder = m_folder / "faulty";
        std::filesystem::create_directory(folder);
        std::ofstream(folder / "plugin.json") << metadata;
        std::filesystem::copy_file(std::string(CARMA_BINARY_DIR "/tests/faults/") + std::string(variant) + ".so", folder / "faulty.so");
    }

    [[nodiscard]] PluginOptions options(const std::string& fault = {}, const std::string& at = "1") const
    {
        PluginOptions options;
        options.folders = {m_folder.path()};
        options.workerProgram = CARMA_BINARY_DIR "/bin/carma-plugin-worker";
        options.settings["faulty"] = {{"fault", fault}, {"at", at}};
        return options;
    }

    [[nodiscard]] std::string file(std::string_view name) const { return m_folder / ("faulty/" + std::string(name)); }

private:
    TemporaryFolder m_folder;
};

} // namespace carma::test
