// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/plugins.h>

#include <string>

/// plugin.json, which nobody vouches for (plugins/README.md has its fields). No code of a plugin is loaded here.
namespace carma::plugins {

inline constexpr std::size_t kMetadataBytesMax = 64U << 10U;
inline constexpr const char* kMetadataName = "plugin.json";

/// What the metadata of a plugin says; `problem` tells the first thing that is wrong with it. `folder` names the plugin if the
/// metadata does not, and holds its library.
PluginInfo parseMetadata(ByteView file, const std::string& folder);

/// Reads and parses the metadata in a folder, and sees whether its library is there. Never reads more than kMetadataBytesMax.
PluginInfo readPlugin(const std::string& folder);

/// Whether a setting's text is of its type.
bool isOfType(const std::string& value, SettingType type);

} // namespace carma::plugins
