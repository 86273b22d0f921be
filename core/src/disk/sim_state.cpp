// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk/sim_state.h"

#include "disk/path.h"

#include <algorithm>

namespace carma::disk {

namespace {

Error failure(ErrorCode code, std::string_view path)
{
    return {code, shown(path) + (code == ErrorCode::NoSpace ? ": No space left on device" : ": Input/output error")};
}

class SimFile final : public DiskFile {
public:
    SimFile(std::shared_ptr<SimState> state, SimNodePtr node, std::string path, bool isWritable)
        : m_state(std::move(state)), m_node(std::move(node)), m_path(std::move(path)), m_epoch(m_state->epoch), m_isWritable(isWritable)
    {
    }

    Result<std::size_t> readAt(std::uint64_t offset, ByteSpan out) override
    {
        const std::scoped_lock lock(m_state->mutex);
        CARMA_TRY(refuseWhenDead());
        if (const SimVerdict verdict = m_state->admit(SimOp::Read, m_path); verdict.error) {
            return *verdict.error;
        }
        const Bytes& bytes = m_node->live;
        if (out.empty() || offset >= bytes.size()) {
            return std::size_t{0};
        }
        const std::size_t size = std::min<std::size_t>(out.size(), bytes.size() - offset);
        const auto bad = m_node->unreadable.lower_bound(offset / kSimSectorSize);
        if (bad != m_node->unreadable.end() && *bad <= (offset + size - 1) / kSimSectorSize) {
            return failure(ErrorCode::Io, m_path);
        }
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), size, out.begin());
        return size;
    }

    Result<void> writeAt(std::uint64_t offset, ByteView data) override
    {
        const std::scoped_lock lock(m_state->mutex);
        CARMA_TRY(refuseChange());
        const SimVerdict verdict = m_state->admit(SimOp::Write, m_path);
        if (verdict.error && !verdict.powerCut) {
            data = data.first(m_state->random.below(data.size() + 1));
        }
        if (data.empty() && verdict.error) {
            return *verdict.error;
        }
        Result<void> result = m_state->write(*m_node, m_path, offset, data);
        return verdict.error ? Result<void>(*verdict.error) : result;
    }

    Result<void> sync() override
    {
        const std::scoped_lock lock(m_state->mutex);
        CARMA_TRY(refuseAfterFailedSync());
        const SimVerdict verdict = m_state->admit(SimOp::Sync, m_path);
        if (!verdict.error) {
            m_node->settle();
            return {};
        }
        if (!m_state->powerOff) { // without power nothing reaches the medium; crash() decides about the rest
            m_syncError = verdict.error;
            Bytes cached = verdict.cacheKeepsFailedPages ? m_node->live : Bytes();
            m_node->crash(SimCrash::Seeded, m_state->random);
            if (verdict.cacheKeepsFailedPages) {
                m_node->live = std::move(cached);
            }
        }
        return *verdict.error;
    }

    Result<void> truncate(std::uint64_t size) override
    {
        const std::scoped_lock lock(m_state->mutex);
        CARMA_TRY(refuseChange());
        const SimVerdict verdict = m_state->admit(SimOp::Write, m_path);
        if (verdict.happens()) {
            if (size > kSimFileSizeMax) {
                return failure(ErrorCode::NoSpace, m_path);
            }
            m_node->resize(size);
        }
        return verdict.error ? Result<void>(*verdict.error) : Result<void>();
    }

    Result<std::uint64_t> size() override
    {
        const std::scoped_lock lock(m_state->mutex);
        CARMA_TRY(refuseWhenDead());
        return std::uint64_t{m_node->live.size()};
    }

private:
    Result<void> refuseWhenDead()
    {
        if (m_epoch != m_state->epoch) {
            return {ErrorCode::Io, m_path + " was opened before a crash"};
        }
        return {};
    }

    Result<void> refuseAfterFailedSync()
    {
        CARMA_TRY(refuseWhenDead());
        if (m_syncError) {
            return {m_syncError->code, "cannot trust " + m_path + " after a failed sync; open it anew"};
        }
        return {};
    }

    Result<void> refuseChange()
    {
        CARMA_TRY(refuseAfterFailedSync());
        if (!m_isWritable) {
            return {ErrorCode::Io, "cannot change " + m_path + ": Bad file descriptor"};
        }
        return {};
    }

    // Constant after construction.
    const std::shared_ptr<SimState> m_state; // shared: the file may outlive the disk
    const SimNodePtr m_node;
    const std::string m_path;
    const std::uint64_t m_epoch;
    const bool m_isWritable;
    // Guarded by m_state->mutex.
    std::optional<Error> m_syncError;
};

class SimLock final : public DiskLock {
public:
    SimLock(std::shared_ptr<SimState> state, SimNodePtr node) : m_state(std::move(state)), m_node(std::move(node)) {}
    SimLock(const SimLock&) = delete;
    SimLock& operator=(const SimLock&) = delete;

    ~SimLock() override
    {
        const std::scoped_lock lock(m_state->mutex);
        if (m_epoch == m_state->epoch) {
            m_node->lockEpoch = 0;
            m_node->live.clear();
        }
    }

private:
    const std::shared_ptr<SimState> m_state; // shared: the lock may outlive the disk
    const SimNodePtr m_node;
    const std::uint64_t m_epoch = m_state->epoch;
};

} // namespace

bool isAtOrBelow(std::string_view path, std::string_view top)
{
    return top.empty() || (path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/'));
}

SimVerdict SimState::admit(SimOp kind, std::string_view path, std::string_view other)
{
    ++opCounts[static_cast<std::size_t>(kind)];
    if (powerOff) {
        return {Error{ErrorCode::Io, shown(path) + ": the power is off"}};
    }
    if (opsUntilPowerCut && (*opsUntilPowerCut)-- == 0) {
        opsUntilPowerCut.reset();
        powerOff = true;
        return {Error{ErrorCode::Io, shown(path) + ": the power went"}, kind == SimOp::Write};
    }
    std::optional<SimVerdict> verdict;
    for (auto it = failures.begin(); it != failures.end();) {
        const bool isOther = !other.empty() && isAtOrBelow(other, it->below);
        const bool matches = (it->on == kind || it->on == SimOp::Any) && (isAtOrBelow(path, it->below) || isOther);
        const bool fires = matches && it->after == 0;
        if (matches && !fires) {
            --it->after;
        }
        if (fires && !verdict) {
            verdict = SimVerdict{failure(it->code, path), false, it->cacheKeepsFailedPages};
        }
        it = fires && !it->persistent ? failures.erase(it) : it + 1;
    }
    return verdict.value_or(SimVerdict{});
}

Result<void> SimState::write(SimNode& node, std::string_view path, std::uint64_t offset, ByteView data)
{
    if (offset > kSimFileSizeMax || data.size() > kSimFileSizeMax - offset) {
        return failure(ErrorCode::NoSpace, path);
    }
    bool isFull = false;
    if (spaceBudget && offset + data.size() > node.live.size()) {
        const std::uint64_t used = usedBytes();
        const std::uint64_t room = *spaceBudget > used ? *spaceBudget - used : 0;
        const std::uint64_t end = node.live.size() + room;
        isFull = offset + data.size() > end;
        data = isFull ? data.first(end > offset ? end - offset : 0) : data;
    }
    const auto stray = std::find_if(
        strayWrites.begin(), strayWrites.end(), [&](const SimStrayWrite& each) { return isAtOrBelow(path, each.path); });
    if (stray == strayWrites.end()) {
        node.write(offset, data);
        return isFull ? Result<void>(failure(ErrorCode::NoSpace, path)) : Result<void>();
    }
    const SimStrayWrite where = *stray;
    strayWrites.erase(stray);
    if (offset + data.size() > node.live.size()) {
        node.resize(offset + data.size());
    }
    const SimNodePtr target = where.toPath.empty() ? nullptr : tree->find(where.toPath);
    if (target != nullptr && !target->isFolder && where.toOffset < target->live.size()) {
        const std::size_t room = target->live.size() - where.toOffset;
        target->write(where.toOffset, data.first(std::min(data.size(), room)));
        target->settle();
    }
    return isFull ? Result<void>(failure(ErrorCode::NoSpace, path)) : Result<void>();
}

std::uint64_t SimState::usedBytes() const
{
    std::vector<std::pair<std::string, SimNodePtr>> found;
    std::set<std::string> folders;
    SimTree::collect(tree->root(), found, folders);
    std::uint64_t used = 0;
    for (const auto& [path, node] : found) {
        used += node->live.size();
    }
    return used;
}

std::unique_ptr<DiskFile> makeSimFile(std::shared_ptr<SimState> state, SimNodePtr node, std::string path, bool isWritable)
{
    return std::make_unique<SimFile>(std::move(state), std::move(node), std::move(path), isWritable);
}

std::unique_ptr<DiskLock> makeSimLock(std::shared_ptr<SimState> state, SimNodePtr node)
{
    return std::make_unique<SimLock>(std::move(state), std::move(node));
}

} // namespace carma::disk
