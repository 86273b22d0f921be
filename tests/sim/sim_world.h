// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sim/sim_faults.h"
#include "sim/sim_model.h"
#include "sim/sim_text.h"
#include "sim/simulation.h"
#include "support/manual_clock.h"

#include <carma/executor.h>
#include <carma/store.h>

#include <functional>
#include <map>
#include <memory>

/// The inside of a run, split over support_world (opening, closing, crashing), support_workload (what users do),
/// support_repair (scrub, heal and what must hold then) and support_simulation (the order of events).
namespace carma::sim {

class World {
public:
    explicit World(const SimOptions& options);

    Result<void> run();
    [[nodiscard]] std::vector<std::string>& trace() { return m_trace; }
    [[nodiscard]] Hash128 hash() const;
    [[nodiscard]] std::uint64_t steps() const { return m_steps; }
    [[nodiscard]] const std::vector<std::uint64_t>& states() const { return m_states; }

private:
    // support_world.cpp
    Result<void> createStore();
    Result<std::unique_ptr<Store>> tryOpen(bool readOnly);
    Result<void> openStore();
    Result<void> closeStore();
    Result<void> reopen();
    Result<void> crash();
    Result<void> crashWhile(const std::function<Result<void>()>& work);
    Result<void> readBeside();
    void calm();
    std::map<std::string, std::string> readCatalog() const;
    void writeCatalog(const std::map<std::string, std::string>& files) const;
    void tamperCatalog();

    // support_workload.cpp
    Result<void> rememberSome();
    Result<void> ingestOne();
    Result<void> forgetSome();
    Result<void> sealNow();
    Result<void> queryOne();
    Result<void> work();

    // support_repair.cpp
    Result<void> scrubNow();
    Result<void> healTroubled();
    Result<void> repair();
    Result<void> flipsAreCounted();
    Result<void> goBeyond();
    Result<std::set<FragmentId>> shownOutside(const std::pair<Sequence, Sequence>& range);
    void destroy(const std::string& target, const std::vector<unsigned>& folders);
    Result<void> checkLoss(const std::set<FragmentId>& certain);
    Result<void> damageAnything();

    // support_simulation.cpp
    Result<void> step();
    void beginPart(std::uint64_t part);
    Result<void> failSomething();
    Result<void> fillDisk();
    Result<void> checkSome();

    void note(std::string text);
    /// Writes the outcome into the trace. An error is a violation unless something was made to fail.
    template <typename T> Result<void> expectDone(const std::string& what, const Result<T>& result)
    {
        note(what + ": " + (result.has_value() ? "done" : std::string(name(result.error().code)) + ", " + result.error().message));
        if (!result.has_value() && strictness() == Strictness::Exact && !mayBeRefused(result.error())) {
            return violation(what + " failed though nothing was made to fail: " + result.error().message);
        }
        return {};
    }
    [[nodiscard]] Strictness strictness() const;
    [[nodiscard]] bool mayBeRefused(const Error& error) const;
    std::uint64_t below(std::uint64_t limit) { return m_random.below(limit); }
    std::string anySpace();

    const SimOptions m_options;
    test::SeededRandom m_random;      ///< of the workload
    test::SeededRandom m_storeRandom; ///< of the store
    test::ManualClock m_clock;
    disk::SimDisk m_disk;
    std::unique_ptr<Executor> m_executor;
    unsigned m_data = 4, m_parity = 2;
    std::uint64_t m_scryptCost = 2;
    Environment m_environment;
    Faults m_faults;
    Model m_model;
    std::unique_ptr<Store> m_store;
    std::map<std::string, std::string> m_oldCatalog;
    bool m_failing = false;  ///< operations are made to fail
    bool m_lying = false;    ///< a write will be lost or go astray, and who reads it back may refuse
    bool m_hopeless = false; ///< damage is beyond any promise but that of honesty
    std::uint64_t m_steps = 0;
    std::vector<std::uint64_t> m_states; ///< of m_random at the beginning of each step
    std::vector<std::string> m_trace;
};

} // namespace carma::sim
