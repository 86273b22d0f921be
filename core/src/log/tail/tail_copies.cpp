// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/tail/tail_copies.h"

#include "base/byte_io.h"

#include <carma/assert.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace carma::log {

namespace {

constexpr std::size_t kReadBytes = 1U << 20U;
constexpr std::size_t kBlockBytes = 512; ///< the least that a disk writes at once

using SectorView = std::span<const std::byte, kSectorBytes>;

bool sameBytes(SectorView a, SectorView b) { return std::memcmp(a.data(), b.data(), kSectorBytes) == 0; }

/// The check alone, without trying to correct: correction is only worth its time when no copy is good.
bool checkHolds(const SectorPlace& place, SectorView sector)
{
    constexpr std::size_t checkedBytes = kSectorHeadBytes + kSectorPayloadBytes;
    const Hash128 check = sectorCheck(place, sector.first(checkedBytes));
    return std::memcmp(check.bytes.data(), sector.data() + checkedBytes, check.bytes.size()) == 0;
}

/// Whether so few bits of the sector's fixed fields differ that its code might help. This look costs far less than trying the code does,
/// and a file may be full of noise.
bool mayBeCorrectable(SectorView sector)
{
    static const Sector pattern = [] {
        Sector made;
        frameSector(tailPlace({}, 0, 0), 0, 0, {}, made);
        return made;
    }();
    unsigned differing = 0;
    for (const std::size_t at : {0U, 1U, 2U, 3U, 4U, 5U, 9U, 10U, 11U}) { // magic, kind, high flags, reserved
        differing += static_cast<unsigned>(std::popcount(std::to_integer<unsigned>(sector[at] ^ pattern[at])));
    }
    return differing <= kCorrectableBits;
}

SectorState readSector(const SectorPlace& place, std::span<std::byte, kSectorBytes> sector)
{
    return mayBeCorrectable(sector) ? readFramedSector(place, sector).state : SectorState::Bad;
}

/// Zero; a whole block also with as many flipped bits as a sector may have. Written blocks hold ciphertext or code, with far more
/// bits set, but a part of a block may be as short as a sector's head.
bool isZero(ByteView bytes)
{
    const unsigned most = bytes.size() < kBlockBytes ? 0 : kCorrectableBits;
    unsigned bits = 0;
    for (std::size_t at = 0; at < bytes.size() && bits <= most; ++at) {
        bits += static_cast<unsigned>(std::popcount(std::to_integer<unsigned>(bytes[at])));
    }
    return bits <= most;
}

/// Whether every part that a whole sector has filled holds something: its head and its code always, its payload as far
/// as it says to be used. Records are encrypted, so no block of them is zero by itself.
bool looksWritten(SectorView sector)
{
    const std::size_t used = kSectorHeadBytes + std::min<std::size_t>(frameHead(sector).used, kSectorPayloadBytes);
    for (std::size_t at = 0; at < kSectorBytes; at += kBlockBytes) {
        const bool holdsCode = at + kBlockBytes == kSectorBytes;
        const std::size_t end = holdsCode ? kSectorBytes : std::min(at + kBlockBytes, used);
        if (at < end && isZero(sector.subspan(at, end - at))) {
            return false;
        }
    }
    return true;
}

/// Reads a part sector by sector after reading it as a whole failed.
void readSectors(DiskFile& file, std::uint64_t at, ByteSpan part, TailFile& into)
{
    for (std::size_t done = 0; done < part.size(); done += kSectorBytes) {
        const ByteSpan sector = part.subspan(done, std::min(kSectorBytes, part.size() - done));
        const Result<std::size_t> got = file.readAt(at + done, sector);
        if (!got || *got != sector.size()) {
            std::ranges::fill(sector, std::byte{0});
            into.readError = true;
            into.unreadable.push_back((at + done) / kSectorBytes);
        }
    }
}

} // namespace

TailFile readTailFile(Disk& disk, const std::string& folder, std::uint64_t segment)
{
    TailFile result;
    result.folder = folder;
    const auto file = disk.open(folder + "/" + tailFileName(segment), OpenMode::Read);
    if (!file) {
        result.missing = true;
        result.readError = file.error().code != ErrorCode::NotFound;
        return result;
    }
    const Result<std::uint64_t> size = (*file)->size();
    if (!size) {
        result.missing = true;
        result.readError = true;
        return result;
    }
    result.fileBytes = *size;
    result.bytes.resize(std::min(*size, kTailBytesMax));
    for (std::size_t at = 0; at < result.bytes.size(); at += kReadBytes) {
        const ByteSpan part = ByteSpan(result.bytes).subspan(at, std::min(kReadBytes, result.bytes.size() - at));
        const Result<std::size_t> got = (*file)->readAt(at, part);
        if (!got || *got != part.size()) {
            readSectors(**file, at, part, result);
        }
    }
    return result;
}

TailSectors::TailSectors(const StoreId& store, std::uint64_t segment, std::vector<TailFile> files)
    : m_store(store), m_segment(segment), m_files(std::move(files))
{
    std::uint64_t count = 0;
    for (const TailFile& file : m_files) {
        count = std::max<std::uint64_t>(count, (file.bytes.size() + kSectorBytes - 1) / kSectorBytes);
    }
    m_merged.resize(count * kSectorBytes);
    m_good.resize(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        mergeSector(i);
    }
}

bool TailSectors::marked(std::uint64_t index) const { return m_good[index] && (head(index).flags & kTailLost) != 0; }

void TailSectors::mergeSector(std::uint64_t index)
{
    const SectorPlace place = tailPlace(m_store, m_segment, index);
    std::vector<std::size_t> holders;
    bool equal = true;
    for (std::size_t i = 0; i < m_files.size(); ++i) {
        if (index < m_files[i].wholeSectors()) {
            holders.push_back(i);
            equal = equal && sameBytes(m_files[i].sector(index), m_files[holders.front()].sector(index));
        }
    }
    if (holders.empty()) {
        return;
    }
    if (equal) {
        std::ranges::copy(m_files[holders.front()].sector(index), slot(index).begin());
        m_good[index] = readSector(place, slot(index)) != SectorState::Bad;
        return;
    }
    const bool anyHolds = std::ranges::any_of(holders, [&](std::size_t i) { return checkHolds(place, m_files[i].sector(index)); });
    std::vector<Version> versions;
    for (const std::size_t i : holders) {
        if (anyHolds && !checkHolds(place, m_files[i].sector(index))) {
            continue;
        }
        Version version{i, {}};
        std::ranges::copy(m_files[i].sector(index), version.sector.begin());
        if (readSector(place, version.sector) != SectorState::Bad) {
            versions.push_back(version);
        }
    }
    if (versions.empty()) {
        m_good[index] = mergeByMajority(index, holders);
        return;
    }
    // Content goes before a mark of its loss, then what more copies hold; of equals the first copy's.
    const auto weight = [&](const Version& version) {
        const auto votes = std::ranges::count_if(versions, [&](const Version& v) { return v.sector == version.sector; });
        return std::pair((frameHead(version.sector).flags & kTailLost) == 0, votes);
    };
    const auto best = std::ranges::max_element(versions, {}, weight);
    std::ranges::copy(best->sector, slot(index).begin());
    m_good[index] = true;
    std::iter_swap(versions.begin(), best);
    if (std::ranges::any_of(versions, [&](const Version& v) { return v.sector != versions.front().sector; })) {
        m_contested.emplace(index, std::move(versions));
    }
}

bool TailSectors::mergeByMajority(std::uint64_t index, const std::vector<std::size_t>& holders)
{
    if (holders.size() < 3) {
        return false;
    }
    for (std::size_t at = 0; at < kSectorBytes; ++at) {
        unsigned merged = 0;
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::size_t votes = 0;
            for (const std::size_t i : holders) {
                votes += (std::to_integer<unsigned>(m_files[i].sector(index)[at]) >> bit) & 1U;
            }
            merged |= (2 * votes > holders.size() ? 1U : 0U) << bit;
        }
        slot(index)[at] = static_cast<std::byte>(merged);
    }
    return readSector(tailPlace(m_store, m_segment, index), slot(index)) != SectorState::Bad;
}

bool TailSectors::contested(std::uint64_t first, std::uint64_t end) const
{
    const auto next = m_contested.lower_bound(first);
    return next != m_contested.end() && next->first < end;
}

void TailSectors::prefer(std::size_t file, std::uint64_t first, std::uint64_t end)
{
    for (auto next = m_contested.lower_bound(first); next != m_contested.end() && next->first < end; ++next) {
        for (const Version& version : next->second) {
            if (version.file == file) {
                std::ranges::copy(version.sector, slot(next->first).begin());
            }
        }
    }
}

void TailSectors::preferMost(std::uint64_t first, std::uint64_t end)
{
    for (auto next = m_contested.lower_bound(first); next != m_contested.end() && next->first < end; ++next) {
        std::ranges::copy(next->second.front().sector, slot(next->first).begin());
    }
}

std::optional<Sector> TailSectors::contentIn(const TailFile& file, std::uint64_t index) const
{
    if (index >= file.wholeSectors()) {
        return std::nullopt;
    }
    Sector content{};
    std::ranges::copy(file.sector(index), content.begin());
    if (readSector(tailPlace(m_store, m_segment, index), content) == SectorState::Bad || (frameHead(content).flags & kTailLost) != 0) {
        return std::nullopt;
    }
    return content;
}

void TailSectors::keepThoseWith(std::uint64_t first, std::uint64_t last)
{
    std::vector<const TailFile*> of;
    for (const TailFile& file : m_files) {
        if (const auto content = contentIn(file, last); content && sameBytes(*content, sector(last))) {
            of.push_back(&file);
        }
    }
    for (std::uint64_t i = first; i < last; ++i) {
        m_good[i] = false;
        for (std::size_t file = 0; file < of.size() && !m_good[i]; ++file) {
            if (const auto content = contentIn(*of[file], i)) {
                std::ranges::copy(*content, slot(i).begin());
                m_good[i] = true;
            }
        }
    }
}

bool TailSectors::mayHaveFlag(std::uint64_t index, std::uint16_t flag) const
{
    const auto contest = m_contested.find(index);
    if (contest == m_contested.end()) {
        return m_good[index] && (head(index).flags & flag) != 0;
    }
    return std::ranges::any_of(contest->second, [flag](const Version& version) { return (frameHead(version.sector).flags & flag) != 0; });
}

std::vector<const TailFile*> TailSectors::reaching(std::uint64_t first) const
{
    std::vector<const TailFile*> files;
    for (const TailFile& file : m_files) {
        if (!file.missing && file.wholeSectors() >= first) {
            files.push_back(&file);
        }
    }
    return files;
}

bool TailSectors::writtenInMost(std::uint64_t first, std::uint64_t end) const
{
    const auto voters = reaching(first);
    for (std::uint64_t i = first; i < end; ++i) {
        const auto votes = static_cast<std::size_t>(std::ranges::count_if(voters,
            [i](const TailFile* file) { return i < file->wholeSectors() && (file->isUnreadable(i) || looksWritten(file->sector(i))); }));
        if (2 * votes <= voters.size()) {
            return false;
        }
    }
    return true;
}

std::uint64_t TailSectors::lengthOfMost(std::uint64_t first) const
{
    std::vector<std::uint64_t> lengths;
    for (const TailFile* file : reaching(first)) {
        lengths.push_back(file->wholeSectors());
    }
    if (lengths.empty()) {
        return first;
    }
    std::ranges::sort(lengths, std::greater<>());
    return lengths[lengths.size() / 2]; // at least size / 2 + 1 copies are that long
}

void TailSectors::restoreHeader(const TailHeader& header)
{
    const Bytes payload = encodeTailHeader(header);
    for (std::uint64_t i = 0; i < kTailHeaderSectors; ++i) {
        if (i >= count()) {
            m_merged.resize((i + 1) * kSectorBytes);
            m_good.resize(i + 1);
        }
        frameSector(tailPlace(m_store, m_segment, i), kTailHeader, kNoRecordStart, payload, slot(i));
        m_good[i] = true;
    }
}

void TailSectors::markLost(std::uint64_t end)
{
    for (std::uint64_t i = kTailHeaderSectors; i < end; ++i) {
        if (!m_good[i]) {
            frameSector(tailPlace(m_store, m_segment, i), kTailLost, kNoRecordStart, {}, slot(i));
        }
    }
}

Bytes TailSectors::takeMerged(std::uint64_t end)
{
    m_merged.resize(end * kSectorBytes);
    m_good.resize(end);
    return std::move(m_merged);
}

} // namespace carma::log
