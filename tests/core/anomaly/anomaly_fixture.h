// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/anomaly.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

namespace carma::test {

/// Exact area under the ROC curve, by ranks.
inline double exactAuc(const std::vector<double>& scores, const std::vector<bool>& positive)
{
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return scores[i]; });
    double ranks = 0;
    double positives = 0;
    for (std::size_t i = 0; i < order.size();) {
        std::size_t j = i;
        while (j < order.size() && scores[order[j]] == scores[order[i]]) {
            ++j;
        }
        for (std::size_t k = i; k < j; ++k) {
            ranks += positive[order[k]] ? (static_cast<double>(i + j) + 1) / 2 : 0;
            positives += positive[order[k]] ? 1 : 0;
        }
        i = j;
    }
    const double negatives = static_cast<double>(scores.size()) - positives;
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

/// A reader of text, in pieces of `piece` bytes.
inline ReplayRead readerOf(std::string text, std::size_t piece = 7)
{
    return [text = std::move(text), piece, at = std::size_t{0}](std::span<char> out) mutable -> Result<std::size_t> {
        const std::size_t size = std::min({piece, out.size(), text.size() - at});
        std::memcpy(out.data(), text.data() + at, size);
        at += size;
        return size;
    };
}

inline Result<ReplayReport> replayOf(const std::string& text, std::vector<ReplayAlarm>* alarms = nullptr, std::uint64_t start = 1)
{
    ReplayOptions options;
    options.start = start;
    return replayAnomalies(
        readerOf(text, 1000), options,
        [&](const ReplayAlarm& alarm) {
            if (alarms != nullptr) {
                alarms->push_back(alarm);
            }
        },
        Task{});
}

} // namespace carma::test
