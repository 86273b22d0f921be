// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugins/hosting/host_services.h"

#include <carma/plugins.h>

#include <string_view>

namespace carma::plugins {

/// A plugin that was asked for, with the values of all its settings.
struct Chosen {
    PluginInfo plugin;
    Settings settings;
};

/// What "PLUGIN", "PLUGIN:MODEL" or "MODEL" means. NotFound for unknown names, PluginFailed for a plugin whose metadata is
/// unusable, InvalidArgument for settings that it does not have or that are of another type.
Result<Chosen> choosePlugin(std::string_view wanted, const PluginOptions& options);

} // namespace carma::plugins
