// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/simulation.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <QTest>

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
};

namespace {

SimResult runSeed(std::uint64_t seed, bool beyond)
{
    const test::TemporaryFolder folder;
    SimResult result = runSimulation({seed, beyond, false, folder.path()});
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

CARMA_TEST_CLASS(TestSim, "test_sim")
#include "test_sim.moc"
