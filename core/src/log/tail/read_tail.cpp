// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/tail/tail_batches.h"
#include "log/tail/tail_copies.h"

#include "base/bits.h"
#include "base/byte_io.h"

#include <algorithm>
#include <cstring>

namespace carma::log {

namespace {

Result<TailHeader> findHeader(const TailSectors& sectors, const StoreId& store, std::uint64_t segment)
{
    const std::string name = tailFileName(segment);
    std::optional<Error> unsupported;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(kTailHeaderSectors, sectors.count()); ++i) {
        if (!sectors.good(i) || (sectors.head(i).flags & kTailHeader) == 0) {
            continue;
        }
        Result<TailHeader> header = decodeTailHeader(sectors.payload(i));
        if (header && header->store == store && header->segment == segment) {
            return header;
        }
        if (!header && header.error().code == ErrorCode::Unsupported) {
            unsupported = std::move(header).error().within(name);
        }
    }
    if (unsupported) {
        return std::move(*unsupported);
    }
    if (sectors.count() > kTailHeaderSectors) {
        return Error{ErrorCode::Corruption, name + " has lost its header in every copy"};
    }
    return Error{ErrorCode::NotFound, name + " has no copy with a readable header"};
}

TailCopy compareCopy(const TailFile& file, const TailContents& contents)
{
    TailCopy copy{.folder = file.folder,
        .missing = file.missing,
        .badSectors = {},
        .flippedBits = {},
        .sectorsMissing = 0,
        .readError = file.readError};
    const std::uint64_t count = contents.merged.size() / kSectorBytes;
    const std::uint64_t present = std::min(file.wholeSectors(), count);
    copy.sectorsMissing = count - present;
    for (std::uint64_t i = 0; i < present; ++i) {
        const ByteView right = ByteView(contents.merged).subspan(i * kSectorBytes, kSectorBytes);
        const bool unreadable = file.isUnreadable(i);
        if (!unreadable && std::memcmp(file.sector(i).data(), right.data(), kSectorBytes) == 0) {
            continue;
        }
        const bool known = !unreadable && !std::ranges::binary_search(contents.lostSectors, i);
        copy.badSectors.push_back(i);
        copy.flippedBits.push_back(known ? differingBits(file.sector(i), right) : 0);
    }
    return copy;
}

} // namespace

bool TailContents::clean() const
{
    return tornSectors == 0 && std::ranges::all_of(copies, [](const TailCopy& copy) {
        return !copy.missing && !copy.readError && copy.badSectors.empty() && copy.sectorsMissing == 0;
    });
}

Result<TailContents> readTail(Disk& disk, const StoreId& store, std::uint64_t segment, const std::vector<std::string>& folders)
{
    std::vector<TailFile> files;
    files.reserve(folders.size());
    std::uint64_t sectorsMax = 0; // past what is read, too: a file that long is cut by the repair
    for (const std::string& folder : folders) {
        files.push_back(readTailFile(disk, folder, segment));
        sectorsMax = std::max(sectorsMax, files.back().fileBytes / kSectorBytes + (files.back().fileBytes % kSectorBytes != 0));
    }
    TailSectors sectors(store, segment, std::move(files));
    TailContents contents;
    CARMA_TRY_ASSIGN(contents.header, findHeader(sectors, store, segment));
    sectors.restoreHeader(contents.header);
    const std::vector<TailRun> runs = findRuns(sectors);
    collectRecords(sectors, runs, contents);
    const std::uint64_t end = runs.empty() ? kTailHeaderSectors : runs.back().end;
    for (std::uint64_t i = kTailHeaderSectors; i < end; ++i) {
        if (!sectors.good(i)) {
            contents.lostSectors.push_back(i);
        }
    }
    contents.tornSectors = std::max(sectorsMax, end) - end;
    sectors.markLost(end);
    contents.merged = sectors.takeMerged(end);
    for (const TailFile& file : sectors.files()) {
        contents.copies.push_back(compareCopy(file, contents));
    }
    return contents;
}

} // namespace carma::log
