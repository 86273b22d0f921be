// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/disk.h>
#include <carma/executor.h>

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <set>

/// A disk in memory with one kind of fault: from the n-th changing operation on, everything fails (a crash), or only that
/// one and those that need room fail (a full disk). A failing write leaves half of its bytes behind.
namespace carma::test {

class MemoryDisk final : public Disk {
public:
    enum class Fault : std::uint8_t { None, Crash, Full };

    std::map<std::string, std::shared_ptr<Bytes>> files;
    std::set<std::string> folders;
    std::set<std::pair<std::string, std::uint64_t>> refusedSectors; ///< reads that touch these fail with Io
    Fault fault = Fault::None;
    std::uint64_t faultAt = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t operations = 0; ///< changing ones so far

    Result<std::unique_ptr<DiskFile>> open(std::string_view path, OpenMode mode) override;

    Result<void> rename(std::string_view from, std::string_view to) override
    {
        const std::lock_guard lock(m_mutex);
        CARMA_TRY(change(false));
        const auto found = files.find(std::string(from));
        if (found == files.end()) {
            return {ErrorCode::NotFound, std::string(from)};
        }
        const auto content = found->second;
        files.erase(found);
        files[std::string(to)] = content;
        return {};
    }
    Result<void> remove(std::string_view path) override
    {
        const std::lock_guard lock(m_mutex);
        CARMA_TRY(change(false));
        return files.erase(std::string(path)) != 0 ? Result<void>() : Error{ErrorCode::NotFound, std::string(path)};
    }
    Result<void> removeFolder(std::string_view path) override
    {
        const std::lock_guard lock(m_mutex);
        folders.erase(std::string(path));
        return {};
    }
    Result<void> makeFolder(std::string_view path) override
    {
        const std::lock_guard lock(m_mutex);
        CARMA_TRY(change(true));
        folders.insert(std::string(path));
        return {};
    }
    Result<void> syncFolder(std::string_view) override
    {
        const std::lock_guard lock(m_mutex);
        return change(false);
    }
    Result<std::vector<FileInfo>> list(std::string_view path) override
    {
        std::vector<FileInfo> result;
        const std::string prefix = std::string(path) + "/";
        for (const auto& [name, content] : files) {
            if (name.starts_with(prefix)) {
                result.push_back({name.substr(prefix.size()), false, content->size()});
            }
        }
        return result;
    }
    Result<std::optional<FileInfo>> info(std::string_view path) override
    {
        const std::lock_guard lock(m_mutex);
        const std::string name(path);
        if (folders.contains(name)) {
            return std::optional(FileInfo{name.substr(name.rfind('/') + 1), true, 0});
        }
        const auto found = files.find(name);
        if (found == files.end()) {
            return std::optional<FileInfo>();
        }
        return std::optional(FileInfo{name.substr(name.rfind('/') + 1), false, found->second->size()});
    }
    Result<std::unique_ptr<DiskLock>> lock(std::string_view, std::string_view) override
    {
        return {ErrorCode::Unsupported, "no locks here"};
    }
    std::uint64_t deviceOf(std::string_view) override { return 0; }
    std::optional<std::uint64_t> freeBytes() override { return std::nullopt; }

    /// A copy of all content, for comparison.
    [[nodiscard]] std::map<std::string, Bytes> snapshot() const
    {
        std::map<std::string, Bytes> copy;
        for (const auto& [name, content] : files) {
            copy[name] = *content;
        }
        return copy;
    }
    void restore(const std::map<std::string, Bytes>& copy)
    {
        files.clear();
        for (const auto& [name, content] : copy) {
            files[name] = std::make_shared<Bytes>(content);
        }
    }
    void removeTree(const std::string& folder)
    {
        std::erase_if(files, [&](const auto& file) { return file.first.starts_with(folder + "/"); });
        folders.erase(folder);
    }

private:
    friend class MemoryFile;

    /// REQUIRES: m_mutex is held
    Result<void> change(bool needsRoom)
    {
        const std::uint64_t now = ++operations;
        const bool fails = (fault == Fault::Crash && now >= faultAt) || (fault == Fault::Full && now >= faultAt && needsRoom);
        return fails ? Error{fault == Fault::Full ? ErrorCode::NoSpace : ErrorCode::Io, "an injected fault"} : Result<void>();
    }

    std::mutex m_mutex;
};

class MemoryFile final : public DiskFile {
public:
    MemoryFile(MemoryDisk& disk, std::string path, std::shared_ptr<Bytes> content)
        : m_disk(disk), m_path(std::move(path)), m_content(std::move(content))
    {
    }

    Result<std::size_t> readAt(std::uint64_t offset, ByteSpan out) override
    {
        const std::lock_guard lock(m_disk.m_mutex);
        for (const auto& [path, sector] : m_disk.refusedSectors) {
            if (path == m_path && sector * 4096 < offset + out.size() && (sector + 1) * 4096 > offset) {
                return {ErrorCode::Io, "an injected read error"};
            }
        }
        if (offset >= m_content->size()) {
            return std::size_t{0};
        }
        const std::size_t size = std::min<std::size_t>(out.size(), m_content->size() - offset);
        std::copy_n(m_content->begin() + static_cast<std::ptrdiff_t>(offset), size, out.begin());
        return size;
    }
    Result<void> writeAt(std::uint64_t offset, ByteView data) override
    {
        const std::lock_guard lock(m_disk.m_mutex);
        // A disk without room still takes writes over what is there.
        auto allowed = m_disk.change(offset + data.size() > m_content->size());
        const ByteView taken = allowed ? data : data.first(data.size() / 2);
        if (m_content->size() < offset + taken.size()) {
            m_content->resize(offset + taken.size());
        }
        std::ranges::copy(taken, m_content->begin() + static_cast<std::ptrdiff_t>(offset));
        return allowed;
    }
    Result<void> sync() override
    {
        const std::lock_guard lock(m_disk.m_mutex);
        return m_disk.change(false);
    }
    Result<void> truncate(std::uint64_t size) override
    {
        const std::lock_guard lock(m_disk.m_mutex);
        CARMA_TRY(m_disk.change(false));
        m_content->resize(size);
        return {};
    }
    Result<std::uint64_t> size() override
    {
        const std::lock_guard lock(m_disk.m_mutex);
        return std::uint64_t{m_content->size()};
    }

private:
    MemoryDisk& m_disk;
    const std::string m_path;
    const std::shared_ptr<Bytes> m_content;
};

inline Result<std::unique_ptr<DiskFile>> MemoryDisk::open(std::string_view path, OpenMode mode)
{
    const std::lock_guard lock(m_mutex);
    const std::string name(path);
    auto found = files.find(name);
    if (found == files.end()) {
        if (mode == OpenMode::Read || mode == OpenMode::ReadWrite || !folders.contains(name.substr(0, name.rfind('/')))) {
            return {ErrorCode::NotFound, name + " is not there"};
        }
        CARMA_TRY(change(true));
        found = files.emplace(name, std::make_shared<Bytes>()).first;
    }
    return std::unique_ptr<DiskFile>(std::make_unique<MemoryFile>(*this, name, found->second));
}

} // namespace carma::test
