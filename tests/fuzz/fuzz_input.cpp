// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/fuzz_input.h"

#include "base/byte_io.h"

#include <algorithm>

namespace carma::fuzz {

namespace {

constexpr std::array<std::uint64_t, 12> kTellingNumbers{0, 1, 2, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF,
    0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFE, std::uint64_t{1} << 40U};

/// A place in one of the files: either any byte, or one near the start of a sector, where heads and lengths are.
struct Spot {
    std::size_t file = 0;
    std::size_t at = 0;
    std::size_t size = 0; ///< bytes from there to the end of the file
};

Spot readSpot(Input& input, const Files& files)
{
    Spot spot;
    spot.file = input.byte() % files.size();
    const std::size_t bytes = files[spot.file] ? files[spot.file]->size() : 0;
    const std::uint32_t where = input.u32();
    spot.at = bytes == 0 ? 0 : where % bytes;
    spot.size = bytes - spot.at;
    return spot;
}

void put(const Spot& spot, ByteView bytes, Files& files)
{
    if (spot.size != 0) {
        std::ranges::copy(bytes.first(std::min(bytes.size(), spot.size)), files[spot.file]->begin() + static_cast<std::ptrdiff_t>(spot.at));
    }
}

/// One sector of a file over another, as a write or a read that went astray would have it.
void misplace(Input& input, const Spot& from, Files& files)
{
    const std::size_t target = input.byte() % files.size();
    const std::size_t sector = from.at / log::kSectorBytes * log::kSectorBytes;
    if (!files[from.file] || !files[target] || sector + log::kSectorBytes > files[from.file]->size()) {
        return;
    }
    const Bytes bytes(files[from.file]->begin() + static_cast<std::ptrdiff_t>(sector),
        files[from.file]->begin() + static_cast<std::ptrdiff_t>(sector + log::kSectorBytes));
    const std::size_t at = input.below(files[target]->size() / log::kSectorBytes) * log::kSectorBytes;
    put({target, at, files[target]->size() - at}, bytes, files);
}

void damage(Input& input, const EditLimits& limits, Files& files)
{
    const std::uint8_t kind = input.byte() % 8;
    const Spot spot = readSpot(input, files);
    std::optional<Bytes>& file = files[spot.file];
    switch (kind) {
    case 0:
    case 1: // one bit
        if (spot.size != 0) {
            (*file)[spot.at] ^= static_cast<std::byte>(1U << (input.byte() % 8));
        }
        break;
    case 2: { // noise that the input does not spell, so that it cannot spell a check
        const std::uint16_t seed = input.u16();
        put(spot, SeededRandom(seed).bytes(1 + input.u16() % (2 * log::kSectorBytes)), files);
        break;
    }
    case 3: // zeroes, or another single byte
        put(spot, Bytes(1 + input.u16() % (2 * log::kSectorBytes), static_cast<std::byte>(input.byte() % 2 * 255)), files);
        break;
    case 4: // a lost end
        if (file) {
            file->resize(spot.at);
        }
        break;
    case 5: // something behind the end
        if (file && file->size() < limits.fileBytesMax) {
            const std::uint16_t seed = input.u16();
            const Bytes more = SeededRandom(seed).bytes(input.u16() % (2 * log::kSectorBytes));
            file->insert(file->end(), more.begin(), more.end());
        }
        break;
    case 6: misplace(input, spot, files); break;
    default:
        if (input.byte() % 4 == 0) {
            file.reset();
        }
    }
}

void forge(Input& input, const Reframe& reframe, const EditLimits& limits, Files& files)
{
    const std::uint8_t kind = input.byte() % 5;
    const bool frame = input.byte() % 4 != 0;
    if (kind == 4) {
        damage(input, limits, files);
        return;
    }
    const Spot spot = readSpot(input, files);
    if (kind == 0) {
        put(spot, input.take(1 + input.byte() % 64), files);
    } else if (kind == 1) {
        Bytes number;
        ByteWriter(number).number(kTellingNumbers[input.byte() % kTellingNumbers.size()]);
        put(spot, ByteView(number).first(std::size_t{1} << (input.byte() % 4)), files);
    } else if (kind == 2) {
        Bytes number;
        ByteWriter(number).number(input.u64());
        put(spot, number, files);
    } else if (spot.size != 0) { // a number slightly off is what most bounds are about
        (*files[spot.file])[spot.at] = static_cast<std::byte>(std::to_integer<unsigned>((*files[spot.file])[spot.at]) + input.byte());
    }
    const std::uint64_t sector = spot.at / log::kSectorBytes;
    if (frame && reframe && files[spot.file] && (sector + 1) * log::kSectorBytes <= files[spot.file]->size()) {
        reframe(spot.file, sector,
            std::span<std::byte, log::kSectorBytes>(files[spot.file]->data() + sector * log::kSectorBytes, log::kSectorBytes));
    }
}

} // namespace

std::uint8_t Input::byte()
{
    const ByteView one = take(1);
    return one.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(one[0]);
}

std::uint16_t Input::u16()
{
    const std::uint16_t low = byte();
    return static_cast<std::uint16_t>(low | byte() << 8U);
}

std::uint32_t Input::u32()
{
    const std::uint32_t low = u16();
    return low | std::uint32_t{u16()} << 16U;
}

std::uint64_t Input::u64()
{
    const std::uint64_t low = u32();
    return low | std::uint64_t{u32()} << 32U;
}

std::uint64_t Input::below(std::uint64_t limit) { return limit == 0 ? 0 : u32() % limit; }

ByteView Input::take(std::size_t sizeMax)
{
    const ByteView part = m_rest.first(std::min(sizeMax, m_rest.size()));
    m_rest = m_rest.subspan(part.size());
    return part;
}

void SeededRandom::fill(ByteSpan out)
{
    for (std::byte& byte : out) { // SplitMix64, https://prng.di.unimi.it/splitmix64.c
        m_state += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        byte = static_cast<std::byte>(z ^ (z >> 31U));
    }
}

Bytes SeededRandom::bytes(std::size_t size)
{
    Bytes result(size);
    fill(result);
    return result;
}

void applyEdits(Input& input, Intent intent, Files& files, const Reframe& reframe, const EditLimits& limits)
{
    for (std::size_t i = 0; i < limits.editsMax && !input.atEnd(); ++i) {
        if (intent == Intent::Damage) {
            damage(input, limits, files);
        } else {
            forge(input, reframe, limits, files);
        }
    }
}

void reframeSector(const log::SectorPlace& place, std::span<std::byte, log::kSectorBytes> bytes)
{
    constexpr std::size_t kChecked = log::kSectorHeadBytes + log::kSectorPayloadBytes;
    constexpr std::size_t kCoded = log::kSectorBytes - log::kSectorCodeBytes;
    const Hash128 check = log::sectorCheck(place, bytes.first(kChecked));
    std::ranges::copy(check.bytes, bytes.subspan(kChecked).begin());
    std::ranges::copy(log::sectorCode(bytes.first(kCoded)), bytes.subspan(kCoded).begin());
}

void load(test::MemoryDisk& disk, const std::vector<std::string>& paths, const Files& files)
{
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i]) {
            disk.files[paths[i]] = std::make_shared<Bytes>(*files[i]);
        }
    }
}

} // namespace carma::fuzz
