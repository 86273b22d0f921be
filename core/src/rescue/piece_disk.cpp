// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rescue/piece_disk.h"

#include <algorithm>
#include <filesystem>

namespace carma::rescue {

class PieceDisk::MemoryFile final : public DiskFile {
public:
    explicit MemoryFile(std::shared_ptr<Memory> memory) : m_memory(std::move(memory)) {}

    Result<std::size_t> readAt(std::uint64_t offset, ByteSpan out) override
    {
        const std::lock_guard lock(m_memory->mutex);
        const std::uint64_t size = m_memory->bytes.size();
        const std::size_t count = offset >= size ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size - offset));
        std::copy_n(m_memory->bytes.begin() + static_cast<std::ptrdiff_t>(std::min(offset, size)), count, out.begin());
        return count;
    }
    Result<void> writeAt(std::uint64_t offset, ByteView data) override
    {
        const std::lock_guard lock(m_memory->mutex);
        m_memory->bytes.resize(std::max<std::size_t>(m_memory->bytes.size(), offset + data.size()));
        std::ranges::copy(data, m_memory->bytes.begin() + static_cast<std::ptrdiff_t>(offset));
        return {};
    }
    Result<void> sync() override { return {}; }
    Result<void> truncate(std::uint64_t size) override
    {
        const std::lock_guard lock(m_memory->mutex);
        m_memory->bytes.resize(size);
        return {};
    }
    Result<std::uint64_t> size() override
    {
        const std::lock_guard lock(m_memory->mutex);
        return m_memory->bytes.size();
    }

private:
    std::shared_ptr<Memory> m_memory;
};

class PieceDisk::ExtentFile final : public DiskFile {
public:
    ExtentFile(Extent extent, std::unique_ptr<Disk> disk, std::unique_ptr<DiskFile> file)
        : m_extent(std::move(extent)), m_disk(std::move(disk)), m_file(std::move(file))
    {
    }
    Result<std::size_t> readAt(std::uint64_t offset, ByteSpan out) override
    {
        if (offset >= m_extent.bytes) {
            return std::size_t{0};
        }
        ByteSpan wanted = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), m_extent.bytes - offset)));
        std::int64_t at = m_extent.start + static_cast<std::int64_t>(offset);
        std::size_t lead = 0;
        if (at < 0) {
            lead = std::min(wanted.size(), static_cast<std::size_t>(-at));
            std::ranges::fill(wanted.first(lead), std::byte{0});
            at += static_cast<std::int64_t>(lead);
        }
        if (lead == wanted.size()) {
            return lead;
        }
        CARMA_TRY_ASSIGN(const std::size_t got, m_file->readAt(static_cast<std::uint64_t>(at), wanted.subspan(lead)));
        return lead + got;
    }
    Result<void> writeAt(std::uint64_t /*offset*/, ByteView /*data*/) override { return refusal(); }
    Result<void> sync() override { return {}; }
    Result<void> truncate(std::uint64_t /*size*/) override { return refusal(); }
    Result<std::uint64_t> size() override { return m_extent.bytes; }

private:
    [[nodiscard]] Error refusal() const { return {ErrorCode::Io, m_extent.file + " is a source of a rescue and is only read"}; }

    const Extent m_extent;
    std::unique_ptr<Disk> m_disk;
    std::unique_ptr<DiskFile> m_file;
};

namespace {

class NoLock final : public DiskLock {};

std::string parentOf(std::string_view path)
{
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

Error missing(std::string_view path) { return {ErrorCode::NotFound, std::string(path) + " is not among the pieces"}; }

} // namespace

std::uint64_t PieceDisk::Entry::size() const
{
    if (memory == nullptr) {
        return extent.bytes;
    }
    const std::lock_guard lock(memory->mutex);
    return memory->bytes.size();
}

void PieceDisk::place(const std::string& path, Extent extent)
{
    (void)makeFolder(parentOf(path)).has_value();
    const std::lock_guard lock(m_mutex);
    m_files.insert_or_assign(path, Entry{std::move(extent), nullptr});
}

void PieceDisk::place(const std::string& path, Bytes content)
{
    (void)makeFolder(parentOf(path)).has_value();
    auto memory = std::make_shared<Memory>();
    memory->bytes = std::move(content);
    const std::lock_guard lock(m_mutex);
    m_files.insert_or_assign(path, Entry{{}, std::move(memory)});
}

std::vector<std::string> PieceDisk::files() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<std::string> all;
    for (const auto& [path, entry] : m_files) {
        all.push_back(path);
    }
    return all;
}

Result<std::unique_ptr<DiskFile>> PieceDisk::open(std::string_view path, OpenMode mode)
{
    Entry entry;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_files.find(path);
        if (found == m_files.end() && (mode == OpenMode::Read || mode == OpenMode::ReadWrite)) {
            return missing(path);
        }
        if (found != m_files.end() && mode == OpenMode::CreateNew) {
            return Error{ErrorCode::AlreadyExists, std::string(path) + " is there"};
        }
        entry = found != m_files.end() ? found->second : Entry{{}, std::make_shared<Memory>()};
        if (found == m_files.end()) {
            m_files.emplace(path, entry);
        }
    }
    if (entry.memory != nullptr) {
        return std::unique_ptr<DiskFile>(std::make_unique<MemoryFile>(std::move(entry.memory)));
    }
    const std::filesystem::path whole(entry.extent.file);
    auto disk = openPosixDisk(whole.parent_path().string());
    CARMA_TRY_ASSIGN(auto file, disk->open(whole.filename().string(), OpenMode::Read));
    return std::unique_ptr<DiskFile>(std::make_unique<ExtentFile>(std::move(entry.extent), std::move(disk), std::move(file)));
}

Result<void> PieceDisk::rename(std::string_view from, std::string_view to)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_files.find(from);
    if (found == m_files.end()) {
        return missing(from);
    }
    Entry entry = std::move(found->second);
    m_files.erase(found);
    m_files.insert_or_assign(std::string(to), std::move(entry));
    return {};
}

Result<void> PieceDisk::remove(std::string_view path)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_files.find(path);
    if (found == m_files.end()) {
        return missing(path);
    }
    m_files.erase(found);
    return {};
}

Result<void> PieceDisk::removeFolder(std::string_view path)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_folders.find(path);
    if (found == m_folders.end()) {
        return missing(path);
    }
    m_folders.erase(found);
    return {};
}

Result<void> PieceDisk::makeFolder(std::string_view path)
{
    const std::lock_guard lock(m_mutex);
    for (std::string folder(path); !folder.empty(); folder = parentOf(folder)) {
        m_folders.insert(folder);
    }
    return {};
}

Result<void> PieceDisk::syncFolder(std::string_view /*path*/) { return {}; }

Result<std::vector<FileInfo>> PieceDisk::list(std::string_view path)
{
    const std::lock_guard lock(m_mutex);
    if (!path.empty() && !m_folders.contains(path)) {
        return missing(path);
    }
    std::vector<FileInfo> found;
    for (const auto& [name, entry] : m_files) {
        if (parentOf(name) == path) {
            found.push_back({name.substr(path.empty() ? 0 : path.size() + 1), false, entry.size()});
        }
    }
    for (const std::string& folder : m_folders) {
        if (parentOf(folder) == path) {
            found.push_back({folder.substr(path.empty() ? 0 : path.size() + 1), true, 0});
        }
    }
    std::ranges::sort(found, {}, &FileInfo::name);
    return found;
}

Result<std::optional<FileInfo>> PieceDisk::info(std::string_view path)
{
    const std::lock_guard lock(m_mutex);
    const std::string name(path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1));
    if (const auto found = m_files.find(path); found != m_files.end()) {
        return std::optional(FileInfo{name, false, found->second.size()});
    }
    if (m_folders.contains(path)) {
        return std::optional(FileInfo{name, true, 0});
    }
    return std::optional<FileInfo>();
}

Result<std::unique_ptr<DiskLock>> PieceDisk::lock(std::string_view /*path*/, std::string_view /*holder*/)
{
    return std::unique_ptr<DiskLock>(std::make_unique<NoLock>());
}

std::uint64_t PieceDisk::deviceOf(std::string_view /*path*/) { return 0; }

std::optional<std::uint64_t> PieceDisk::freeBytes() { return std::nullopt; }

} // namespace carma::rescue
