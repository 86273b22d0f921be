// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "anomaly/anomaly_body.h"
#include "anomaly/block_list.h"
#include "journal/journal.h"

#include <map>
#include <set>

namespace carma::anomaly {

/// What the anomaly records of a log come to: policy, actions that hold, the block list. Not thread-safe.
class AnomalyBook {
public:
    explicit AnomalyBook(const BlockOptions& options) : m_blocks(options) {}

    /// Takes in what the journal has beyond what was read before. Records that cannot be read change nothing: verify names them.
    Result<void> follow(journal::Journal& journal, std::int64_t nowUs);

    [[nodiscard]] const AnomalyPolicy& policy() const { return m_policy; }
    [[nodiscard]] BlockList& blocks() { return m_blocks; }
    /// The severest action that holds for the subject; observe and 0 for none.
    struct Held {
        AnomalyAction action = AnomalyAction::Observe;
        std::int64_t untilUs = 0;
        AnomalyKind kind{};
    };
    [[nodiscard]] Held held(const std::string& subject, std::int64_t nowUs) const;

private:
    void take(const journal::Entry& entry, std::int64_t nowUs);
    void hold(const Anomaly& found, std::int64_t nowUs);
    void lift(const std::string& subject);

    Sequence m_next = 0;
    AnomalyPolicy m_policy;
    BlockList m_blocks;
    std::map<std::string, std::array<Held, kAnomalyKinds>> m_held; ///< by subject; at most kHeldMax
    std::set<std::pair<std::int64_t, std::string>> m_ends;         ///< of all that is in m_held
};

} // namespace carma::anomaly
