// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "heal/reconstruct.h"
#include "store/document_reader.h"
#include "store/hypothesis_records.h"
#include "store/memory_impl.h"
#include "store/searcher.h"
#include "store/store_core.h"

#include <carma/hypotheses.h>

#include <map>
#include <memory>

namespace carma::store {

class HypothesesImpl final : public Hypotheses {
public:
    HypothesesImpl(StoreCore& core, Searcher& searcher, MemoryImpl& memory)
        : m_core(core), m_searcher(searcher), m_memory(memory), m_reader(core)
    {
    }

    Result<std::vector<Hypothesis>> list(const HypothesesOptions& options, const Task& task) override;
    Result<Hypothesis> of(const FragmentId& id, const Task& task) override;
    Result<FragmentId> accept(const FragmentId& id, const Task& task) override;
    Result<void> reject(const FragmentId& id, const Task& task) override;
    Result<HypothesesStats> stats() override;

private:
    /// What one call needs of a namespace.
    struct Surroundings {
        std::shared_ptr<Embedder> embedder; ///< keeps the table alive
        std::shared_ptr<query::SearchEngine> engine;
        std::unique_ptr<heal::Reconstructor> reconstructor; ///< null: see `problem`
        std::string problem;
    };
    /// What one call needs.
    struct Known {
        std::map<NamespaceId, Surroundings> spaces;
        GuessHistories histories;
    };
    Result<Surroundings> surroundingsOf(const NamespaceId& space, const Task& task);
    Result<Surroundings*> known(const NamespaceId& space, Known& known, const Task& task);
    Result<catalog::FragmentRow> lostRow(const FragmentId& id);
    Result<Hypothesis> guess(const catalog::FragmentRow& row, Known& known, const Task& task);
    Result<Hypothesis> guessAnew(const catalog::FragmentRow& row, Surroundings& around, Hypothesis hypothesis);
    bool prove(Hypothesis& hypothesis, const catalog::FragmentRow& row);
    Result<void> remember(const Hypothesis& hypothesis, const catalog::FragmentRow& row, const crypto::Digest& evidence, Known& known);

    StoreCore& m_core;
    Searcher& m_searcher;
    MemoryImpl& m_memory;
    DocumentReader m_reader;
};

} // namespace carma::store
