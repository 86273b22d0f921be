// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/tail/tail_copies.h"

#include "base/byte_io.h"

#include <algorithm>
#include <cstring>

// Order of a repair, for each copy: what will be overwritten is made durable in the quarantine, then the copy is written,
// cut and synced, then it is read again. A crash in between leaves a copy that the next reading finds bad once more.
namespace carma::log {

namespace {

constexpr unsigned kQuarantineFilesMax = 1000; ///< of one copy; beyond that the person has to look

/// A stretch of a copy that has to be rewritten.
struct Stretch {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
};

std::vector<Stretch> wrongStretches(const TailFile& file, ByteView merged)
{
    std::vector<Stretch> stretches;
    for (std::uint64_t i = 0; i < merged.size() / kSectorBytes; ++i) {
        const bool same = i < file.wholeSectors() && !file.isUnreadable(i) &&
            std::memcmp(file.sector(i).data(), merged.data() + i * kSectorBytes, kSectorBytes) == 0;
        if (same) {
            continue;
        }
        if (!stretches.empty() && stretches.back().end == i) {
            ++stretches.back().end;
        } else {
            stretches.push_back({i, i + 1});
        }
    }
    return stretches;
}

/// The damaged sectors, each as its number (u64) and its bytes. What is only a cut-off part of the right bytes is no evidence.
Bytes evidence(const TailFile& file, const std::vector<Stretch>& stretches, ByteView merged)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    for (const Stretch& stretch : stretches) {
        for (std::uint64_t i = stretch.first; i < stretch.end && i * kSectorBytes < file.bytes.size(); ++i) {
            Bytes sector(kSectorBytes);
            const ByteView held = ByteView(file.bytes).subspan(i * kSectorBytes);
            const std::size_t size = std::min(held.size(), kSectorBytes);
            std::memcpy(sector.data(), held.data(), size);
            const bool unreadable = file.isUnreadable(i);
            if (unreadable || std::memcmp(sector.data(), merged.data() + i * kSectorBytes, size) == 0) {
                continue;
            }
            writer.number(i);
            writer.raw(sector);
        }
    }
    return bytes;
}

Result<void> keepEvidence(Disk& disk, const std::string& quarantine, std::string name, const Bytes& bytes)
{
    CARMA_TRY(disk.makeFolder(quarantine));
    std::ranges::replace(name, '/', '.');
    for (unsigned number = 1; number <= kQuarantineFilesMax; ++number) {
        auto file = disk.open(quarantine + "/" + name + "." + std::to_string(number) + ".sectors", OpenMode::CreateNew);
        if (!file && file.error().code == ErrorCode::AlreadyExists) {
            continue; // earlier evidence stays
        }
        CARMA_TRY(file);
        CARMA_TRY((*file)->writeAt(0, bytes));
        CARMA_TRY((*file)->sync());
        return disk.syncFolder(quarantine);
    }
    return Error{ErrorCode::LimitExceeded, quarantine + " holds " + std::to_string(kQuarantineFilesMax) + " files of " + name};
}

Result<void> verifyStretches(DiskFile& file, const std::vector<Stretch>& stretches, ByteView merged)
{
    Bytes read;
    for (const Stretch& stretch : stretches) {
        const ByteView right = merged.subspan(stretch.first * kSectorBytes, (stretch.end - stretch.first) * kSectorBytes);
        read.resize(right.size());
        CARMA_TRY_ASSIGN(const std::size_t got, file.readAt(stretch.first * kSectorBytes, read));
        if (got != right.size() || !std::ranges::equal(read, right)) {
            return Error{ErrorCode::Io, "the disk does not give back what was written"};
        }
    }
    return {};
}

Result<std::uint64_t> repairCopy(
    Disk& disk, std::uint64_t segment, ByteView merged, const std::string& folder, const std::string& quarantine)
{
    const TailFile copy = readTailFile(disk, folder, segment);
    if (copy.missing && copy.readError) {
        return Error{ErrorCode::Io, "the copy cannot be opened"};
    }
    const std::vector<Stretch> stretches = wrongStretches(copy, merged);
    if (stretches.empty() && copy.fileBytes == merged.size()) {
        return std::uint64_t{0};
    }
    const Bytes damaged = evidence(copy, stretches, merged);
    if (!damaged.empty()) {
        CARMA_TRY(keepEvidence(disk, quarantine, tailFileName(segment) + "." + folder, damaged));
    }
    CARMA_TRY_ASSIGN(const auto file, disk.open(folder + "/" + tailFileName(segment), OpenMode::Create));
    std::uint64_t written = 0;
    for (const Stretch& stretch : stretches) {
        const std::size_t size = (stretch.end - stretch.first) * kSectorBytes;
        CARMA_TRY(file->writeAt(stretch.first * kSectorBytes, merged.subspan(stretch.first * kSectorBytes, size)));
        written += size;
    }
    if (copy.fileBytes > merged.size()) {
        CARMA_TRY(file->truncate(merged.size()));
    }
    CARMA_TRY(file->sync());
    if (copy.missing) {
        CARMA_TRY(disk.syncFolder(folder));
    }
    CARMA_TRY(verifyStretches(*file, stretches, merged));
    return written;
}

} // namespace

Result<std::uint64_t> repairTail(
    Disk& disk, const TailContents& contents, const std::vector<std::string>& folders, const std::string& quarantine)
{
    std::uint64_t written = 0;
    std::optional<Error> failed;
    for (const std::string& folder : folders) {
        Result<std::uint64_t> copy = repairCopy(disk, contents.header.segment, contents.merged, folder, quarantine);
        if (copy) {
            written += *copy;
        } else if (!failed) {
            failed = std::move(copy).error().within(folder + "/" + tailFileName(contents.header.segment));
        }
    }
    if (failed) {
        return std::move(*failed);
    }
    return written;
}

Result<void> cutTail(Disk& disk, std::uint64_t segment, const std::vector<std::string>& folders, std::uint64_t bytes)
{
    Result<void> all;
    for (const std::string& folder : folders) {
        const auto cut = [&]() -> Result<void> {
            CARMA_TRY_ASSIGN(const auto file, disk.open(folder + "/" + tailFileName(segment), OpenMode::ReadWrite));
            CARMA_TRY_ASSIGN(const std::uint64_t size, file->size());
            if (size > bytes) {
                CARMA_TRY(file->truncate(bytes));
                CARMA_TRY(file->sync());
            }
            return {};
        };
        if (auto done = cut(); !done.has_value() && done.error().code != ErrorCode::NotFound && all.has_value()) {
            all = done.error().within(folder + "/" + tailFileName(segment));
        }
    }
    return all;
}

Result<void> moveTailAside(Disk& disk, std::uint64_t segment, const std::string& folder, const std::string& quarantine)
{
    const TailFile copy = readTailFile(disk, folder, segment);
    if (copy.missing && copy.readError) {
        return Error{ErrorCode::Io, folder + "/" + tailFileName(segment) + " cannot be opened"};
    }
    if (copy.missing) {
        return {};
    }
    Bytes bytes;
    ByteWriter writer(bytes);
    for (std::uint64_t i = 0; i < copy.wholeSectors(); ++i) {
        if (!copy.isUnreadable(i)) {
            writer.number(i);
            writer.raw(copy.sector(i));
        }
    }
    if (!bytes.empty()) {
        CARMA_TRY(keepEvidence(disk, quarantine, tailFileName(segment) + "." + folder, bytes));
    }
    CARMA_TRY(disk.remove(folder + "/" + tailFileName(segment)));
    return disk.syncFolder(folder);
}

} // namespace carma::log
