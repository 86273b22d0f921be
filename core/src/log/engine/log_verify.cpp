// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_verify.h"

#include "log/engine/log_state.h"

#include <algorithm>
#include <set>
#include <utility>

namespace carma::log {

namespace {

constexpr std::size_t kProblemsMax = 1000;

/// Follows the log record by record. After a lost record the tree cannot be computed any more: `m_provable` is off from there on, and
/// the checkpoints behind are checked for their signatures only.
class Verifier {
public:
    Verifier(std::string origin, crypto::PublicKey key, const HistoryChecks& checks)
        : m_origin(std::move(origin)), m_key(key), m_checks(checks)
    {
    }

    void visit(const ScanItem& item)
    {
        compareKept();
        if (m_checks.visit) {
            m_checks.visit(item);
        }
        if (item.lostCount > 0) {
            lost(item);
            return;
        }
        ++m_history.records;
        if (item.header->purged()) {
            ++m_history.purged;
            m_purged.insert(item.sequence);
        } else if (item.header->type == RecordType::Checkpoint) {
            checkpoint(item);
        } else if (item.header->type == RecordType::Purge) {
            const auto sequences = purgedSequences(item.body);
            if (sequences.has_value()) {
                m_allowed.insert(sequences->begin(), sequences->end());
            }
        }
        m_frontier.append(*item.leaf);
    }

    [[nodiscard]] bool missesPurgeRecord() const { return !std::ranges::includes(m_allowed, m_purged); }

    History finish()
    {
        for (const Sequence sequence : m_purged) {
            if (!m_allowed.contains(sequence) && m_history.lost == 0) {
                problem("record " + std::to_string(sequence) + " was emptied, but no purge record names it");
            }
        }
        compareKept();
        if (m_checks.kept != nullptr && m_checks.kept->size > m_frontier.size()) {
            problem("the log ends at record " + std::to_string(m_frontier.size()) + ", but the checkpoint kept elsewhere has " +
                std::to_string(m_checks.kept->size) + ": its end was cut off, or an older copy was put in its place");
        }
        m_history.root = m_frontier.root();
        return std::move(m_history);
    }

private:
    void problem(std::string text)
    {
        if (m_history.problems.size() < kProblemsMax) {
            m_history.problems.push_back(std::move(text));
        }
    }

    /// Called before each record: has the tree just the size of the kept checkpoint?
    void compareKept()
    {
        if (m_checks.kept == nullptr || m_checks.kept->size != m_frontier.size() || m_history.keptHolds) {
            return;
        }
        m_history.keptHolds = m_checks.kept->root == m_frontier.root();
        if (!m_history.keptHolds) {
            problem("the records before " + std::to_string(m_checks.kept->size) + " are not those of the checkpoint kept elsewhere");
        }
    }

    void lost(const ScanItem& item)
    {
        m_history.records += item.lostCount;
        m_history.lost += item.lostCount;
        if (m_provable) {
            problem("the history cannot be proved from record " + std::to_string(item.sequence) + " on: records are lost");
        }
        m_provable = false;
        for (std::uint64_t i = 0; i < item.lostCount; ++i) {
            m_frontier.append(lostLeaf(item.sequence + i));
        }
    }

    void checkpoint(const ScanItem& item)
    {
        const auto opened = openCheckpoint(asText(item.body), m_origin, m_key);
        if (!opened.has_value()) {
            problem(
                "the checkpoint in record " + std::to_string(item.sequence) + " is not signed by this store: " + opened.error().message);
            return;
        }
        if (!m_provable) {
            return;
        }
        if (opened->size != item.sequence || opened->size != m_frontier.size() || opened->root != m_frontier.root()) {
            problem("the checkpoint in record " + std::to_string(item.sequence) + " does not match the records before it");
            return;
        }
        ++m_history.checkpoints;
    }

    const std::string m_origin;
    const crypto::PublicKey m_key;
    const HistoryChecks& m_checks;
    MerkleFrontier m_frontier;
    bool m_provable = true;
    std::set<Sequence> m_purged, m_allowed;
    History m_history;
};

} // namespace

Result<History> verifyHistory(Log& log, const Task& task) { return verifyHistory(log, HistoryChecks{}, task); }

Result<History> verifyHistory(Log& log, const HistoryChecks& checks, const Task& task)
{
    Verifier verifier(checkpointOrigin(log.superblock().store), log.superblock().signingKey, checks);
    const auto visit = [&](const ScanItem& item) -> Result<bool> {
        verifier.visit(item);
        return true;
    };
    // A record that is purged meanwhile is named by a purge record behind the end that the scan began with.
    Sequence end = 0;
    do {
        const Sequence from = std::exchange(end, log.end());
        CARMA_TRY(log.scan(from, end, visit, task));
    } while (verifier.missesPurgeRecord() && log.end() > end);
    return verifier.finish();
}

} // namespace carma::log
