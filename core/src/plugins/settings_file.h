// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/plugins.h>

#include <string>

namespace carma::plugins {

/// What a user chose, plugins.json: an object of plugins, each an object of settings, in at most 64 KiB. Its "run" says how the plugin is
/// run: {"trusted": true, "on_failure": "wait" or "skip" or "stop", "timeout_ms": N, "memory_mb": N}, each of them optional. Adds to
/// `options`. InvalidArgument, naming the file and what is wrong, where it is anything else; a file that is not there is none.
Result<void> readSettingsFile(const std::string& path, PluginOptions& options);

} // namespace carma::plugins
