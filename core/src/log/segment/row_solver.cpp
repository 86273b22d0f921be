// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment/row_solver.h"

#include <algorithm>

namespace carma::log {

namespace {

constexpr std::uint64_t kRunRowsMax = 64; ///< rows of one pattern are solved in one call, in bounded memory

/// Which shards of a row are verified, and which are readable without a check; one bit a shard (there are 48 at most).
struct Pattern {
    std::uint64_t verified = 0;
    std::uint64_t unchecked = 0;
    bool operator==(const Pattern&) const = default;
};

Pattern patternOf(std::span<const Lane> lanes, std::uint64_t i)
{
    Pattern pattern;
    for (const Lane& lane : lanes) {
        const Cell& cell = lane.cells[i];
        const std::uint64_t bit = std::uint64_t{1} << lane.shard;
        if (cell.trusted) {
            pattern.verified |= bit;
        } else if (cell.found == CellState::Unchecked) {
            pattern.unchecked |= bit;
        }
    }
    return pattern;
}

/// The first k shards, verified ones before others. Fewer if there are not as many.
std::vector<unsigned> sourcesOf(const Pattern& pattern, const Geometry& geometry)
{
    std::vector<unsigned> sources;
    for (const std::uint64_t mask : {pattern.verified, pattern.unchecked}) {
        for (unsigned shard = 0; shard < geometry.total() && sources.size() < geometry.data; ++shard) {
            if ((mask >> shard & 1U) != 0) {
                sources.push_back(shard);
            }
        }
    }
    return sources;
}

class Run {
public:
    Run(const SegmentInfo& info, const Parity& parity, std::span<const Lane> lanes, std::span<const CheckTable* const> checks)
        : m_info(info), m_parity(parity), m_lanes(lanes), m_checks(checks)
    {
    }

    void solve(const Pattern& pattern, std::uint64_t first, std::uint64_t count, SolveOutcome& outcome)
    {
        const std::vector<unsigned> sources = sourcesOf(pattern, m_info.geometry);
        const std::uint64_t row = m_lanes[0].first + first;
        if (sources.size() < m_info.geometry.data) {
            for (std::uint64_t i = 0; i < count; ++i) {
                outcome.lostRows.push_back(row + i);
            }
            return;
        }
        const bool guessed = std::ranges::any_of(sources, [&](unsigned shard) { return (pattern.verified >> shard & 1U) == 0; });
        compute(pattern, sources, guessed, first, count);
        for (std::uint64_t i = 0; i < count; ++i) {
            guessed ? keepGuess(first + i, i, outcome) : accept(first + i, i, outcome);
        }
    }

private:
    /// Computes all targets of the run into m_out. Of a guess, the sources count as they are.
    void compute(const Pattern& pattern, const std::vector<unsigned>& sources, bool guessed, std::uint64_t first, std::uint64_t count)
    {
        m_targets.clear();
        for (unsigned shard = 0; shard < m_info.geometry.total(); ++shard) {
            const bool isSource = guessed && std::ranges::find(sources, shard) != sources.end();
            if ((pattern.verified >> shard & 1U) == 0 && !isSource) {
                m_targets.push_back(shard);
            }
        }
        m_out.resize(m_targets.size());
        std::vector<std::byte*> out;
        for (Bytes& buffer : m_out) {
            buffer.resize(count * kSectorBytes);
            out.push_back(buffer.data());
        }
        std::vector<const std::byte*> in;
        for (const unsigned shard : sources) {
            in.push_back(m_lanes[shard].bytes.data() + first * kSectorBytes);
        }
        m_parity.rebuild(sources, in, m_targets, out, count * kSectorBytes);
    }

    /// `i` counts in the lanes, `j` in the run.
    void accept(std::uint64_t i, std::uint64_t j, SolveOutcome& outcome)
    {
        const std::uint64_t row = m_lanes[0].first + i;
        bool lost = false;
        for (std::size_t t = 0; t < m_targets.size(); ++t) {
            const unsigned shard = m_targets[t];
            const SectorView content = sectorOf(ByteView(m_out[t]), j);
            const Hash128* check = m_checks[shard]->find(row);
            if (check != nullptr && sectorCheck(rowPlace(m_info, shard, row), content) != *check) {
                lost = true;
                continue;
            }
            heal(m_lanes[shard], row, content);
            if (check == nullptr) {
                outcome.checkless.emplace_back(shard, row);
            }
        }
        if (lost) {
            outcome.lostRows.push_back(row);
        }
    }

    void keepGuess(std::uint64_t i, std::uint64_t j, SolveOutcome& outcome)
    {
        const std::uint64_t row = m_lanes[0].first + i;
        for (std::size_t t = 0; t < m_targets.size(); ++t) {
            const unsigned shard = m_targets[t];
            const SectorView content = sectorOf(ByteView(m_out[t]), j);
            const Hash128* check = m_checks[shard]->find(row);
            if (check != nullptr && sectorCheck(rowPlace(m_info, shard, row), content) != *check) {
                outcome.lostRows.push_back(row); // The guess contradicts what is known.
                return;
            }
        }
        for (std::size_t t = 0; t < m_targets.size(); ++t) {
            const Lane& lane = m_lanes[m_targets[t]];
            const SectorSpan place = sectorOf(lane.bytes, i);
            Sector before;
            std::ranges::copy(place, before.begin());
            lane.originals->try_emplace(ShardLayout::sectorOfRow(row), before);
            std::ranges::copy(sectorOf(ByteView(m_out[t]), j), place.begin());
        }
        outcome.guessedRows.push_back(row);
    }

    const SegmentInfo& m_info;
    const Parity& m_parity;
    std::span<const Lane> m_lanes;
    std::span<const CheckTable* const> m_checks;
    std::vector<unsigned> m_targets;
    std::vector<Bytes> m_out;
};

} // namespace

SolveOutcome solveRows(
    const SegmentInfo& info, const Parity& parity, std::span<const Lane> lanes, std::span<const CheckTable* const> checks)
{
    SolveOutcome outcome;
    Run run(info, parity, lanes, checks);
    const std::uint64_t all = (std::uint64_t{1} << info.geometry.total()) - 1;
    const std::uint64_t rows = lanes[0].cells.size();
    for (std::uint64_t first = 0; first < rows;) {
        const Pattern pattern = patternOf(lanes, first);
        std::uint64_t count = 1;
        while (first + count < rows && count < kRunRowsMax && patternOf(lanes, first + count) == pattern) {
            ++count;
        }
        if (pattern.verified != all) {
            run.solve(pattern, first, count, outcome);
        }
        first += count;
    }
    return outcome;
}

void undo(const Lane& lane, std::uint64_t row)
{
    Cell& cell = lane.cells[row - lane.first];
    const auto original = lane.originals->find(ShardLayout::sectorOfRow(row));
    if (original != lane.originals->end()) {
        std::ranges::copy(original->second, sectorOf(lane.bytes, row - lane.first).begin());
    }
    cell.trusted = false;
    cell.flippedBits = 0;
}

void settleGuesses(std::span<const Lane> lanes, std::span<const std::uint64_t> rows, bool accepted)
{
    for (const std::uint64_t row : rows) {
        for (const Lane& lane : lanes) {
            const std::uint64_t i = row - lane.first;
            if (lane.cells[i].trusted) {
                continue;
            }
            if (accepted) {
                Sector right;
                std::ranges::copy(sectorOf(lane.bytes, i), right.begin());
                heal(lane, row, right);
                continue;
            }
            undo(lane, row);
        }
    }
}

} // namespace carma::log
