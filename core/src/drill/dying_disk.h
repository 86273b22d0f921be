// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/disk.h>

#include <atomic>
#include <memory>

namespace carma::drill {

/// A disk that takes so many changes and then nothing any more: the last one is written in part if it is a write. What is left on the
/// disk below is what a program leaves that is killed at that moment, and the same number leaves the same. Thread-safe.
class DyingDisk final : public Disk {
public:
    DyingDisk(std::unique_ptr<Disk> disk, std::uint64_t changes) : m_disk(std::move(disk)), m_left(static_cast<std::int64_t>(changes)) {}
    [[nodiscard]] bool isDead() const { return m_left < 0; }

    Result<std::unique_ptr<DiskFile>> open(std::string_view path, OpenMode mode) override;
    Result<void> rename(std::string_view from, std::string_view to) override;
    Result<void> remove(std::string_view path) override;
    Result<void> removeFolder(std::string_view path) override;
    Result<void> makeFolder(std::string_view path) override;
    Result<void> syncFolder(std::string_view path) override;
    Result<std::vector<FileInfo>> list(std::string_view path) override;
    Result<std::optional<FileInfo>> info(std::string_view path) override;
    Result<std::unique_ptr<DiskLock>> lock(std::string_view path, std::string_view holder) override;
    std::uint64_t deviceOf(std::string_view path) override { return m_disk->deviceOf(path); }
    std::optional<std::uint64_t> freeBytes() override { return m_disk->freeBytes(); }

private:
    class File;
    [[nodiscard]] Result<void> alive() const;
    /// Counts a change. An error if it is one too many; `last` tells that it is the one that is cut short.
    Result<void> change(bool* last = nullptr);

    std::unique_ptr<Disk> m_disk;
    std::atomic<std::int64_t> m_left;
};

} // namespace carma::drill
