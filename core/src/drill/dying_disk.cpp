// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "drill/dying_disk.h"

namespace carma::drill {

class DyingDisk::File final : public DiskFile {
public:
    File(DyingDisk& disk, std::unique_ptr<DiskFile> file) : m_disk(disk), m_file(std::move(file)) {}

    Result<std::size_t> readAt(std::uint64_t offset, ByteSpan out) override
    {
        CARMA_TRY(m_disk.alive());
        return m_file->readAt(offset, out);
    }
    Result<void> writeAt(std::uint64_t offset, ByteView data) override
    {
        bool last = false;
        const auto counted = m_disk.change(&last);
        if (last) {
            (void)m_file->writeAt(offset, data.first(data.size() / 2)).has_value();
        }
        return counted.has_value() ? m_file->writeAt(offset, data) : counted;
    }
    Result<void> sync() override
    {
        CARMA_TRY(m_disk.alive());
        return m_file->sync();
    }
    Result<void> truncate(std::uint64_t size) override
    {
        CARMA_TRY(m_disk.change());
        return m_file->truncate(size);
    }
    Result<std::uint64_t> size() override { return m_file->size(); }

private:
    DyingDisk& m_disk;
    std::unique_ptr<DiskFile> m_file;
};

Result<void> DyingDisk::alive() const
{
    return isDead() ? Result<void>(Error{ErrorCode::Io, "the drill has ended this run"}) : Result<void>();
}

Result<void> DyingDisk::change(bool* last)
{
    const std::int64_t before = m_left.fetch_sub(1);
    if (last != nullptr) {
        *last = before == 0;
    }
    return before > 0 ? Result<void>() : alive();
}

Result<std::unique_ptr<DiskFile>> DyingDisk::open(std::string_view path, OpenMode mode)
{
    CARMA_TRY(mode == OpenMode::Read || mode == OpenMode::ReadWrite ? alive() : change());
    CARMA_TRY_ASSIGN(auto file, m_disk->open(path, mode));
    return std::unique_ptr<DiskFile>(std::make_unique<File>(*this, std::move(file)));
}

Result<void> DyingDisk::rename(std::string_view from, std::string_view to)
{
    CARMA_TRY(change());
    return m_disk->rename(from, to);
}

Result<void> DyingDisk::remove(std::string_view path)
{
    CARMA_TRY(change());
    return m_disk->remove(path);
}

Result<void> DyingDisk::removeFolder(std::string_view path)
{
    CARMA_TRY(change());
    return m_disk->removeFolder(path);
}

Result<void> DyingDisk::makeFolder(std::string_view path)
{
    CARMA_TRY(change());
    return m_disk->makeFolder(path);
}

Result<void> DyingDisk::syncFolder(std::string_view path)
{
    CARMA_TRY(alive());
    return m_disk->syncFolder(path);
}

Result<std::vector<FileInfo>> DyingDisk::list(std::string_view path)
{
    CARMA_TRY(alive());
    return m_disk->list(path);
}

Result<std::optional<FileInfo>> DyingDisk::info(std::string_view path)
{
    CARMA_TRY(alive());
    return m_disk->info(path);
}

Result<std::unique_ptr<DiskLock>> DyingDisk::lock(std::string_view path, std::string_view holder)
{
    CARMA_TRY(alive());
    return m_disk->lock(path, holder);
}

} // namespace carma::drill
