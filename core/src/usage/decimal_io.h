// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"

#include <carma/money.h>

/// Decimals in records: units as a number of 128 bits, then the scale.
namespace carma::usage {

inline constexpr std::size_t kDecimalBytes = 17;

inline void writeDecimal(ByteWriter& writer, const Decimal& value)
{
    writer.number(static_cast<std::uint64_t>(value.units()));
    writer.number(static_cast<std::int64_t>(value.units() >> 64U));
    writer.number(static_cast<std::uint8_t>(value.scale()));
}

/// Corruption for what Decimal::make refuses or writes in another way.
inline Result<Decimal> readDecimal(ByteReader& reader)
{
    const auto low = reader.number<std::uint64_t>();
    const auto high = reader.number<std::int64_t>();
    const auto scale = reader.number<std::uint8_t>();
    const Int128 units = static_cast<Int128>(high) * (static_cast<Int128>(1) << 64U) + static_cast<Int128>(low);
    const auto made = Decimal::make(units, scale);
    if (!made.has_value() || made->units() != units || made->scale() != scale) {
        return Error{ErrorCode::Corruption, "a number in a record is not readable"};
    }
    return *made;
}

} // namespace carma::usage
