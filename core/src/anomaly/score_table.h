// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace carma::anomaly {

/// The area under the ROC curve of scores in 0..1: how often a positive scores higher than a negative, ties counted half. Scores that
/// differ by less than 1 / 262,144 count as ties, which keeps memory at 4 MiB for any number of them.
class ScoreTable {
public:
    ScoreTable() : m_counts(kBins) {}

    void add(double score, bool positive)
    {
        const auto bin = static_cast<std::size_t>(std::clamp(score, 0.0, 1.0) * (kBins - 1));
        ++m_counts[bin][positive ? 1 : 0];
    }
    /// 0.5 if there are no positives or no negatives.
    [[nodiscard]] double auc() const
    {
        double below = 0;
        double positives = 0;
        double sum = 0;
        for (const auto& [negative, positive] : m_counts) {
            sum += static_cast<double>(positive) * (below + static_cast<double>(negative) / 2);
            below += static_cast<double>(negative);
            positives += static_cast<double>(positive);
        }
        return below > 0 && positives > 0 ? sum / below / positives : 0.5;
    }

private:
    static constexpr std::size_t kBins = 1U << 18U;

    std::vector<std::array<std::uint64_t, 2>> m_counts;
};

} // namespace carma::anomaly
