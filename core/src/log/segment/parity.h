// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/segment/segment.h"

#include <span>

namespace carma::log {

/// Reed-Solomon over GF(2^8) with a Cauchy matrix, by ISA-L (https://github.com/intel/isa-l). Any k of the k + m parts of a
/// row give the others. Const functions are thread-safe.
class Parity {
public:
    explicit Parity(Geometry geometry);

    /// REQUIRES: data.size() == k, parity.size() == m; all parts have `bytes` bytes, a multiple of 64
    void encode(std::span<const std::byte* const> data, std::span<std::byte* const> parity, std::size_t bytes) const;

    /// Computes the parts numbered `targets` from the k parts numbered `sources`.
    /// REQUIRES: sources.size() == k, all different
    void rebuild(std::span<const unsigned> sources, std::span<const std::byte* const> in, std::span<const unsigned> targets,
        std::span<std::byte* const> out, std::size_t bytes) const;

private:
    void run(std::span<unsigned char> rows, std::span<const std::byte* const> in, std::span<std::byte* const> out, std::size_t bytes) const;

    Geometry m_geometry;
    std::vector<unsigned char> m_matrix; ///< (k + m) rows of k, the first k are the identity
};

} // namespace carma::log
