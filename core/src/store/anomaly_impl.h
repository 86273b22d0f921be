// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "anomaly/anomaly_book.h"
#include "anomaly/watch.h"
#include "store/store_core.h"

#include <carma/anomaly.h>

#include <mutex>
#include <optional>

namespace carma::store {

/// Detectors, policy and block list over the log of an open store.
///
/// Time is that of the wall clock when the store was opened, and goes on with the monotonic clock: setting the wall clock changes nothing
/// while the store is open.
class AnomalyImpl final : public Anomalies {
public:
    explicit AnomalyImpl(StoreCore& core);

    Result<AnomalyVerdict> observe(const AnomalyEvent& event) override;
    Result<AnomalyVerdict> check(std::string_view key, std::string_view source) override;
    Result<void> list(const AnomalyFilter& filter, const std::function<Result<bool>(const Anomaly&)>& visit) override;
    Result<Anomaly> show(Sequence id) override;
    Result<AnomalyPolicy> policy() override;
    Result<void> setPolicy(const AnomalyPolicy& policy) override;
    Result<AnomalyVerdict> lift(std::string_view subject, std::string_view reason, bool dryRun) override;
    Result<std::vector<BlockEntry>> blocks() override;
    Result<void> addBlock(const Block& block) override;
    Result<void> removeBlock(std::string_view prefix, std::string_view reason) override;

private:
    // All below: REQUIRES m_mutex is held.
    [[nodiscard]] std::int64_t nowUs() const;
    Result<void> follow();
    void beReady();
    Result<void> change(const anomaly::Item& item, const journal::AuditNote& note);
    bool mayStore();
    void store(const anomaly::Item& item, journal::AuditNote note);
    void keep(const anomaly::Finding& finding);
    void countDenial(const std::string& source);
    [[nodiscard]] AnomalyVerdict verdict(std::string_view key, std::string_view source);

    StoreCore& m_core;
    const std::int64_t m_wallAtOpenUs, m_monotonicAtOpenUs;
    std::mutex m_mutex;
    // Guarded by m_mutex.
    anomaly::AnomalyBook m_book{anomaly::BlockOptions{}};
    std::optional<anomaly::Watch> m_watch; ///< from the first event on
    std::vector<anomaly::Finding> m_findings;
    double m_tokens = 0; ///< records that may be stored now
    std::int64_t m_tokensUs = 0;
    std::uint64_t m_unstored = 0;
};

} // namespace carma::store
