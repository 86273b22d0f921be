// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/result.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carma {

/// One open file. Positioned reads and writes may run from several threads at once; the rest belongs to one thread.
/// Closing (destruction) never reports an error: durable data is what `sync` acknowledged.
class DiskFile {
public:
    virtual ~DiskFile() = default;
    /// Reads up to out.size() bytes at `offset`; returns how many were read, fewer only at the end of the file.
    virtual Result<std::size_t> readAt(std::uint64_t offset, ByteSpan out) = 0;
    /// Writes all of `data` at `offset`, extending the file. On failure any part of the range may have been written.
    virtual Result<void> writeAt(std::uint64_t offset, ByteView data) = 0;
    /// fdatasync. After a failure the file's state is unknown: callers stop acknowledging and verify from the media.
    /// A file that failed once keeps failing until it is opened anew.
    virtual Result<void> sync() = 0;
    virtual Result<void> truncate(std::uint64_t size) = 0;
    virtual Result<std::uint64_t> size() = 0;
};

/// Held while it lives; released by its destructor and by the kernel when the process dies.
class DiskLock {
public:
    virtual ~DiskLock() = default;
};

enum class OpenMode : std::uint8_t {
    Read,      ///< the file must exist
    ReadWrite, ///< the file must exist
    Create,    ///< made empty if missing, kept if there
    CreateNew, ///< AlreadyExists if there
};

struct FileInfo {
    std::string name;         ///< last part only
    bool isDirectory = false; ///< symbolic links are followed
    std::uint64_t size = 0;
};

/// A file system, injected: a folder, an object store or a simulation. Paths are relative to its root, parts joined by '/'.
/// Errors: NotFound, AlreadyExists, NoSpace, Io, InvalidArgument (a path that leaves the root). Thread-safe.
class Disk {
public:
    virtual ~Disk() = default;
    virtual Result<std::unique_ptr<DiskFile>> open(std::string_view path, OpenMode mode) = 0;
    /// Atomic, replaces `to`. Durable after syncFolder of both folders.
    virtual Result<void> rename(std::string_view from, std::string_view to) = 0;
    virtual Result<void> remove(std::string_view path) = 0;                  ///< a file; NotFound if missing
    virtual Result<void> removeFolder(std::string_view path) = 0;            ///< an empty folder
    virtual Result<void> makeFolder(std::string_view path) = 0;              ///< with its parents; fine if there; mode 0700
    virtual Result<void> syncFolder(std::string_view path) = 0;              ///< makes creations, renames and removals in it durable
    virtual Result<std::vector<FileInfo>> list(std::string_view path) = 0;   ///< sorted by name
    virtual Result<std::optional<FileInfo>> info(std::string_view path) = 0; ///< no value if missing
    /// Exclusive, between processes and within one. `holder` is what others are told. Busy{message naming the holder} if held.
    virtual Result<std::unique_ptr<DiskLock>> lock(std::string_view path, std::string_view holder) = 0;
    /// Distinguishes physical devices: equal numbers share one failure domain. 0 where unknown.
    virtual std::uint64_t deviceOf(std::string_view path) = 0;
    /// Bytes that can still be written; no value where unknown.
    virtual std::optional<std::uint64_t> freeBytes() = 0;
};

/// The folder `root` of this machine. O_CLOEXEC, fdatasync, folder fsync, mode 0600 for files.
/// `root` need not exist yet. NoSpace for ENOSPC, EDQUOT and EFBIG.
std::unique_ptr<Disk> openPosixDisk(std::string root);

/// The whole of a file, at most `sizeMax` bytes (LimitExceeded beyond).
Result<Bytes> readWholeFile(Disk& disk, std::string_view path, std::uint64_t sizeMax);
/// Writes `path`.tmp, syncs, renames over `path`, syncs the folder: the file is the old or the new one, never between.
Result<void> replaceFile(Disk& disk, std::string_view path, ByteView data);

} // namespace carma
