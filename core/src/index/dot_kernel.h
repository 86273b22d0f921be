// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace carma::index {

/// dots[i] = row i of `rows` times `query`; rows are int16 [dots.size(), query.size()], row-major. Uses the widest
/// vector instructions of this machine; whole numbers, so every machine gets the same. REQUIRES: the product of the
/// lengths of `query` and of each row stays below 2^31, which bounds every partial sum, too.
void dotProducts(std::span<const std::int16_t> rows, std::span<const std::int16_t> query, std::span<std::int32_t> dots);

/// The same for the rows `ids`, which lie anywhere: they are fetched ahead. REQUIRES: dots.size() == ids.size()
void dotProductsOf(
    const std::int16_t* rows, std::span<const std::uint32_t> ids, std::span<const std::int16_t> query, std::span<std::int32_t> dots);

} // namespace carma::index
