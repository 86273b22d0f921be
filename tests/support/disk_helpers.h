// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/disk.h>

#include <string>
#include <string_view>

namespace carma::test {

/// The folder part of a path without "." and ".." parts.
inline std::string_view folderPart(std::string_view path)
{
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// The file holds exactly `data` afterwards; not synced.
inline Result<void> putFile(Disk& disk, std::string_view path, ByteView data)
{
    CARMA_TRY(disk.makeFolder(folderPart(path)));
    CARMA_TRY_ASSIGN(const std::unique_ptr<DiskFile> file, disk.open(path, OpenMode::Create));
    CARMA_TRY(file->truncate(0));
    return file->writeAt(0, data);
}

/// putFile, then the file, its folder and all folders above it are synced.
inline Result<void> putFileDurably(Disk& disk, std::string_view path, ByteView data)
{
    CARMA_TRY(putFile(disk, path, data));
    {
        CARMA_TRY_ASSIGN(const std::unique_ptr<DiskFile> file, disk.open(path, OpenMode::ReadWrite));
        CARMA_TRY(file->sync());
    }
    for (std::string_view folder = folderPart(path);; folder = folderPart(folder)) {
        CARMA_TRY(disk.syncFolder(folder));
        if (folder.empty()) {
            return {};
        }
    }
}

inline Result<void> putFile(Disk& disk, std::string_view path, std::string_view text) { return putFile(disk, path, asBytes(text)); }

inline Result<void> putFileDurably(Disk& disk, std::string_view path, std::string_view text)
{
    return putFileDurably(disk, path, asBytes(text));
}

/// The file's bytes as text, or "<" the error's name ">", so that a comparison prints what happened.
inline std::string textOf(Disk& disk, std::string_view path)
{
    const Result<Bytes> bytes = readWholeFile(disk, path, 1ULL << 30U);
    return bytes ? toString(*bytes) : "<" + std::string(name(bytes.error().code)) + ">";
}

} // namespace carma::test
