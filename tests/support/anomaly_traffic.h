// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/split_mix.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <vector>

/// Made-up traffic with labels. It stands in for the http part of KDD-99, which no package carries: connections with the three features
/// that are used of it, of about the same shape, with 0.4 % of attacks of five kinds that come in bursts, as they do there.
///
/// | kind | request bytes | answer bytes | duration |
/// | --- | --- | --- | --- |
/// | usual | log-normal, median 240, sigma 0.35 | log-normal, median 2,000, sigma 1.0; 0.2 % none | 0 s; 1 % exponential, mean 4 s |
/// | oversized request | 54,540, seldom another | about 8,300 | 0..10 s |
/// | half-open | 0 | 0 | 0 s |
/// | scan | 0..20 | 0 | 0..2 s |
/// | exfiltration | log-normal, median 300 | log-normal, median 5 million | 20..200 s |
/// | slow drip | 5..40 | 0..100 | 300..3,000 s |
namespace carma::test {

enum class HttpKind : std::uint8_t { Usual, OversizedRequest, HalfOpen, Scan, Exfiltration, SlowDrip };
inline constexpr std::size_t kHttpFeatures = 3;

struct HttpEvent {
    HttpKind kind{};
    std::array<double, kHttpFeatures> features{}; ///< seconds, request bytes, answer bytes
};

inline double normal(SplitMix& draws)
{
    const double radius = std::sqrt(-2.0 * std::log(1.0 - draws.unit()));
    return radius * std::cos(2.0 * std::numbers::pi * draws.unit());
}
inline double logNormal(SplitMix& draws, double median, double sigma) { return std::floor(median * std::exp(sigma * normal(draws))); }

class HttpTraffic {
public:
    explicit HttpTraffic(std::uint64_t start) : m_draws(start) {}

    HttpEvent next()
    {
        constexpr double kBurstsAnEvent = 0.00004; // with bursts of 100 on average: 0.4 %
        constexpr std::uint64_t kBurstMax = 200;
        if (m_left == 0 && m_draws.unit() < kBurstsAnEvent) {
            m_left = 1 + m_draws.below(kBurstMax);
            constexpr std::uint64_t kOthersOneIn = 5; // of bursts: nearly all attacks there are of the first kind
            m_kind = m_draws.below(kOthersOneIn) == 0 ? static_cast<HttpKind>(2 + m_draws.below(4)) : HttpKind::OversizedRequest;
        }
        constexpr double kMixed = 0.5; // share of a burst between which usual traffic goes on
        if (m_left > 0 && m_draws.unit() < kMixed) {
            --m_left;
            return {m_kind, featuresOf(m_kind)};
        }
        return {HttpKind::Usual, featuresOf(HttpKind::Usual)};
    }

private:
    std::array<double, kHttpFeatures> featuresOf(HttpKind kind)
    {
        const auto between = [this](double low, double high) { return std::floor(low + (high - low) * m_draws.unit()); };
        switch (kind) {
        case HttpKind::OversizedRequest:
            return {between(0, 10), m_draws.unit() < 0.9 ? 54'540 : between(40'000, 60'000), between(8'200, 8'400)};
        case HttpKind::HalfOpen: return {0, 0, 0};
        case HttpKind::Scan: return {between(0, 2), between(0, 20), 0};
        case HttpKind::Exfiltration: return {between(20, 200), logNormal(m_draws, 300, 0.4), logNormal(m_draws, 5e6, 0.5)};
        case HttpKind::SlowDrip: return {between(300, 3000), between(5, 40), between(0, 100)};
        case HttpKind::Usual: break;
        }
        const double seconds = m_draws.unit() < 0.01 ? std::floor(-4.0 * std::log(1.0 - m_draws.unit())) : 0;
        const double answer = m_draws.unit() < 0.002 ? 0 : logNormal(m_draws, 2000, 1.0);
        return {seconds, logNormal(m_draws, 240, 0.35), answer};
    }

    SplitMix m_draws;
    std::uint64_t m_left = 0;
    HttpKind m_kind{};
};

} // namespace carma::test
