// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment/parity.h"

#include <carma/assert.h>

#include <algorithm>
#include <isa-l/erasure_code.h>

namespace carma::log {

namespace {
constexpr std::size_t kBlockBytes = 16384; ///< per part; the parts of a usual row then stay in the second-level cache
} // namespace

Parity::Parity(Geometry geometry) : m_geometry(geometry), m_matrix(std::size_t{geometry.total()} * geometry.data)
{
    gf_gen_cauchy1_matrix(m_matrix.data(), static_cast<int>(geometry.total()), geometry.data);
}

void Parity::run(
    std::span<unsigned char> rows, std::span<const std::byte* const> in, std::span<std::byte* const> out, std::size_t bytes) const
{
    if (out.empty()) {
        return;
    }
    const int sources = m_geometry.data;
    const int targets = static_cast<int>(out.size());
    std::vector<unsigned char> tables(32 * in.size() * out.size());
    ec_init_tables(sources, targets, rows.data(), tables.data());
    std::vector<unsigned char*> inputs(in.size());
    std::vector<unsigned char*> outputs(out.size());
    for (std::size_t at = 0; at < bytes; at += kBlockBytes) {
        // ISA-L takes non-const pointers but only reads its inputs.
        std::ranges::transform(
            in, inputs.begin(), [&](const std::byte* part) { return reinterpret_cast<unsigned char*>(const_cast<std::byte*>(part + at)); });
        std::ranges::transform(out, outputs.begin(), [&](std::byte* part) { return reinterpret_cast<unsigned char*>(part + at); });
        ec_encode_data(static_cast<int>(std::min(kBlockBytes, bytes - at)), sources, targets, tables.data(), inputs.data(), outputs.data());
    }
}

void Parity::encode(std::span<const std::byte* const> data, std::span<std::byte* const> parity, std::size_t bytes) const
{
    CARMA_ASSERT(data.size() == m_geometry.data && parity.size() == m_geometry.parity);
    const std::size_t k = m_geometry.data;
    std::vector<unsigned char> rows(m_matrix.begin() + static_cast<std::ptrdiff_t>(k * k), m_matrix.end());
    run(rows, data, parity, bytes);
}

void Parity::rebuild(std::span<const unsigned> sources, std::span<const std::byte* const> in, std::span<const unsigned> targets,
    std::span<std::byte* const> out, std::size_t bytes) const
{
    const std::size_t k = m_geometry.data;
    CARMA_ASSERT(sources.size() == k && in.size() == k && targets.size() == out.size());
    std::vector<unsigned char> present(k * k);
    for (std::size_t i = 0; i < k; ++i) {
        std::copy_n(
            m_matrix.begin() + static_cast<std::ptrdiff_t>(sources[i] * k), k, present.begin() + static_cast<std::ptrdiff_t>(i * k));
    }
    std::vector<unsigned char> inverse(k * k);
    // Every k rows of this matrix are independent, so this cannot fail for different sources.
    const int singular = gf_invert_matrix(present.data(), inverse.data(), static_cast<int>(k));
    CARMA_ASSERT(singular == 0);
    // A target is its matrix row times the data, and the data is the inverse times the sources.
    std::vector<unsigned char> rows(targets.size() * k, 0);
    for (std::size_t t = 0; t < targets.size(); ++t) {
        for (std::size_t column = 0; column < k; ++column) {
            unsigned char sum = 0;
            for (std::size_t i = 0; i < k; ++i) {
                sum = static_cast<unsigned char>(sum ^ gf_mul(m_matrix[targets[t] * k + i], inverse[i * k + column]));
            }
            rows[t * k + column] = sum;
        }
    }
    run(rows, in, out, bytes);
}

} // namespace carma::log
