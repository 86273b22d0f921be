// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace carma {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>; ///< not owned; valid while its source is
using ByteSpan = std::span<std::byte>;       ///< not owned, writable

/// The bytes of `text`, not owned.
inline ByteView asBytes(std::string_view text) { return {reinterpret_cast<const std::byte*>(text.data()), text.size()}; }

/// `bytes` seen as text, not owned, not checked for UTF-8.
inline std::string_view asText(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

inline std::string toString(ByteView bytes) { return std::string(asText(bytes)); }
inline Bytes toBytes(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
inline Bytes toBytes(std::string_view text) { return toBytes(asBytes(text)); }

/// Lower-case hexadecimal.
std::string toHex(ByteView bytes);

} // namespace carma
