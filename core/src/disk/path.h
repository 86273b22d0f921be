// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <string>
#include <string_view>

namespace carma::disk {

/// `path` without empty and "." parts, joined by single '/'; "" is the root. InvalidArgument for an absolute path, for
/// a ".." part (which leaves the root, or would once a part is a symbolic link) and for a zero byte.
Result<std::string> normalPath(std::string_view path);

/// The folder of a normal path; "" for a path of one part.
std::string_view folderOf(std::string_view normal);

/// The last part of a normal path.
std::string_view lastPart(std::string_view normal);

/// How messages name a normal path: the root has no text of its own.
std::string shown(std::string_view normal);

} // namespace carma::disk
