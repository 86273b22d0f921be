// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "files.h"

#include "text.h"

#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <iostream>

namespace carma::cli {

Result<void> writeText(Session& session, const std::optional<std::string>& path, std::string_view text)
{
    if (!path || *path == "-") {
        session.printer().raw(text);
        return {};
    }
    const std::string aside = *path + ".carma-part";
    std::ofstream file(aside, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file || std::rename(aside.c_str(), path->c_str()) != 0) {
        (void)std::remove(aside.c_str());
        return Error{ErrorCode::Io, fmt::format("{} cannot be written", *path)};
    }
    session.printer().extra(fmt::format("written to {}", escapeLine(*path)));
    return {};
}

Result<std::string> readText(const std::string& path, std::uint64_t mebibytesMax)
{
    std::ifstream file;
    if (path != "-") {
        file.open(path, std::ios::binary);
        if (!file) {
            return Error{ErrorCode::NotFound, fmt::format("{} cannot be read", path)};
        }
    }
    std::istream& input = path == "-" ? std::cin : file;
    std::string text;
    for (std::string chunk(64U << 10U, '\0'); input;) {
        input.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        text.append(chunk, 0, static_cast<std::size_t>(input.gcount()));
        if (text.size() > mebibytesMax << 20U) {
            return Error{ErrorCode::LimitExceeded, fmt::format("{} has more than {} MiB", path, mebibytesMax)};
        }
    }
    return text;
}

} // namespace carma::cli
