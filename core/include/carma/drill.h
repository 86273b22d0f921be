// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/health.h>
#include <carma/store.h>

#include <cstdint>
#include <string>
#include <vector>

/// A drill: a copy of the store is damaged, healed and compared with the original. The original is only read.
namespace carma {

struct DrillOptions {
    std::uint64_t seed = 0;      ///< the same seed does the same damage to the same store; 0: one is drawn
    unsigned loseFolders = 0;    ///< shard folders that are deleted
    std::uint64_t flipBits = 0;  ///< bits that are flipped in what is left of shards/
    bool corruptCatalog = false; ///< pages of the catalog are overwritten
    double ageYears = 0;         ///< damage that folders on disks of their own meet in so many years, see drawAging
    bool kill = false;           ///< healing is ended in the middle, again and again, each time a little later, before it may end by itself
    std::string folder;          ///< where the copy goes, missing or empty; a new one beside the store if empty
    bool keep = false;           ///< leave the copy there
};

/// State of the 4 KiB sectors of one shard folder, in bins for a picture.
struct DrillMap {
    std::string folder;
    std::uint64_t sectors = 0;
    std::vector<std::uint32_t> damaged; ///< sectors of each bin that were found damaged; at most kDrillBins
    std::vector<std::uint32_t> lost;    ///< of those, sectors that could not be healed
};
inline constexpr std::size_t kDrillBins = 240;

struct DrillReport {
    std::uint64_t seed = 0;
    std::string copy; ///< its folder; gone unless kept
    std::uint64_t copyBytes = 0;
    unsigned dataShards = 0, parityShards = 0;
    std::vector<std::string> damage; ///< what was done, a sentence each
    std::uint64_t bitsFlipped = 0, sectorsOverwritten = 0;
    std::vector<std::string> foldersLost;
    unsigned kills = 0; ///< heals that were ended in the middle; `heal` is the last one, which was not
    HealReport heal;
    std::uint64_t documents = 0;        ///< compared
    std::uint64_t same = 0;             ///< byte for byte
    std::vector<std::string> different; ///< documents that lack something, by name, with what
    std::vector<std::string> lies;      ///< documents that came back with other bytes and without a word: never
    bool verified = false;              ///< the healed copy's whole history holds
    std::vector<DrillMap> maps;         ///< one a shard folder
    std::int64_t copyUs = 0, healUs = 0, compareUs = 0;
    bool cancelled = false;

    [[nodiscard]] bool passed() const { return verified && same == documents && lies.empty() && !cancelled; }
};

/// Runs a drill on the store at `path`. InvalidArgument for options that make no sense (more folders than there are); AlreadyExists if
/// the copy's folder holds something; NoSpace; errors of opening the store.
Result<DrillReport> runDrill(const std::string& path, const Credentials& credentials, const DrillOptions& options, const Task& task);

/// The report as a page of HTML that needs nothing else, with a picture of the sectors before and after.
std::string drillHtml(const DrillReport& report);

} // namespace carma
