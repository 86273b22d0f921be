// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/simulation.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>

using namespace carma;
using namespace carma::sim;

/// A few seeds of the simulation with every build; carma-sim runs as many as one likes.
class TestSim : public QObject {
    Q_OBJECT

private slots:
    void promisesHoldForEachSeed_data();
    void promisesHoldForEachSeed();
    void lossBeyondTheBudgetIsNamed_data();
    void lossBeyondTheBudgetIsNamed();
    void theSameSeedRunsTheSame();
    void leavingOutAStepLeavesTheOthers();
    void aFailingSeedShrinksToWhatItNeeds();
};

namespace {

SimResult runSeed(std::uint64_t seed, bool beyond)
{
    const test::TemporaryFolder folder;
    SimResult result = runSimulation({.seed = seed, .beyond = beyond, .verbose = false, .folder = folder.path()});
    if (!result.ok) {
        for (const std::string& line : result.trace) {
            std::fprintf(stderr, "    %s\n", line.c_str());
        }
    }
    return result;
}

void addSeeds(std::uint64_t from, std::uint64_t count)
{
    QTest::addColumn<quint64>("seed");
    for (std::uint64_t seed = from; seed < from + count; ++seed) {
        QTest::addRow("seed %llu", static_cast<unsigned long long>(seed)) << static_cast<quint64>(seed);
    }
}

} // namespace

void TestSim::promisesHoldForEachSeed_data() { addSeeds(1, 30); }

void TestSim::promisesHoldForEachSeed()
{
    QFETCH(quint64, seed);
    const SimResult result = runSeed(seed, false);
    QVERIFY2(result.ok, result.failure.c_str());
}

void TestSim::lossBeyondTheBudgetIsNamed_data() { addSeeds(1, 10); }

void TestSim::lossBeyondTheBudgetIsNamed()
{
    QFETCH(quint64, seed);
    const SimResult result = runSeed(seed, true);
    QVERIFY2(result.ok, result.failure.c_str());
}

void TestSim::theSameSeedRunsTheSame()
{
    const SimResult first = runSeed(4711, false);
    const SimResult second = runSeed(4711, false);
    QCOMPARE(first.trace, second.trace);
    QVERIFY(first.hash == second.hash);
}

void TestSim::leavingOutAStepLeavesTheOthers()
{
    QVERIFY(shrinkSteps(37, [](const auto& skip) { return !skip.contains(3) && !skip.contains(30); }).size() == 35);
    QVERIFY(shrinkSteps(1, [](const auto&) { return true; }).size() == 1);
    QVERIFY(shrinkSteps(8, [](const auto& skip) { return skip.empty(); }).empty());
}

/// A promise that no store keeps: no seal after a flipped bit.
void TestSim::aFailingSeedShrinksToWhatItNeeds()
{
    const auto broken = [](const std::vector<std::string>& trace) {
        const auto says = [](const std::string& words) {
            return [words](const std::string& line) { return line.find(words) != std::string::npos; };
        };
        const auto flip = std::ranges::find_if(trace, says("bits flipped"));
        const bool both = std::find_if(flip, trace.end(), says("seal: done")) != trace.end();
        return both ? std::string("sealed after a flip") : std::string();
    };
    const auto run = [&](std::uint64_t seed, const std::set<std::uint64_t>& skip, const std::vector<std::uint64_t>& states) {
        const test::TemporaryFolder folder;
        SimOptions options;
        options.seed = seed;
        options.folder = folder.path();
        options.skip = skip;
        options.states = states;
        options.promise = broken;
        return runSimulation(options);
    };
    for (std::uint64_t seed = 1; seed < 60; ++seed) {
        const SimResult whole = run(seed, {}, {});
        if (whole.ok || whole.failure != "sealed after a flip") {
            continue;
        }
        const auto skip = shrinkSteps(
            whole.steps, [&](const auto& without) { return run(seed, without, whole.states).failure == whole.failure; });
        QVERIFY(skip.size() >= whole.steps / 3);
        for (std::uint64_t step = 0; step < whole.steps; ++step) { // no single one of the others can be spared
            std::set<std::uint64_t> more = skip;
            QVERIFY(!more.insert(step).second || run(seed, more, whole.states).failure != whole.failure);
        }
        const SimResult shortest = run(seed, skip, whole.states);
        QCOMPARE(shortest.failure, whole.failure);
        return;
    }
    QFAIL("no seed seals after a flip");
}

CARMA_TEST_CLASS(TestSim, "test_sim")
#include "test_sim.moc"
