// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/hnsw.h"

#include "base/split_mix.h"
#include "index/hnsw_kernel.h"

#include <carma/assert.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace carma::index {

namespace {

using Link = std::atomic_ref<std::uint32_t>;

constexpr std::uint8_t kShift = 128;
constexpr std::int32_t kDotBound = 1 << 30; // of rows of up to 2^16 bytes of -127..127
constexpr double kReachOfBytes = 4.5;       // deviations of a number of a unit vector that a byte can tell; larger ones stop there
constexpr std::size_t kEqualMax = 5;        // equal rows in a list, so that many find each other and still lead elsewhere
constexpr std::size_t kScanBatch = 64;
constexpr double kNearCopy = 0.98;  // cosine of copies, which get no detour: they would fill each other's lists
constexpr double kDetour = 0.13;    // share of its distance from the base that a candidate may be nearer to another that stays
constexpr std::size_t kStarts = 32; // places that a search begins from besides the one that the upper levels lead to

// A pool holds keys that sort best first, ties by slot: 31 bits of dot, 30 of slot, one that says that the slot was looked at.
std::uint64_t keyOf(std::int32_t dot, Slot slot)
{
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(kDotBound - dot)) << 32U | std::uint64_t{slot} << 1U;
}
Near nearOf(std::uint64_t key) { return {kDotBound - static_cast<std::int32_t>(key >> 32U), static_cast<Slot>((key & 0xFFFFFFFFU) >> 1U)}; }

/// Keeps `pool` sorted and no longer than `width`. Returns where the key went; pool.size() if it is too bad.
std::size_t insertKey(std::vector<std::uint64_t>& pool, std::size_t width, std::uint64_t key)
{
    if (pool.size() == width) {
        if (key >= pool.back()) {
            return width;
        }
        pool.pop_back();
    }
    const auto at = std::ranges::upper_bound(pool, key);
    const auto place = static_cast<std::size_t>(at - pool.begin());
    pool.insert(at, key);
    return place;
}

bool isAllowed(AllowedSlots allowed, Slot slot) { return slot / 64 < allowed.size() && (allowed[slot / 64] >> (slot % 64) & 1U) != 0; }

bool isBetter(const Near& a, const Near& b) { return a.dot != b.dot ? a.dot > b.dot : a.slot < b.slot; }

/// A slot is on level l or above with the probability kLinks^-l.
std::uint8_t levelOf(Slot slot)
{
    std::uint64_t x = splitMixAt(slot);
    std::uint8_t level = 0;
    while (level < Hnsw::kLevelsMax && x % Hnsw::kLinks == 0) {
        x /= Hnsw::kLinks;
        ++level;
    }
    return level;
}

std::size_t capacityOf(std::uint32_t level) { return level == 0 ? Hnsw::kLinksBase : Hnsw::kLinks; }

/// The product of what the row stands for is smaller by this.
std::int32_t biasOf(const std::vector<std::int8_t>& query)
{
    std::int32_t sum = 0;
    for (const std::int8_t value : query) {
        sum += value;
    }
    return sum * kShift;
}

class ListLock {
public:
    explicit ListLock(std::atomic_flag& flag) : m_flag(flag)
    {
        while (m_flag.test_and_set(std::memory_order_acquire)) {
        }
    }
    ~ListLock() { m_flag.clear(std::memory_order_release); }
    ListLock(const ListLock&) = delete;
    ListLock& operator=(const ListLock&) = delete;

private:
    std::atomic_flag& m_flag;
};

void writeList(std::uint32_t* list, std::size_t capacity, std::span<const Near> links)
{
    for (std::size_t i = 0; i < capacity; ++i) {
        Link(list[i]).store(i < links.size() ? links[i].slot : kGone, std::memory_order_relaxed);
    }
}

} // namespace

Hnsw::Hnsw(std::size_t dimension)
    : m_dimension(dimension), m_width((dimension + kByteRowUnit - 1) / kByteRowUnit * kByteRowUnit),
      m_scale(static_cast<float>(127.0 / 32767.0 * std::max(1.0, std::sqrt(static_cast<double>(dimension)) / kReachOfBytes))),
      m_nearDot(kNearCopy * std::pow(static_cast<double>(m_scale) * 32767.0, 2)), m_rotation(dimension)
{
    CARMA_ASSERT(m_width < 1U << 16U);
}

Hnsw::Hnsw(Hnsw&& other) noexcept : Hnsw(other.m_dimension) { *this = std::move(other); }

Hnsw& Hnsw::operator=(Hnsw&& other) noexcept
{
    m_dimension = other.m_dimension;
    m_width = other.m_width;
    m_scale = other.m_scale;
    m_nearDot = other.m_nearDot;
    m_rotation = std::move(other.m_rotation);
    m_size = std::exchange(other.m_size, 0);
    m_linked = other.m_linked.exchange(0);
    m_rows = std::move(other.m_rows);
    m_base = std::move(other.m_base);
    m_levels = std::move(other.m_levels);
    m_isZero = std::move(other.m_isZero);
    m_upperAt = std::move(other.m_upperAt);
    m_upper = std::move(other.m_upper);
    m_top = std::exchange(other.m_top, Top{});
    return *this;
}

void Hnsw::quantise(std::span<const std::int16_t> vector, std::int8_t* out) const
{
    thread_local std::vector<float> turned;
    turned.resize(m_dimension);
    m_rotation.turn(vector, turned);
    for (std::size_t i = 0; i < m_dimension; ++i) {
        const float scaled = std::clamp(turned[i] * m_scale, -127.0F, 127.0F);
        out[i] = static_cast<std::int8_t>(static_cast<std::int32_t>(scaled + 127.5F) - 127); // rounds; the cast cuts off downwards
    }
    std::memset(out + m_dimension, 0, m_width - m_dimension);
}

void Hnsw::rowAsQuery(Slot slot, std::vector<std::int8_t>& out) const
{
    out.resize(m_width);
    const std::uint8_t* row = m_rows.data() + std::size_t{slot} * m_width;
    for (std::size_t i = 0; i < m_width; ++i) {
        out[i] = static_cast<std::int8_t>(row[i] ^ kShift);
    }
}

void Hnsw::reserve(std::size_t slots)
{
    m_rows.reserve(slots * m_width);
    m_base.reserve(slots * kLinksBase);
    m_levels.reserve(slots);
    m_isZero.reserve(slots);
    m_upperAt.reserve(slots);
}

void Hnsw::append(std::span<const std::int16_t> vectors)
{
    const std::size_t count = vectors.size() / m_dimension;
    m_rows.resize((m_size + count) * m_width);
    m_base.resize((m_size + count) * kLinksBase);
    std::fill_n(m_base.data() + m_size * kLinksBase, count * kLinksBase, kGone);
    for (std::size_t i = 0; i < count; ++i) {
        const auto vector = vectors.subspan(i * m_dimension, m_dimension);
        std::uint8_t* row = m_rows.data() + (m_size + i) * m_width;
        quantise(vector, reinterpret_cast<std::int8_t*>(row));
        for (std::size_t k = 0; k < m_width; ++k) {
            row[k] ^= kShift;
        }
        const std::uint8_t level = levelOf(static_cast<Slot>(m_size + i));
        m_levels.push_back(level);
        m_isZero.push_back(std::ranges::all_of(vector, [](std::int16_t value) { return value == 0; }) ? 1 : 0);
        m_upperAt.push_back(static_cast<std::uint32_t>(m_upper.size()));
        m_upper.resize(m_upper.size() + level * kLinks, kGone);
    }
    m_size += count;
}

std::uint32_t* Hnsw::linksOf(Slot slot, std::uint32_t level) const
{
    if (level == 0) {
        return m_base.data() + std::size_t{slot} * kLinksBase;
    }
    return const_cast<std::uint32_t*>(m_upper.data()) + m_upperAt[slot] + (level - 1) * kLinks;
}

Hnsw::Top Hnsw::top() const
{
    const std::lock_guard guard(m_topMutex);
    return m_top;
}

/// Follows the best link from level to level.
Near Hnsw::descend(const std::vector<std::int8_t>& query, Near from, std::uint32_t fromLevel, std::uint32_t toLevel) const
{
    std::array<std::uint32_t, kLinksBase> ids{};
    std::array<std::int32_t, kLinksBase> dots{};
    for (std::uint32_t level = fromLevel; level > toLevel; --level) {
        for (bool moved = true; moved;) {
            moved = false;
            std::uint32_t* list = linksOf(from.slot, level);
            std::size_t count = 0;
            for (; count < kLinks; ++count) {
                ids[count] = Link(list[count]).load(std::memory_order_relaxed);
                if (ids[count] == kGone) {
                    break;
                }
                __builtin_prefetch(m_rows.data() + std::size_t{ids[count]} * m_width);
            }
            byteDots(m_rows.data(), m_width, ids.data(), count, query.data(), dots.data());
            for (std::size_t i = 0; i < count; ++i) {
                if (isBetter({dots[i], ids[i]}, from) && dots[i] > from.dot) {
                    from = {dots[i], ids[i]};
                    moved = true;
                }
            }
        }
    }
    return from;
}

/// Fills scratch.pool, and scratch.found if there is a filter. Dots include the bias of the query.
void Hnsw::searchLevel(const std::vector<std::int8_t>& query, std::span<const Near> starts, std::uint32_t level, std::size_t width,
    AllowedSlots allowed, HnswScratch& scratch) const
{
    auto& visited = scratch.visited;
    auto& pool = scratch.pool;
    auto& found = scratch.found;
    visited.assign((m_size + 63) / 64, 0);
    pool.clear();
    found.clear();
    for (const Near& start : starts) {
        std::uint64_t& word = visited[start.slot / 64];
        const std::uint64_t bit = std::uint64_t{1} << (start.slot % 64);
        if ((word & bit) == 0) {
            word |= bit;
            insertKey(pool, width, keyOf(start.dot, start.slot));
            if (!allowed.empty() && isAllowed(allowed, start.slot)) {
                insertKey(found, width, keyOf(start.dot, start.slot));
            }
        }
    }
    std::array<std::uint32_t, kLinksBase> ids{};
    std::array<std::int32_t, kLinksBase> dots{};
    const std::size_t capacity = capacityOf(level);
    for (std::size_t next = 0; next < pool.size();) {
        const Slot slot = nearOf(pool[next]).slot;
        pool[next] |= 1U;
        std::uint32_t* list = linksOf(slot, level);
        std::size_t count = 0;
        for (std::size_t i = 0; i < capacity; ++i) {
            const std::uint32_t id = Link(list[i]).load(std::memory_order_relaxed);
            if (id == kGone) {
                break;
            }
            std::uint64_t& word = visited[id / 64];
            const std::uint64_t bit = std::uint64_t{1} << (id % 64);
            if ((word & bit) == 0) {
                word |= bit;
                const std::uint8_t* row = m_rows.data() + std::size_t{id} * m_width;
                for (std::size_t line = 0; line < m_width; line += kByteRowUnit) {
                    __builtin_prefetch(row + line);
                }
                ids[count++] = id;
            }
        }
        byteDots(m_rows.data(), m_width, ids.data(), count, query.data(), dots.data());
        ++next;
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t key = keyOf(dots[i], ids[i]);
            next = std::min(next, insertKey(pool, width, key));
            if (!allowed.empty() && isAllowed(allowed, ids[i])) {
                insertKey(found, width, key);
            }
        }
        while (next < pool.size() && (pool[next] & 1U) != 0) {
            ++next;
        }
        if (next < pool.size()) {
            __builtin_prefetch(linksOf(nearOf(pool[next]).slot, level));
        }
    }
}

/// Whether the candidate's row is the same as several of those that stay or were rejected. Equal rows have equal products, hence only
/// the last ones need to be looked at.
bool Hnsw::hasEqualEnough(const Near& candidate, std::span<const Near> kept, std::span<const Near> rejected) const
{
    const auto isEqual = [&](const Near& other) {
        return std::memcmp(
                   m_rows.data() + std::size_t{candidate.slot} * m_width, m_rows.data() + std::size_t{other.slot} * m_width, m_width) == 0;
    };
    std::size_t equals = 0;
    for (const std::span<const Near> list : {kept, rejected}) {
        for (std::size_t i = list.size(); i > 0 && list[i - 1].dot == candidate.dot; --i) {
            equals += isEqual(list[i - 1]) ? 1 : 0;
        }
    }
    return equals >= kEqualMax;
}

/// The paper's heuristic: of `candidates`, best first, those stay that are nearer to the base than to any that stays, give or take the
/// detour of "DiskANN: Fast Accurate Billion-point Nearest Neighbor Search on a Single Node" (Subramanya et al., 2019). If that leaves less
/// than three quarters of `count`, the best of the others come back: without them the clusters of real text are found too rarely. Of equal
/// rows only a few do, so that they do not fill each other's lists.
void Hnsw::choose(std::vector<Near>& candidates, std::size_t count, HnswScratch& scratch) const
{
    std::array<std::uint32_t, kLinksBase> kept{};
    std::array<std::int32_t, kLinksBase> dots{};
    std::size_t keptCount = 0;
    scratch.rejected.clear();
    for (const Near candidate : candidates) {
        if (keptCount == count) {
            break;
        }
        rowAsQuery(candidate.slot, scratch.other);
        byteDots(m_rows.data(), m_width, kept.data(), keptCount, scratch.other.data(), dots.data());
        const double detour = std::max(0.0, m_nearDot - static_cast<double>(candidate.dot)) * kDetour;
        const double limit = static_cast<double>(candidate.dot) + detour + biasOf(scratch.other);
        if (std::all_of(dots.begin(), dots.begin() + static_cast<std::ptrdiff_t>(keptCount),
                [&](std::int32_t dot) { return static_cast<double>(dot) < limit; })) {
            kept[keptCount] = candidate.slot;
            candidates[keptCount++] = candidate;
        } else if (scratch.rejected.size() < count &&
            !hasEqualEnough(candidate, std::span(candidates).first(keptCount), scratch.rejected)) {
            scratch.rejected.push_back(candidate);
        }
    }
    candidates.resize(keptCount);
    const std::size_t room = count * 3 / 4 - std::min(count * 3 / 4, keptCount);
    candidates.insert(candidates.end(), scratch.rejected.begin(),
        scratch.rejected.begin() + static_cast<std::ptrdiff_t>(std::min(room, scratch.rejected.size())));
}

void Hnsw::addLink(Slot from, Slot to, std::int32_t dot, std::uint32_t level, HnswScratch& scratch)
{
    const ListLock lock(m_listLocks[from % m_listLocks.size()]);
    std::uint32_t* list = linksOf(from, level);
    const std::size_t capacity = capacityOf(level);
    std::array<std::uint32_t, kLinksBase> ids{};
    std::array<std::int32_t, kLinksBase> dots{};
    std::size_t count = 0;
    for (; count < capacity; ++count) {
        ids[count] = Link(list[count]).load(std::memory_order_relaxed);
        if (ids[count] == kGone) {
            Link(list[count]).store(to, std::memory_order_relaxed);
            return;
        }
    }
    rowAsQuery(from, scratch.other);
    const std::int32_t bias = biasOf(scratch.other);
    byteDots(m_rows.data(), m_width, ids.data(), count, scratch.other.data(), dots.data());
    scratch.crowd.assign(1, {dot, to});
    for (std::size_t i = 0; i < count; ++i) {
        scratch.crowd.push_back({dots[i] - bias, ids[i]});
    }
    std::ranges::sort(scratch.crowd, isBetter);
    choose(scratch.crowd, capacity, scratch);
    writeList(list, capacity, scratch.crowd);
}

void Hnsw::linkOne(Slot slot, HnswScratch& scratch)
{
    if (m_isZero[slot] != 0) {
        return;
    }
    const std::uint32_t level = m_levels[slot];
    Top entry;
    {
        const std::lock_guard guard(m_topMutex);
        if (m_top.slot == kGone) {
            m_top = {slot, level};
            return;
        }
        entry = m_top;
    }
    rowAsQuery(slot, scratch.query);
    const std::int32_t bias = biasOf(scratch.query);
    Near from{0, entry.slot};
    byteDots(m_rows.data(), m_width, &from.slot, 1, scratch.query.data(), &from.dot);
    from = descend(scratch.query, from, entry.level, level);
    scratch.chosen.assign(std::min(level, entry.level) + 1, {});
    for (std::uint32_t at = std::min(level, entry.level) + 1; at-- > 0;) {
        searchLevel(scratch.query, std::span(&from, 1), at, kBuildWidth, {}, scratch);
        std::vector<Near>& candidates = scratch.candidates;
        candidates.clear();
        for (const std::uint64_t key : scratch.pool) {
            const Near near = nearOf(key);
            if (near.slot != slot) {
                candidates.push_back({near.dot - bias, near.slot});
            }
        }
        if (candidates.empty()) {
            continue;
        }
        from = {candidates.front().dot + bias, candidates.front().slot};
        choose(candidates, kLinks, scratch);
        writeList(linksOf(slot, at), capacityOf(at), candidates);
        scratch.chosen[at] = candidates;
    }
    // From below, and only when all of the slot's own lists are there: another thread that comes to it from above must find a way on.
    for (std::uint32_t at = 0; at <= std::min(level, entry.level); ++at) {
        for (const Near& near : scratch.chosen[at]) {
            addLink(near.slot, slot, near.dot, at, scratch);
        }
    }
    if (level > entry.level) {
        const std::lock_guard guard(m_topMutex);
        if (level > m_top.level) {
            m_top = {slot, level};
        }
    }
}

/// Real text lies in clusters with few links between them; the greedy search from one place finds some of them too late. Places spread
/// over the graph cost little.
std::size_t Hnsw::spreadStarts(const std::vector<std::int8_t>& query, std::size_t below, std::span<Near> starts) const
{
    std::array<std::uint32_t, kStarts> ids{};
    std::array<std::int32_t, kStarts> dots{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < starts.size() && below > starts.size(); ++i) {
        const std::size_t slot = i * below / starts.size();
        if (m_isZero[slot] == 0) {
            ids[count++] = static_cast<std::uint32_t>(slot);
        }
    }
    byteDots(m_rows.data(), m_width, ids.data(), count, query.data(), dots.data());
    for (std::size_t i = 0; i < count; ++i) {
        starts[i] = {dots[i], ids[i]};
    }
    return count;
}

void Hnsw::link(std::size_t to, HnswScratch& scratch)
{
    for (std::size_t slot = linked(); slot < to; ++slot) {
        linkOne(static_cast<Slot>(slot), scratch);
    }
    finishLinking(std::max(to, linked()));
}

void Hnsw::search(
    std::span<const std::int16_t> query, std::size_t width, AllowedSlots allowed, HnswScratch& scratch, std::vector<Near>& found) const
{
    const std::size_t below = linked();
    const Top entry = top();
    found.clear();
    if (entry.slot == kGone) {
        return;
    }
    scratch.query.resize(m_width);
    quantise(query, scratch.query.data());
    const std::int32_t bias = biasOf(scratch.query);
    Near from{0, entry.slot};
    byteDots(m_rows.data(), m_width, &from.slot, 1, scratch.query.data(), &from.dot);
    from = descend(scratch.query, from, entry.level, 0);
    std::array<Near, kStarts + 1> starts{from};
    const std::size_t count = spreadStarts(scratch.query, below, std::span(starts).subspan(1));
    searchLevel(scratch.query, std::span(starts).first(count + 1), 0, std::min(width, kWidthMax), allowed, scratch);
    for (const std::uint64_t key : allowed.empty() ? scratch.pool : scratch.found) {
        const Near near = nearOf(key);
        if (near.slot < below) {
            found.push_back({near.dot - bias, near.slot});
        }
    }
}

void Hnsw::scan(
    std::span<const std::int16_t> query, Slot from, Slot to, AllowedSlots allowed, HnswScratch& scratch, std::vector<Near>& found) const
{
    scratch.query.resize(m_width);
    quantise(query, scratch.query.data());
    const std::int32_t bias = biasOf(scratch.query);
    std::array<std::uint32_t, kScanBatch> ids{};
    std::array<std::int32_t, kScanBatch> dots{};
    for (Slot slot = from; slot < to;) {
        std::size_t count = 0;
        for (; slot < to && count < kScanBatch; ++slot) {
            if (m_isZero[slot] == 0 && (allowed.empty() || isAllowed(allowed, slot))) {
                ids[count++] = slot;
            }
        }
        byteDots(m_rows.data(), m_width, ids.data(), count, scratch.query.data(), dots.data());
        for (std::size_t i = 0; i < count; ++i) {
            found.push_back({dots[i] - bias, ids[i]});
        }
    }
}

} // namespace carma::index
