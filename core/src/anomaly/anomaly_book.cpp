// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/anomaly_book.h"

#include <algorithm>

namespace carma::anomaly {

namespace {

constexpr std::size_t kHeldMax = 100'000; // subjects with an action that holds: the first to end go when there are more
constexpr std::int64_t kLongestUs = 30LL * 86'400'000'000;

} // namespace

Result<void> AnomalyBook::follow(journal::Journal& journal, std::int64_t nowUs)
{
    const Sequence end = journal.end();
    if (end <= m_next) {
        return {};
    }
    CARMA_TRY(journal.read(log::RecordType::Anomaly, m_next, [&](const journal::Entry& entry) -> Result<bool> {
        if (entry.sequence < end) {
            take(entry, nowUs);
        }
        return entry.sequence < end;
    }));
    m_next = end;
    return {};
}

void AnomalyBook::take(const journal::Entry& entry, std::int64_t nowUs)
{
    const auto item = decodeItem(entry.body);
    if (entry.lost || entry.purged || !item.has_value()) {
        return;
    }
    if (const auto* found = std::get_if<Anomaly>(&*item)) {
        hold(*found, nowUs);
    } else if (const auto* block = std::get_if<Block>(&*item)) {
        (void)m_blocks.put(*block, nowUs).has_value(); // more than fit were refused when they were added
    } else if (const auto* unblock = std::get_if<Unblock>(&*item)) {
        (void)m_blocks.remove(unblock->prefix);
    } else if (const auto* policy = std::get_if<AnomalyPolicy>(&*item)) {
        m_policy = *policy;
    } else if (const auto* ended = std::get_if<Lift>(&*item)) {
        lift(ended->subject);
    }
}

void AnomalyBook::lift(const std::string& subject)
{
    if (const auto found = m_held.find(subject); found != m_held.end()) {
        m_ends.erase({std::ranges::max(found->second, {}, &Held::untilUs).untilUs, subject});
        m_held.erase(found);
    }
}

void AnomalyBook::hold(const Anomaly& found, std::int64_t nowUs)
{
    // A clock that was set back makes no action longer than it was made for.
    const std::int64_t lasts = std::clamp<std::int64_t>(
        found.expiresUs - std::clamp<std::int64_t>(found.timeUs, 0, INT64_MAX / 2), 0, kLongestUs);
    const std::int64_t until = std::min(std::max<std::int64_t>(found.timeUs, 0), nowUs) + lasts;
    if (found.action == AnomalyAction::Observe || until <= nowUs) {
        return;
    }
    while (!m_ends.empty() && (m_ends.begin()->first <= nowUs || m_held.size() >= kHeldMax)) {
        m_held.erase(m_ends.begin()->second);
        m_ends.erase(m_ends.begin());
    }
    auto& kinds = m_held[found.subject];
    const auto lastOf = [&] { return std::ranges::max(kinds, {}, &Held::untilUs).untilUs; };
    m_ends.erase({lastOf(), found.subject});
    kinds.at(static_cast<std::size_t>(found.kind)) = {found.action, until, found.kind};
    m_ends.emplace(lastOf(), found.subject);
}

AnomalyBook::Held AnomalyBook::held(const std::string& subject, std::int64_t nowUs) const
{
    Held severest;
    const auto found = m_held.find(subject);
    if (found == m_held.end()) {
        return severest;
    }
    for (const Held& held : found->second) {
        if (held.untilUs > nowUs &&
            (held.action > severest.action || (held.action == severest.action && held.untilUs > severest.untilUs))) {
            severest = held;
        }
    }
    return severest;
}

} // namespace carma::anomaly
