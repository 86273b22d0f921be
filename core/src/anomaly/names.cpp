// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/anomaly.h>

#include <array>

namespace carma {

std::string_view name(AnomalyKind kind)
{
    constexpr std::array<std::string_view, kAnomalyKinds> kNames{"rate", "volume", "errors", "endpoints", "spread", "pattern"};
    const auto at = static_cast<std::size_t>(kind);
    return at < kNames.size() ? kNames[at] : "unknown";
}

std::string_view name(AnomalyAction action)
{
    constexpr std::array<std::string_view, kAnomalyActions> kNames{"observe", "throttle", "challenge", "suspend"};
    const auto at = static_cast<std::size_t>(action);
    return at < kNames.size() ? kNames[at] : "unknown";
}

std::string_view name(BlockOrigin origin)
{
    constexpr std::array<std::string_view, 3> kNames{"automatic", "manual", "allowed"};
    const auto at = static_cast<std::size_t>(origin);
    return at < kNames.size() ? kNames[at] : "unknown";
}

} // namespace carma
