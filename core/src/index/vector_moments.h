// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/snapshot_reader.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace carma::index {

/// What the cosines of any query with a fixed sample of vectors have as mean and variance, without comparing it with any: the mean
/// is the query's product with the mean vector m, the variance q' (S - m m') q with the sample's second moments S.
class VectorMoments {
public:
    /// `vectors` is int16 [sample, dimension], unit vectors in fixed point. REQUIRES: at least one
    VectorMoments(std::span<const std::int16_t> vectors, std::size_t dimension);

    /// Those of a snapshot; reader.failed() tells of bytes that end too early.
    VectorMoments(SnapshotReader& reader, std::size_t dimension);
    void encode(Bytes& out) const;

    struct Spread {
        float mean = 0;
        float variance = 0;
    };
    /// REQUIRES: a unit vector in fixed point
    [[nodiscard]] Spread of(std::span<const std::int16_t> query) const;
    [[nodiscard]] std::size_t memoryBytes() const
    {
        return m_mean.capacity() * sizeof(float) + m_covariance.capacity() * sizeof(std::uint16_t);
    }

private:
    std::vector<float> m_mean;
    /// [dimension, dimension], the upper triangle of a symmetric matrix with what is below added to it; bfloat16, because every query reads
    /// it all and a deviation that is true to some thousandths moves no passage past another.
    std::vector<std::uint16_t> m_covariance;
};

} // namespace carma::index
