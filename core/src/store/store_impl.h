// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "access/key_keeper.h"
#include "store/access_impl.h"
#include "store/anomaly_impl.h"
#include "store/audit_impl.h"
#include "store/embedders_impl.h"
#include "store/health_impl.h"
#include "store/hypotheses_impl.h"
#include "store/memory_impl.h"
#include "store/store_core.h"
#include "store/subject_impl.h"

namespace carma::store {

/// The façade: owns the core and its parts, and nothing else.
class StoreImpl final : public Store {
public:
    explicit StoreImpl(std::unique_ptr<StoreCore> core);
    ~StoreImpl() override;

    Memory& memory() override { return m_memory; }
    Health& health() override { return m_health; }
    Hypotheses& hypotheses() override { return m_hypotheses; }
    Access& access() override { return m_access; }
    Audit& audit() override { return m_audit; }
    Subjects& subjects() override { return m_subjects; }
    Keys& keys() override { return m_keys; }
    Billing& billing() override { return m_core->billing(); }
    Anomalies& anomalies() override { return m_anomalies; }
    Embedders& embedders() override { return m_embedders; }
    /// Erasures that a crash interrupted go on.
    void resumeErasures() { m_subjects.resume(); }
    Result<void> seal() override;
    Result<void> close() override;
    [[nodiscard]] StoreCore& core() { return *m_core; }
    Result<std::vector<DocumentSummary>> history(const FragmentId& document) { return m_memory.versions(document); }

private:
    std::unique_ptr<StoreCore> m_core;
    Searcher m_searcher;
    MemoryImpl m_memory;
    HealthImpl m_health;
    HypothesesImpl m_hypotheses;
    AccessImpl m_access;
    AuditImpl m_audit;
    SubjectsImpl m_subjects;
    access::KeyKeeper m_keys;
    AnomalyImpl m_anomalies;
    EmbeddersImpl m_embedders;
    bool m_closed = false;
};

} // namespace carma::store
