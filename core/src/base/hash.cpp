// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hash.h"

#include <carma/assert.h>

#include <cstring>
#include <isa-l/crc.h>
#include <limits>
#include <xxhash.h>

namespace carma {

Hash128 hash128(ByteView bytes, std::uint64_t seed)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed));
    Hash128 hash;
    std::memcpy(hash.bytes.data(), canonical.digest, sizeof canonical.digest);
    return hash;
}

std::uint64_t hash64(ByteView bytes, std::uint64_t seed) { return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed); }

std::uint32_t crc32c(ByteView bytes)
{
    CARMA_ASSERT(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
    // ISA-L takes a non-const pointer but only reads; it neither inverts the start value nor the result.
    auto* data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(bytes.data()));
    return ~crc32_iscsi(data, static_cast<int>(bytes.size()), 0xFFFFFFFFU);
}

std::uint32_t crc32(ByteView bytes) { return crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()); }

} // namespace carma
