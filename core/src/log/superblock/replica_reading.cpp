// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/superblock/replicated_object.h"

#include "base/bits.h"

#include <algorithm>
#include <cstring>
#include <map>

// Every sector of a framed object names the state it belongs to (sector count and a tag of the content's hash), so
// sectors of several states can lie mixed in the copies and still be sorted. A state is found by its sector 0,
// assembled sector by sector from wherever one is good, and proved by the hash in its prefix; only then is its epoch
// believed.
namespace carma::log {

namespace {

using SectorView = std::span<const std::byte, kSectorBytes>;

struct Version {
    std::uint32_t sectors = 0;
    std::uint16_t tag = 0;
    bool operator==(const Version&) const = default;
};

SectorView sectorAt(ByteView file, std::size_t index) { return SectorView(file.data() + index * kSectorBytes, kSectorBytes); }

Version versionOf(SectorView sector)
{
    const FrameHead head = frameHead(sector);
    return {head.extra, head.flags};
}

/// A file whose sectors were checked. Copies of equal content share one.
struct CheckedCopy {
    RawCopy raw;
    std::vector<SectorReading> readings; ///< of whole sectors
    std::map<std::uint64_t, Sector> corrected;
    unsigned folders = 0; ///< that hold this content

    /// The sector as it should be, or nothing if it is bad.
    [[nodiscard]] std::optional<SectorView> good(std::size_t index) const
    {
        if (index >= readings.size() || readings[index].state == SectorState::Bad) {
            return std::nullopt;
        }
        const auto at = corrected.find(index);
        return at != corrected.end() ? SectorView(at->second) : sectorAt(raw.bytes, index);
    }
    [[nodiscard]] std::optional<Version> version() const
    {
        for (std::size_t i = 0; i < readings.size(); ++i) {
            if (const auto sector = good(i)) {
                return versionOf(*sector);
            }
        }
        return std::nullopt;
    }
    [[nodiscard]] bool unreadable(std::uint64_t index) const { return std::ranges::binary_search(raw.unreadable, index); }
};

CheckedCopy checkCopy(SectorPlace place, RawCopy raw)
{
    CheckedCopy copy{.raw = std::move(raw), .readings = {}, .corrected = {}, .folders = 1};
    for (std::size_t i = 0; i < copy.raw.bytes.size() / kSectorBytes; ++i) {
        place.index = i;
        Sector sector;
        std::ranges::copy(sectorAt(copy.raw.bytes, i), sector.begin());
        copy.readings.push_back(readFramedSector(place, sector));
        if (copy.readings.back().state == SectorState::Corrected) {
            copy.corrected.emplace(i, sector);
        }
    }
    return copy;
}

/// A whole state of the object, found in the copies.
struct Candidate {
    Version version;
    Bytes payload;
    Bytes file;
    ObjectHead head;
    bool verified = false;
    unsigned copies = 0;
};

class Assembler {
public:
    Assembler(SectorPlace place, std::uint64_t fileBytesMax, const std::vector<CheckedCopy>& copies)
        : m_place(place), m_sectorsMax(fileBytesMax / kSectorBytes), m_copies(copies)
    {
    }

    /// The states whose sector 0 exists, without those that cannot be completed.
    [[nodiscard]] std::vector<Candidate> candidates() const
    {
        std::vector<Version> versions;
        const auto add = [&versions](SectorView sector) {
            if (std::ranges::find(versions, versionOf(sector)) == versions.end()) {
                versions.push_back(versionOf(sector));
            }
        };
        for (const CheckedCopy& copy : m_copies) {
            if (const auto sector = copy.good(0)) {
                add(*sector);
            }
        }
        if (const auto voted = vote(0)) {
            add(*voted);
        }
        std::vector<Candidate> found;
        for (const Version& version : versions) {
            if (auto candidate = assemble(version)) {
                found.push_back(std::move(*candidate));
            }
        }
        return found;
    }

private:
    [[nodiscard]] std::optional<Candidate> assemble(const Version& version) const
    {
        if (version.sectors == 0 || version.sectors > m_sectorsMax) {
            return std::nullopt;
        }
        Bytes file;
        for (std::size_t i = 0; i < version.sectors; ++i) {
            const CheckedCopy* source = nullptr;
            for (const CheckedCopy& copy : m_copies) {
                const auto sector = copy.good(i);
                source = source == nullptr && sector && versionOf(*sector) == version ? &copy : source;
            }
            if (source != nullptr) {
                const SectorView sector = *source->good(i);
                file.insert(file.end(), sector.begin(), sector.end());
                continue;
            }
            const auto voted = vote(i);
            if (!voted || versionOf(*voted) != version) {
                return std::nullopt;
            }
            file.insert(file.end(), voted->begin(), voted->end());
        }
        ObjectReading reading = readFramedObject(m_place, file);
        if (!reading.complete) {
            return std::nullopt;
        }
        Candidate candidate;
        candidate.version = version;
        candidate.payload = std::move(reading.payload);
        candidate.file = std::move(file);
        for (const CheckedCopy& copy : m_copies) {
            candidate.copies += copy.version() == version ? copy.folders : 0;
        }
        return candidate;
    }

    /// A sector that is bad in every copy, made of the bits that most of these copies agree on. Damage in different
    /// places of the copies leaves each bit right in most of them; the sector's check decides whether that was so.
    [[nodiscard]] std::optional<Sector> vote(std::size_t index) const
    {
        std::vector<std::pair<SectorView, unsigned>> voters;
        unsigned votes = 0;
        for (const CheckedCopy& copy : m_copies) {
            if (index < copy.readings.size() && copy.readings[index].state == SectorState::Bad && !copy.unreadable(index)) {
                voters.emplace_back(sectorAt(copy.raw.bytes, index), copy.folders);
                votes += copy.folders;
            }
        }
        if (voters.size() < 3) {
            return std::nullopt; // two that differ have no majority
        }
        Sector sector{};
        for (std::size_t bit = 0; bit < kSectorBytes * 8; ++bit) {
            const std::byte mask = std::byte{1} << (bit % 8);
            unsigned ones = 0;
            for (const auto& [bytes, count] : voters) {
                ones += (bytes[bit / 8] & mask) != std::byte{0} ? count : 0;
            }
            sector[bit / 8] |= 2 * ones > votes ? mask : std::byte{0};
        }
        SectorPlace place = m_place;
        place.index = index;
        if (readFramedSector(place, sector).state == SectorState::Bad) {
            return std::nullopt;
        }
        return sector;
    }

    const SectorPlace m_place;
    const std::uint64_t m_sectorsMax;
    const std::vector<CheckedCopy>& m_copies;
};

/// Where a copy differs from what it should be. Bytes behind the end are one finding, however many they are.
std::vector<SectorDamage> damageOf(const CheckedCopy& copy, ByteView expected)
{
    std::vector<SectorDamage> damage;
    const std::size_t sectors = expected.size() / kSectorBytes;
    for (std::size_t i = 0; i < sectors; ++i) {
        if (i >= copy.readings.size() || copy.unreadable(i)) {
            damage.push_back({i, SectorState::Bad, 0});
            continue;
        }
        const SectorView right = sectorAt(expected, i);
        const unsigned bits = differingBits(sectorAt(copy.raw.bytes, i), right);
        if (bits != 0) {
            const auto good = copy.good(i);
            const bool healsItself = good && std::ranges::equal(*good, right);
            damage.push_back({i, healsItself ? SectorState::Corrected : SectorState::Bad, bits});
        }
    }
    if (copy.raw.bytes.size() > expected.size()) {
        damage.push_back({sectors, SectorState::Bad, 0});
    }
    return damage;
}

/// Index of the state to believe, or nothing.
std::optional<std::size_t> choose(const std::vector<Candidate>& candidates)
{
    std::map<StoreId, unsigned> copiesOfStore;
    for (const Candidate& candidate : candidates) {
        copiesOfStore[candidate.head.store] += candidate.verified ? candidate.copies : 0;
    }
    const auto better = [&copiesOfStore](const Candidate& left, const Candidate& right) {
        const unsigned leftCopies = copiesOfStore.at(left.head.store);
        const unsigned rightCopies = copiesOfStore.at(right.head.store);
        if (left.head.store != right.head.store) {
            return leftCopies > rightCopies;
        }
        // Two states of one epoch: the writer of the first did not see its copies, and the second is on more of them.
        return std::pair(left.head.epoch, left.copies) > std::pair(right.head.epoch, right.copies);
    };
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (candidates[i].verified && (!best || better(candidates[i], candidates[*best]))) {
            best = i;
        }
    }
    return best;
}

CopyState stateOf(const CheckedCopy& copy, const std::vector<Candidate>& candidates, const Candidate& winner)
{
    CopyState state;
    state.sectors = winner.file.size() / kSectorBytes;
    const auto own = std::ranges::find_if(
        candidates, [&copy](const Candidate& candidate) { return candidate.verified && copy.version() == candidate.version; });
    if (copy.raw.openError || own == candidates.end() || &*own == &winner) {
        state.damage = damageOf(copy, winner.file);
        return state;
    }
    state.stale = true;
    state.foreign = own->head.store != winner.head.store;
    state.damage = damageOf(copy, own->file);
    return state;
}

} // namespace

RawCopy readRawCopy(Disk& disk, const std::string& path, std::uint64_t bytesMax)
{
    RawCopy copy;
    const auto file = disk.open(path, OpenMode::Read);
    const auto size = file ? (*file)->size() : Result<std::uint64_t>(file.error());
    if (!size) {
        copy.missing = size.error().code == ErrorCode::NotFound;
        if (!copy.missing) {
            copy.openError = size.error();
        }
        return copy;
    }
    // One byte more than the cap is enough to see that the file is too long.
    copy.bytes.resize(static_cast<std::size_t>(std::min(*size, bytesMax + 1)));
    const auto whole = (*file)->readAt(0, copy.bytes);
    if (whole) {
        copy.bytes.resize(*whole);
        return copy;
    }
    for (std::size_t at = 0; at < copy.bytes.size(); at += kSectorBytes) {
        const ByteSpan part = ByteSpan(copy.bytes).subspan(at, std::min(kSectorBytes, copy.bytes.size() - at));
        auto got = (*file)->readAt(at, part);
        if (!got) {
            got = (*file)->readAt(at, part); // one retry, then it is an erasure
        }
        if (!got || *got != part.size()) {
            std::ranges::fill(part, std::byte{0});
            copy.unreadable.push_back(at / kSectorBytes);
        }
    }
    return copy;
}

Result<ReplicaReading> ReplicatedObject::read() const
{
    std::vector<CheckedCopy> distinct;
    std::vector<std::size_t> contentOf; // of each folder: index in distinct
    std::size_t missing = 0;
    std::optional<Error> openError;
    bool opened = false;
    for (std::size_t shard = 0; shard < m_folders.size(); ++shard) {
        RawCopy raw = readRawCopy(m_disk, pathOf(shard), m_kind.fileBytesMax);
        missing += raw.missing ? 1 : 0;
        opened = opened || (!raw.missing && !raw.openError);
        openError = openError ? openError : raw.openError;
        const auto same = std::ranges::find_if(distinct, [&raw](const CheckedCopy& copy) {
            return copy.raw.missing == raw.missing && copy.raw.openError.has_value() == raw.openError.has_value() &&
                copy.raw.unreadable == raw.unreadable && copy.raw.bytes == raw.bytes;
        });
        contentOf.push_back(static_cast<std::size_t>(same - distinct.begin()));
        if (same != distinct.end()) {
            ++same->folders;
        } else {
            distinct.push_back(checkCopy(m_kind.place, std::move(raw)));
        }
    }
    if (missing == m_folders.size()) {
        return {ErrorCode::NotFound, "no shard folder holds a " + m_kind.name};
    }
    if (!opened) {
        return openError->within(m_kind.name);
    }
    std::vector<Candidate> candidates = Assembler(m_kind.place, m_kind.fileBytesMax, distinct).candidates();
    for (Candidate& candidate : candidates) {
        ByteReader reader(candidate.payload);
        const auto head = readObjectHead(reader, m_kind.magic);
        candidate.head = head.value_or(ObjectHead{});
        if (head && head->format > kStoreFormat) {
            return {ErrorCode::Unsupported,
                "the " + m_kind.name + " is of format " + std::to_string(head->format) + "; this program reads formats up to " +
                    std::to_string(kStoreFormat)};
        }
        candidate.verified = head && m_kind.verify(candidate.payload);
    }
    const auto best = choose(candidates);
    if (!best) {
        return {ErrorCode::DamagedStore,
            std::to_string(m_folders.size() - missing) + " of " + std::to_string(m_folders.size()) + " copies of the " + m_kind.name +
                " are there, but together they do not make one that verifies"};
    }
    ReplicaReading reading;
    for (std::size_t shard = 0; shard < m_folders.size(); ++shard) {
        const CheckedCopy& copy = distinct[contentOf[shard]];
        CopyState state;
        if (copy.raw.missing) {
            state.missing = true;
            state.sectors = candidates[*best].file.size() / kSectorBytes;
        } else {
            state = stateOf(copy, candidates, candidates[*best]);
        }
        state.shard = static_cast<unsigned>(shard);
        reading.copies.push_back(std::move(state));
    }
    reading.payload = std::move(candidates[*best].payload);
    reading.file = std::move(candidates[*best].file);
    return reading;
}

} // namespace carma::log
