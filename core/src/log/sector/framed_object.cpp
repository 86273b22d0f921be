// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/sector/framed_object.h"

#include "base/byte_io.h"

#include <algorithm>
#include <compare>
#include <cstring>
#include <limits>
#include <map>

#include <carma/assert.h>

/// Sector 0's payload begins with the object's length and an XXH3-128 of it, then the object's bytes follow. `flags` of
/// every sector are 16 bits of that hash: sectors of an older state of the same object, which hold at their place, too, are
/// told apart by it, and the whole hash is the proof after assembly.
namespace carma::log {

namespace {

constexpr std::uint64_t kObjectSeed = 0x6F626A656374ULL; ///< sets this hash apart from those of sectors

Hash128 objectHash(ByteView payload) { return hash128(payload, kObjectSeed); }

std::uint16_t tagOf(const Hash128& hash) { return loadLe<std::uint16_t>(hash.bytes); }

std::span<std::byte, kSectorBytes> sectorAt(Bytes& file, std::size_t index)
{
    return std::span<std::byte, kSectorBytes>(file.data() + index * kSectorBytes, kSectorBytes);
}

/// The state of an object that a sector belongs to.
struct Version {
    std::uint32_t sectors = 0;
    std::uint16_t tag = 0;
    auto operator<=>(const Version&) const = default; // NOLINT(modernize-use-nullptr): the check misreads what is generated
};

/// One copy after all its sectors were checked and, where possible, corrected.
struct CopyState {
    Bytes file;          ///< whole sectors only
    bool ragged = false; ///< bytes followed the last whole sector
    std::vector<SectorReading> readings;

    [[nodiscard]] std::optional<Version> versionOf(std::size_t index) const
    {
        if (index >= readings.size() || readings[index].state == SectorState::Bad) {
            return std::nullopt;
        }
        const FrameHead head = frameHead(std::span<const std::byte, kSectorBytes>(file.data() + index * kSectorBytes, kSectorBytes));
        return Version{head.extra, head.flags};
    }
};

CopyState readCopy(SectorPlace place, ByteView file)
{
    const std::size_t whole = file.size() / kSectorBytes;
    CopyState copy{toBytes(file.first(whole * kSectorBytes)), file.size() % kSectorBytes != 0, {}};
    for (std::size_t i = 0; i < whole; ++i) {
        place.index = i;
        copy.readings.push_back(readFramedSector(place, sectorAt(copy.file, i)));
    }
    return copy;
}

struct Assembly {
    Bytes payload;
    Bytes corrected;
    bool complete = false;
};

/// Puts one version together from all copies. `sectorsMax` bounds what a damaged count can ask for.
Assembly assemble(const std::vector<CopyState>& copies, const Version& version, std::size_t sectorsMax)
{
    Assembly result;
    if (version.sectors == 0 || version.sectors > sectorsMax) {
        return result;
    }
    Bytes file;
    Bytes content;
    for (std::size_t i = 0; i < version.sectors; ++i) {
        const auto source = std::ranges::find_if(copies, [&](const CopyState& copy) { return copy.versionOf(i) == version; });
        if (source == copies.end()) {
            return result;
        }
        const std::span<const std::byte, kSectorBytes> sector(source->file.data() + i * kSectorBytes, kSectorBytes);
        file.insert(file.end(), sector.begin(), sector.end());
        const ByteView part = framePayload(sector);
        content.insert(content.end(), part.begin(), part.end());
    }
    ByteReader reader(content);
    const auto length = reader.number<std::uint64_t>();
    const ByteView stored = reader.raw(16);
    if (reader.failed() || length != reader.rest().size()) {
        return result;
    }
    const Hash128 hash = objectHash(reader.rest());
    if (std::memcmp(hash.bytes.data(), stored.data(), 16) != 0) {
        return result;
    }
    return {toBytes(reader.rest()), std::move(file), true};
}

std::vector<SectorDamage> damageOf(const CopyState& copy, const std::optional<Version>& version, std::size_t sectorsMax)
{
    std::vector<SectorDamage> damage;
    const std::size_t due = version ? std::min<std::size_t>(version->sectors, sectorsMax) : std::max<std::size_t>(sectorsMax, 1);
    const std::size_t last = std::max(due, copy.readings.size());
    for (std::size_t i = 0; i < last; ++i) {
        const bool fits = i < due && copy.versionOf(i).has_value() && (!version || copy.versionOf(i) == version);
        if (!fits) {
            damage.push_back({i, SectorState::Bad, 0});
        } else if (copy.readings[i].state == SectorState::Corrected) {
            damage.push_back({i, SectorState::Corrected, copy.readings[i].flippedBits});
        }
    }
    if (copy.ragged && last == copy.readings.size()) {
        damage.push_back({last, SectorState::Bad, 0});
    }
    return damage;
}

} // namespace

Bytes frameObject(SectorPlace place, ByteView payload)
{
    const Hash128 hash = objectHash(payload);
    Bytes first;
    ByteWriter writer(first);
    writer.number(std::uint64_t{payload.size()});
    writer.raw(hash.bytes);
    const std::size_t headBytes = first.size();
    writer.raw(payload.first(std::min(payload.size(), kSectorPayloadBytes - headBytes)));
    const std::size_t sectors = (headBytes + payload.size() + kSectorPayloadBytes - 1) / kSectorPayloadBytes;
    CARMA_ASSERT(sectors <= std::numeric_limits<std::uint32_t>::max());
    Bytes file(sectors * kSectorBytes);
    for (std::size_t i = 0; i < sectors; ++i) {
        place.index = i;
        const std::size_t at = i * kSectorPayloadBytes - (i > 0 ? headBytes : 0); // in the payload
        const ByteView part = i == 0 ? ByteView(first) : payload.subspan(at, std::min(kSectorPayloadBytes, payload.size() - at));
        frameSector(place, tagOf(hash), static_cast<std::uint32_t>(sectors), part, sectorAt(file, i));
    }
    return file;
}

CopiesReading readFramedCopies(SectorPlace place, const std::vector<Bytes>& copies)
{
    std::vector<CopyState> states;
    std::size_t sectorsMax = 0;
    std::map<Version, std::size_t> votes;
    for (const Bytes& copy : copies) {
        states.push_back(readCopy(place, copy));
        sectorsMax = std::max(sectorsMax, states.back().readings.size());
        for (std::size_t i = 0; i < states.back().readings.size(); ++i) {
            if (const auto version = states.back().versionOf(i)) {
                ++votes[*version];
            }
        }
    }
    std::vector<std::pair<std::size_t, Version>> ranked;
    for (const auto& [version, count] : votes) {
        ranked.emplace_back(count, version);
    }
    std::ranges::sort(ranked, std::greater<>());
    CopiesReading result;
    std::optional<Version> chosen;
    for (const auto& [count, version] : ranked) {
        Assembly assembly = assemble(states, version, sectorsMax);
        if (assembly.complete) {
            chosen = version;
            result.payload = std::move(assembly.payload);
            result.corrected = std::move(assembly.corrected);
            result.complete = true;
            break;
        }
    }
    if (!chosen && !ranked.empty()) {
        chosen = ranked.front().second;
    }
    for (const CopyState& state : states) {
        result.damage.push_back(damageOf(state, chosen, sectorsMax));
    }
    return result;
}

ObjectReading readFramedObject(SectorPlace place, ByteView file)
{
    CopiesReading reading = readFramedCopies(place, {toBytes(file)});
    return {std::move(reading.payload), reading.complete, std::move(reading.corrected), std::move(reading.damage.front())};
}

} // namespace carma::log
