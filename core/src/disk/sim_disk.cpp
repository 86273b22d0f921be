// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk/sim_disk.h"

#include "disk/path.h"
#include "disk/sim_state.h"

#include <algorithm>

namespace carma::disk {

namespace {

Error missing(std::string_view path) { return {ErrorCode::NotFound, shown(path) + ": No such file or directory"}; }

} // namespace

SimDisk::SimDisk(std::uint64_t seed) : m_state(std::make_shared<SimState>(seed)) {}

SimDisk::~SimDisk() = default;

Result<std::unique_ptr<DiskFile>> SimDisk::open(std::string_view path, OpenMode mode)
{
    CARMA_TRY_ASSIGN(std::string normal, normalPath(path));
    const std::scoped_lock lock(m_state->mutex);
    const bool mayCreate = mode == OpenMode::Create || mode == OpenMode::CreateNew;
    const SimVerdict verdict = m_state->admit(mayCreate ? SimOp::Write : SimOp::Read, normal);
    if (!verdict.happens()) {
        return *verdict.error;
    }
    SimNodePtr node = m_state->tree->find(normal);
    if (node == nullptr && mayCreate) {
        const SimNodePtr folder = m_state->tree->find(folderOf(normal));
        if (folder != nullptr && folder->isFolder) {
            node = m_state->tree->create(folder, lastPart(normal), false);
        }
    } else if (node != nullptr && mode == OpenMode::CreateNew) {
        return Error{ErrorCode::AlreadyExists, normal + ": File exists"};
    }
    if (node == nullptr) {
        return missing(normal);
    }
    if (node->isFolder) {
        return Error{ErrorCode::Io, "cannot open " + shown(normal) + ": it is not a regular file"};
    }
    if (verdict.error) {
        return *verdict.error;
    }
    return makeSimFile(m_state, node, std::move(normal), mode != OpenMode::Read);
}

Result<void> SimDisk::rename(std::string_view from, std::string_view to)
{
    CARMA_TRY_ASSIGN(const std::string source, normalPath(from));
    CARMA_TRY_ASSIGN(const std::string target, normalPath(to));
    if (source.empty() || target.empty()) {
        return {ErrorCode::InvalidArgument, "the folder itself cannot be renamed"};
    }
    const std::scoped_lock lock(m_state->mutex);
    const SimVerdict verdict = m_state->admit(SimOp::Write, source, target);
    Result<void> result = verdict.happens() ? m_state->tree->rename(source, target) : Result<void>();
    return verdict.error ? Result<void>(*verdict.error) : result;
}

Result<void> SimDisk::remove(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    const std::scoped_lock lock(m_state->mutex);
    const SimVerdict verdict = m_state->admit(SimOp::Write, normal);
    Result<void> result = verdict.happens() ? m_state->tree->remove(normal, false) : Result<void>();
    return verdict.error ? Result<void>(*verdict.error) : result;
}

Result<void> SimDisk::removeFolder(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    if (normal.empty()) {
        return {ErrorCode::InvalidArgument, "the folder itself cannot be removed"};
    }
    const std::scoped_lock lock(m_state->mutex);
    const SimVerdict verdict = m_state->admit(SimOp::Write, normal);
    Result<void> result = verdict.happens() ? m_state->tree->remove(normal, true) : Result<void>();
    return verdict.error ? Result<void>(*verdict.error) : result;
}

Result<void> SimDisk::makeFolder(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    const std::scoped_lock lock(m_state->mutex);
    const SimVerdict verdict = m_state->admit(SimOp::Write, normal);
    Result<void> result = verdict.happens() ? m_state->tree->makeFolder(normal) : Result<void>();
    return verdict.error ? Result<void>(*verdict.error) : result;
}

Result<void> SimDisk::syncFolder(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    const std::scoped_lock lock(m_state->mutex);
    if (const SimVerdict verdict = m_state->admit(SimOp::Sync, normal); verdict.error) {
        return *verdict.error;
    }
    const SimNodePtr node = m_state->tree->find(normal);
    if (node == nullptr || !node->isFolder) {
        return missing(normal);
    }
    m_state->tree->syncFolder(node);
    return {};
}

Result<std::vector<FileInfo>> SimDisk::list(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    const std::scoped_lock lock(m_state->mutex);
    if (const SimVerdict verdict = m_state->admit(SimOp::Read, normal); verdict.error) {
        return *verdict.error;
    }
    const SimNodePtr node = m_state->tree->find(normal);
    if (node == nullptr || !node->isFolder) {
        return missing(normal);
    }
    std::vector<FileInfo> found;
    for (const auto& [name, child] : node->liveChildren) {
        found.push_back({name, child->isFolder, child->live.size()});
    }
    return found;
}

Result<std::optional<FileInfo>> SimDisk::info(std::string_view path)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    const std::scoped_lock lock(m_state->mutex);
    if (const SimVerdict verdict = m_state->admit(SimOp::Read, normal); verdict.error) {
        return *verdict.error;
    }
    const SimNodePtr node = m_state->tree->find(normal);
    if (node == nullptr) {
        return std::optional<FileInfo>();
    }
    return std::optional(FileInfo{std::string(lastPart(normal)), node->isFolder, node->live.size()});
}

Result<std::unique_ptr<DiskLock>> SimDisk::lock(std::string_view path, std::string_view holder)
{
    CARMA_TRY_ASSIGN(const std::string normal, normalPath(path));
    const std::scoped_lock lock(m_state->mutex);
    if (const SimVerdict verdict = m_state->admit(SimOp::Write, normal); verdict.error) {
        return *verdict.error;
    }
    SimNodePtr node = m_state->tree->find(normal);
    if (node == nullptr) {
        const SimNodePtr folder = m_state->tree->find(folderOf(normal));
        if (folder == nullptr || !folder->isFolder) {
            return missing(normal);
        }
        node = m_state->tree->create(folder, lastPart(normal), false);
    }
    if (node->isFolder) {
        return Error{ErrorCode::Io, "cannot lock " + shown(normal) + ": Is a directory"};
    }
    if (node->lockEpoch == m_state->epoch) {
        return Error{ErrorCode::Busy, shown(normal) + " is held by " + node->lockHolder};
    }
    node->lockEpoch = m_state->epoch;
    node->lockHolder = std::string(holder);
    node->live = toBytes(holder); // never synced: after a crash the file is empty
    return makeSimLock(m_state, node);
}

std::uint64_t SimDisk::deviceOf(std::string_view path)
{
    const Result<std::string> normal = normalPath(path);
    const std::scoped_lock lock(m_state->mutex);
    if (!normal || m_state->tree->find(*normal) == nullptr) {
        return 0;
    }
    std::uint64_t number = 1;
    std::size_t longest = 0;
    for (const auto& [top, device] : m_state->devices) {
        if (isAtOrBelow(*normal, top) && top.size() >= longest) {
            longest = top.size();
            number = device;
        }
    }
    return number;
}

std::optional<std::uint64_t> SimDisk::freeBytes()
{
    const std::scoped_lock lock(m_state->mutex);
    if (!m_state->spaceBudget) {
        return std::nullopt;
    }
    const std::uint64_t used = m_state->usedBytes();
    return *m_state->spaceBudget > used ? *m_state->spaceBudget - used : 0;
}

void SimDisk::crash(SimCrash how)
{
    const std::scoped_lock lock(m_state->mutex);
    ++m_state->epoch;
    m_state->powerOff = false;
    m_state->opsUntilPowerCut.reset();
    m_state->tree->crash(how, m_state->random);
}

void SimDisk::killProcess()
{
    const std::scoped_lock lock(m_state->mutex);
    ++m_state->epoch;
}

void SimDisk::cutPowerAfter(std::uint64_t ops)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->opsUntilPowerCut = ops;
}

bool SimDisk::powerIsOff() const
{
    const std::scoped_lock lock(m_state->mutex);
    return m_state->powerOff;
}

void SimDisk::failOps(SimFailure failure)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->failures.push_back(std::move(failure));
}

void SimDisk::clearFailures()
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->failures.clear();
    m_state->strayWrites.clear();
}

void SimDisk::loseNextWrite(std::string_view path)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->strayWrites.push_back({std::string(path), {}, 0});
}

void SimDisk::misdirectNextWrite(std::string_view path, std::string_view toPath, std::uint64_t toOffset)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->strayWrites.push_back({std::string(path), std::string(toPath), toOffset});
}

void SimDisk::setSpaceBudget(std::optional<std::uint64_t> bytes)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->spaceBudget = bytes;
}

void SimDisk::setDevice(std::string_view path, std::uint64_t number)
{
    const std::scoped_lock lock(m_state->mutex);
    m_state->devices.insert_or_assign(std::string(path), number);
}

std::uint64_t SimDisk::opCount(SimOp kind) const
{
    const std::scoped_lock lock(m_state->mutex);
    const auto& counts = m_state->opCounts;
    return kind == SimOp::Any ? counts[0] + counts[1] + counts[2] : counts[static_cast<std::size_t>(kind)];
}

} // namespace carma::disk
