// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/disk.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>

/// A file system in memory with the promises of a real one and no more: content is durable after sync, names are
/// durable after syncFolder, and crash() takes back the rest. Single-threaded.
namespace carma::test {

class MemoryDisk final : public Disk {
public:
    struct Node {
        bool isFolder = false;
        Bytes data;
        Bytes durable;
    };
    using Entries = std::map<std::string, std::shared_ptr<Node>>;

    /// The n-th changing operation from now (1 is the next) fails, and all after it: the power is gone.
    void crashAt(unsigned operation) { m_crashAt = m_operations + operation; }
    /// The n-th changing operation from now fails with `code`, once.
    void failAt(unsigned operation, ErrorCode code)
    {
        m_failAt = m_operations + operation;
        m_failCode = code;
    }
    [[nodiscard]] bool crashed() const { return m_crashAt != 0 && m_operations >= m_crashAt; }
    [[nodiscard]] unsigned operations() const { return m_operations; } ///< changing ones so far

    /// Back to what was durable. With `keepUnsynced` unsynced content of files happens to have reached the device.
    void restart(bool keepUnsynced)
    {
        m_current = m_durable;
        for (auto& [path, node] : m_current) {
            if (keepUnsynced) {
                node->durable = node->data;
            }
            node->data = node->durable;
        }
        m_crashAt = 0;
        m_failAt = 0;
    }
    /// Reads of this sector fail until cleared.
    void refuseSector(const std::string& path, std::uint64_t sector) { m_refused.insert({path, sector}); }
    /// Opening this file fails with Io until cleared.
    void refuseOpen(const std::string& path) { m_refusedOpen.insert(path); }
    /// Changing operations on paths that begin so fail.
    void refuseWrites(const std::string& prefix, ErrorCode code) { m_refusedWrites[prefix] = code; }
    void clearRefusals()
    {
        m_refused.clear();
        m_refusedOpen.clear();
        m_refusedWrites.clear();
    }

    /// Direct access for tests that damage things. Null if missing.
    Bytes* contentOf(const std::string& path)
    {
        const auto at = m_current.find(path);
        return at == m_current.end() ? nullptr : &at->second->data;
    }
    void put(const std::string& path, const Bytes& data)
    {
        m_current[path] = std::make_shared<Node>(Node{false, data, data});
        m_durable[path] = m_current[path];
    }
    void erase(const std::string& path) ///< a file, or a folder with all in it
    {
        const auto below = [&path](const auto& entry) { return entry.first == path || entry.first.starts_with(path + "/"); };
        std::erase_if(m_current, below);
        std::erase_if(m_durable, below);
    }
    [[nodiscard]] std::vector<std::string> paths(const std::string& prefix) const
    {
        std::vector<std::string> found;
        for (const auto& [path, node] : m_current) {
            if (path.starts_with(prefix) && !node->isFolder) {
                found.push_back(path);
            }
        }
        return found;
    }

    Result<std::unique_ptr<DiskFile>> open(std::string_view path, OpenMode mode) override;
    Result<void> rename(std::string_view from, std::string_view to) override
    {
        CARMA_TRY(change(to));
        const auto at = m_current.find(std::string(from));
        if (at == m_current.end()) {
            return missing(from);
        }
        m_current[std::string(to)] = at->second;
        m_current.erase(std::string(from));
        return {};
    }
    Result<void> remove(std::string_view path) override
    {
        CARMA_TRY(change(path));
        return m_current.erase(std::string(path)) == 1 ? Result<void>() : missing(path);
    }
    Result<void> removeFolder(std::string_view path) override { return remove(path); }
    Result<void> makeFolder(std::string_view path) override
    {
        CARMA_TRY(change(path));
        for (std::string part(path); !part.empty(); part = parentOf(part)) {
            if (!m_current.contains(part)) {
                m_current[part] = std::make_shared<Node>(Node{true, {}, {}});
            }
        }
        return {};
    }
    Result<void> syncFolder(std::string_view path) override
    {
        CARMA_TRY(change(path));
        if (!path.empty() && !m_current.contains(std::string(path))) {
            return missing(path);
        }
        const auto inside = [path](const auto& entry) { return parentOf(entry.first) == path; };
        std::erase_if(m_durable, inside);
        std::ranges::copy_if(m_current, std::inserter(m_durable, m_durable.end()), inside);
        return {};
    }
    Result<std::vector<FileInfo>> list(std::string_view path) override
    {
        std::vector<FileInfo> found;
        for (const auto& [name, node] : m_current) {
            if (parentOf(name) == path) {
                found.push_back({name.substr(path.size() + 1), node->isFolder, node->data.size()});
            }
        }
        return found;
    }
    Result<std::optional<FileInfo>> info(std::string_view path) override
    {
        const auto at = m_current.find(std::string(path));
        if (at == m_current.end()) {
            return std::optional<FileInfo>();
        }
        return std::optional(FileInfo{std::string(path), at->second->isFolder, at->second->data.size()});
    }
    Result<std::unique_ptr<DiskLock>> lock(std::string_view, std::string_view) override
    {
        return {ErrorCode::Unsupported, "no locks here"};
    }
    std::uint64_t deviceOf(std::string_view) override { return 0; }
    std::optional<std::uint64_t> freeBytes() override { return std::nullopt; }

private:
    friend class MemoryFile;

    static std::string parentOf(std::string_view path)
    {
        const auto slash = path.rfind('/');
        return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
    }
    static Error missing(std::string_view path) { return {ErrorCode::NotFound, std::string(path) + " does not exist"}; }
    /// Counts one changing operation and fails it if it is its turn.
    Result<void> change(std::string_view path)
    {
        ++m_operations;
        if (crashed()) {
            return {ErrorCode::Io, "the power is gone"};
        }
        if (m_operations == m_failAt) {
            return {m_failCode, "this operation was chosen to fail"};
        }
        for (const auto& [prefix, code] : m_refusedWrites) {
            if (path.starts_with(prefix)) {
                return {code, std::string(path) + " refuses to change"};
            }
        }
        return {};
    }

    Entries m_current;
    Entries m_durable;
    unsigned m_operations = 0;
    unsigned m_crashAt = 0;
    unsigned m_failAt = 0;
    ErrorCode m_failCode = ErrorCode::Io;
    std::set<std::pair<std::string, std::uint64_t>> m_refused;
    std::set<std::string> m_refusedOpen;
    std::map<std::string, ErrorCode> m_refusedWrites;
};

} // namespace carma::test

#include "memory_file.h" // the other half: files need the whole disk
