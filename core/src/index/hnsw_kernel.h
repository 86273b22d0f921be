// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace carma::index {

/// Rows of bytes are padded to a multiple of this, which is one AVX-512 register and one cache line.
inline constexpr std::size_t kByteRowUnit = 64;

/// dots[i] = sum over k of rows[ids[i] * width + k] * query[k]. A row holds its numbers plus 128, because the instructions that
/// multiply bytes want one side without sign; the caller takes 128 times the query's sum off again. Whole numbers: the same on
/// every machine. REQUIRES: width is a multiple of kByteRowUnit and below 2^16
void byteDots(
    const std::uint8_t* rows, std::size_t width, const std::uint32_t* ids, std::size_t count, const std::int8_t* query, std::int32_t* dots);

} // namespace carma::index
