// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/disk.h>

#include <functional>
#include <map>
#include <mutex>
#include <set>

namespace carma::test {

/// Stands in front of a disk, tells of each sync of a file before it begins, and remembers files that were used after a sync of them
/// had failed. Thread-safe as far as `beforeSync` is.
class WatchingDisk final : public Disk {
public:
    explicit WatchingDisk(Disk& disk) : m_disk(disk) {}

    std::function<void(const std::string& path)> beforeSync;

    /// Writes and syncs, by any handle, of files that a sync had failed on and that were not removed or replaced since.
    std::set<std::string> usedAfterFailedSync()
    {
        const std::scoped_lock lock(m_mutex);
        return m_usedAfter;
    }
    std::set<std::string> filesWithFailedSync()
    {
        const std::scoped_lock lock(m_mutex);
        return m_everFailed;
    }

    Result<std::unique_ptr<DiskFile>> open(std::string_view path, OpenMode mode) override
    {
        CARMA_TRY_ASSIGN(auto file, m_disk.open(path, mode));
        return std::unique_ptr<DiskFile>(std::make_unique<File>(*this, std::string(path), std::move(file)));
    }
    Result<void> rename(std::string_view from, std::string_view to) override
    {
        CARMA_TRY(m_disk.rename(from, to));
        const std::scoped_lock lock(m_mutex);
        m_failed.erase(std::string(from));
        m_failed.erase(std::string(to));
        return {};
    }
    Result<void> remove(std::string_view path) override
    {
        CARMA_TRY(m_disk.remove(path));
        const std::scoped_lock lock(m_mutex);
        m_failed.erase(std::string(path));
        return {};
    }
    Result<void> removeFolder(std::string_view path) override { return m_disk.removeFolder(path); }
    Result<void> makeFolder(std::string_view path) override { return m_disk.makeFolder(path); }
    Result<void> syncFolder(std::string_view path) override { return m_disk.syncFolder(path); }
    Result<std::vector<FileInfo>> list(std::string_view path) override { return m_disk.list(path); }
    Result<std::optional<FileInfo>> info(std::string_view path) override { return m_disk.info(path); }
    Result<std::unique_ptr<DiskLock>> lock(std::string_view path, std::string_view holder) override { return m_disk.lock(path, holder); }
    std::uint64_t deviceOf(std::string_view path) override { return m_disk.deviceOf(path); }
    std::optional<std::uint64_t> freeBytes() override { return m_disk.freeBytes(); }

private:
    class File final : public DiskFile {
    public:
        File(WatchingDisk& disk, std::string path, std::unique_ptr<DiskFile> file)
            : m_owner(disk), m_path(std::move(path)), m_file(std::move(file))
        {
        }
        Result<std::size_t> readAt(std::uint64_t offset, ByteSpan out) override { return m_file->readAt(offset, out); }
        Result<void> writeAt(std::uint64_t offset, ByteView data) override
        {
            m_owner.noteUse(m_path);
            return m_file->writeAt(offset, data);
        }
        Result<void> sync() override
        {
            if (m_owner.beforeSync) {
                m_owner.beforeSync(m_path);
            }
            m_owner.noteUse(m_path);
            auto synced = m_file->sync();
            if (!synced.has_value()) {
                const std::scoped_lock lock(m_owner.m_mutex);
                m_owner.m_failed.insert(m_path);
                m_owner.m_everFailed.insert(m_path);
            }
            return synced;
        }
        Result<void> truncate(std::uint64_t size) override { return m_file->truncate(size); }
        Result<std::uint64_t> size() override { return m_file->size(); }

    private:
        WatchingDisk& m_owner;
        const std::string m_path;
        std::unique_ptr<DiskFile> m_file;
    };

    void noteUse(const std::string& path)
    {
        const std::scoped_lock lock(m_mutex);
        if (m_failed.contains(path)) {
            m_usedAfter.insert(path);
        }
    }

    Disk& m_disk;
    std::mutex m_mutex; ///< guards the rest
    std::set<std::string> m_failed, m_everFailed, m_usedAfter;
};

} // namespace carma::test
