// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "heal/reconstruct.h"
#include "store/document_reader.h"
#include "store/hypothesis_records.h"
#include "store/hypothesis_words.h"
#include "store/memory_impl.h"
#include "store/searcher.h"
#include "store/store_core.h"

#include <carma/hypotheses.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>

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
    /// For a hit of a query that asks for it; nothing if there is none or it was rejected. Remembers nothing: a question changes no store.
    std::optional<PassageGuess> forQuery(const FragmentId& id);

private:
    /// What one call needs of a namespace.
    struct Surroundings {
        std::shared_ptr<Embedder> embedder; ///< keeps the table alive
        std::shared_ptr<query::SearchEngine> engine;
        std::unique_ptr<heal::Reconstructor> reconstructor; ///< null: see `problem`
        std::unique_ptr<WordEvidence> words;                ///< not null beside a reconstructor
        std::string problem;
    };
    /// What one call needs.
    struct Known {
        std::map<NamespaceId, Surroundings> spaces;
        GuessHistories histories;
        bool remembers = true;
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

    // What the last question needed: hits come one after the other, and learning a namespace takes longer than a guess.
    std::mutex m_asked;
    Known m_lastKnown;           ///< guarded by m_asked
    catalog::Marks m_lastMarks;  ///< guarded by m_asked
    bool m_hasLastKnown = false; ///< guarded by m_asked
};

} // namespace carma::store
