// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk/path.h"

#include <algorithm>

namespace carma::disk {

Result<std::string> normalPath(std::string_view path)
{
    if (path.starts_with('/') || path.find('\0') != std::string_view::npos) {
        return {ErrorCode::InvalidArgument, "'" + std::string(path) + "' is not a path below the folder"};
    }
    std::string normal;
    normal.reserve(path.size());
    std::size_t at = 0;
    while (at < path.size()) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view part = path.substr(at, end - at);
        if (part == "..") {
            return {ErrorCode::InvalidArgument, "'" + std::string(path) + "' leaves the folder"};
        }
        if (!part.empty() && part != ".") {
            normal += normal.empty() ? "" : "/";
            normal += part;
        }
        at = end + 1;
    }
    return normal;
}

std::string_view folderOf(std::string_view normal)
{
    const std::size_t slash = normal.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : normal.substr(0, slash);
}

std::string_view lastPart(std::string_view normal)
{
    const std::size_t slash = normal.rfind('/');
    return slash == std::string_view::npos ? normal : normal.substr(slash + 1);
}

std::string shown(std::string_view normal) { return std::string(normal.empty() ? "the folder itself" : normal); }

} // namespace carma::disk
