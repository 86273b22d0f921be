// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/page_sums.h"

#include "base/byte_io.h"
#include "log/sector/framed_object.h"

#include <algorithm>
#include <cstring>
#include <sys/stat.h>

namespace carma::catalog {

namespace {

constexpr std::size_t kSumsHeadBytes = 24;
constexpr std::size_t kSumBytes = sizeof(Hash128) + log::kSectorCodeBytes;
constexpr std::size_t kReadPages = 256;
/// Beyond it the first byte of an overflow page could be taken for a b-tree page's kind; it is 64 GiB of catalog.
constexpr std::uint64_t kPagesMax = std::uint64_t{1} << 24U;
/// Sums take 1/84 of the database. The floor lets the sums of a database that was cut off be read.
constexpr std::uint64_t kSumsShareMax = 64;
constexpr std::uint64_t kSumsBytesFloor = std::uint64_t{64} << 20U;

log::SectorPlace frameOf(const StoreId& store)
{
    return {.store = store, .kind = log::SectorKind::CatalogSums, .shard = 0, .object = 0, .index = 0};
}

log::SectorPlace placeOf(const StoreId& store, std::uint64_t page)
{
    return {.store = store, .kind = log::SectorKind::CatalogSums, .shard = 0, .object = 1, .index = page};
}

PageDamage damageOf(std::uint64_t page, const log::SectorReading& reading)
{
    return {page, reading.state == log::SectorState::Corrected ? reading.flippedBits : 0};
}

/// Calls `visit(page number, bytes)` for each whole page. Returns whether the file has exactly `pages` pages.
template <typename Visit> Result<bool> visitPages(DiskFile& file, std::uint64_t pages, Visit visit)
{
    Bytes buffer(kReadPages * kPageBytes);
    for (std::uint64_t at = 0; at < pages;) {
        const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kReadPages, pages - at)) * kPageBytes;
        CARMA_TRY_ASSIGN(const std::size_t got, file.readAt(at * kPageBytes, ByteSpan(buffer).first(wanted)));
        for (std::size_t i = 0; i < got / kPageBytes; ++i) {
            CARMA_TRY_ASSIGN(const bool more, visit(at + i, ByteSpan(buffer).subspan(i * kPageBytes, kPageBytes)));
            if (!more) {
                return true;
            }
        }
        if (got < wanted) {
            return false;
        }
        at += wanted / kPageBytes;
    }
    CARMA_TRY_ASSIGN(const std::uint64_t size, file.size());
    return size == pages * kPageBytes;
}

/// The part of a b-tree page that no cell owns, between the cell pointers and the first cell.
/// https://www.sqlite.org/fileformat2.html#b_tree_pages
ByteSpan gapOf(std::uint64_t page, ByteSpan bytes)
{
    const std::size_t head = page == 0 ? 100 : 0;
    const auto kind = std::to_integer<unsigned>(bytes[head]);
    if (kind != 2 && kind != 5 && kind != 10 && kind != 13) {
        return {};
    }
    const auto number = [&bytes, head](std::size_t at) {
        return std::to_integer<std::size_t>(bytes[head + at]) << 8U | std::to_integer<std::size_t>(bytes[head + at + 1]);
    };
    const std::size_t begin = head + (kind < 8 ? 12U : 8U) + 2 * number(3);
    const std::size_t end = number(5) == 0 ? 65536 : number(5);
    return end > kPageBytes || begin >= end ? ByteSpan{} : bytes.subspan(begin, end - begin);
}

std::string pathIn(const std::string& folder, std::string_view name) { return folder + "/" + std::string(name); }

} // namespace

Bytes encodeSums(const StoreId& store, const PageSums& sums)
{
    Bytes payload;
    payload.reserve(kSumsHeadBytes + sums.pages.size() * kSumBytes);
    ByteWriter writer(payload);
    writer.number(std::uint32_t{1});
    writer.number(static_cast<std::uint32_t>(kPageBytes));
    writer.number(static_cast<std::uint64_t>(sums.pages.size()));
    writer.number(sums.appliedSequence);
    for (const PageSum& page : sums.pages) {
        writer.raw(page.check.bytes);
        writer.raw(page.code);
    }
    return log::frameObject(frameOf(store), payload);
}

SumsReading decodeSums(const StoreId& store, ByteView file)
{
    log::ObjectReading object = log::readFramedObject(frameOf(store), file);
    SumsReading reading;
    for (const log::SectorDamage& sector : object.damage) {
        reading.damage.push_back({sector.index, sector.state == log::SectorState::Corrected ? sector.flippedBits : 0});
    }
    ByteReader reader(object.payload);
    const auto version = reader.number<std::uint32_t>();
    const auto pageBytes = reader.number<std::uint32_t>();
    const auto pages = reader.number<std::uint64_t>();
    reading.sums.appliedSequence = reader.number<Sequence>();
    if (!object.complete || reader.failed() || version != 1 || pageBytes != kPageBytes || reader.rest().size() % kSumBytes != 0 ||
        reader.rest().size() / kSumBytes != pages) {
        return reading;
    }
    reading.sums.pages.resize(static_cast<std::size_t>(pages));
    for (PageSum& page : reading.sums.pages) {
        std::ranges::copy(reader.raw(sizeof page.check.bytes), page.check.bytes.begin());
        std::ranges::copy(reader.raw(page.code.size()), page.code.begin());
    }
    reading.complete = true;
    if (!reading.damage.empty()) {
        reading.corrected = std::move(object.corrected);
    }
    return reading;
}

PageSum sumOf(const StoreId& store, std::uint64_t page, ByteView bytes, const PageSum* known)
{
    PageSum sum{.check = log::sectorCheck(placeOf(store, page), bytes)};
    sum.code = known != nullptr && known->check == sum.check ? known->code : log::sectorCode(bytes);
    return sum;
}

log::SectorReading readPage(const StoreId& store, std::uint64_t page, ByteSpan bytes, PageSum sum)
{
    return log::readPlainSector(placeOf(store, page), bytes, &sum.check, &sum.code);
}

namespace {

Result<SettledReading> readOnce(Disk& disk, const std::string& folder, const StoreId& store, bool stopEarly)
{
    SettledReading reading;
    const auto journal = fileStamp(folder, kJournalName);
    reading.noJournal = !journal.has_value() || journal->size == 0;
    const auto database = fileStamp(folder, kDatabaseName);
    const std::uint64_t databaseBytes = database.has_value() ? database->size : 0;
    const auto file = readWholeFile(disk, kSumsName, std::max(kSumsBytesFloor, databaseBytes / kSumsShareMax));
    if (!file.has_value()) {
        if (file.error().code == ErrorCode::NotFound) {
            return reading;
        }
        if (file.error().code != ErrorCode::LimitExceeded && file.error().code != ErrorCode::Io) {
            return file.error();
        }
    }
    reading.settled = true;
    if (!file.has_value()) {
        return reading; // there, but of no use
    }
    reading.sums = decodeSums(store, *file);
    if (!reading.sums.complete) {
        return reading;
    }
    CARMA_TRY_ASSIGN(const auto pages, disk.open(kDatabaseName, OpenMode::Read));
    const auto visit = [&](std::uint64_t page, ByteSpan bytes) -> Result<bool> {
        const auto state = readPage(store, page, bytes, reading.sums.sums.pages[static_cast<std::size_t>(page)]);
        if (state.state == log::SectorState::Good) {
            return true;
        }
        reading.damage.push_back(damageOf(page, state));
        if (state.state == log::SectorState::Corrected) {
            reading.corrected.emplace_back(page, toBytes(bytes));
            return true;
        }
        reading.uncorrected = true;
        return !stopEarly;
    };
    CARMA_TRY_ASSIGN(reading.wholeSize, visitPages(*pages, reading.sums.sums.pages.size(), visit));
    return reading;
}

} // namespace

Result<SettledReading> readSettled(Disk& disk, const std::string& folder, const StoreId& store, bool stopEarly)
{
    // A writer takes the sums away before it changes the database's file: if they are the same file after the reading as before it,
    // then the reading saw one state of it.
    constexpr int kAttempts = 8;
    for (int attempt = 0;; ++attempt) {
        const auto before = fileStamp(folder, kSumsName);
        CARMA_TRY_ASSIGN(SettledReading reading, readOnce(disk, folder, store, stopEarly));
        if (fileStamp(folder, kSumsName) == before || attempt == kAttempts) {
            return reading;
        }
    }
}

Result<PageSums> makeSums(DiskFile& database, const StoreId& store, const PageSums& known)
{
    CARMA_TRY_ASSIGN(const std::uint64_t size, database.size());
    if (size % kPageBytes != 0 || size / kPageBytes > kPagesMax) {
        return Error{ErrorCode::Corruption, "the catalog: its size is not one of whole pages"};
    }
    const std::uint64_t pages = size / kPageBytes;
    PageSums sums;
    sums.pages.reserve(static_cast<std::size_t>(pages));
    const auto visit = [&](std::uint64_t page, ByteSpan bytes) -> Result<bool> {
        const ByteSpan gap = gapOf(page, bytes);
        if (std::ranges::any_of(gap, [](std::byte byte) { return byte != std::byte{0}; })) {
            std::ranges::fill(gap, std::byte{0});
            const auto offset = static_cast<std::uint64_t>(gap.data() - bytes.data());
            CARMA_TRY(database.writeAt(page * kPageBytes + offset, gap));
        }
        sums.pages.push_back(sumOf(store, page, bytes, page < known.pages.size() ? &known.pages[page] : nullptr));
        return true;
    };
    CARMA_TRY_ASSIGN(const bool whole, visitPages(database, pages, visit));
    if (!whole) {
        return Error{ErrorCode::Corruption, "the catalog: its size changed while it was read"};
    }
    CARMA_TRY(database.sync());
    return sums;
}

std::optional<FileStamp> fileStamp(const std::string& folder, std::string_view name)
{
    struct stat info = {};
    if (::stat(pathIn(folder, name).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return std::nullopt;
    }
    const auto nanoseconds = [](const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; };
    return FileStamp{.device = info.st_dev,
        .inode = info.st_ino,
        .size = static_cast<std::uint64_t>(info.st_size),
        .modifiedNs = nanoseconds(info.st_mtim),
        .changedNs = nanoseconds(info.st_ctim)};
}

} // namespace carma::catalog
