// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/health.h>
#include <carma/store.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Rescue: what is past opening. Folders are renamed, lost or mixed up with those of other stores, superblocks and catalog are gone, files
/// lie in a disk image. Pieces of stores are found by their content alone, put where they belong, and proved by their digests.
namespace carma {

struct RescueOptions {
    std::string into;             ///< folder of the new store: missing or empty; not looked at in a dry run
    std::optional<StoreId> store; ///< which store, where pieces of several are found
    bool dryRun = false;          ///< only tell what could be had; nothing is written
};

/// What was found of one store. Counts are of pieces, copies of the same thing included.
struct RescueFind {
    StoreId id;
    bool chosen = false;
    std::uint64_t superblocks = 0, keyRings = 0; ///< those that hold their checks
    std::uint64_t shards = 0, tails = 0;
    std::uint64_t segments = 0; ///< different ones that the shards belong to
};

/// A source file, or a part of it, of which nothing went into the new store.
struct RescueRest {
    std::string file;
    std::string why; ///< for people, for instance "a piece of another store (01H...)"
};
inline constexpr std::size_t kRescueRestMax = 10'000;

struct RescueReport {
    std::uint64_t files = 0, bytes = 0;        ///< that were looked at
    std::vector<RescueFind> stores;            ///< by the number of their pieces, most first
    unsigned dataShards = 0, parityShards = 0; ///< of the chosen store
    std::uint64_t piecesUsed = 0;              ///< superblocks, key rings, shard files and tails that the new store was made from
    std::uint64_t piecesMerged = 0;            ///< shard files that were put together from several damaged copies
    bool keyRingRebuilt = false;               ///< no copy was left: namespaces' keys were taken from the log
    std::vector<RescueRest> rest;              ///< at most kRescueRestMax
    std::uint64_t restCount = 0;               ///< all
    std::vector<std::string> notes;            ///< what else was done or cannot be done, a sentence each
    std::string problem;                       ///< why there is no new store, and what can be done; empty if there is one
    HealReport heal;                           ///< of the new store; nothing in a dry run
    VerifyReport verify;                       ///< of the new store, or of what it would be made from
    StatusReport status;                       ///< the same
    std::uint64_t wholeDocuments = 0;          ///< of which every byte came back
    std::uint64_t brokenDocuments = 0;         ///< that lack something; verify.damage.lost names what
    bool cancelled = false;                    ///< and nothing is left of the new store

    /// Whether everything that the sources say there was is there again.
    [[nodiscard]] bool complete() const
    {
        return problem.empty() && !cancelled && verify.damage.lostRecords == 0 && verify.problems.empty() && brokenDocuments == 0;
    }
};

/// Finds the key once it is known which store it is.
using RescueKeys = std::function<Result<Credentials>(const StoreInfo&)>;

/// Looks through `sources` (files, and folders with all they hold; symbolic links inside are not followed), makes the store that can be
/// made of them in options.into, heals and verifies it. The new store has the id, keys and history of the old one. Sources are only read.
///
/// The master key exists nowhere but in superblocks, locked by key file, passphrase or recovery code: without a copy of one nothing can be
/// decrypted, and the report's `problem` says so. Key rings are rebuilt from the log.
/// Errors: InvalidArgument (no sources, a new store inside a source), NotFound (a source is missing), AlreadyExists (into holds something),
/// WrongKey and other errors of `keys`, NoSpace, Io. What was written is removed again on failure.
Result<RescueReport> runRescue(
    const std::vector<std::string>& sources, const RescueOptions& options, const RescueKeys& keys, const Task& task);

} // namespace carma
