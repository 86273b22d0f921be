// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/sector/sector.h"

#include "base/bits.h"
#include "base/byte_io.h"

#include <carma/assert.h>

#include <algorithm>
#include <cstring>

namespace carma::log {

namespace {

constexpr std::uint32_t kMagic = 0x534D5243; ///< "CRMS"
constexpr std::size_t kCheckedBytes = kSectorHeadBytes + kSectorPayloadBytes;
constexpr std::size_t kCheckBytes = 16;
constexpr std::size_t kCodedBytes = kCheckedBytes + kCheckBytes;
static_assert(kCodedBytes + kSectorCodeBytes == kSectorBytes);

bool headIsValid(const SectorPlace& place, std::span<const std::byte, kSectorBytes> sector)
{
    const FrameHead head = frameHead(sector);
    return loadLe<std::uint32_t>(sector) == kMagic && head.kind == place.kind && head.used <= kSectorPayloadBytes;
}

bool checkHolds(const SectorPlace& place, std::span<const std::byte, kSectorBytes> sector)
{
    const Hash128 check = sectorCheck(place, sector.first(kCheckedBytes));
    return std::memcmp(check.bytes.data(), sector.data() + kCheckedBytes, kCheckBytes) == 0 && headIsValid(place, sector);
}

} // namespace

Hash128 sectorCheck(const SectorPlace& place, ByteView bytes)
{
    std::array<std::byte, 38> fields{};
    std::memcpy(fields.data(), place.store.bytes.data(), 16);
    const ByteSpan rest = std::span(fields).subspan(16);
    storeLe(rest, static_cast<std::uint16_t>(place.kind));
    storeLe(rest.subspan(2), place.shard);
    storeLe(rest.subspan(6), place.object);
    storeLe(rest.subspan(14), place.index);
    return hash128(bytes, hash64(fields, 0));
}

SectorReading readPlainSector(const SectorPlace& place, ByteSpan sector, const Hash128* check, SectorCode* code)
{
    CARMA_ASSERT(sector.size() == kSectorBytes);
    if (check == nullptr) {
        return {};
    }
    if (sectorCheck(place, sector) == *check) {
        return {SectorState::Good, 0};
    }
    if (code == nullptr) {
        return {};
    }
    Sector healed;
    std::ranges::copy(sector, healed.begin());
    SectorCode healedCode = *code;
    const auto bits = correctBits(healed, healedCode);
    if (!bits || *bits == 0 || sectorCheck(place, healed) != *check) {
        return {};
    }
    std::ranges::copy(healed, sector.begin());
    *code = healedCode;
    return {SectorState::Corrected, *bits};
}

void frameSector(
    const SectorPlace& place, std::uint16_t flags, std::uint32_t extra, ByteView payload, std::span<std::byte, kSectorBytes> out)
{
    CARMA_ASSERT(payload.size() <= kSectorPayloadBytes);
    std::ranges::fill(out, std::byte{0});
    storeLe(out, kMagic);
    storeLe(out.subspan(4), static_cast<std::uint16_t>(place.kind));
    storeLe(out.subspan(6), static_cast<std::uint16_t>(payload.size()));
    storeLe(out.subspan(8), flags);
    storeLe(out.subspan(12), extra);
    std::ranges::copy(payload, out.subspan(kSectorHeadBytes).begin());
    const Hash128 check = sectorCheck(place, out.first(kCheckedBytes));
    std::ranges::copy(check.bytes, out.subspan(kCheckedBytes).begin());
    std::ranges::copy(sectorCode(out.first(kCodedBytes)), out.subspan(kCodedBytes).begin());
}

SectorReading readFramedSector(const SectorPlace& place, std::span<std::byte, kSectorBytes> sector)
{
    SectorCode code;
    std::memcpy(code.data(), sector.data() + kCodedBytes, code.size());
    if (checkHolds(place, sector)) {
        // The check does not cover the code, and a scrub has to find damage there as well.
        const SectorCode right = sectorCode(sector.first(kCodedBytes));
        const unsigned bits = differingBits(code, right);
        std::ranges::copy(right, sector.subspan(kCodedBytes).begin());
        return {bits == 0 ? SectorState::Good : SectorState::Corrected, bits};
    }
    Sector healed;
    std::ranges::copy(sector, healed.begin());
    const auto bits = correctBits(std::span(healed).first(kCodedBytes), code);
    if (!bits || !checkHolds(place, healed)) {
        return {};
    }
    std::ranges::copy(code, healed.begin() + kCodedBytes);
    std::ranges::copy(healed, sector.begin());
    return {SectorState::Corrected, *bits};
}

FrameHead frameHead(std::span<const std::byte, kSectorBytes> sector)
{
    return {.kind = static_cast<SectorKind>(loadLe<std::uint16_t>(sector.subspan(4))),
        .used = loadLe<std::uint16_t>(sector.subspan(6)),
        .flags = loadLe<std::uint16_t>(sector.subspan(8)),
        .extra = loadLe<std::uint32_t>(sector.subspan(12))};
}

ByteView framePayload(std::span<const std::byte, kSectorBytes> sector)
{
    const std::size_t used = std::min<std::size_t>(frameHead(sector).used, kSectorPayloadBytes);
    return ByteView(sector).subspan(kSectorHeadBytes, used);
}

} // namespace carma::log
