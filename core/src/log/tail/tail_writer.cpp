// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/tail/tail_format.h"

#include <carma/assert.h>

#include <functional>

namespace carma::log {

namespace {

/// Sectors that are worth a task of their own: some 50 microseconds of coding.
constexpr std::uint64_t kSectorsPerTask = 32;

using Files = std::vector<std::unique_ptr<DiskFile>>;

std::string pathIn(const std::string& folder, std::uint64_t segment) { return folder + "/" + tailFileName(segment); }

/// The first error of several, all of which were tried.
Result<void> firstError(std::vector<Result<void>>& results)
{
    for (Result<void>& result : results) {
        CARMA_TRY(std::move(result));
    }
    return {};
}

/// Writes and syncs the same bytes at the same place of every file, in parallel.
Result<void> writeToAll(Executor& executor, const Files& files, std::uint64_t offset, ByteView bytes)
{
    std::vector<Result<void>> results(files.size());
    std::vector<std::function<void()>> tasks;
    tasks.reserve(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        tasks.emplace_back([&, i] {
            results[i] = files[i]->writeAt(offset, bytes);
            if (results[i].has_value()) {
                results[i] = files[i]->sync();
            }
        });
    }
    executor.runAll(tasks);
    return firstError(results);
}

class CopiesWriter final : public TailWriter {
public:
    CopiesWriter(Executor& executor, SectorPlace place, Files files, std::uint64_t fileBytes)
        : m_executor(executor), m_place(place), m_files(std::move(files)), m_fileBytes(fileBytes)
    {
    }

    Result<void> append(Sequence firstSequence, std::uint32_t recordCount, ByteView records) override
    {
        if (m_broken) {
            return Error{ErrorCode::Io, "the tail is not written to any more since a write to it failed"};
        }
        CARMA_TRY_ASSIGN(auto starts, recordStarts(firstSequence, recordCount, records));
        const std::uint64_t sectors = batchSectors(records.size());
        if (m_fileBytes + sectors * kSectorBytes > kTailBytesMax) {
            return Error{ErrorCode::LimitExceeded, "the tail would grow over " + std::to_string(kTailBytesMax) + " bytes"};
        }
        SectorPlace place = m_place;
        place.index = m_fileBytes / kSectorBytes;
        const TailTrailer trailer{.firstSequence = firstSequence,
            .recordCount = recordCount,
            .recordBytes = records.size(),
            .check = hash128(records, firstSequence)};
        encode({.place = place, .records = records, .starts = std::move(starts), .trailer = trailer}, sectors);
        Result<void> written = writeToAll(m_executor, m_files, m_fileBytes, m_sectors);
        m_broken = !written.has_value();
        CARMA_TRY(std::move(written));
        m_fileBytes += m_sectors.size();
        return {};
    }

    [[nodiscard]] std::uint64_t fileBytes() const override { return m_fileBytes; }

private:
    void encode(const TailBatchView& batch, std::uint64_t sectors)
    {
        m_sectors.resize(sectors * kSectorBytes);
        std::vector<std::function<void()>> tasks;
        for (std::uint64_t from = 0; from < sectors; from += kSectorsPerTask) {
            const std::uint64_t to = std::min(from + kSectorsPerTask, sectors);
            tasks.emplace_back([&batch, this, from, to] {
                encodeBatchSectors(batch, from, to, ByteSpan(m_sectors).subspan(from * kSectorBytes, (to - from) * kSectorBytes));
            });
        }
        if (tasks.size() == 1) {
            tasks.front()();
        } else {
            m_executor.runAll(tasks);
        }
    }

    Executor& m_executor;
    const SectorPlace m_place;
    const Files m_files;
    std::uint64_t m_fileBytes;
    Bytes m_sectors; ///< of the batch being written; kept to spare the allocation
    bool m_broken = false;
};

Result<void> makeCopies(Disk& disk, Executor& executor, const std::vector<std::string>& folders, const TailHeader& header, Files& files)
{
    for (const std::string& folder : folders) {
        CARMA_TRY_ASSIGN(auto file, disk.open(pathIn(folder, header.segment), OpenMode::CreateNew));
        files.push_back(std::move(file));
    }
    const Bytes payload = encodeTailHeader(header);
    Bytes sectors(kTailHeaderSectors * kSectorBytes);
    for (std::size_t i = 0; i < kTailHeaderSectors; ++i) {
        const std::span<std::byte, kSectorBytes> sector(sectors.data() + i * kSectorBytes, kSectorBytes);
        frameSector(tailPlace(header.store, header.segment, i), kTailHeader, kNoRecordStart, payload, sector);
    }
    CARMA_TRY(writeToAll(executor, files, 0, sectors));
    std::vector<Result<void>> synced(folders.size());
    std::vector<std::function<void()>> tasks;
    for (std::size_t i = 0; i < folders.size(); ++i) {
        tasks.emplace_back([&, i] { synced[i] = disk.syncFolder(folders[i]); });
    }
    executor.runAll(tasks);
    return firstError(synced);
}

} // namespace

Result<std::unique_ptr<TailWriter>> createTail(
    Disk& disk, Executor& executor, const std::vector<std::string>& folders, const TailHeader& header)
{
    if (folders.empty() || !tailHeaderFits(header)) {
        return Error{ErrorCode::InvalidArgument, "a tail needs a folder and a frontier of at most 64 digests"};
    }
    Files files;
    Result<void> made = makeCopies(disk, executor, folders, header, files);
    if (!made) {
        // What was begun must not stand in the way of the next attempt. If it cannot be removed, reading finds it unborn.
        for (std::size_t i = 0; i < files.size(); ++i) {
            files[i].reset();
            static_cast<void>(disk.remove(pathIn(folders[i], header.segment)));
        }
        return std::move(made).error();
    }
    return std::unique_ptr<TailWriter>(std::make_unique<CopiesWriter>(
        executor, tailPlace(header.store, header.segment, 0), std::move(files), kTailHeaderSectors * kSectorBytes));
}

Result<std::unique_ptr<TailWriter>> continueTail(
    Disk& disk, Executor& executor, const std::vector<std::string>& folders, const TailContents& contents)
{
    const TailHeader& header = contents.header;
    if (folders.empty() || contents.merged.size() < kTailHeaderSectors * kSectorBytes) {
        return Error{ErrorCode::InvalidArgument, "a tail needs a folder and its header"};
    }
    Files files;
    for (const std::string& folder : folders) {
        const std::string path = pathIn(folder, header.segment);
        CARMA_TRY_ASSIGN(auto file, disk.open(path, OpenMode::ReadWrite));
        CARMA_TRY_ASSIGN(const std::uint64_t size, file->size());
        if (size != contents.merged.size()) {
            return Error{ErrorCode::Corruption, path + " was not repaired before it is written to"};
        }
        files.push_back(std::move(file));
    }
    return std::unique_ptr<TailWriter>(
        std::make_unique<CopiesWriter>(executor, tailPlace(header.store, header.segment, 0), std::move(files), contents.merged.size()));
}

} // namespace carma::log
