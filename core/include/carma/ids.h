// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/result.h>

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace carma {

/// 128 bits, big-endian, so that the order of the bytes is the order of the number. `Tag` keeps the kinds apart.
template <typename Tag> struct Id128 {
    std::array<std::uint8_t, 16> bytes{};

    // The check takes the 0 that the compiler compares with for a pointer.
    auto operator<=>(const Id128&) const = default; // NOLINT(modernize-use-nullptr)
    [[nodiscard]] bool isNull() const { return *this == Id128{}; }
    [[nodiscard]] ByteView view() const { return std::as_bytes(std::span(bytes)); }

    /// This number plus `offset`, modulo 2^128. Nodes of a document are numbered from its id this way.
    [[nodiscard]] Id128 plus(std::uint64_t offset) const
    {
        Id128 sum = *this;
        for (std::size_t i = 16; i-- > 0 && offset != 0;) {
            offset += sum.bytes[i];
            sum.bytes[i] = static_cast<std::uint8_t>(offset);
            offset >>= 8U;
        }
        return sum;
    }
};

using FragmentId = Id128<struct FragmentTag>;   ///< a fragment, document, section or sentence group
using NamespaceId = Id128<struct NamespaceTag>; ///< what belongs to one user or agent
using StoreId = Id128<struct StoreTag>;         ///< one store, drawn at `init`

/// 26 characters of Crockford's base 32 (https://www.crockford.com/base32.html), upper case.
std::string crockford(const std::array<std::uint8_t, 16>& bytes);
/// Reads 26 characters; lower case, and O, I, L for 0, 1, 1, are accepted. InvalidArgument otherwise.
Result<std::array<std::uint8_t, 16>> parseCrockford(std::string_view text);

template <typename Tag> std::string toString(const Id128<Tag>& id) { return crockford(id.bytes); }
template <typename IdType> Result<IdType> parseId(std::string_view text)
{
    CARMA_TRY_ASSIGN(auto bytes, parseCrockford(text));
    return IdType{bytes};
}

/// Position of a record in the log: 0, 1, 2, ... Each record has one; none is used twice.
using Sequence = std::uint64_t;
inline constexpr Sequence kNoSequence = ~Sequence{0};

} // namespace carma

template <typename Tag> struct std::hash<carma::Id128<Tag>> {
    std::size_t operator()(const carma::Id128<Tag>& id) const noexcept
    {
        std::uint64_t low = 0;
        for (std::size_t i = 8; i < 16; ++i) {
            low = (low << 8U) | id.bytes[i];
        }
        return static_cast<std::size_t>(low * 0x9E3779B97F4A7C15ULL);
    }
};
