// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/isolation_forest.h"
#include "anomaly/pattern_detector.h"
#include "anomaly/score_table.h"
#include "anomaly_fixture.h"
#include "support/anomaly_traffic.h"
#include "support/test_main.h"

#include <QTest>

#include <cmath>

using carma::SplitMix;
using namespace carma::anomaly;
using namespace carma::test;

namespace {

struct Scores {
    std::vector<double> forest, halfSpace;
    std::vector<bool> positive;
};

Scores scoresOfTraffic(std::uint64_t start, std::size_t events)
{
    HttpTraffic traffic(77 * start);
    PatternDetector detector(kHttpFeatures, {.start = start});
    Scores scores;
    for (std::size_t i = 0; i < events; ++i) {
        const HttpEvent event = traffic.next();
        const PatternScore score = detector.observe(event.features);
        if (score.ready) {
            scores.forest.push_back(score.forest);
            scores.halfSpace.push_back(score.halfSpace);
            scores.positive.push_back(event.kind != HttpKind::Usual);
        }
    }
    return scores;
}

/// A cloud around 100 in each of three dimensions.
std::vector<double> usualPoint(SplitMix& draws) { return {100 + normal(draws), 100 + normal(draws), 100 + normal(draws)}; }

} // namespace

class TestAnomalyDetectors : public QObject {
    Q_OBJECT

private slots:
    void expectedPathLengthsAreThoseOfThePaper()
    {
        QCOMPARE(expectedPathLength(0), 0.0);
        QCOMPARE(expectedPathLength(1), 0.0);
        QCOMPARE(expectedPathLength(2), 1.0);
        QVERIFY(std::abs(expectedPathLength(256) - 10.2448) < 0.001); // c(256), from 2 H(255) - 2 * 255 / 256
    }

    void aLonePointScoresHighAndItsFeatureIsNamed()
    {
        SplitMix draws(5);
        std::vector<float> points;
        for (int i = 0; i < 2000; ++i) {
            for (const double value : usualPoint(draws)) {
                points.push_back(static_cast<float>(value));
            }
        }
        IsolationForest forest;
        QVERIFY(!forest.grown());
        forest.grow(points, 3, {.start = 7});
        const std::vector<float> lone{100, 130, 100};
        const std::vector<float> middle{100, 100, 100};
        QVERIFY(forest.score(lone) > 0.55);
        QVERIFY(forest.score(middle) < 0.45);
        std::vector<double> parts(3);
        forest.explain(lone, parts);
        QVERIFY(parts[1] > 2 && parts[1] > 3 * std::max(parts[0], parts[2]));
        // The contributions are all of the score: c(256) less the mean length of the path.
        const double exponent = -std::log2(forest.score(lone));
        const double length = exponent * expectedPathLength(256);
        QVERIFY(std::abs(parts[0] + parts[1] + parts[2] - (expectedPathLength(256) - length)) < 1e-3);
    }

    void pointsThatAreAllTheSameAreNoTrouble()
    {
        IsolationForest forest;
        forest.grow(std::vector<float>(3000, 4.0F), 3, {.start = 7});
        QVERIFY(forest.grown());
        QVERIFY(std::abs(forest.score(std::vector<float>(3, 4.0F)) - 0.5) < 0.01);
        PatternDetector detector(2, {.start = 1});
        const std::vector<double> point{0, 1e300};
        for (int i = 0; i < 5000; ++i) {
            const PatternScore score = detector.observe(point);
            QVERIFY(std::isfinite(score.combined()) && !score.unusual);
        }
    }

    void halfSpaceTreesForgetAfterTwoWindows()
    {
        HalfSpaceTrees trees(1, {.window = 256, .start = 3});
        const std::vector<float> low{0.2F};
        const std::vector<float> high{0.9F};
        QCOMPARE(trees.score(low), 0.5);
        for (int i = 0; i < 256; ++i) {
            trees.learn(low);
        }
        QVERIFY(trees.ready());
        QVERIFY(trees.score(high) > trees.score(low) + 0.3);
        std::vector<double> parts(1);
        trees.explain(high, parts);
        QVERIFY(parts[0] > 1);
        for (int i = 0; i < 512; ++i) {
            trees.learn(high);
        }
        QVERIFY(trees.score(low) > trees.score(high) + 0.3);
    }

    void sameStartGivesTheSameScores()
    {
        const Scores one = scoresOfTraffic(3, 10'000);
        const Scores two = scoresOfTraffic(3, 10'000);
        QVERIFY(one.forest == two.forest && one.halfSpace == two.halfSpace);
        QVERIFY(scoresOfTraffic(4, 10'000).forest != one.forest);
    }

    void httpLikeTrafficIsToldApart()
    {
        for (const std::uint64_t start : {1U, 2U, 3U}) {
            const Scores scores = scoresOfTraffic(start, 200'000);
            const double forest = exactAuc(scores.forest, scores.positive);
            const double halfSpace = exactAuc(scores.halfSpace, scores.positive);
            qInfo("start %u: forest %.5f, half-space trees %.5f", static_cast<unsigned>(start), forest, halfSpace);
            QVERIFY(forest >= 0.999);
            QVERIFY(halfSpace >= 0.990);
        }
    }

    void aChangeThatStaysBecomesUsual()
    {
        SplitMix draws(9);
        PatternDetector detector(3, {.start = 2});
        for (int i = 0; i < 5000; ++i) {
            detector.observe(usualPoint(draws));
        }
        int first = 0;
        int last = 0;
        for (int i = 0; i < 40'000; ++i) {
            std::vector<double> point = usualPoint(draws);
            for (double& value : point) {
                value += 50;
            }
            const bool unusual = detector.observe(point).unusual;
            first += unusual && i < 256 ? 1 : 0;
            last += unusual && i >= 39'000 ? 1 : 0;
        }
        QVERIFY(first > 200);
        QVERIFY(last < 20);
    }

    void theStrongestFeatureIsNamedFirst()
    {
        SplitMix draws(9);
        PatternDetector detector(3, {.start = 2});
        for (int i = 0; i < 5000; ++i) {
            detector.observe(usualPoint(draws));
        }
        const std::vector<double> point{100, 100, 160};
        const auto reasons = detector.explain(point, 3);
        QVERIFY(!reasons.empty() && reasons.size() <= 3);
        QCOMPARE(reasons.front().feature, std::size_t{2});
        QCOMPARE(reasons.front().value, 160.0);
        QVERIFY(std::abs(reasons.front().usual - 100) < 1);
        QVERIFY(reasons.front().share > 0.5);
    }

    void reservoirsAreBoundedAndFair()
    {
        Reservoir reservoir(1, 1000, 3);
        for (int i = 0; i < 10'000; ++i) {
            reservoir.offer(std::vector<float>{static_cast<float>(i)});
        }
        QCOMPARE(reservoir.size(), std::size_t{1000});
        const auto early = std::ranges::count_if(reservoir.points(), [](float value) { return value < 5000; });
        QVERIFY(early > 430 && early < 570); // half, within four standard deviations
    }

    void tabulatedAreaIsTheExactOne()
    {
        SplitMix draws(3);
        std::vector<double> scores;
        std::vector<bool> positive;
        ScoreTable table;
        for (int i = 0; i < 5000; ++i) {
            positive.push_back(draws.below(10) == 0);
            scores.push_back(std::floor(draws.unit() * 500 + (positive.back() ? 200 : 0)) / 1000);
            table.add(scores.back(), positive.back());
        }
        QVERIFY(std::abs(table.auc() - exactAuc(scores, positive)) < 1e-9);
    }
};

CARMA_TEST_CLASS(TestAnomalyDetectors, "test_anomaly_detectors")

#include "test_anomaly_detectors.moc"
