// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "memory_disk.h"

namespace carma::test {

class MemoryFile final : public DiskFile {
public:
    MemoryFile(MemoryDisk& disk, std::string path, std::shared_ptr<MemoryDisk::Node> node)
        : m_disk(disk), m_path(std::move(path)), m_node(std::move(node))
    {
    }
    Result<std::size_t> readAt(std::uint64_t offset, ByteSpan out) override
    {
        const Bytes& data = m_node->data;
        const std::size_t from = std::min<std::size_t>(static_cast<std::size_t>(offset), data.size());
        const std::size_t count = std::min(out.size(), data.size() - from);
        for (const auto& [path, sector] : m_disk.m_refused) {
            if (path == m_path && sector * 4096 < from + count && (sector + 1) * 4096 > from) {
                return {ErrorCode::Io, path + " refuses a sector"};
            }
        }
        std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(from), count, out.begin());
        return count;
    }
    Result<void> writeAt(std::uint64_t offset, ByteView data) override
    {
        const auto at = static_cast<std::size_t>(offset);
        Result<void> allowed = m_disk.change(m_path);
        const ByteView written = allowed ? data : data.first(data.size() / 2); // a failed write is torn
        m_node->data.resize(std::max(m_node->data.size(), at + written.size()));
        std::ranges::copy(written, m_node->data.begin() + static_cast<std::ptrdiff_t>(at));
        return allowed;
    }
    Result<void> sync() override
    {
        CARMA_TRY(m_disk.change(m_path));
        m_node->durable = m_node->data;
        return {};
    }
    Result<void> truncate(std::uint64_t size) override
    {
        CARMA_TRY(m_disk.change(m_path));
        m_node->data.resize(static_cast<std::size_t>(size));
        return {};
    }
    Result<std::uint64_t> size() override { return std::uint64_t{m_node->data.size()}; }

private:
    MemoryDisk& m_disk;
    std::string m_path;
    std::shared_ptr<MemoryDisk::Node> m_node;
};

inline Result<std::unique_ptr<DiskFile>> MemoryDisk::open(std::string_view path, OpenMode mode)
{
    const std::string name(path);
    if (m_refusedOpen.contains(name)) {
        return {ErrorCode::Io, name + " refuses to open"};
    }
    const bool exists = m_current.contains(name);
    if (exists && mode == OpenMode::CreateNew) {
        return {ErrorCode::AlreadyExists, name + " exists"};
    }
    if (!exists) {
        const bool creates = mode == OpenMode::Create || mode == OpenMode::CreateNew;
        if (!creates || (!parentOf(name).empty() && !m_current.contains(parentOf(name)))) {
            return missing(name);
        }
        CARMA_TRY(change(name));
        m_current[name] = std::make_shared<Node>();
    }
    return std::unique_ptr<DiskFile>(std::make_unique<MemoryFile>(*this, name, m_current[name]));
}

} // namespace carma::test
