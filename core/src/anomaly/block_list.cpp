// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/block_list.h"

#include <algorithm>

namespace carma::anomaly {

namespace {

constexpr std::int64_t kForEver = INT64_MAX;
constexpr std::string_view kAutomaticReason = "failed again and again";

/// The end of a block, with what a clock that was set back would add taken off.
std::int64_t endOf(const Block& block, std::int64_t nowUs)
{
    return block.lastsUs == 0 ? kForEver : std::min(block.sinceUs, nowUs) + block.lastsUs;
}

BlockEntry entryOf(const Block& block, std::int64_t nowUs)
{
    const std::int64_t end = endOf(block, nowUs);
    return {toString(block.prefix), block.origin, block.reason, block.sinceUs, end == kForEver ? 0 : end, block.strikes};
}

} // namespace

Prefix BlockList::counted(const Prefix& source) const
{
    return source.isIpv4() || source.bits <= m_options.ipv6Bits ? source : source.widened(m_options.ipv6Bits);
}

const Block* BlockList::ByHand::covering(const Prefix& source, std::int64_t nowUs) const
{
    for (std::size_t bits = 0; bits <= source.bits; ++bits) {
        if (lengths[bits] == 0) {
            continue;
        }
        const auto found = blocks.find(source.widened(static_cast<std::uint8_t>(bits)));
        if (found != blocks.end() && endOf(found->second, nowUs) > nowUs) {
            return &found->second;
        }
    }
    return nullptr;
}

void BlockList::ByHand::put(const Block& block)
{
    lengths.at(block.prefix.bits) += blocks.insert_or_assign(block.prefix, block).second ? 1 : 0;
}

bool BlockList::ByHand::remove(const Prefix& prefix)
{
    const bool was = blocks.erase(prefix) > 0;
    lengths.at(prefix.bits) -= was ? 1 : 0;
    return was;
}

void BlockList::ByHand::dropEnded(std::int64_t nowUs)
{
    for (auto at = blocks.begin(); at != blocks.end();) {
        const bool ended = endOf(at->second, nowUs) <= nowUs;
        lengths.at(at->first.bits) -= ended ? 1 : 0;
        at = ended ? blocks.erase(at) : std::next(at);
    }
}

std::optional<BlockEntry> BlockList::blocked(const Prefix& source, std::int64_t nowUs) const
{
    if (allows(source, nowUs)) {
        return std::nullopt;
    }
    if (const Block* block = m_manual.covering(source, nowUs)) {
        return entryOf(*block, nowUs);
    }
    const auto found = m_sources.find(counted(source));
    if (found == m_sources.end() || found->second->untilUs <= nowUs) {
        return std::nullopt;
    }
    const Source& held = *found->second;
    return BlockEntry{
        toString(held.prefix), BlockOrigin::Automatic, std::string(kAutomaticReason), held.sinceUs, held.untilUs, held.strikes};
}

void BlockList::forgive(Source& source, std::int64_t nowUs) const
{
    const auto passed = static_cast<double>(std::max<std::int64_t>(0, nowUs - source.seenUs));
    source.failures = std::max(0.0, source.failures - passed / static_cast<double>(m_options.forgiveFailureUs));
    source.seenUs = std::max(source.seenUs, nowUs);
    const std::int64_t quiet = (nowUs - source.strikesUs) / m_options.forgiveStrikeUs;
    if (quiet > 0) {
        source.strikes -= static_cast<std::uint32_t>(std::min<std::int64_t>(quiet, source.strikes));
        source.strikesUs += quiet * m_options.forgiveStrikeUs;
    }
}

/// Blocks that have ended no longer stand in the way of others.
void BlockList::dropEnded(std::int64_t nowUs)
{
    while (!m_ends.empty() && m_ends.begin()->first <= nowUs) {
        const auto source = m_sources.find(m_ends.begin()->second);
        m_ends.erase(m_ends.begin());
        m_free.splice(m_free.begin(), m_held, source->second);
    }
}

void BlockList::makeRoom(std::int64_t nowUs)
{
    dropEnded(nowUs);
    if (m_sources.size() < m_options.sourcesMax) {
        return;
    }
    if (!m_free.empty()) {
        m_sources.erase(m_free.back().prefix);
        m_free.pop_back();
        return;
    }
    const auto first = m_sources.find(m_ends.begin()->second);
    m_ends.erase(m_ends.begin());
    m_held.erase(first->second);
    m_sources.erase(first);
}

BlockList::Source& BlockList::find(const Prefix& prefix, std::int64_t nowUs)
{
    const auto found = m_sources.find(prefix);
    if (found != m_sources.end()) {
        return *found->second;
    }
    makeRoom(nowUs);
    Source& source = m_free.emplace_front();
    source.prefix = prefix;
    source.seenUs = nowUs;
    source.strikesUs = nowUs;
    m_sources.emplace(prefix, m_free.begin());
    return source;
}

void BlockList::setBlock(Source& source, std::int64_t sinceUs, std::int64_t untilUs)
{
    const auto place = m_sources.find(source.prefix)->second;
    if (m_ends.erase({source.untilUs, source.prefix}) == 0) {
        m_held.splice(m_held.begin(), m_free, place);
    }
    source.sinceUs = sinceUs;
    source.untilUs = untilUs;
    m_ends.emplace(untilUs, source.prefix);
}

std::optional<Block> BlockList::fail(const Prefix& address, std::int64_t nowUs)
{
    if (allows(address, nowUs)) {
        return std::nullopt;
    }
    dropEnded(nowUs);
    Source& source = find(counted(address), nowUs);
    forgive(source, nowUs);
    if (source.untilUs > nowUs) {
        return std::nullopt; // it is refused anyhow
    }
    m_free.splice(m_free.begin(), m_free, m_sources.find(source.prefix)->second);
    source.failures += 1;
    source.strikesUs = std::max(source.strikesUs, nowUs);
    if (source.failures < m_options.failuresToBlock) {
        return std::nullopt;
    }
    constexpr std::uint32_t kDoublingsMax = 40; // beyond which a time would not fit its number
    source.failures = 0;
    const std::uint32_t doublings = std::min(source.strikes, kDoublingsMax);
    const std::int64_t lasts = std::min(m_options.longestUs, m_options.firstUs * (std::int64_t{1} << doublings));
    ++source.strikes;
    setBlock(source, nowUs, nowUs + lasts);
    source.strikesUs = source.untilUs;
    return Block{source.prefix, BlockOrigin::Automatic, nowUs, lasts, source.strikes, std::string(kAutomaticReason)};
}

Result<void> BlockList::put(const Block& block, std::int64_t nowUs)
{
    if (block.origin == BlockOrigin::Automatic) {
        const std::int64_t end = endOf(block, nowUs);
        Source& source = find(counted(block.prefix), nowUs);
        source.strikes = block.strikes;
        source.seenUs = std::min(block.sinceUs, nowUs);
        source.strikesUs = std::min(end, nowUs + m_options.longestUs);
        if (end > nowUs) {
            setBlock(source, block.sinceUs, end);
        } else {
            forgive(source, nowUs);
        }
        return {};
    }
    ByHand& table = block.origin == BlockOrigin::Allowed ? m_allowed : m_manual;
    table.dropEnded(nowUs);
    const std::size_t size = table.blocks.size();
    if (size >= m_options.manualMax && !table.blocks.contains(block.prefix)) {
        return Error{ErrorCode::LimitExceeded, "the list holds " + std::to_string(size) + " entries by hand, and no more"};
    }
    Block kept = block;
    kept.sinceUs = std::min(block.sinceUs, nowUs);
    table.put(kept);
    return {};
}

bool BlockList::knows(const Prefix& prefix) const
{
    return m_manual.blocks.contains(prefix) || m_allowed.blocks.contains(prefix) || m_sources.contains(counted(prefix));
}

bool BlockList::remove(const Prefix& prefix)
{
    bool removed = m_manual.remove(prefix);
    removed = m_allowed.remove(prefix) || removed;
    const auto source = m_sources.find(counted(prefix));
    if (source != m_sources.end()) {
        Order& order = m_ends.erase({source->second->untilUs, source->first}) > 0 ? m_held : m_free;
        order.erase(source->second);
        m_sources.erase(source);
        removed = true;
    }
    return removed;
}

std::vector<BlockEntry> BlockList::entries(std::int64_t nowUs) const
{
    std::map<Prefix, std::vector<BlockEntry>> sorted;
    for (const ByHand* table : {&m_allowed, &m_manual}) {
        for (const auto& [prefix, block] : table->blocks) {
            if (endOf(block, nowUs) > nowUs) {
                sorted[prefix].push_back(entryOf(block, nowUs));
            }
        }
    }
    for (const auto& [end, prefix] : m_ends) {
        if (end > nowUs && !allows(prefix, nowUs)) {
            const Source& held = *m_sources.find(prefix)->second;
            sorted[prefix].push_back(
                {toString(prefix), BlockOrigin::Automatic, std::string(kAutomaticReason), held.sinceUs, end, held.strikes});
        }
    }
    std::vector<BlockEntry> all;
    for (auto& [prefix, entries] : sorted) {
        std::ranges::move(entries, std::back_inserter(all));
    }
    return all;
}

} // namespace carma::anomaly
