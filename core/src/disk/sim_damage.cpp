// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk/path.h"
#include "disk/sim_disk.h"
#include "disk/sim_state.h"

#include <algorithm>

namespace carma::disk {

namespace {

using Found = std::vector<std::pair<std::string, SimNodePtr>>;

/// The file at `path`, with its unsynced changes on the medium, so that damage to both views is damage to one file.
/// InvalidArgument if [offset, offset + size) is not inside it.
Result<SimNodePtr> fileToDamage(SimState& state, std::string_view path, std::uint64_t offset, std::uint64_t size)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    SimNodePtr node = state.tree->find(normal);
    if (node == nullptr || node->isFolder) {
        return Error{ErrorCode::NotFound, "no file is called " + shown(normal)};
    }
    if (offset > node->live.size() || size > node->live.size() - offset) {
        return Error{ErrorCode::InvalidArgument, "the place is not inside " + normal};
    }
    node->settle();
    return node;
}

void setBoth(SimNode& node, std::uint64_t offset, ByteView data)
{
    for (Bytes* bytes : {&node.live, &node.durable}) {
        // After a failed sync the cache may be longer than the medium.
        const std::uint64_t end = std::min<std::uint64_t>(offset + data.size(), bytes->size());
        if (offset < end) {
            std::copy_n(data.begin(), end - offset, bytes->begin() + static_cast<std::ptrdiff_t>(offset));
        }
    }
}

void replaceBytes(SimNode& node, const Bytes& bytes)
{
    node.unsynced.clear();
    node.unreadable.clear();
    node.live = bytes;
    node.durable = bytes;
}

SimSnapshot snapshotOf(const SimNodePtr& node)
{
    SimSnapshot result;
    Found found;
    SimTree::collect(node, found, result.folders);
    for (const auto& [path, file] : found) {
        result.files.emplace(path, file->live);
    }
    return result;
}

void eraseEntry(SimTree& tree, std::string_view normal)
{
    const SimNodePtr folder = tree.find(folderOf(normal));
    folder->liveChildren.erase(std::string(lastPart(normal)));
    folder->durableChildren.erase(std::string(lastPart(normal)));
}

std::string joined(const std::string& top, const std::string& rest) { return top.empty() || rest.empty() ? top + rest : top + "/" + rest; }

/// Deletes what the snapshot lacks, and what is a file here and a folder there.
void eraseOthers(SimTree& tree, const std::string& top, const SimSnapshot& old)
{
    const SimNodePtr node = tree.find(top);
    if (node == nullptr) {
        return;
    }
    if (!top.empty() && node->isFolder == old.files.contains("")) {
        eraseEntry(tree, top);
        return;
    }
    Found found;
    std::set<std::string> folders;
    SimTree::collect(node, found, folders);
    for (const auto& [path, file] : found) {
        if (!old.files.contains(path)) {
            eraseEntry(tree, joined(top, path));
        }
    }
    for (auto it = folders.rbegin(); it != folders.rend(); ++it) { // children sort after their parents
        if (!old.folders.contains(*it)) {
            eraseEntry(tree, joined(top, *it));
        }
    }
}

/// REQUIRES: no unsynced names
Result<void> putSnapshot(SimTree& tree, const std::string& top, const SimSnapshot& old)
{
    eraseOthers(tree, top, old);
    if (!old.files.contains("")) {
        CARMA_TRY(tree.makeFolder(top));
    }
    for (const std::string& folder : old.folders) {
        CARMA_TRY(tree.makeFolder(joined(top, folder)));
    }
    for (const auto& [path, bytes] : old.files) {
        const std::string whole = joined(top, path);
        CARMA_TRY(tree.makeFolder(std::string(folderOf(whole))));
        SimNodePtr node = tree.find(whole);
        if (node == nullptr) {
            node = tree.create(tree.find(folderOf(whole)), lastPart(whole), false);
        }
        if (node->isFolder) {
            return {ErrorCode::InvalidArgument, whole + " is a folder"};
        }
        replaceBytes(*node, bytes);
    }
    tree.settle();
    return {};
}

} // namespace

std::map<std::string, Bytes> SimDisk::files() const
{
    const std::scoped_lock lock(m_state->mutex);
    return snapshotOf(m_state->tree->root()).files;
}

Result<SimSnapshot> SimDisk::snapshot(std::string_view path) const
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    const std::scoped_lock lock(m_state->mutex);
    const SimNodePtr node = m_state->tree->find(normal);
    if (node == nullptr) {
        return Error{ErrorCode::NotFound, "nothing is called " + shown(normal)};
    }
    return snapshotOf(node);
}

Hash128 SimDisk::fingerprint(std::string_view path) const
{
    const Result<SimSnapshot> tree = snapshot(path);
    Bytes summary;
    if (tree) {
        for (const std::string& folder : tree->folders) {
            const Hash128 name = hash128(asBytes(folder), 1);
            summary.insert(summary.end(), name.bytes.begin(), name.bytes.end());
        }
        for (const auto& [file, bytes] : tree->files) {
            const Hash128 name = hash128(asBytes(file), 2);
            const Hash128 content = hash128(bytes, 3);
            summary.insert(summary.end(), name.bytes.begin(), name.bytes.end());
            summary.insert(summary.end(), content.bytes.begin(), content.bytes.end());
        }
    }
    return hash128(summary, 4);
}

Result<void> SimDisk::restore(std::string_view path, const SimSnapshot& old)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    const std::scoped_lock lock(m_state->mutex);
    m_state->tree->settle();
    return putSnapshot(*m_state->tree, normal, old);
}

void SimDisk::load(const std::map<std::string, Bytes>& files) { load(SimSnapshot{files, {}}); }

void SimDisk::load(const SimSnapshot& snapshot)
{
    const std::scoped_lock lock(m_state->mutex);
    ++m_state->epoch;
    m_state->tree = std::make_unique<SimTree>();
    const Result<void> result = putSnapshot(*m_state->tree, {}, snapshot);
    CARMA_ASSERT(result.has_value());
}

Result<void> SimDisk::flipBit(std::string_view path, std::uint64_t offset, unsigned bit)
{
    const std::scoped_lock lock(m_state->mutex);
    CARMA_TRY_ASSIGN(const SimNodePtr node, fileToDamage(*m_state, path, offset, 1));
    const std::byte flipped = node->live[offset] ^ std::byte(1U << (bit & 7U));
    setBoth(*node, offset, ByteView(&flipped, 1));
    return {};
}

std::vector<SimFlip> SimDisk::flipRandomBits(std::size_t count, std::string_view path)
{
    std::vector<SimFlip> flips;
    {
        const Result<std::string> normal = normalPath(path);
        const std::scoped_lock lock(m_state->mutex);
        const SimNodePtr top = normal ? m_state->tree->find(*normal) : nullptr;
        Found found;
        std::set<std::string> folders;
        if (top != nullptr) {
            SimTree::collect(top, found, folders);
        }
        std::uint64_t bits = 0;
        for (const auto& [name, node] : found) {
            bits += node->live.size() * 8;
        }
        std::set<std::uint64_t> chosen;
        while (chosen.size() < std::min<std::uint64_t>(count, bits)) {
            chosen.insert(m_state->random.below(bits));
        }
        std::uint64_t start = 0;
        auto next = chosen.begin();
        for (const auto& [name, node] : found) {
            for (; next != chosen.end() && *next < start + node->live.size() * 8; ++next) {
                const std::uint64_t place = *next - start;
                flips.push_back({joined(*normal, name), place / 8, static_cast<unsigned>(place % 8)});
            }
            start += node->live.size() * 8;
        }
    }
    for (const SimFlip& flip : flips) {
        (void)flipBit(flip.path, flip.offset, flip.bit); // fails only if another thread changed the file meanwhile
    }
    return flips;
}

Result<void> SimDisk::overwrite(std::string_view path, std::uint64_t offset, ByteView data)
{
    const std::scoped_lock lock(m_state->mutex);
    CARMA_TRY_ASSIGN(const SimNodePtr node, fileToDamage(*m_state, path, offset, data.size()));
    setBoth(*node, offset, data);
    return {};
}

Result<void> SimDisk::zeroRange(std::string_view path, std::uint64_t offset, std::uint64_t size)
{
    const std::scoped_lock lock(m_state->mutex);
    CARMA_TRY_ASSIGN(const SimNodePtr node, fileToDamage(*m_state, path, offset, size));
    setBoth(*node, offset, Bytes(size));
    return {};
}

Result<void> SimDisk::truncateFile(std::string_view path, std::uint64_t size)
{
    const std::scoped_lock lock(m_state->mutex);
    CARMA_TRY_ASSIGN(const SimNodePtr node, fileToDamage(*m_state, path, size, 0));
    node->live.resize(size);
    node->durable.resize(std::min<std::size_t>(node->durable.size(), size));
    return {};
}

Result<void> SimDisk::deletePath(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    const std::scoped_lock lock(m_state->mutex);
    if (normal.empty() || m_state->tree->find(normal) == nullptr) {
        return {ErrorCode::NotFound, "nothing is called " + shown(normal)};
    }
    m_state->tree->settle();
    eraseEntry(*m_state->tree, normal);
    return {};
}

Result<void> SimDisk::copySector(std::string_view path, std::uint64_t from, std::uint64_t to, std::uint64_t sectorSize)
{
    const std::scoped_lock lock(m_state->mutex);
    const std::uint64_t sectorMax = sectorSize == 0 ? 0 : kSimFileSizeMax / sectorSize;
    if (from >= sectorMax || to >= sectorMax) {
        return {ErrorCode::InvalidArgument, "no such sector"};
    }
    CARMA_TRY(fileToDamage(*m_state, path, from * sectorSize, sectorSize));
    CARMA_TRY_ASSIGN(const SimNodePtr node, fileToDamage(*m_state, path, to * sectorSize, sectorSize));
    const ByteView source = ByteView(node->live).subspan(from * sectorSize, sectorSize);
    setBoth(*node, to * sectorSize, toBytes(source));
    return {};
}

Result<void> SimDisk::makeUnreadable(std::string_view path, std::uint64_t offset, std::uint64_t size)
{
    const std::scoped_lock lock(m_state->mutex);
    CARMA_TRY_ASSIGN(const SimNodePtr node, fileToDamage(*m_state, path, offset, size));
    for (std::uint64_t at = offset / kSimSectorSize; size > 0 && at <= (offset + size - 1) / kSimSectorSize; ++at) {
        node->unreadable.insert(at);
    }
    return {};
}

} // namespace carma::disk
