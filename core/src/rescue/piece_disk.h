// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/disk.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace carma::rescue {

/// A stretch of a source file. What lies outside the file reads as zeroes at the front and is cut at the end.
struct Extent {
    std::string file;       ///< absolute path
    std::int64_t start = 0; ///< negative: so many bytes are missing at the front
    std::uint64_t bytes = 0;
};

/// Shows pieces of source files as the files of a store, in their right places, so that the log's own reading code can work on them.
/// What is written goes into memory; sources are never touched. Thread-safe.
class PieceDisk final : public Disk {
public:
    /// Puts a piece at `path`; what was there before is replaced.
    void place(const std::string& path, Extent extent);
    void place(const std::string& path, Bytes content);
    /// Every file, in order.
    [[nodiscard]] std::vector<std::string> files() const;

    Result<std::unique_ptr<DiskFile>> open(std::string_view path, OpenMode mode) override;
    Result<void> rename(std::string_view from, std::string_view to) override;
    Result<void> remove(std::string_view path) override;
    Result<void> removeFolder(std::string_view path) override;
    Result<void> makeFolder(std::string_view path) override;
    Result<void> syncFolder(std::string_view path) override;
    Result<std::vector<FileInfo>> list(std::string_view path) override;
    Result<std::optional<FileInfo>> info(std::string_view path) override;
    Result<std::unique_ptr<DiskLock>> lock(std::string_view path, std::string_view holder) override;
    std::uint64_t deviceOf(std::string_view path) override;
    std::optional<std::uint64_t> freeBytes() override;

private:
    struct Memory {
        std::mutex mutex;
        Bytes bytes; ///< guarded by mutex
    };
    struct Entry {
        Extent extent;
        std::shared_ptr<Memory> memory; ///< null: the extent counts
        [[nodiscard]] std::uint64_t size() const;
    };
    class MemoryFile;
    class ExtentFile;

    mutable std::mutex m_mutex;
    std::map<std::string, Entry, std::less<>> m_files; ///< guarded by m_mutex
    std::set<std::string, std::less<>> m_folders;      ///< guarded by m_mutex
};

} // namespace carma::rescue
