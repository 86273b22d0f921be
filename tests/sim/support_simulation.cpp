// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/split_mix.h"
#include "sim/sim_world.h"

#include <algorithm>

namespace carma::sim {

namespace {

constexpr int kStepsMin = 20;
constexpr int kStepsMore = 30;
constexpr std::uint64_t kPartsMax = 1024; // more than steps

} // namespace

/// Operations on one folder fail for a while.
Result<void> World::failSomething()
{
    const std::string what = m_faults.failFolder();
    if (what.empty()) {
        return {};
    }
    note(what);
    m_failing = true;
    const std::uint64_t steps = 1 + below(4);
    for (std::uint64_t i = 0; i < steps; ++i) {
        CARMA_TRY(below(5) == 0 ? healTroubled() : work());
    }
    calm();
    return {};
}

/// The disk is nearly full for a while.
Result<void> World::fillDisk()
{
    std::uint64_t used = 0;
    for (const auto& [path, size] : m_faults.files("")) {
        used += size;
    }
    const std::uint64_t room = below(below(2) == 0 ? 20'000 : 400'000);
    note("the disk has room for " + std::to_string(room) + " bytes");
    m_disk.setSpaceBudget(used + room);
    m_failing = true;
    const std::uint64_t steps = 1 + below(6);
    for (std::uint64_t i = 0; i < steps; ++i) {
        CARMA_TRY(below(6) == 0 ? healTroubled() : work());
    }
    calm();
    note("the disk has room again");
    return {};
}

Result<void> World::checkSome()
{
    constexpr int kReads = 3;
    auto& documents = m_model.documents();
    for (int i = 0; i < kReads && !documents.empty() && m_store != nullptr; ++i) {
        CARMA_TRY(m_model.checkOne(m_store->memory(), documents[below(documents.size())], strictness()));
    }
    return {};
}

Result<void> World::step()
{
    switch (below(24)) {
    case 0: return crash();
    case 1:
    case 2: return crashWhile([this] { return below(6) == 0 ? healTroubled() : work(); });
    case 3: return reopen();
    case 4: return readBeside();
    case 5:
    case 6: note(std::to_string(m_faults.flipBits(1 + below(30)).size()) + " bits flipped"); return {};
    case 7:
    case 8:
    case 9:
        if (const std::string done = m_faults.damageFolder(); !done.empty()) {
            note(done);
            m_lying = m_lying || done.find(" will ") != std::string::npos;
        }
        return {};
    case 10: return failSomething();
    case 11: return fillDisk();
    case 12: return scrubNow();
    case 13:
    case 14: return repair();
    case 15: return flipsAreCounted();
    case 16: m_faults.remember(); return {};
    default: return work();
    }
}

Result<void> World::run()
{
    CARMA_TRY(createStore());
    CARMA_TRY(openStore());
    m_steps = kStepsMin + below(kStepsMore);
    for (std::uint64_t i = 0; i < m_steps; ++i) {
        if (m_options.skip.contains(i)) {
            continue;
        }
        beginPart(i);
        CARMA_TRY(step());
        if (const std::string broken = m_options.promise ? m_options.promise(m_trace) : std::string(); !broken.empty()) {
            return violation(broken);
        }
        if (m_store == nullptr) {
            return violation("the store is not open after a step");
        }
        CARMA_TRY(checkSome());
    }
    beginPart(m_steps);
    if (m_options.beyond) {
        return goBeyond();
    }
    CARMA_TRY(m_model.checkAll(m_store->memory(), strictness()));
    CARMA_TRY(repair());
    CARMA_TRY(reopen());
    CARMA_TRY(m_model.checkAll(m_store->memory(), strictness()));
    return below(5) == 0 ? damageAnything() : closeStore();
}

/// A step of the run, or what follows the last.
void World::beginPart(std::uint64_t part)
{
    if (part < m_options.states.size()) {
        m_random.restart(m_options.states[part]);
    } else if (m_options.apart) {
        m_random.restart(SplitMix(m_options.seed * kPartsMax + part + 1).next());
    }
    m_states.resize(part + 1);
    m_states[part] = m_random.state();
}

std::set<std::uint64_t> shrinkSteps(std::uint64_t steps, const std::function<bool(const std::set<std::uint64_t>& skip)>& fails)
{
    std::set<std::uint64_t> skip;
    for (std::uint64_t stretch = (steps + 1) / 2; stretch > 0;) {
        bool dropped = false;
        for (std::uint64_t from = 0; from < steps; from += stretch) {
            std::set<std::uint64_t> more = skip;
            for (std::uint64_t i = from; i < std::min(steps, from + stretch); ++i) {
                more.insert(i);
            }
            if (more.size() > skip.size() && fails(more)) {
                skip = std::move(more);
                dropped = true;
            }
        }
        stretch = stretch == 1 && dropped ? 1 : stretch / 2;
    }
    return skip;
}

SimResult runSimulation(const SimOptions& options)
{
    World world(options);
    const auto ran = world.run();
    SimResult result;
    result.ok = ran.has_value();
    result.failure = ran.has_value() ? std::string() : ran.error().message;
    result.steps = world.steps();
    result.states = world.states();
    result.hash = world.hash();
    result.trace = std::move(world.trace());
    return result;
}

} // namespace carma::sim
