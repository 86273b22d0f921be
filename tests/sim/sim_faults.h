// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "disk/sim_disk.h"
#include "support/seeded_random.h"

#include <map>
#include <set>
#include <string>
#include <vector>

/// Damage within what the design promises to survive: since the last complete repair at most m shard folders may be damaged
/// in any way, and in all others each sector may have up to 16 flipped bits.
namespace carma::sim {

class Faults {
public:
    Faults(disk::SimDisk& disk, test::SeededRandom& random, unsigned data, unsigned parity)
        : m_disk(disk), m_random(random), m_total(data + parity), m_parity(parity)
    {
    }

    /// Damages one folder within the budget. Returns what was done, empty if the budget is spent on folders with nothing left.
    std::string damageFolder();
    /// Flips up to 16 bits a sector anywhere below shards/. Returns the flips.
    std::vector<disk::SimFlip> flipBits(std::size_t count);
    /// Operations on one folder of the budget will fail. Returns what was arranged, empty if the budget does not allow it.
    std::string failFolder();
    /// Keeps a folder's present content, to be put back later as a stale one.
    void remember();
    /// All damage was repaired.
    void repaired();

    /// More than the budget: any damage anywhere. Nothing is promised after it but that nothing lies or crashes.
    std::string damageWildly();

    [[nodiscard]] std::string folder(unsigned number) const { return "shards/" + std::to_string(number); }
    [[nodiscard]] const std::set<unsigned>& damaged() const { return m_damaged; }
    [[nodiscard]] bool clean() const { return m_damaged.empty() && m_flips.empty(); }
    /// Files below a folder or "", relative to the disk, with their sizes; only those with bytes.
    [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> files(const std::string& folder) const;

private:
    /// A folder that may be damaged, -1 if there is none.
    int pickFolder();
    std::string damageFile(const std::string& path, std::uint64_t size);
    std::string restoreStale(unsigned number);

    disk::SimDisk& m_disk;
    test::SeededRandom& m_random;
    const unsigned m_total;
    const unsigned m_parity;
    std::set<unsigned> m_damaged;
    std::map<std::pair<std::string, std::uint64_t>, unsigned> m_flips; ///< file and sector -> bits
    std::map<unsigned, disk::SimSnapshot> m_old;
};

} // namespace carma::sim
