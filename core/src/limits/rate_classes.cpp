// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/limits.h>

#include <algorithm>

namespace carma {

namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kPeriodMaxUs = 400LL * 24 * 3600 * kSecondUs;
constexpr std::int64_t kPaidBackMaxUs = 36'525LL * 24 * 3600 * kSecondUs;

constexpr std::array<RateClass, 4> kClasses{{
    {"global", {1, kSecondUs, 1}, {1, kSecondUs, 1}, {1, kSecondUs, 1}},
    {"standard", {100, kSecondUs, 200}, {20, kSecondUs, 40}, {1, kSecondUs, 5}},
    {"bulk", {1'000, kSecondUs, 2'000}, {200, kSecondUs, 2'000}, {1, kSecondUs, 10}},
    {"internal", {10'000, kSecondUs, 20'000}, {10'000, kSecondUs, 20'000}, {100, kSecondUs, 200}},
}};

} // namespace

std::string_view name(LimitKind kind)
{
    switch (kind) {
    case LimitKind::Read: return "read";
    case LimitKind::Write: return "write";
    case LimitKind::Heavy: return "heavy";
    case LimitKind::Quota: return "quota";
    case LimitKind::FailedSource: return "failed-source";
    }
    return "unknown";
}

Result<void> checkLimit(const RateLimit& limit)
{
    const bool positive = limit.count > 0 && limit.periodUs > 0 && limit.burst > 0;
    if (!positive || limit.periodUs > kPeriodMaxUs || limit.count > static_cast<std::uint64_t>(limit.periodUs) * 1000) {
        return Error{ErrorCode::InvalidArgument, "a rate limit needs a count, a burst and a period of at most 400 days, each above zero"};
    }
    const auto stepUs = static_cast<std::uint64_t>(limit.periodUs) / limit.count + 1;
    if (limit.burst > static_cast<std::uint64_t>(kPaidBackMaxUs) / stepUs) {
        return Error{ErrorCode::InvalidArgument, "the burst of a rate limit is too large: it would be paid back in more than a century"};
    }
    return {};
}

const RateLimit& RateClass::of(LimitKind kind) const { return kind == LimitKind::Read ? read : kind == LimitKind::Write ? write : heavy; }

std::span<const RateClass> rateClasses() { return kClasses; }

const RateClass* findRateClass(std::string_view name)
{
    const auto* const found = std::ranges::find(kClasses, name, &RateClass::name);
    return found == kClasses.end() ? nullptr : found;
}

} // namespace carma
