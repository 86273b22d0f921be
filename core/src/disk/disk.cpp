// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/disk.h>

#include "disk/path.h"

namespace carma {

namespace {

Result<void> writeWhole(Disk& disk, const std::string& path, ByteView data)
{
    // A crash may have left an older attempt under this name; it is emptied rather than refused.
    CARMA_TRY_ASSIGN(const std::unique_ptr<DiskFile> file, disk.open(path, OpenMode::Create));
    CARMA_TRY(file->truncate(0));
    CARMA_TRY(file->writeAt(0, data));
    return file->sync();
}

} // namespace

Result<Bytes> readWholeFile(Disk& disk, std::string_view path, std::uint64_t sizeMax)
{
    CARMA_TRY_ASSIGN(const std::unique_ptr<DiskFile> file, disk.open(path, OpenMode::Read));
    CARMA_TRY_ASSIGN(const std::uint64_t size, file->size());
    if (size > sizeMax) {
        return {ErrorCode::LimitExceeded,
            std::string(path) + " has " + std::to_string(size) + " bytes; at most " + std::to_string(sizeMax) + " are read"};
    }
    Bytes bytes(static_cast<std::size_t>(size));
    CARMA_TRY_ASSIGN(const std::size_t got, file->readAt(0, bytes));
    bytes.resize(got); // fewer when the file shrank since its size was asked
    return bytes;
}

Result<void> replaceFile(Disk& disk, std::string_view path, ByteView data)
{
    CARMA_TRY_ASSIGN(const std::string target, disk::normalPath(path));
    const std::string temporary = target + ".tmp";
    Result<void> result = writeWhole(disk, temporary, data);
    if (result) {
        result = disk.rename(temporary, target);
    }
    if (!result) {
        (void)disk.remove(temporary); // best effort: the first error is the one to tell
        return result;
    }
    return disk.syncFolder(disk::folderOf(target));
}

} // namespace carma
