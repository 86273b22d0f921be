// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/split_mix.h"
#include "disk/sim_disk.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace carma::disk {

constexpr std::uint64_t kSimSectorSize = 512;

/// An unsynced change of a file, in order.
struct SimChange {
    bool isTruncate = false;
    std::uint64_t offset = 0; ///< of a write; the new size for a truncate
    Bytes data;
};

/// A file or a folder. "live" is what programs see, "durable" what the medium holds.
struct SimNode {
    using Children = std::map<std::string, std::shared_ptr<SimNode>, std::less<>>; // shared: live, durable and handles

    bool isFolder = false;
    // Files.
    Bytes live;
    Bytes durable;
    std::vector<SimChange> unsynced;
    std::set<std::uint64_t> unreadable; // sector numbers
    std::uint64_t lockEpoch = 0;        // locked while this is the disk's epoch
    std::string lockHolder;
    // Folders.
    Children liveChildren;
    Children durableChildren;

    void write(std::uint64_t offset, ByteView data);
    void resize(std::uint64_t size);
    /// The medium catches up with all unsynced changes.
    void settle();
    /// The unsynced changes are lost, kept or torn; programs see what is left.
    void crash(SimCrash how, SplitMix& random);
};

using SimNodePtr = std::shared_ptr<SimNode>;

/// Names: the live tree, the durable tree, and the unsynced operations between them.
/// Paths are normal (see path.h). Not thread-safe.
class SimTree {
public:
    SimTree();
    ~SimTree();
    SimTree(const SimTree&) = delete;
    SimTree& operator=(const SimTree&) = delete;

    [[nodiscard]] SimNodePtr find(std::string_view path) const; ///< null if missing
    [[nodiscard]] const SimNodePtr& root() const { return m_root; }

    /// REQUIRES: `name` is free in `folder`
    SimNodePtr create(const SimNodePtr& folder, std::string_view name, bool isFolder);
    Result<void> makeFolder(const std::string& path);
    Result<void> rename(const std::string& from, const std::string& to);
    /// A file, or a folder that is empty.
    Result<void> remove(const std::string& path, bool isFolder);
    void syncFolder(const SimNodePtr& folder);
    /// All names reach the medium.
    void settle();
    void crash(SimCrash how, SplitMix& random);

    /// All files (path relative to `top`, node) in the order of their paths, and the folders.
    static void collect(const SimNodePtr& top, std::vector<std::pair<std::string, SimNodePtr>>& files, std::set<std::string>& folders,
        const std::string& prefix = {});

private:
    /// Entry `from` of fromFolder disappears, entry `to` of toFolder becomes `node`; a null folder means no such half.
    struct Operation {
        SimNodePtr fromFolder;
        std::string from;
        SimNodePtr toFolder;
        std::string to;
        SimNodePtr node;
        bool fromSynced = false;
        bool toSynced = false;
        [[nodiscard]] bool committed() const { return fromSynced && toSynced; }
    };

    void record(Operation operation);
    static void apply(const Operation& operation);
    void commitWhatOthersNeed();
    void dropUncommitted(SplitMix& random, SimCrash how);

    SimNodePtr m_root;
    std::vector<Operation> m_unsynced; // in order; committed ones stay until all before them are committed
};

} // namespace carma::disk
